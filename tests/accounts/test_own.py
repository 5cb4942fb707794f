"""One's own account: password, display, the grant in hand, the one-time link."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import int_to_base36

from apps.accounts.choices import Role
from apps.accounts.models import User
from apps.audit.models import Event, SignIn
from apps.core.scope import scope
from tests.accounts.conftest import SIGN_IN, try_to_enter
from tests.factories.city import PASSWORD, grant
from tests.factories.signed_in import signed_in

NEW = "mountain-river-lantern"
PROFILE = "/account/"
PASSWORD_PAGE = "/account/password/"
OWN_PAGES = ("profile", "password")


@pytest.mark.parametrize("view", OWN_PAGES)
def test_own_pages_open_for_every_role_and_nobody_else(city, view):
    url = reverse(f"accounts:{view}")
    for user in city.users.values():
        assert signed_in(user).get(url).status_code == 200, user
    assert Client().get(url).url == f"{SIGN_IN}?next={url.replace('/', '%2F')}"
    assert signed_in(city.clerk_a).delete(url).status_code == 405


def test_the_profile_shows_only_ones_own(city, enter):
    try_to_enter("clerk_b", "wrong-password-1", address="10.9.9.9")
    page = enter(city.clerk_a).get(PROFILE).content.decode()
    assert "试clerk_a" in page
    assert "南岭县 · 县局经办" in page
    assert "本机" in page
    assert "10.9.9.9" not in page
    assert "⚠" not in page


def test_changing_the_password_ends_the_other_sessions_and_goes_on_here(city, enter):
    here, elsewhere = enter(city.clerk_a), enter(city.clerk_a)
    answer = here.post(PASSWORD_PAGE, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.url == PROFILE
    assert "密码已修改" in here.get(PROFILE).content.decode()
    assert elsewhere.get(PROFILE).status_code == 302
    assert try_to_enter("clerk_a").status_code == 200
    assert try_to_enter("clerk_a", NEW).status_code == 302
    assert User.objects.get(pk=city.clerk_a.pk).password_changed_at is not None
    with scope(city.actor(city.audit_admin)):
        assert Event.objects.filter(summary="修改自己的密码", actor_id=city.clerk_a.pk).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("", NEW, NEW, "请填写现在的密码。"),
        ("wrong-password-1", NEW, NEW, "现在的密码不对。"),
        (PASSWORD, NEW, NEW + "x", "两次填写的新密码不一样。"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码不能与现在的密码相同。"),
        (PASSWORD, "short-1", "short-1", "密码太短，至少要 12 个字符。"),
        (PASSWORD, "x" * 129, "x" * 129, "密码最长 128 个字符。"),
        (PASSWORD, "passwordpassword", "passwordpassword", "密码里不要用“password”"),
        (PASSWORD, "云溪的山水真好看十二字", "云溪的山水真好看十二字", "密码里不要用“云溪”"),
        (PASSWORD, "我们老干部局的密码最好", "我们老干部局的密码最好", "密码里不要用“老干部”"),
        (PASSWORD, "mountain-clerk_a-river", "mountain-clerk_a-river", "不要有自己的姓名、用户名或工号"),
        (PASSWORD, "1qaz2wsx3edc", "1qaz2wsx3edc", "太常见"),
    ],
)
def test_a_bad_new_password_changes_nothing_and_says_why(city, enter, old, new, again, said):
    client = enter(city.clerk_a)
    answer = client.post(PASSWORD_PAGE, {"old": old, "new": new, "again": again})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert said in body
    for typed in filter(None, (old, new)):
        assert f'value="{typed}"' not in body
    assert User.objects.get(pk=city.clerk_a.pk).check_password(PASSWORD)
    assert client.get(PROFILE).status_code == 200


def test_128_characters_and_a_sentence_are_welcome(city, enter):
    client = enter(city.clerk_a)
    long = "春眠不觉晓，处处闻啼鸟。" * 10 + "13572468"
    assert len(long) == 128
    assert client.post(PASSWORD_PAGE, {"old": PASSWORD, "new": long, "again": long}).status_code == 302
    assert try_to_enter("clerk_a", long).status_code == 302


def test_guessing_the_present_password_is_slowed_like_signing_in(city, enter):
    client = enter(city.clerk_a, address="127.0.0.1")
    for _ in range(4):
        client.post(PASSWORD_PAGE, {"old": "wrong-password-1", "new": NEW, "again": NEW})
    answer = client.post(PASSWORD_PAGE, {"old": "wrong-password-1", "new": NEW, "again": NEW})
    assert answer.status_code == 429
    assert client.post(PASSWORD_PAGE, {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 429
    assert User.objects.get(pk=city.clerk_a.pk).check_password(PASSWORD)
    assert SignIn.objects.filter(outcome="failed").count() == 4


def test_no_password_in_logs(city, caplog):
    caplog.set_level(logging.DEBUG)
    client = Client()
    try_to_enter("clerk_a", client=client)
    try_to_enter("clerk_a", "wrong-one-here-12")
    client.post(PASSWORD_PAGE, {"old": PASSWORD, "new": NEW, "again": NEW})
    client.post(PASSWORD_PAGE, {"old": "another-wrong-one", "new": NEW, "again": NEW})
    for word in (PASSWORD, NEW, "wrong-one-here-12", "another-wrong-one"):
        assert word not in caplog.text


def test_an_old_password_has_to_be_changed_first(city, enter, settings):
    long_ago = timezone.now() - timedelta(days=91)
    User.objects.filter(pk=city.clerk_a.pk).update(created_at=long_ago, password_changed_at=long_ago)
    client = enter(city.clerk_a)
    for path in ("/", PROFILE, "/units/"):
        assert client.get(path).url == PASSWORD_PAGE
    assert client.post(DISPLAY, {"size": "huge"}).url == PASSWORD_PAGE
    assert "已经用满 90 天" in client.get(PASSWORD_PAGE).content.decode()
    settings.PORTAL_PASSWORD_DAYS = 0
    assert client.get("/units/").status_code == 200
    settings.PORTAL_PASSWORD_DAYS = 90
    client.post(PASSWORD_PAGE, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert client.get("/units/").status_code == 200


DISPLAY = "/account/display/"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"size": "huge"}, 'data-size="huge"'),
        ({"contrast": "high"}, 'data-contrast="high"'),
        ({"density": "compact"}, 'data-density="compact"'),
        ({"shortcuts": "off"}, 'data-shortcuts="off"'),
    ],
)
def test_display_is_kept_with_the_account_and_leads_back(city, sent, shown):
    client = signed_in(city.clerk_a)
    answer = client.post(DISPLAY, sent | {"next": "/units/?q=x"})
    assert (answer.status_code, answer.url) == (302, "/units/?q=x")
    assert shown in client.get(PROFILE).content.decode()
    assert shown in signed_in(city.clerk_a).get(PROFILE).content.decode()
    assert shown not in signed_in(city.clerk_b).get(PROFILE).content.decode()


def test_one_setting_leaves_the_others(city):
    client = signed_in(city.clerk_a)
    for sent in ({"size": "large"}, {"density": "compact"}, {"shortcuts": "off"}, {"contrast": "high"}):
        client.post(DISPLAY, sent)
    user = User.objects.get(pk=city.clerk_a.pk)
    assert (user.text_size, user.contrast) == ("large", "high")
    assert user.preferences == {"density": "compact", "shortcuts": "off"}


@pytest.mark.parametrize("sent", [{}, {"size": "gigantic"}, {"shortcuts": "maybe"}, {"is_active": "1"}])
def test_unknown_display_is_refused_and_changes_nothing(city, sent):
    before = User.objects.filter(pk=city.clerk_a.pk).values().get()
    assert signed_in(city.clerk_a).post(DISPLAY, sent).status_code == 400
    assert User.objects.filter(pk=city.clerk_a.pk).values().get() | {"last_login": None} == before | {
        "last_login": None
    }


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_display_leads_back_only_within_the_portal(city, target):
    assert signed_in(city.clerk_a).post(DISPLAY, {"size": "large", "next": target}).url == "/"


def test_display_needs_post_and_sign_in(city):
    assert signed_in(city.clerk_a).get(DISPLAY).status_code == 405
    assert Client().post(DISPLAY, {"size": "large"}).url == SIGN_IN


def test_switching_to_another_of_ones_grants(city):
    second = grant(city.clerk_a, Role.LEADER, city.root)
    client = signed_in(city.clerk_a)
    assert client.get("/units/").status_code == 200
    assert client.post(reverse("accounts:grant"), {"grant": second.pk}).url == "/"
    assert "云溪市 · 领导" in client.get(PROFILE).content.decode()
    assert client.get("/units/").status_code == 403  # the rights of the grant in hand, not of all together


@pytest.mark.parametrize("which", ["others", "ended", "nonsense", "missing", ""])
def test_only_ones_own_grants_in_force_can_be_taken(city, which):
    ended = grant(city.clerk_a, Role.LEADER, city.b)
    with scope(city.actor(city.security_admin)):
        ended.ends_on = ended.starts_on
        ended.save()
    others = city.system_admin.grants.get().pk
    value = {"others": others, "ended": ended.pk, "nonsense": "1 or 1", "missing": 999_999_999, "": ""}[which]
    client = signed_in(city.clerk_a)
    assert client.post(reverse("accounts:grant"), {"grant": value}).status_code == 404
    assert "南岭县 · 县局经办" in client.get(PROFILE).content.decode()


def test_switching_needs_post_and_sign_in(city):
    assert signed_in(city.clerk_a).get(reverse("accounts:grant")).status_code == 405
    assert Client().post(reverse("accounts:grant"), {"grant": 1}).url == SIGN_IN


def link_of(user: User) -> str:
    token = default_token_generator.make_token(user)
    return reverse("accounts:set-password", args=[int_to_base36(user.pk), token])


def test_the_one_time_link_sets_a_password_once(city, enter):
    elsewhere = enter(city.clerk_a)
    city.clerk_a.refresh_from_db()
    link = link_of(city.clerk_a)
    assert "clerk_a" in Client().get(link).content.decode()
    client = Client()
    answer = client.post(link, {"new": NEW, "again": NEW})
    assert answer.url == SIGN_IN
    assert "密码已设置" in client.get(SIGN_IN).content.decode()
    assert elsewhere.get(PROFILE).status_code == 302
    assert try_to_enter("clerk_a", NEW).status_code == 302
    again = Client().post(link, {"new": "another-good-sentence", "again": "another-good-sentence"})
    assert again.status_code == 404
    assert "链接已失效" in again.content.decode()
    assert try_to_enter("clerk_a", NEW).status_code == 302
    assert SignIn.objects.filter(outcome="password-set", user_id=city.clerk_a.pk).count() == 1


def test_a_bad_password_does_not_spend_the_link(city):
    link = link_of(city.clerk_a)
    assert "密码太短" in Client().post(link, {"new": "short", "again": "short"}).content.decode()
    assert User.objects.get(pk=city.clerk_a.pk).check_password(PASSWORD)
    assert Client().get(link).status_code == 200


def test_every_link_that_does_not_work_gets_the_same_answer(city, settings):
    good = link_of(city.clerk_a)
    other = reverse(
        "accounts:set-password", args=[int_to_base36(city.clerk_b.pk), good.rstrip("/").split("/")[-1]]
    )
    nobody = reverse("accounts:set-password", args=["zzzzz", "abc-def"])
    absurd = reverse("accounts:set-password", args=["!" * 200, "x"])
    huge = reverse("accounts:set-password", args=["z" * 13, "x"])
    bodies = {
        (answer.status_code, answer.content.decode().split("</main>")[0])
        for answer in (Client().get(link) for link in (other, nobody, absurd, huge))
    }
    assert len(bodies) == 1
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(good).status_code == 404
    settings.PASSWORD_RESET_TIMEOUT = 86400
    User.objects.filter(pk=city.clerk_a.pk).update(is_active=False)
    assert Client().get(good).status_code == 404
