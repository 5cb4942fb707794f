"""Django's entry to the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "apps.jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.jobs.actions.files import BUCKET
        from apps.jobs.queries import downloads_in_use

        private_files.register(BUCKET, downloads_in_use)
