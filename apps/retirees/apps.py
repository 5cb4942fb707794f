"""Django's entry to the app."""

from django.apps import AppConfig


class RetireesConfig(AppConfig):
    name = "apps.retirees"
    verbose_name = "人员名册"

    def ready(self) -> None:
        from apps.core import private_files
        from apps.core.figures import register_figures
        from apps.core.home import register_home_cards
        from apps.dictionaries.rules import register_standard, register_usage
        from apps.exports.rules import register_exporter
        from apps.imports.rules import register_importer
        from apps.retirees.actions.custom import merge_term
        from apps.retirees.exports import RegisterExporter
        from apps.retirees.figures import FIGURES, compute
        from apps.retirees.forms.selection import selected_people
        from apps.retirees.forms.views import read_query
        from apps.retirees.importers import RosterImporter
        from apps.retirees.queries.asked import register_reader
        from apps.retirees.queries.custom import terms_used
        from apps.retirees.queries.dictionaries import standards_of_register
        from apps.retirees.queries.dossier import attachments_in_use, info_forms_in_use, portraits_in_use
        from apps.retirees.queries.requests import proofs_in_use
        from apps.retirees.views.home_cards import view_cards
        from apps.retirees.views.reorganise import unit_actions
        from apps.units.rules import register_actions

        register_figures(list(FIGURES), compute)
        register_actions(unit_actions)
        register_reader(read_query, selected_people)
        register_home_cards(view_cards)
        register_importer(RosterImporter())
        private_files.register("portraits", portraits_in_use)
        private_files.register("attachments", attachments_in_use)
        register_exporter(RegisterExporter())
        private_files.register("proofs", proofs_in_use)
        private_files.register("info-forms", info_forms_in_use)
        for standard in standards_of_register():
            register_standard(standard)
        register_usage(terms_used, merge_term)
