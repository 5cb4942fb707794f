"""Django's entry to the app."""

from django.apps import AppConfig


class DictionariesConfig(AppConfig):
    name = "apps.dictionaries"
    verbose_name = "字典"
