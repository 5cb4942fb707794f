"""Before certain acts one proves again who one is (security.md I6): who is asked, what is kept, who is stopped."""

import re
import time
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from apps.accounts.models import Grant
from apps.accounts.rules import SESSION
from apps.accounts.views.step_up import KEPT
from apps.audit.choices import EventKind
from apps.audit.models import Event, SignIn
from apps.core.pages import PageRule
from apps.core.scope import scope
from tests.accounts.conftest import code_of
from tests.factories.city import PASSWORD, actor_of, make_person
from tests.factories.signed_in import signed_in

LONG_AGO = 11 * 60
ASKED = 422
NUMBER = "420106193407026490"


@pytest.fixture(autouse=True)
def _ten_minutes(settings: SimpleNamespace) -> None:
    settings.PORTAL_STEP_UP_MINUTES = 10


@pytest.fixture
def person(city: SimpleNamespace) -> object:
    return make_person(city.clerk_a, city.a1, national_id=NUMBER)


def stale(user: object) -> Client:
    """A browser whose last factor was given eleven minutes ago, and who has worked since."""
    client = signed_in(user)
    session = client.session
    session[SESSION.STARTED] = int(time.time()) - LONG_AGO
    session.save()
    return client


def key_on(answer: object) -> str:
    found = re.search(rf'name="{KEPT}" value="([^"]*)"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def proofs() -> set[str]:
    """Addresses that declare it."""

    def walk(patterns: object, space: str) -> set[str]:
        found = set()
        for one in patterns:
            if hasattr(one, "url_patterns"):
                found |= walk(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
            else:
                rule = getattr(one.callback, "page_rule", None)
                if isinstance(rule, PageRule) and rule.proof:
                    found.add(f"{space}{one.name}")
        return found

    return walk(get_resolver().url_patterns, "")


def test_the_acts_that_ask_are_these():
    assert proofs() == {
        "retirees:reveal",
        "retirees:family-reveal",
        "retirees:print",
        "retirees:lrmx",
        "exports:new",
        "exports:decide",
        "accounts:user-grant",
        "accounts:user-grant-end",
        "accounts:user-export-give",
        "accounts:user-export-take",
        "accounts:user-code-reset",
        "accounts:user-link",
        "benefits:account-reveal",
        "benefits:run-file",
    }


def test_a_private_value_waits_for_the_password_and_the_form_is_kept(city, person):
    """The whole road: asked, wrong, right, shown at once; nothing is asked for the next ten minutes."""
    client = stale(city.clerk_a)
    address = reverse("retirees:reveal", args=[person.pk, "national_id"])
    asked = client.post(address, {"reason": "办理待遇"})
    assert asked.status_code == ASKED
    assert "再次验证身份" in asked.content.decode()
    assert NUMBER not in asked.content.decode()
    assert "办理待遇" not in str(client.session.items()), "kept sealed"
    wrong = client.post(address, {KEPT: key_on(asked), "proof": "no-such-password"})
    assert wrong.status_code == ASKED
    assert "密码不对" in wrong.content.decode()
    assert SignIn.objects.get().outcome == "failed"
    shown = client.post(address, {KEPT: key_on(wrong), "proof": PASSWORD})
    assert shown.status_code == 200
    assert NUMBER in shown.content.decode()
    assert client.session[SESSION.HELD] == {}
    with scope(actor_of(city.audit_admin)):
        kinds = list(Event.objects.order_by("at", "pk").values_list("kind", "summary", "reason"))
    assert (EventKind.ACCOUNT, "再次验证身份：retirees:reveal", "") in kinds
    assert [reason for kind, _, reason in kinds if kind == EventKind.REVEAL] == ["办理待遇"]
    again = client.post(address, {"reason": "办理待遇"})
    assert again.status_code == 200
    assert NUMBER in again.content.decode()


def test_htmx_is_asked_in_the_place_of_the_value(city, person):
    client = stale(city.clerk_a)
    address = reverse("retirees:reveal", args=[person.pk, "national_id"])
    piece = {"HX-Request": "true", "HX-Target": "secret-national_id"}
    asked = client.post(address, {"reason": "办理待遇"}, headers=piece)
    body = asked.content.decode()
    assert asked.status_code == ASKED
    assert "<html" not in body
    assert 'id="secret-national_id"' in body
    assert 'hx-target="#secret-national_id"' in body
    shown = client.post(address, {KEPT: key_on(asked), "proof": PASSWORD}, headers=piece)
    assert shown.status_code == 200
    assert NUMBER in shown.content.decode()
    assert "<html" not in shown.content.decode()
    hostile = {"HX-Request": "true", "HX-Target": '"><b>x'}
    assert "<b>x" not in stale(city.clerk_a).post(address, {"reason": "x"}, headers=hostile).content.decode()


def test_who_has_an_authenticator_gives_its_code_and_each_code_once(city, phone):
    device = phone(city.security_admin)
    client = stale(city.security_admin)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    address = reverse("accounts:user-grant", args=[city.clerk_b.pk])
    form = {"role": "county_chief", "unit": city.b.pk, "reason": "任命"}
    asked = client.post(address, form)
    assert "动态口令" in asked.content.decode()
    assert "登录密码" not in asked.content.decode()
    refused = client.post(address, {KEPT: key_on(asked), "proof": PASSWORD})
    assert refused.status_code == ASKED
    before = Grant.objects.filter(user=city.clerk_b).count()
    code = code_of(device)
    answer = client.post(address, {KEPT: key_on(refused), "proof": code})
    assert answer.status_code == 302, answer.content.decode()
    assert Grant.objects.filter(user=city.clerk_b).count() == before + 1, "the kept form was carried out"
    session = client.session
    session[SESSION.PROVEN] = 0
    session.save()
    asked = client.post(address, form)
    replayed = client.post(address, {KEPT: key_on(asked), "proof": code})
    assert replayed.status_code == ASKED
    assert "口令不对" in replayed.content.decode()
    assert Grant.objects.filter(user=city.clerk_b).count() == before + 1


def test_guessing_is_stopped_as_at_the_sign_in(city, person):
    """Five wrong ones, then a pause that the right one does not end."""
    client = stale(city.clerk_a)
    address = reverse("retirees:reveal", args=[person.pk, "national_id"])
    key = key_on(client.post(address, {"reason": "办理待遇"}))
    answers = [client.post(address, {KEPT: key, "proof": f"wrong-{n}"}).status_code for n in range(5)]
    assert answers == [ASKED] * 4 + [429]
    stopped = client.post(address, {KEPT: key, "proof": PASSWORD})
    assert stopped.status_code == 429
    assert NUMBER not in stopped.content.decode()
    assert SignIn.objects.filter(outcome="locked").exists()
    with scope(actor_of(city.audit_admin)):
        assert not Event.objects.filter(kind=EventKind.REVEAL).exists()


def test_a_kept_form_is_good_for_its_address_and_its_account_only(city, person):
    """Nor for another act, nor twice, nor when it was never kept; the password is right each time."""
    client = stale(city.clerk_a)
    address = reverse("retirees:reveal", args=[person.pk, "national_id"])
    key = key_on(client.post(address, {"reason": "办理待遇"}))
    elsewhere = client.post(
        reverse("retirees:reveal", args=[person.pk, "phone"]), {KEPT: key, "proof": PASSWORD}
    )
    assert elsewhere.status_code == ASKED
    assert "没有保留下来" in elsewhere.content.decode()
    assert client.post(address, {KEPT: key, "proof": PASSWORD}).status_code == ASKED, "spent"
    assert client.post(address, {KEPT: "invented", "proof": PASSWORD}).status_code == ASKED
    large = stale(city.clerk_a).post(address, {"reason": "x" * 70_000})
    assert key_on(large) == ""
    assert "没有保留" in large.content.decode()


def test_every_role_is_asked_for_what_it_may_do_and_refused_the_rest_as_before(city, person):
    """No right, no question: 403 and a stranger's 404 tell what they told."""
    reveal = reverse("retirees:reveal", args=[person.pk, "national_id"])
    grant = reverse("accounts:user-grant", args=[city.clerk_b.pk])
    for role, user in city.users.items():
        client = stale(user)
        asked = client.post(reveal, {"reason": "办理待遇"}).status_code
        may = role in ("city_clerk", "city_chief", "clerk_a", "chief_a", "clerk_b", "unit_a1", "unit_b1")
        assert asked == (ASKED if may else 403), role
        assert client.post(grant, {}).status_code == (ASKED if role == "security_admin" else 403), role
    client = stale(city.clerk_b)
    key = key_on(client.post(reveal, {"reason": "办理待遇"}))
    assert client.post(reveal, {KEPT: key, "proof": PASSWORD}).status_code == 404


def test_the_forms_token_is_checked_before_anything_is_kept(city, person):
    """Or a page elsewhere could have its own form confirmed by our question."""
    client = Client(enforce_csrf_checks=True)
    signed_in(city.clerk_a, client)
    session = client.session
    session[SESSION.STARTED] = int(time.time()) - LONG_AGO
    session.save()
    answer = client.post(reverse("retirees:reveal", args=[person.pk, "national_id"]), {"reason": "办理待遇"})
    assert answer.status_code == 403
    assert SESSION.HELD not in client.session


def test_it_can_be_switched_off_and_pages_that_show_nothing_ask_nothing(city, person, settings):
    client = stale(city.city_clerk)
    assert client.get(reverse("exports:new")).status_code == 200
    settings.PORTAL_STEP_UP_MINUTES = 0
    address = reverse("retirees:reveal", args=[person.pk, "national_id"])
    assert NUMBER in client.post(address, {"reason": "办理待遇"}).content.decode()
