"""Addresses of the due list, rules, occasions and leaders; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import due, rules

urlpatterns: list[URLPattern] = [
    path("due/", due.due_list, name="due"),
    path("due/print/", due.due_print, name="due-print"),
    path("due/reasons/", due.reasons, name="due-reasons"),
    path("due/<int:pk>/reason/", due.reason, name="due-reason"),
    path("due/<int:pk>/remove/", due.remove, name="due-remove"),
    path("due/<int:pk>/restore/", due.restore, name="due-restore"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.create, name="rule-create"),
    path("rules/from-list/", rules.from_list, name="rule-from-list"),
    path("rules/<int:pk>/", rules.rule_page, name="rule"),
    path("rules/<int:pk>/edit/", rules.edit, name="rule-edit"),
    path("rules/<int:pk>/switch/", rules.switch, name="rule-switch"),
]
