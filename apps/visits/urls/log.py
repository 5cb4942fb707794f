"""Addresses of the log of visits; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import log, photos, record, results

urlpatterns: list[URLPattern] = [
    path("", log.log, name="log"),
    path("new/", record.find, name="new"),
    path("people/", record.record_many, name="record-many"),
    path("people/<int:pk>/new/", record.record, name="record"),
    path("campaigns/<int:pk>/results/", results.results, name="results"),
    path("<int:pk>/", log.visit, name="visit"),
    path("<int:pk>/edit/", record.edit, name="visit-edit"),
    path("<int:pk>/remove/", record.remove, name="visit-remove"),
    path("<int:pk>/photos/", photos.add, name="photos"),
    path("photos/<uuid:pk>/full.jpg", photos.image, {"size": "full"}, name="photo-image"),
    path("photos/<uuid:pk>/small.jpg", photos.image, {"size": "small"}, name="photo-small"),
    path("photos/<uuid:pk>/remove/", photos.remove, name="photo-remove"),
]
