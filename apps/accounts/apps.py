"""Django's entry to the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = "用户与权限"

    def ready(self) -> None:
        from apps.accounts.choices import Role
        from apps.accounts.rules import browser_label
        from apps.audit.queries import set_namer

        set_namer("role", lambda role: {**dict(Role.choices), "portal": "自动办理"}.get(role, role))
        set_namer("browser", browser_label)
