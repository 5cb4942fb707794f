"""Addresses of the app, by subject."""

from apps.benefits.urls import unit_funds

app_name = "benefits"
urlpatterns = [*unit_funds.urlpatterns]
