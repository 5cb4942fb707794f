"""Django's entry to the app."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "apps.visits"
    verbose_name = "走访慰问"
