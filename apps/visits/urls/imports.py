"""Addresses of imported visit logs."""

from django.urls import path

from apps.visits.views.imports import import_undo

urlpatterns = [path("imports/<int:pk>/undo/", import_undo, name="import-undo")]
