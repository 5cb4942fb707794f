"""Addresses of the app, by subject."""

app_name = "benefits"
urlpatterns: list = []
