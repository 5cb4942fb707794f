"""Django's entry to the app."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "apps.units"
    verbose_name = "单位"

    def ready(self) -> None:
        from apps.audit.queries import set_namer
        from apps.units.queries import unit_name

        set_namer("place", unit_name)
