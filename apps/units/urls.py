"""Pages of the app."""

from django.urls import URLPattern

app_name = "units"
urlpatterns: list[URLPattern] = []
