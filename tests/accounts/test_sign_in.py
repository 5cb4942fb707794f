"""Coming in with a password: what is told, what is kept, what is slowed down."""

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Session, User
from apps.accounts.rules import SESSION
from apps.audit.models import SignIn
from tests.accounts.conftest import SIGN_IN, text_of, try_to_enter
from tests.factories.city import PASSWORD


def outcomes(**conditions: object) -> list[str]:
    return list(SignIn.objects.filter(**conditions).order_by("at", "pk").values_list("outcome", flat=True))


def test_signing_in_leads_home_and_is_logged(city):
    client = Client()
    answer = try_to_enter("clerk_a", client=client, address="10.0.0.7", HTTP_USER_AGENT="Windows Chrome/140")
    assert (answer.status_code, answer.url) == (302, "/")
    row = SignIn.objects.get()
    assert (row.user_id, row.username, row.outcome) == (city.clerk_a.pk, "clerk_a", "ok")
    assert (row.address, row.agent) == ("10.0.0.7", "Windows Chrome/140")
    session = Session.objects.get(user=city.clerk_a)
    assert (session.address, session.agent) == ("10.0.0.7", "Windows Chrome/140")


def test_the_page_is_public_and_takes_no_other_method(db):
    assert Client().get(SIGN_IN).status_code == 200
    assert Client().put(SIGN_IN).status_code == 405
    assert Client().delete(SIGN_IN).status_code == 405


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("", "", "请填写用户名。"),
        ("clerk_a", "", "请填写密码。"),
        ("clerk_a", "x" * 129, "密码最长 128 个字符。"),
        ("x" * 151, PASSWORD, "用户名太长。"),
        ("clerk_a\0", PASSWORD, "不允许是用空字符"),
    ],
)
def test_an_incomplete_form_says_why_and_counts_nothing(city, username, password, said):
    answer = try_to_enter(username, password)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not SignIn.objects.exists()
    assert not Session.objects.filter(user__isnull=False).exists()


def test_known_unknown_and_switched_off_names_get_the_same_answer(city):
    User.objects.filter(pk=city.clerk_b.pk).update(is_active=False)
    bodies = {
        text_of(try_to_enter("clerk_a", "wrong-password-1")).replace("clerk_a", "NAME"),
        text_of(try_to_enter("nobody", "wrong-password-1")).replace("nobody", "NAME"),
        text_of(try_to_enter("clerk_b", PASSWORD)).replace("clerk_b", "NAME"),
    }
    assert len(bodies) == 1
    assert "用户名或密码不正确" in bodies.pop()


def test_an_unknown_name_is_kept_as_a_digest_only(city, caplog):
    caplog.set_level(logging.DEBUG)
    try_to_enter("my-secret-passphrase", "hunter2-hunter2")
    try_to_enter("clerk_a", "hunter2-hunter2")
    kept = " ".join(
        str(value)
        for row in [*AccessAttempt.objects.values(), *SignIn.objects.values()]
        for value in row.values()
    )
    for text in (kept, caplog.text):
        assert "hunter2" not in text
        assert "my-secret-passphrase" not in text
    assert SignIn.objects.filter(username="clerk_a", outcome="failed").exists()
    assert SignIn.objects.filter(username__startswith="未知 ", user_id=None).exists()


@pytest.mark.parametrize("name", ["clerk_a", "nobody"])
def test_the_sixth_try_from_an_address_has_to_wait_even_with_the_right_password(city, name):
    for _ in range(4):
        assert try_to_enter(name, "wrong-password-1").status_code == 200
    fifth = try_to_enter(name, "wrong-password-1")
    sixth = try_to_enter(name, PASSWORD)
    assert (fifth.status_code, sixth.status_code) == (429, 429)
    assert "请 15 分钟后再试" in sixth.content.decode()
    assert name not in sixth.content.decode()
    assert "locked" in outcomes()
    assert "ok" not in outcomes()


