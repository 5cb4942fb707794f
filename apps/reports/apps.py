"""Django's entry to the app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "apps.reports"
    verbose_name = "报表简报"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.reports.queries import files_in_use

        private_files.register("documents", files_in_use)
