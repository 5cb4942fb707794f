"""Hostile address lines: everything that is not a condition of the list is refused, nothing breaks, nobody else shows.

Django's filters take keywords, and keywords take lookups: ``?password__startswith=``, ``?_connector=OR``
(CVE-2025-64459) and the like must never reach one.
"""

import string
from urllib.parse import quote_plus

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.architecture.browsers import Browsers
from tests.architecture.canaries import seen
from tests.architecture.world import World

LISTS = {
    "clerk_a": (
        "retirees:list",
        "retirees:grid",
        "options",
        "retirees:views",
        "retirees:view-create",
        "retirees:doubles",
        "merge",
        "retirees:requests",
        "retirees:transfers",
        "retirees:quality",
        "retirees:changesets",
        "retirees:create",
        "imports:list",
        "exports:list",
        "exports:new",
        "exports:templates",
        "reports:list",
        "statistics:list",
        "units:tree",
        "jobs:list",
        "person",
        "batch",
    ),
    "city_clerk": ("retirees:mistakes", "retirees:fields", "dictionaries:list", "dictionary"),
    "leader_a": ("retirees:list", "dashboards:board", "reports:list", "statistics:list"),
    "unit_a1": ("retirees:list", "imports:list", "units:tree"),
    "security_admin": ("accounts:users", "accounts:sign-in"),
    "audit_admin": ("audit:log", "audit:sign-ins"),
    "anonymous": ("accounts:sign-in",),
}
REAL = (
    *(
        "q",
        "category",
        "county",
        "unit",
        "treatment",
        "age_min",
        "age_max",
        "sex",
        "period",
        "health",
        "self_care",
    ),
    *(
        "living",
        "residence",
        "party",
        "incomplete",
        "lacks",
        "has",
        "any",
        "by",
        "view",
        "education",
        "issue",
        "state",
        "age_band",
        "batch",
        "on",
        "flow",
        "from",
        "to",
    ),
    *(
        "page",
        "after",
        "before",
        "sort",
        "tab",
        "version",
        "show",
        "whose",
        "closed",
        "role",
        "next",
        "ended",
        "out",
    ),
    *(
        "kind",
        "actor",
        "older",
        "newer",
        "outcome",
        "subject",
        "since",
        "until",
        "text",
        "request",
        "username",
    ),
    *("political", "marriage", "rank", "nation", "special", "custom", "custom_1", "draft", "box", "keep"),
)
HOSTILE = (
    *(
        "_connector",
        "_negated",
        "pk",
        "id",
        "pk__in",
        "county__name",
        "county_id",
        "county__code__startswith",
    ),
    *(
        "password__startswith",
        "private__national_id",
        "private__national_id_index",
        "user__password",
        "unit__area",
    ),
    *(
        "order_by",
        "ordering",
        "fields",
        "format",
        "__class__",
        "objects",
        "*",
        "**kwargs",
        "name__regex",
        "o",
        "limit",
    ),
    *("q[]", "q.x", "{{7*7}}", "%", "county;drop", "ä", "姓名", ""),
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "0",
                "1",
                "-1",
                "2",
                "last",
                "first",
                "all",
                "name",
                "-name",
                "?",
                "password",
                "-private__phone",
            ),
            *(
                "lixiu",
                "none",
                "helpless",
                "deaths",
                "2026-01-01",
                "9999-12-31",
                "0001-01-01",
                "2026-02-30",
                "nan",
            ),
            *(
                "99999999999999999999",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775809",
                "1e400",
            ),
            *(
                "\x00",
                "a\x00b",
                "\ud800",
                "\udfff",
                "\ufffe",
                "\u202e",
                "％",
                "１２",
                "²",
                "٣",
                "' OR 1=1 --",
                "%%",
                "\\",
            ),
            *(
                "<script>alert(1)</script>",
                "{{7*7}}",
                "${7*7}",
                "../../etc/passwd",
                "\r\nSet-Cookie: a=b",
                "ZQB1",
            ),
            "x" * 5000,
            "%" * 300,
            "(" * 300,
        ]
    ),
    st.integers().map(str),
    st.text(max_size=30),
    st.text(string.printable, max_size=12),
)
NAMES = st.one_of(st.sampled_from(REAL), st.sampled_from(REAL), st.sampled_from(HOSTILE), st.text(max_size=8))
PAIRS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=4)
ASKED = st.sampled_from([(role, name) for role, names in LISTS.items() for name in names])
EXAMPLES = 300


