"""Django's entry to the app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "apps.library"
    verbose_name = "文件库"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.library.queries import files_in_use

        private_files.register("library", files_in_use)
