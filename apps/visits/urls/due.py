"""Addresses of the due list, rules, occasions and leaders; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import due, leaders, occasions, rule_pages

urlpatterns: list[URLPattern] = [
    path("due/", due.due_list, name="due"),
    path("due/print/", due.due_print, name="due-print"),
    path("due/reasons/", due.reasons, name="due-reasons"),
    path("due/<int:pk>/reason/", due.reason, name="due-reason"),
    path("due/<int:pk>/remove/", due.remove, name="due-remove"),
    path("due/<int:pk>/restore/", due.restore, name="due-restore"),
    path("rules/", rule_pages.rules, name="rules"),
    path("rules/new/", rule_pages.create, name="rule-create"),
    path("rules/from-list/", rule_pages.from_list, name="rule-from-list"),
    path("rules/<int:pk>/", rule_pages.rule_page, name="rule"),
    path("rules/<int:pk>/edit/", rule_pages.edit, name="rule-edit"),
    path("rules/<int:pk>/switch/", rule_pages.switch, name="rule-switch"),
    path("leaders/", leaders.leaders, name="leaders"),
    path("leaders/new/", leaders.create, name="leader-create"),
    path("leaders/wanted/", leaders.wanted, name="leader-wanted"),
    path("leaders/assign/", leaders.assign, name="leader-assign"),
    path("leaders/<int:pk>/", leaders.leader_page, name="leader"),
    path("leaders/<int:pk>/edit/", leaders.edit, name="leader-edit"),
    path("people/<int:pk>/leader/", leaders.named, name="named-leader"),
    path("occasions/", occasions.occasions, name="occasions"),
    path("occasions/new/", occasions.create, name="occasion-create"),
    path("occasions/<int:pk>/edit/", occasions.edit, name="occasion-edit"),
]
