"""Django's entry to the app."""

from django.apps import AppConfig


class RetireesConfig(AppConfig):
    name = "apps.retirees"
    verbose_name = "人员名册"

    def ready(self) -> None:
        from apps.core.figures import register_figures
        from apps.imports.rules import register_importer
        from apps.retirees.figures import FIGURES, compute
        from apps.retirees.importers import RosterImporter

        register_figures(list(FIGURES), compute)
        register_importer(RosterImporter())
