"""Which wall stands around a role, what a password must be, who is calling. Pure functions on values."""

import unicodedata
from collections.abc import Sequence
from ipaddress import ip_address

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
    PROVEN = "proven"
    """Second of the last factor given after the sign-in (step-up)."""
    HELD = "held"
    """Forms that wait for a factor, sealed, by key."""
    COMPLETE = "complete"
    """True once the second factor, where one is owed, was given."""
    GRANT = "grant"
    """Key of the grant that was chosen."""
    ADDRESS = "address"
    AGENT = "agent"


OFFICE_WORDS = ("老干部", "laoganbu", "lgbj", "password", "admin", "qwerty", "123456")
HOW_TO_CHOOSE = (
    "至少 12 个字符。可以用一句好记的话，也可以由浏览器生成；不要用姓名、用户名、单位名称和常见密码。"
)


class LengthValidator:
    """12 to 128 characters (ASVS 6.2.1, 6.2.9), told in Chinese: Django's own words for it are not translated."""

    def __init__(self, least: int = 12, most: int = 128) -> None:
        self.least, self.most = least, most

    def validate(self, password: str, user: object = None) -> None:
        if len(password) < self.least:
            raise ValidationError(f"密码太短，至少要 {self.least} 个字符。", code="too_short")
        if len(password) > self.most:
            raise ValidationError(f"密码最长 {self.most} 个字符。", code="too_long")

    def get_help_text(self) -> str:
        return f"{self.least} 到 {self.most} 个字符。"


class OfficeWordsValidator:
    """Refuses passwords built on the office's own words (ASVS 6.2.11) or on the user's."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = (*OFFICE_WORDS, *(word.lower() for word in words))

    def validate(self, password: str, user: object = None) -> None:
        lowered = password.lower()
        found = next((word for word in self.words if word in lowered), None)
        if found:
            raise ValidationError(f"密码里不要用“{found}”这样容易猜到的词。", code="office_word")
        own = (
            str(getattr(user, name, "") or "").lower() for name in ("username", "full_name", "staff_number")
        )
        if any(len(word) > 1 and word in lowered for word in own):
            raise ValidationError("密码里不要有自己的姓名、用户名或工号。", code="own_word")

    def get_help_text(self) -> str:
        return "不要用单位名称、连续数字等容易猜到的词。"


def client_address(remote: str, forwarded: str, proxies: int) -> str:
    """Address of the browser: the one that the outermost of our own ``proxies`` saw.

    ``forwarded`` is X-Forwarded-For: each proxy appends whom it heard, so what stands further left was written by
    the browser itself and may be forged. Without proxies, or with something unreadable, it is the peer ``remote``.
    """
    hops = [hop.strip() for hop in forwarded.split(",")] if forwarded else []
    if proxies < 1 or len(hops) < proxies:
        return remote
    try:
        return str(ip_address(hops[-proxies]))
    except ValueError:
        return remote


BROWSERS = (
    ("MicroMessenger", "微信"),
    ("360SE", "360 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("UBrowser", "UC 浏览器"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "鸿蒙"),
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_label(agent: str) -> str:
    """ "Windows 上的 Chrome" from a User-Agent; "未知浏览器" when it tells nothing."""
    browser = next((label for mark, label in BROWSERS if mark in agent), "")
    system = next((label for mark, label in SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{system} 上的 {browser}"
    return browser or system or "未知浏览器"


RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def tidy_code(text: str) -> str:
    """A one-time or recovery code as it was meant: full-width digits, spaces and dashes do not matter."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())
