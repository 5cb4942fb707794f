"""Addresses of the app, by subject."""

from apps.benefits.urls import runs, unit_funds

app_name = "benefits"
urlpatterns = [*runs.urlpatterns, *unit_funds.urlpatterns]
