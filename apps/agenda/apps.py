"""Django's entry to the app."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "apps.agenda"
    verbose_name = "日程"
