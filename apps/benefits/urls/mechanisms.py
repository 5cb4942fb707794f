"""Addresses of the mechanisms of counties; apps/benefits/urls/__init__.py joins them."""

from django.urls import URLPattern, path

from apps.benefits.views import mechanisms

urlpatterns: list[URLPattern] = [
    path("mechanisms/", mechanisms.board, name="mechanisms"),
    path("mechanisms/<int:county_pk>/<slug:kind>/", mechanisms.mechanism, name="mechanism"),
]
