"""Django's entry to the app."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "apps.visits"
    verbose_name = "走访慰问"

    def ready(self) -> None:
        from apps.imports.rules import register_importer
        from apps.retirees.rules.page import SelectionAction, register_selection_action
        from apps.visits import perms
        from apps.visits.importers import VisitLogImporter

        register_selection_action(
            SelectionAction("建立走访规则", "visits:rule-from-list", perms.can_keep_plans)
        )
        register_importer(VisitLogImporter())
