"""Django's entry to the app."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "apps.statistics"
    verbose_name = "年报统计"
