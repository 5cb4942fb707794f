"""Django's entry to the app."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "apps.agenda"
    verbose_name = "日程"

    def ready(self) -> None:
        from apps.agenda.views.digests import digest_cards
        from apps.core.home import register_home_cards

        register_home_cards(digest_cards)
