"""Django's entry to the app."""

from django.apps import AppConfig


class RetireesConfig(AppConfig):
    name = "apps.retirees"
    verbose_name = "人员名册"
