"""Addresses of survivors; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import survivor_forms, survivors, survivors_due

urlpatterns: list[URLPattern] = [
    path("survivors/", survivors.survivors, name="survivors"),
    path("survivors/due/", survivors_due.survivors_due_page, name="survivors-due"),
    path("survivors/of/<int:pk>/new/", survivor_forms.create, name="survivor-create"),
    path("survivors/<int:pk>/", survivors.survivor, name="survivor"),
    path("survivors/<int:pk>/edit/", survivor_forms.edit, name="survivor-edit"),
    path("survivors/<int:pk>/state/", survivor_forms.state, name="survivor-state"),
    path("survivors/<int:pk>/state/retract/", survivor_forms.retract, name="survivor-state-retract"),
    path("survivors/<int:pk>/verify/", survivor_forms.verify, name="survivor-verify"),
]
