"""One-time codes: enrolment, checking, replay, parallel use, limits, recovery, reset."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.actions import NotPossible, check_code, reset_second_factor
from apps.accounts.queries import live_sessions
from apps.accounts.rules import SESSION
from apps.audit.models import Event, SignIn
from apps.core.scope import scope
from tests.accounts.conftest import SIGN_IN, code_of, shown_codes, try_to_enter
from tests.factories.signed_in import signed_in

CODE = "/account/second-factor/"
ENROL = "/account/second-factor/enrol/"
PROFILE = "/account/"
WRONG = "000000"


@pytest.fixture
def forced(settings: object) -> None:
    settings.PORTAL_TOTP_ROLES = ["county_clerk"]  # type: ignore[attr-defined]


def half_in(username: str = "clerk_a") -> Client:
    """A browser that gave the password and owes the code."""
    client = Client()
    answer = try_to_enter(username, client=client)
    assert answer.url.startswith(CODE)
    return client


def test_a_device_asks_for_its_code_and_then_leads_on(city, phone):
    device = phone(city.clerk_a)
    client = Client()
    answer = client.post(
        f"{SIGN_IN}?next=/units/", {"username": "clerk_a", "password": "correct-horse-battery"}
    )
    assert answer.url == f"{CODE}?next=%2Funits%2F"
    assert not live_sessions(city.clerk_a).exists()
    assert not SignIn.objects.exists()
    before = client.session.session_key
    answer = client.post(answer.url, {"code": code_of(device), "next": "/units/"})
    assert answer.url == "/units/"
    assert client.session.session_key != before
    assert client.get("/units/").status_code == 200
    assert live_sessions(city.clerk_a).count() == 1
    assert SignIn.objects.get().outcome == "ok"


def test_with_one_factor_no_page_opens_but_the_code_and_the_way_out(city, phone):
    phone(city.clerk_a)
    client = half_in()
    open_pages = set()
    for name, path in plain_pages():
        answer = client.get(path)
        sent_to_code = answer.status_code == 302 and answer.url.startswith(CODE)
        if answer.status_code not in (404, 405) and not sent_to_code:
            open_pages.add(name)
    public = {"accounts:sign-in", "health:livez", "health:readyz"}
    assert open_pages - public == {"accounts:second-factor"}
    answer = client.get(ENROL)
    assert (answer.status_code, answer.url) == (302, CODE)  # no way round through a second enrolment
    assert client.post(ENROL, {"begin": "1"}).url == CODE
    assert client.post(ENROL, {"code": "123456"}).url == CODE
    assert client.post("/account/display/", {"size": "large"}).url.startswith(CODE)
    assert client.get("/units/", HTTP_HX_REQUEST="true")["HX-Redirect"] == CODE
    assert client.post("/account/sign-out/").status_code == 302


def plain_pages() -> list[tuple[str, str]]:
    """(name, path) of every page without parameters."""
    found = []
    for namespace, (prefix, resolver) in get_resolver().namespace_dict.items():
        for pattern in resolver.url_patterns:
            if pattern.name and not pattern.pattern.converters and "." not in str(pattern.pattern):
                found.append((f"{namespace}:{pattern.name}", f"/{prefix}{pattern.pattern}"))
    return found


def test_a_code_is_good_once(city, phone):
    device = phone(city.clerk_a)
    code = code_of(device)
    assert half_in().post(CODE, {"code": code}).url == "/"
    answer = half_in().post(CODE, {"code": code})
    assert "已经用过" in answer.content.decode()
    assert SignIn.objects.filter(outcome="code-failed").count() == 1


@pytest.mark.parametrize(("ago", "good"), [(0, True), (30, True), (-30, True), (90, False), (-90, False)])
def test_a_code_is_good_for_thirty_seconds_either_way(city, phone, ago, good):
    device = phone(city.clerk_a)
    answer = half_in().post(CODE, {"code": code_of(device, ago=ago)})
    assert (answer.status_code == 302) is good


def test_a_late_code_does_not_widen_the_window(city, phone):
    device = phone(city.clerk_a)
    half_in().post(CODE, {"code": code_of(device, ago=30)})
    assert TOTPDevice.objects.get().drift == 0


@pytest.mark.parametrize("typed", ["１２３４５６", "123 456", "123-456"])
def test_a_code_may_be_typed_as_people_type(city, phone, typed, monkeypatch):
    phone(city.clerk_a)
    asked = []
    monkeypatch.setattr(TOTPDevice, "verify_token", lambda self, token: asked.append(token))
    half_in().post(CODE, {"code": typed})
    assert asked == ["123456"]


def test_the_same_code_ten_times_at_once_opens_once(committed_city):
    device = TOTPDevice.objects.create(user=committed_city.clerk_a, name="动态口令", confirmed=True)
    clients = [half_in() for _ in range(10)]
    code = code_of(device)
    start = threading.Barrier(10)
    answers = []

    def send(client: Client) -> None:
        try:
            start.wait(timeout=30)
            answers.append(client.post(CODE, {"code": code}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers)[-1] in (302, 429)
    assert answers.count(302) == 1
    assert SignIn.objects.filter(outcome="ok").count() == 1


def test_five_wrong_codes_then_even_the_right_one_has_to_wait(city, phone):
    device = phone(city.clerk_a)
    for _ in range(5):
        answer = half_in().post(CODE, {"code": WRONG})
        assert "口令不对" in answer.content.decode()
    answer = half_in().post(CODE, {"code": code_of(device)})
    assert answer.status_code == 429
    assert "请 15 分钟后再试" in answer.content.decode()
    assert SignIn.objects.filter(outcome="locked", user_id=city.clerk_a.pk).count() == 1
    assert SignIn.objects.filter(outcome="ok").count() == 0


def test_an_empty_code_says_why_and_counts_nothing(city, phone):
    phone(city.clerk_a)
    assert "请填写动态口令" in half_in().post(CODE, {"code": ""}).content.decode()
    assert not SignIn.objects.exists()


def test_a_role_that_must_have_one_is_led_to_enrolment_and_through_it(city, forced):
    client = half_in()
    answer = client.get(f"{CODE}?next=/units/")
    assert answer.url == f"{ENROL}?next=%2Funits%2F"
    page = client.get(answer.url).content.decode()
    assert "您的身份要求" in page
    assert "<svg" not in page
    assert not TOTPDevice.objects.exists()  # reading a page makes nothing
    client.post(ENROL, {"begin": "1", "next": "/units/"})
    device = TOTPDevice.objects.get(user=city.clerk_a, confirmed=False)
    page = client.get(ENROL).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert client.get("/units/").url.startswith(CODE)
    wrong = client.post(ENROL, {"code": WRONG, "next": "/units/"})
    assert "口令不对" in wrong.content.decode()
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    done = client.post(ENROL, {"code": code_of(device), "next": "/units/"})
    codes = shown_codes(done)
    assert len(set(codes)) == 10
    assert 'href="/units/"' in done.content.decode()
    assert client.get("/units/").status_code == 200
    assert not StaticToken.objects.filter(token__in=codes).exists()  # kept as digests only
    with scope(city.actor(city.audit_admin)):
        assert Event.objects.filter(summary="启用动态口令", actor_id=city.clerk_a.pk).count() == 1


def test_the_code_of_enrolment_cannot_be_used_again_to_sign_in(city, forced):
    client = half_in()
    client.post(ENROL, {"begin": "1"})
    code = code_of(TOTPDevice.objects.get())
    assert shown_codes(client.post(ENROL, {"code": code}))
    assert "已经用过" in half_in().post(CODE, {"code": code}).content.decode()


def enrolled(city) -> tuple[Client, TOTPDevice, list[str]]:
    """A signed-in browser of clerk_a that has just enrolled, the device and the recovery codes."""
    client = signed_in(city.clerk_a)
    client.post(ENROL, {"begin": "1"})
    device = TOTPDevice.objects.get()
    codes = shown_codes(client.post(ENROL, {"code": code_of(device, ago=30)}))
    device.refresh_from_db()
    return client, device, codes


def test_a_recovery_code_opens_once_and_few_left_is_said(city):
    _, _, codes = enrolled(city)
    for used, code in enumerate(codes[:8], start=1):
        client = half_in()
        assert client.post(CODE, {"code": code.upper()}).url == "/"
        page = client.get(PROFILE).content.decode()
        assert ("恢复码只剩" in page) is (10 - used <= 3)
    assert "口令不对" in half_in().post(CODE, {"code": codes[0]}).content.decode()
    assert StaticToken.objects.count() == 2


def test_new_recovery_codes_need_a_code_and_end_the_old(city):
    client, device, codes = enrolled(city)
    url = reverse("accounts:recovery")
    assert "口令不对" in client.post(url, {"code": WRONG}).content.decode()
    assert StaticToken.objects.count() == 10
    new = shown_codes(client.post(url, {"code": code_of(device)}))
    assert len(new) == 10
    assert not set(new) & set(codes)
    assert "口令不对" in half_in().post(CODE, {"code": codes[0]}).content.decode()
    assert half_in().post(CODE, {"code": new[0]}).url == "/"


def test_giving_it_up_needs_a_code_and_ends_other_sessions(city, enter):
    client, device, codes = enrolled(city)
    other = half_in()
    other.post(CODE, {"code": codes[0]})
    url = reverse("accounts:second-factor-off")
    assert "口令不对" in client.post(url, {"code": WRONG}).content.decode()
    assert TOTPDevice.objects.exists()
    assert client.post(url, {"code": code_of(device)}).url == PROFILE
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert client.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302
    enter(city.clerk_a)  # the password alone is enough again


def test_a_forced_role_that_gives_it_up_has_to_enrol_again_at_once(city, forced):
    client = half_in()
    client.post(ENROL, {"begin": "1"})
    device = TOTPDevice.objects.get()
    client.post(ENROL, {"code": code_of(device, ago=30)})
    client.post(reverse("accounts:second-factor-off"), {"code": code_of(device)})
    assert client.get(PROFILE).url.startswith(CODE)


def test_the_security_administrator_resets_a_lost_one_with_a_reason(city):
    enrolled(city)
    client = signed_in(city.security_admin)
    url = reverse("accounts:user-code-reset", args=[city.clerk_a.pk])
    assert "请填写事由" in client.post(url, {"reason": ""}).content.decode()
    assert TOTPDevice.objects.exists()
    assert client.post(url, {"reason": "手机丢失，已当面核实"}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not live_sessions(city.clerk_a).exists()
    with scope(city.actor(city.audit_admin)):
        event = Event.objects.get(summary__startswith="重置")
        assert (event.actor_id, event.reason) == (city.security_admin.pk, "手机丢失，已当面核实")


def test_nobody_resets_the_own_one_and_only_security_resets(city, phone):
    phone(city.security_admin)
    with (
        scope(city.actor(city.security_admin)) as actor,
        pytest.raises(NotPossible, match="另一位安全管理员"),
    ):
        reset_second_factor(user=city.security_admin, reason="x", by=actor)
    for user in (city.system_admin, city.city_clerk, city.audit_admin):
        url = reverse("accounts:user-code-reset", args=[city.clerk_a.pk])
        assert signed_in(user).post(url, {"reason": "x"}).status_code == 403


def test_a_session_whose_device_was_taken_away_owes_a_code_again(city, forced):
    client = half_in()
    client.post(ENROL, {"begin": "1"})
    client.post(ENROL, {"code": code_of(TOTPDevice.objects.get())})
    assert client.get(PROFILE).status_code == 200
    TOTPDevice.objects.all().delete()
    assert client.get(PROFILE).url.startswith(CODE)


def test_another_users_code_opens_nothing(city, phone):
    phone(city.clerk_a)
    other = phone(city.clerk_b)
    checked = check_code(user=city.clerk_a, code=code_of(other), address="10.0.0.1", agent="")
    assert checked.device is None


def test_signed_in_without_owing_a_code_the_page_leads_home(city):
    client = signed_in(city.clerk_a)
    assert client.get(CODE).url == "/"
    assert client.session[SESSION.EPOCH] == 0
    assert Client().get(CODE).url.startswith(SIGN_IN)
    assert Client().get(ENROL).url.startswith(SIGN_IN)


@pytest.mark.parametrize("view", ["recovery", "second-factor-off"])
def test_pages_about_a_device_lead_back_where_there_is_none(city, view):
    assert signed_in(city.clerk_a).get(reverse(f"accounts:{view}")).url == PROFILE
    assert signed_in(city.clerk_a).put(reverse(f"accounts:{view}")).status_code == 405
    assert Client().get(reverse(f"accounts:{view}")).url.startswith(SIGN_IN)
