"""Pages of the app."""

from django.urls import URLPattern

app_name = "retirees"
urlpatterns: list[URLPattern] = []
