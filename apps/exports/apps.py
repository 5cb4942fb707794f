"""Django's entry to the app."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "apps.exports"
    verbose_name = "数据导出"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.exports.perms import can_export
        from apps.exports.queries import forms_in_use
        from apps.jobs.perms import file_needs

        private_files.register("forms", forms_in_use)
        file_needs("exports.make", can_export)
