"""Django's entry to the app."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "apps.exports"
    verbose_name = "数据导出"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.exports.queries import forms_in_use

        private_files.register("forms", forms_in_use)
