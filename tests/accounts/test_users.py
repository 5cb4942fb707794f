"""Accounts and rights, by the two administrators who share them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.actions import NotPossible, give_grant, issue_link, set_active
from apps.accounts.choices import Role
from apps.accounts.models import Grant, GrantHistory, User
from apps.accounts.queries import live_sessions
from apps.accounts.rules import LEVELS
from apps.audit.models import Event
from apps.core.scope import scope
from apps.units.choices import Level
from apps.units.models import Unit
from tests.accounts.conftest import SIGN_IN, try_to_enter
from tests.factories.city import PASSWORD, grant
from tests.factories.signed_in import signed_in

LIST = "/account/users/"
REASON = {"reason": "依据第3号文"}


def url(view: str, user: User) -> str:
    return reverse(f"accounts:{view}", args=[user.pk])


def last_event(city) -> Event:
    with scope(city.actor(city.audit_admin)):
        return Event.objects.order_by("-at").first()


SYSTEM_PAGES = ("user-edit", "user-state", "user-link")
SECURITY_PAGES = ("user-grant", "user-sessions-end", "user-code-reset")


def test_who_opens_which_page(city):
    for name, user in city.users.items():
        client = signed_in(user)
        reads = 200 if name in ("system_admin", "security_admin") else 403
        assert client.get(LIST).status_code == reads, name
        assert client.get(url("user", city.clerk_a)).status_code == reads, name
        keeps = 200 if name == "system_admin" else 403
        assert client.get(reverse("accounts:user-create")).status_code == keeps
        for view in SYSTEM_PAGES:
            assert client.get(url(view, city.clerk_a)).status_code == keeps, (name, view)
        grants = 200 if name == "security_admin" else 403
        for view in SECURITY_PAGES:
            assert client.get(url(view, city.clerk_a)).status_code == grants, (name, view)
        held = city.clerk_a.grants.get()
        assert client.get(reverse("accounts:user-grant-end", args=[held.pk])).status_code == grants


@pytest.mark.parametrize("view", [*SYSTEM_PAGES, *SECURITY_PAGES, "user"])
def test_anonymous_missing_and_wrong_method(city, view):
    assert Client().get(url(view, city.clerk_a)).url.startswith(SIGN_IN)
    admin = city.system_admin if view in (*SYSTEM_PAGES, "user") else city.security_admin
    client = signed_in(admin)
    for missing in (999_999, 10**30):
        assert client.get(reverse(f"accounts:{view}", args=[missing])).status_code == 404
    assert client.delete(url(view, city.clerk_a)).status_code == 405
    if view == "user":
        assert client.post(url(view, city.clerk_a)).status_code == 405


def test_the_list_counts_and_finds(city):
    client = signed_in(city.system_admin)
    page = client.get(LIST).content.decode()
    assert "共 12 个账号" in page
    assert "南岭县 · 县局经办" in page
    assert "⚠" not in page
    found = client.get(LIST, {"q": "clerk_", "role": "county_clerk", "unit": city.a.pk}).content.decode()
    assert "试clerk_a" in found
    assert "试clerk_b" not in found
    assert "去掉条件" in found
    assert "试unit_a1" in client.get(LIST, {"unit": city.a.pk}).content.decode()  # an area with all below it


def test_the_list_takes_the_same_queries_however_long(city):
    client = signed_in(city.system_admin)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(LIST, {"q": "clerk_a"})
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("state", "found"),
    [("off", "chief_a"), ("new", "leader"), ("idle", "leader_a"), ("bare", "unit_a1"), ("active", "clerk_a")],
)
def test_states_are_told_and_found(city, state, found):
    User.objects.filter(username="chief_a").update(is_active=False)
    city.leader.set_unusable_password()
    city.leader.save()
    long_ago = timezone.now() - timedelta(days=91)
    User.objects.filter(username="leader_a").update(last_login=long_ago, created_at=long_ago)
    with scope(city.actor(city.security_admin)):
        Grant.objects.filter(user=city.unit_a1).update(ends_on=timezone.localdate())
    page = signed_in(city.system_admin).get(LIST, {"state": state}).content.decode()
    words = {"off": "已停用", "new": "未设密码", "idle": "90 天未登录", "bare": "没有身份", "active": "启用"}
    rows = page.split("<tbody")[1]
    assert f"试{found}<" in rows
    assert words[state] in rows
    if state != "active":
        assert rows.count("<tr") == 1


@pytest.mark.parametrize(
    "query",
    ["is_active=1", "password__startswith=a", "q=a&q=b", "_connector=OR", "grants__role=leader"],
)
def test_conditions_are_a_closed_list(city, query):
    assert signed_in(city.system_admin).get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["role=king", "unit=x", "state=?", "q=" + "x" * 61, "page=999", "page=x", "sort=x"]
)
def test_a_nonsense_value_breaks_nothing(city, query):
    assert signed_in(city.system_admin).get(f"{LIST}?{query}").status_code in (200, 404)


def test_a_new_account_gets_a_link_that_is_shown_once_and_no_password(city):
    client = signed_in(city.system_admin)
    sent = {"full_name": "陈新", "username": "chenxin", "staff_number": "A-17"}
    answer = client.post(reverse("accounts:user-create"), sent)
    page = answer.content.decode()
    assert "只显示这一次" in page
    link = page.split('value="http://testserver')[1].split('"')[0]
    user = User.objects.get(username="chenxin")
    assert (user.full_name, user.staff_number, user.has_usable_password()) == ("陈新", "A-17", False)
    assert try_to_enter("chenxin", "").status_code == 200
    for page in (client.get(url("user", user)), client.get(LIST)):
        assert link not in page.content.decode()
    assert (
        Client().post(link, {"new": "lantern-on-the-river", "again": "lantern-on-the-river"}).url == SIGN_IN
    )
    assert try_to_enter("chenxin", "lantern-on-the-river").status_code == 302
    event = last_event(city)
    assert event.summary == "建立账号 chenxin（陈新）"
    assert event.actor_id == city.system_admin.pk
    assert "token" not in str(event.data)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"full_name": ""}, "请填写姓名。"),
        ({"username": ""}, "请填写用户名。"),
        ({"username": "a"}, "用户名用 2 到 40 个"),
        ({"username": "带 空格"}, "用户名用 2 到 40 个"),
        ({"username": "clerk_a"}, "这个用户名已经有人用了。"),
        ({"staff_number": "B-1"}, "这个工号已经有账号。"),
    ],
)
def test_a_bad_account_is_not_made_and_says_why(city, changed, said):
    User.objects.filter(pk=city.clerk_b.pk).update(staff_number="B-1")
    sent = {"full_name": "陈新", "username": "chenxin", "staff_number": ""} | changed
    answer = signed_in(city.system_admin).post(reverse("accounts:user-create"), sent)
    assert said in answer.content.decode()
    assert User.objects.count() == 12


def test_correcting_an_account_keeps_its_user_name(city):
    client = signed_in(city.system_admin)
    sent = {"full_name": "改名", "staff_number": "C-9", "username": "hacker", "is_active": ""}
    assert client.post(url("user-edit", city.clerk_a), sent).url == url("user", city.clerk_a)
    user = User.objects.get(pk=city.clerk_a.pk)
    assert (user.full_name, user.staff_number, user.username, user.is_active) == (
        "改名",
        "C-9",
        "clerk_a",
        True,
    )
    answer = client.post(url("user-edit", city.clerk_b), {"full_name": "乙", "staff_number": "C-9"})
    assert "一人只能有一个账号" in answer.content.decode()
    assert User.objects.get(pk=city.clerk_b.pk).staff_number is None


def test_switching_off_and_on_with_a_reason(city, enter):
    reader = enter(city.clerk_a)
    client = signed_in(city.system_admin)
    page = url("user-state", city.clerk_a)
    assert "请填写事由" in client.post(page, {"reason": " "}).content.decode()
    assert User.objects.get(pk=city.clerk_a.pk).is_active
    assert client.post(page, {"reason": "离岗"}).status_code == 302
    assert reader.get("/account/").status_code == 302
    assert try_to_enter("clerk_a").status_code == 200
    assert last_event(city).reason == "离岗"
    assert "已停用" in client.get(url("user", city.clerk_a)).content.decode()
    assert client.post(page, {"reason": "返岗"}).status_code == 302
    assert try_to_enter("clerk_a").status_code == 302


def test_nobody_switches_the_own_account_or_the_last_administrator_off(city):
    with scope(city.actor(city.system_admin)) as actor:
        with pytest.raises(NotPossible, match="自己"):
            set_active(user=city.system_admin, active=False, reason="x", by=actor)
        with pytest.raises(NotPossible, match="唯一的审计管理员"):
            set_active(user=city.audit_admin, active=False, reason="x", by=actor)
        with pytest.raises(NotPossible, match="已经启用"):
            set_active(user=city.clerk_a, active=True, reason="x", by=actor)
    grant(User.objects.create_user("second", PASSWORD, full_name="第二"), Role.AUDIT_ADMIN, city.root)
    with scope(city.actor(city.system_admin)) as actor:
        assert not set_active(user=city.audit_admin, active=False, reason="x", by=actor).is_active


def test_a_new_link_ends_the_old_password_the_old_link_and_the_sessions(city, enter):
    reader = enter(city.clerk_a)
    client = signed_in(city.system_admin)
    links = []
    for _ in range(2):
        page = client.post(url("user-link", city.clerk_a), REASON).content.decode()
        links.append(page.split('value="http://testserver')[1].split('"')[0])
    assert links[0] != links[1]
    assert reader.get("/account/").status_code == 302
    assert try_to_enter("clerk_a").status_code == 200
    assert Client().get(links[0]).status_code == 404
    assert Client().get(links[1]).status_code == 200
    assert last_event(city).reason == REASON["reason"]
    assert "请填写事由" in client.post(url("user-link", city.clerk_a), {}).content.decode()


@pytest.mark.parametrize("who", ["security_admin", "audit_admin", "system_admin"])
def test_the_system_administrator_cannot_step_into_another_power_by_a_link(city, who):
    answer = signed_in(city.system_admin).post(url("user-link", city.users[who]), REASON)
    said = "自己的账号" if who == "system_admin" else "first_accounts --again"
    assert said in answer.content.decode()
    assert try_to_enter(who).status_code == 302
    with scope(city.actor(city.system_admin)) as actor, pytest.raises(NotPossible):
        issue_link(user=city.users[who], reason="x", by=actor)


# ---- rights


def give(city, user: User, role: str, unit: Unit, **more: str):
    sent = {"role": role, "unit": unit.pk, "reason": "任命", **more}
    return signed_in(city.security_admin).post(url("user-grant", user), sent)


def test_giving_and_ending_a_right_takes_effect_and_is_told(city, enter):
    assert give(city, city.clerk_a, "leader", city.root).url == url("user", city.clerk_a)
    given = Grant.objects.get(user=city.clerk_a, role="leader")
    assert (given.granted_by_id, given.starts_on) == (city.security_admin.pk, timezone.localdate())
    event = last_event(city)
    assert (event.kind, event.reason, event.data["grant"]) == ("grant", "任命", given.pk)
    client = signed_in(city.security_admin)
    end = reverse("accounts:user-grant-end", args=[given.pk])
    assert "请填写事由" in client.post(end, {}).content.decode()
    assert client.post(end, {"reason": "免职"}).url == url("user", city.clerk_a)
    assert "已结束" in client.get(url("user", city.clerk_a)).content.decode()
    assert "已经结束" in client.post(end, {"reason": "再免"}).content.decode()
    with scope(city.actor(city.audit_admin)):
        labels = GrantHistory.objects.filter(pgh_obj_id=given.pk).order_by("pgh_id")
        assert [row.pgh_label for row in labels] == ["insert", "update"]
        assert {row.pgh_actor for row in labels} == {city.security_admin.pk}


@pytest.mark.parametrize("role", Role.values)
def test_a_role_fits_its_levels_only(city, role):
    units = {Level.CITY: city.root, Level.COUNTY: city.b, Level.UNIT: city.b2}
    user = User.objects.create_user("fresh", PASSWORD, full_name="新人")
    for level, unit in units.items():
        answer = give(city, user, role, unit)
        fits = level in LEVELS[Role(role)]
        assert (answer.status_code == 302) is fits, (role, level)
        if not fits:
            assert "要授在" in answer.content.decode()
            with scope(city.actor(city.security_admin)) as actor, pytest.raises(NotPossible, match="层级"):
                give_grant(user=user, role=Role(role), unit=unit, reason="x", by=actor)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": ""}, "请选择身份。"),
        ({"role": "king"}, "king"),
        ({"unit": ""}, "请选择单位。"),
        ({"unit": "999999"}, "没有这个单位。"),
        ({"reason": ""}, "请填写事由。"),
        ({"ends_on": "2020-01-01"}, "到期日期要晚于今天"),
        ({"ends_on": "明天"}, "日期填成"),
        ({"role": "county_clerk"}, "这个用户已经有这项授权。"),
    ],
)
def test_a_bad_right_is_not_given_and_says_why(city, changed, said):
    before = Grant.objects.count()
    sent = {"role": "county_chief", "unit": city.a.pk, "reason": "任命"} | changed
    answer = signed_in(city.security_admin).post(url("user-grant", city.clerk_a), sent)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Grant.objects.count() == before


def test_nobody_changes_the_own_rights(city):
    answer = give(city, city.security_admin, "leader", city.root)
    assert "不能给自己授权" in answer.content.decode()
    own = reverse("accounts:user-grant-end", args=[city.security_admin.grants.get().pk])
    assert "不能结束自己的授权" in signed_in(city.security_admin).post(own, REASON).content.decode()
    with (
        scope(city.actor(city.security_admin)),
        pytest.raises(IntegrityError, match="grant_not_to_oneself"),
        transaction.atomic(),
    ):
        Grant.objects.create(
            user=city.security_admin, role="leader", unit=city.root, granted_by=city.security_admin
        )


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_two_administrators_powers_never_meet_in_one_account(city, role):
    for holder in (city.system_admin, city.audit_admin):
        answer = give(city, holder, role, city.root)
        assert "系统、安全、审计管理员不能由同一个账号担任" in answer.content.decode() or role == (
            holder.grants.get().role
        )
    assert Grant.objects.filter(role__in=["system_admin", "security_admin", "audit_admin"]).count() == 3


def test_not_even_for_a_time_do_two_powers_overlap(city):
    user = User.objects.create_user("fresh", PASSWORD, full_name="新人")
    later = (timezone.localdate() + timedelta(days=10)).isoformat()
    assert give(city, user, "system_admin", city.root, ends_on=later).status_code == 302
    assert "不能由同一个账号担任" in give(city, user, "audit_admin", city.root).content.decode()
    with scope(city.actor(city.security_admin)):
        Grant.objects.filter(user=user).update(ends_on=timezone.localdate())
    assert give(city, user, "audit_admin", city.root).status_code == 302  # one after the other is possible


def test_an_abolished_unit_is_not_offered(city):
    with scope(city.actor(city.city_clerk)):
        Unit.objects.filter(pk=city.a2.pk).update(closed_on=timezone.localdate())
    assert "没有这个单位" in give(city, city.clerk_a, "unit_clerk", city.a2).content.decode()
    city.a2.refresh_from_db()
    with scope(city.actor(city.security_admin)) as actor, pytest.raises(NotPossible, match="已撤销"):
        give_grant(user=city.clerk_a, role=Role.UNIT_CLERK, unit=city.a2, reason="x", by=actor)


def test_putting_a_user_out_of_all_sessions(city, enter):
    enter(city.clerk_a)
    client = signed_in(city.security_admin)
    assert "结束全部登录" in client.get(url("user", city.clerk_a)).content.decode()
    assert client.post(url("user-sessions-end", city.clerk_a), REASON).status_code == 302
    assert not live_sessions(city.clerk_a).exists()
    assert (
        "这是您自己的账号"
        in client.post(url("user-sessions-end", city.security_admin), REASON).content.decode()
    )


def test_only_the_security_role_of_the_database_writes_rights(city):
    for user in (city.system_admin, city.city_clerk, city.clerk_a, city.audit_admin):
        with (
            scope(city.actor(user)),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            Grant.objects.create(user=city.clerk_a, role="leader", unit=city.root)
