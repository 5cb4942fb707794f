"""Addresses of the app, by subject."""

from apps.benefits.urls import runs, standards, unit_funds

app_name = "benefits"
urlpatterns = [*standards.urlpatterns, *runs.urlpatterns, *unit_funds.urlpatterns]
