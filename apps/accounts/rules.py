"""Which wall stands around a role, and what a password must be. Pure functions on values."""

from django.core.exceptions import ValidationError

from apps.accounts.choices import Role
from apps.units.choices import Level

CITY_ROLES = frozenset({Role.CITY_CHIEF, Role.CITY_CLERK})
COUNTY_ROLES = frozenset({Role.COUNTY_CHIEF, Role.COUNTY_CLERK})
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
STAFF_ROLES = CITY_ROLES | COUNTY_ROLES | {Role.UNIT_CLERK}
REGISTER_ROLES = STAFF_ROLES | {Role.LEADER}

LEVELS = {
    Role.CITY_CHIEF: {Level.CITY},
    Role.CITY_CLERK: {Level.CITY},
    Role.COUNTY_CHIEF: {Level.COUNTY},
    Role.COUNTY_CLERK: {Level.COUNTY},
    Role.UNIT_CLERK: {Level.UNIT},
    Role.LEADER: {Level.CITY, Level.COUNTY},
    Role.SYSTEM_ADMIN: {Level.CITY},
    Role.SECURITY_ADMIN: {Level.CITY},
    Role.AUDIT_ADMIN: {Level.CITY},
}
"""Levels of unit on which a role can be granted."""


def db_role(role: str, level: str) -> str:
    """Database role of a grant of ``role`` on a unit of ``level`` (see apps/core/scope.py)."""
    if role == Role.LEADER:
        return "s_leader" if level == Level.CITY else "s_leader_county"
    return {
        Role.CITY_CHIEF: "s_city",
        Role.CITY_CLERK: "s_city",
        Role.COUNTY_CHIEF: "s_county",
        Role.COUNTY_CLERK: "s_county",
        Role.UNIT_CLERK: "s_unit",
        Role.SYSTEM_ADMIN: "s_system",
        Role.SECURITY_ADMIN: "s_security",
        Role.AUDIT_ADMIN: "s_audit",
    }[Role(role)]


class SESSION:
    """Names of what a session keeps."""

    STARTED = "started"
    """Second of the sign-in, for the absolute limit."""
    SEEN = "seen"
    """Second of the last work, for the idle limit."""
    EPOCH = "epoch"
    """The account's session_epoch at sign-in; an account whose epoch is higher has ended the session."""
    COMPLETE = "complete"
    """True once the second factor, where one is owed, was given."""
    GRANT = "grant"
    """Key of the grant that was chosen."""
    ADDRESS = "address"
    AGENT = "agent"


OFFICE_WORDS = ("老干部", "laoganbu", "lgbj", "lgb", "yunxi", "云溪", "password", "admin", "qwerty", "123456")


class OfficeWordsValidator:
    """Refuses passwords built on the office's own words (ASVS 6.2.11)."""

    def validate(self, password: str, user: object = None) -> None:
        lowered = password.lower()
        found = next((word for word in OFFICE_WORDS if word in lowered), None)
        if found:
            raise ValidationError(f"密码里不要用“{found}”这样容易猜到的词。", code="office_word")
        if len(password) > 128:
            raise ValidationError("密码最长 128 个字符。", code="too_long")

    def get_help_text(self) -> str:
        return "不要用单位名称、连续数字等容易猜到的词。"
