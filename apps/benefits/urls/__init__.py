"""Addresses of the app, by subject."""

from apps.benefits.urls import estimates, runs, standards, unit_funds

app_name = "benefits"
urlpatterns = [*standards.urlpatterns, *runs.urlpatterns, *estimates.urlpatterns, *unit_funds.urlpatterns]
