"""Django's entry to the app."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "apps.benefits"
    verbose_name = "待遇"

    def ready(self) -> None:
        from apps.benefits.exports import SurvivorExporter
        from apps.benefits.figures import FIGURES, compute
        from apps.benefits.views.aid_on_person import TAB as AID
        from apps.benefits.views.aid_waiting import aid_cards
        from apps.benefits.views.person import TAB as MONEY
        from apps.benefits.views.run_cards import run_cards
        from apps.benefits.views.survivor_parts import FOLLOWER, survivor_cards, survivor_facts
        from apps.core.figures import register_figures
        from apps.core.home import register_home_cards
        from apps.exports.rules import register_exporter
        from apps.retirees.rules import register_follower
        from apps.retirees.rules.page import register_next_steps, register_tab

        register_next_steps(survivor_facts)
        register_tab(MONEY)
        register_tab(AID)
        for cards in (run_cards, survivor_cards, aid_cards):
            register_home_cards(cards)
        register_figures(list(FIGURES), compute)
        register_follower(FOLLOWER)
        register_exporter(SurvivorExporter())
