"""Django's entry to the app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "apps.imports"
    verbose_name = "数据导入"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.imports.queries import uploads_in_use

        private_files.register("uploads", uploads_in_use)
