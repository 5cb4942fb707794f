"""Django's entry to the app."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "apps.concerns"
    verbose_name = "诉求"
