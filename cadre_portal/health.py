"""Is the portal alive, and is it ready to work."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