def encoded(pairs: list[tuple[str, str]]) -> str:
    """As a browser, or somebody with a socket, would send it: lone surrogates too."""
    return "&".join(
        "=".join(quote_plus(part.encode("utf-8", "surrogatepass")) for part in pair) for pair in pairs
    )


def address_of(world: World, name: str) -> str:
    if name == "person":
        return reverse("retirees:detail", args=[world.people["a1"].pk])
    if name == "batch":
        return reverse("imports:detail", args=[world.batches["a"].pk])
    if name == "options":
        return reverse("retirees:options", args=["treatment"])
    if name == "merge":
        return reverse("retirees:merge", args=[world.pairs["a1"].pk])
    if name == "dictionary":
        return reverse("dictionaries:detail", args=[world.dictionary.code])
    return reverse(name)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(asked=ASKED, pairs=PAIRS)
def test_whatever_is_asked(
    asked: tuple[str, str], pairs: list[tuple[str, str]], world: World, browsers: Browsers
) -> None:
    role, name = asked
    check(world, browsers, role, f"{address_of(world, name)}?{encoded(pairs)}")


def check(world: World, browsers: Browsers, role: str, address: str) -> int:
    """Answered, or refused as a bad or unknown question; nothing of others, nothing live, no broken header."""
    browsers.crashes.clear()
    response = browsers.probe(role, "GET", address)
    assert response.status_code in (200, 400, 404), (response.status_code, browsers.crashes, address[:300])
    assert seen(world, role, response) == [], address[:300]
    assert b"<script>alert" not in response.content
    assert "Set-Cookie: a=b" not in str(response.headers)
    return response.status_code


ATTACKS = (
    "_connector=OR&county=1",
    "_negated=1",
    "county__name=x",
    "password__startswith=a",
    "private__national_id=4",
    "q=a&q=b",
    "category=lixiu&category=tuixiu",
    "order_by=password",
    "sort=private__phone",
    "sort=county__code",
    "q=%ED%A0%80",
    "=1",
    "&&&",
    "q",
    "q=" + "x" * 1_000_000,
    "&".join(f"k{number}=1" for number in range(1500)),
    "&".join(f"q={number}" for number in range(500)),
)
ALWAYS = (
    ("clerk_a", "retirees:list"),
    ("audit_admin", "audit:log"),
    ("security_admin", "accounts:users"),
)
SHARE = 2
"""A list meets every other attack, and its neighbour the rest: all of them everywhere costs minutes."""


@pytest.mark.parametrize("number", range(len(ATTACKS)))
def test_known_attacks(number: int, world: World, browsers: Browsers) -> None:
    query = ATTACKS[number]
    asked = [(role, name) for role, names in LISTS.items() for name in names]
    asked = [one for place, one in enumerate(asked) if one in ALWAYS or (place + number) % SHARE == 0]
    answers = {
        (role, name): check(world, browsers, role, f"{address_of(world, name)}?{query}")
        for role, name in asked
    }
    if query.split("=")[0] not in (*REAL, "&&&") or query.count("&q=") or query.count("&category="):
        # The register takes several values of one condition.
        assert answers["clerk_a", "retirees:list"] == (200 if query.count("&category=") else 400)
        assert answers["audit_admin", "audit:log"] == 400
        assert answers["security_admin", "accounts:users"] == 400
