"""Addresses of what happened to people; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import checklists, death_drafts, incident_tasks, incidents

urlpatterns: list[URLPattern] = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/checklist/", checklists.checklist, name="incident-checklist"),
    path("incidents/checklist/new/", checklists.create, name="incident-checklist-create"),
    path("incidents/checklist/<int:pk>/", checklists.edit, name="incident-checklist-edit"),
    path("incidents/<uuid:pk>/", incidents.incident, name="incident"),
    path("incidents/<uuid:pk>/end/", incidents.end, name="incident-end"),
    path("incidents/<uuid:pk>/retract/", incidents.retract, name="incident-retract"),
    path("incidents/<uuid:pk>/tasks/new/", incident_tasks.add, name="incident-task-add"),
    path("incidents/<uuid:pk>/drafts/<slug:kind>/", death_drafts.draft, name="incident-draft"),
    path("incidents/<uuid:pk>/drafts/<slug:kind>/file/", death_drafts.draft_file, name="incident-draft-file"),
    path("incidents/tasks/<int:pk>/", incident_tasks.task, name="incident-task"),
    path("incidents/tasks/<int:pk>/edit/", incident_tasks.edit, name="incident-task-edit"),
    path("people/<int:pk>/incident/", incidents.report, name="incident-report"),
]
