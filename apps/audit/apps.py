"""Django's entry to the app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "apps.audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from apps.audit.actions import record_reveal, refuse_marked_text
        from apps.core.classified import register_refusal
        from apps.core.secret import set_reveal_log

        set_reveal_log(record_reveal)
        register_refusal(refuse_marked_text)
