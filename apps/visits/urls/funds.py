"""Addresses of the money; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.visits.views import fund_sources

urlpatterns: list[URLPattern] = [
    path("funds/sources/", fund_sources.sources, name="fund-sources"),
    path("funds/sources/new/", fund_sources.create, name="fund-source-create"),
    path("funds/sources/<int:pk>/", fund_sources.source, name="fund-source"),
    path("funds/sources/<int:pk>/edit/", fund_sources.edit, name="fund-source-edit"),
    path("funds/sources/<int:pk>/switch/", fund_sources.switch, name="fund-source-switch"),
]
