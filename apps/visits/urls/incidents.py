"""Addresses of what happened to people; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import incidents

urlpatterns: list[URLPattern] = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<uuid:pk>/", incidents.incident, name="incident"),
    path("incidents/<uuid:pk>/end/", incidents.end, name="incident-end"),
    path("incidents/<uuid:pk>/retract/", incidents.retract, name="incident-retract"),
    path("incidents/tasks/<int:pk>/", incidents.task, name="incident-task"),
    path("people/<int:pk>/incident/", incidents.report, name="incident-report"),
]
