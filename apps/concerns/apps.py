"""Django's entry to the app."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "apps.concerns"
    verbose_name = "诉求"

    def ready(self) -> None:
        from apps.concerns.exports import ConcernExporter
        from apps.concerns.figures import FIGURES, compute
        from apps.concerns.views.on_person import TAB, next_steps, tell
        from apps.core.figures import register_figures
        from apps.exports.rules import register_exporter
        from apps.retirees.queries.story import register_story
        from apps.retirees.rules.page import register_next_steps, register_tab

        register_exporter(ConcernExporter())
        register_figures(list(FIGURES), compute)
        register_tab(TAB)
        register_story(tell)
        register_next_steps(next_steps)
