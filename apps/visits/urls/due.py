"""Addresses of this subject; apps/visits/urls/__init__.py joins them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
