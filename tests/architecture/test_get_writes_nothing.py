"""Reading never writes, and nothing is written for a form that this portal did not send."""

from typing import Any

import pytest
from django.urls import reverse

from tests.architecture.browsers import Browsers
from tests.architecture.digests import changed, digests, written
from tests.architecture.matrix import URLS
from tests.architecture.objects import objects
from tests.architecture.world import World

SESSIONS = "accounts_session"
"""When somebody was last at work, and the messages he has read."""
LOG = "audit_event"
READERS = ("chief_a", "city_chief", "leader", "system_admin", "security_admin", "audit_admin")
WRITERS = ("chief_a", "city_chief", "system_admin", "security_admin")
BODY = {"probe": "1"}


def own_address(world: World, name: str, role: str) -> str:
    url = URLS[name]
    return reverse(name, kwargs=objects(world, url.what, role).own if url.what else {})


def asked_as(role: str) -> list[str]:
    """Writing addresses that are asked under this role: the first of WRITERS who may."""
    return [
        name
        for name, url in URLS.items()
        if "POST" in url.allowed and role == next((one for one in WRITERS if one in url.who), None)
    ]


def test_the_database_tells_of_a_write(world: World, browsers: Browsers) -> None:
    """Or the tests below would see nothing at all."""
    before, wrote = digests(), written()
    browsers.probe("clerk_a", "POST", reverse("retirees:verify", args=[world.people["a1"].pk]), keep=True)
    assert {"retirees_retiree", "retirees_retireehistory", "audit_event"} <= set(changed(before, digests()))
    assert written()["audit_event"] > wrote["audit_event"]


@pytest.mark.parametrize("role", ["anonymous", *READERS])
def test_reading_changes_no_table(role: str, world: World, browsers: Browsers) -> None:
    """GET, HEAD and OPTIONS of every address, own objects: the database counts no row written, except that a refusal
    goes to the log."""
    browsers.probe(role, "GET", "/", keep=True)
    before, wrote, faults = digests(), written(), []
    for name in URLS:
        address = own_address(world, name, role)
        for method in ("GET", "HEAD", "OPTIONS"):
            response = browsers.probe(role, method, address, keep=True)
            now = written()
            rows = {
                table: count - wrote.get(table, 0)
                for table, count in now.items()
                if count != wrote.get(table)
            }
            rows.pop(SESSIONS, None)
            if rows != ({LOG: 1} if response.status_code == 403 else {}):
                faults.append(f"{method} {address}: {response.status_code}, wrote {rows}")
            if response.status_code >= 500 and name != "health:readyz":
                faults.append(f"{method} {address}: {response.status_code} {browsers.crashes}")
            wrote = now
    assert not faults, "\n".join(faults)
    assert set(changed(before, digests())) <= {SESSIONS, LOG}


def test_every_address_was_read_by_somebody() -> None:
    assert [name for name, url in URLS.items() if not url.who & set(READERS)] == []


@pytest.mark.parametrize("role", WRITERS)
def test_a_form_without_our_token_is_refused(role: str, world: World) -> None:
    """No token, an invented one, a form from elsewhere, a body that is no form: refused before any view."""
    browsers = Browsers(world, csrf=True)
    before, faults = digests(), []
    for name in asked_as(role):
        address = own_address(world, name, role)
        answers: dict[str, Any] = {
            "no token": browsers.probe(role, "POST", address, BODY, keep=True),
            "an invented token": browsers.probe(
                role, "POST", address, {"csrfmiddlewaretoken": "x" * 64}, keep=True
            ),
            "from elsewhere": browsers.probe(
                role, "POST", address, BODY, keep=True, Origin="https://x.example"
            ),
            "from htmx": browsers.probe(role, "POST", address, BODY, keep=True, **{"HX-Request": "true"}),
            "plain text": browsers.post_text(role, address),
        }
        faults += [
            f"{name} with {how}: {got.status_code}" for how, got in answers.items() if got.status_code != 403
        ]
    assert not faults, "\n".join(faults)
    assert set(changed(before, digests())) <= {SESSIONS, LOG}


def test_every_writing_address_was_asked_by_somebody() -> None:
    asked = [name for role in WRITERS for name in asked_as(role)]
    assert sorted(asked) == sorted(name for name, url in URLS.items() if "POST" in url.allowed)