def test_another_address_is_not_locked_and_a_forged_header_is_no_other_address(city):
    for number in range(5):
        try_to_enter("clerk_a", "wrong-password-1", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert try_to_enter("clerk_a", HTTP_X_FORWARDED_FOR="192.0.2.99").status_code == 429
    assert try_to_enter("clerk_a", address="10.0.0.2").status_code == 302
    assert set(SignIn.objects.values_list("address", flat=True)) == {"10.0.0.1", "10.0.0.2"}


def test_behind_our_proxy_the_address_is_the_one_the_proxy_saw(city, settings):
    settings.PORTAL_TRUSTED_PROXIES = 1
    try_to_enter("clerk_a", address="172.16.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, 10.9.9.9")
    assert SignIn.objects.get().address == "10.9.9.9"


@pytest.mark.parametrize("name", ["clerk_a", "nobody"])
def test_an_account_tried_from_many_addresses_is_slowed_for_all_but_its_owner(city, name):
    assert try_to_enter("clerk_a", address="10.0.0.200").status_code == 302  # the owner's own machine
    for number in range(20):
        assert try_to_enter(name, "wrong-password-1", address=f"10.1.0.{number}").status_code == 200
    assert try_to_enter(name, PASSWORD, address="10.1.0.99").status_code == 429
    assert try_to_enter("clerk_a", address="10.0.0.200").status_code == 302


def test_a_lock_does_not_grow_by_trying_on(city):
    for _ in range(5):
        try_to_enter("clerk_a", "wrong-password-1")
    before = AccessAttempt.objects.get().attempt_time
    try_to_enter("clerk_a", "wrong-password-1")
    assert AccessAttempt.objects.get().attempt_time == before
    AccessAttempt.objects.update(attempt_time=before - timedelta(minutes=16))
    assert try_to_enter("clerk_a").status_code == 302


def test_the_session_key_changes_and_an_injected_one_is_worth_nothing(city):
    client = Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    try_to_enter("clerk_a", client=client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()
    assert client.session[SESSION.COMPLETE] is True


@pytest.mark.parametrize(
    ("target", "led_to"),
    [
        ("/units/?q=1", "/units/?q=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/x", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_within_the_portal(city, target, led_to):
    answer = Client().post(
        SIGN_IN, {"username": "clerk_a", "password": PASSWORD}, QUERY_STRING=f"next={target}"
    )
    assert answer.url == led_to


def test_an_anonymous_reader_is_sent_to_sign_in_and_back(city):
    answer = Client().get("/units/?q=x")
    assert answer.url == f"{SIGN_IN}?next=%2Funits%2F%3Fq%3Dx"
    fragment = Client().get("/units/", HTTP_HX_REQUEST="true")
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, SIGN_IN)
    assert Client().post(reverse("accounts:display")).url == SIGN_IN


def test_the_last_sign_in_and_the_failures_since_are_shown_once(city, enter):
    first = enter(city.system_admin)
    assert "这是您第一次登录" in first.get(reverse("accounts:profile")).content.decode()
    for _ in range(2):
        try_to_enter("system_admin", "wrong-password-1", address="10.0.0.66")
    client = enter(city.system_admin)
    page = client.get(reverse("accounts:profile")).content.decode()
    assert "上次登录：" in page
    assert "此后有 2 次登录失败" in page
    assert "此后有" not in client.get(reverse("accounts:profile")).content.decode()
    assert "10.0.0.66" in page  # among the last sign-ins


def test_signing_out_needs_post_ends_the_session_on_the_server_and_clears_the_browser(city, enter):
    client = enter(city.clerk_a)
    url = reverse("accounts:sign-out")
    assert client.get(url).status_code == 405
    cookie = client.cookies.copy()
    answer = client.post(url)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "已退出登录" in client.get(answer.url).content.decode()
    replay = Client()
    replay.cookies = cookie
    assert replay.get("/account/").url.startswith(SIGN_IN)
    assert outcomes(user_id=city.clerk_a.pk) == ["ok", "out"]
    assert Client().post(url).status_code == 302  # without a session it does no harm


def test_csrf_is_asked_of_anonymous_and_signed_in(city, enter):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"username": "clerk_a", "password": PASSWORD}).status_code == 403
    strict.force_login(city.clerk_a)
    assert strict.post(reverse("accounts:sign-out")).status_code == 403


def test_a_signed_in_reader_of_the_sign_in_page_may_go_on_or_out(city, enter):
    page = enter(city.clerk_a).get(SIGN_IN).content.decode()
    assert "您已登录" in page
    assert reverse("accounts:sign-out") in page


def test_an_account_without_a_right_may_only_leave(city, enter):
    User.objects.create_user("bare", PASSWORD, full_name="无身份")
    client = enter(User.objects.get(username="bare"))
    answer = client.get("/units/")
    assert answer.status_code == 403
    assert "还没有身份" in answer.content.decode()
    assert client.post(reverse("accounts:sign-out")).status_code == 302
