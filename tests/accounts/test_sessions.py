"""How sessions end: by idleness, by age, by the account, by a third machine; and rights that change at once."""

import threading
import time
from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.actions import end_grant, end_sessions, set_active
from apps.accounts.choices import Role
from apps.accounts.models import Grant, Session, User
from apps.accounts.queries import live_sessions
from apps.accounts.rules import SESSION
from apps.core.scope import scope
from tests.accounts.conftest import SIGN_IN, try_to_enter
from tests.factories.city import grant

PROFILE = "/account/"


def set_session(client: Client, **values: int) -> None:
    session = client.session
    session.update(values)
    session.save()


def assert_ended(client: Client, said: str) -> None:
    answer = client.get(PROFILE)
    assert answer.status_code == 302
    assert answer.url.startswith(SIGN_IN)
    assert said in client.get(answer.url).content.decode()
    assert client.get(PROFILE).status_code == 302


def test_idle_for_more_than_the_limit_ends_it_and_says_so(city, enter, settings):
    client = enter(city.clerk_a)
    set_session(client, **{SESSION.SEEN: int(time.time()) - 14 * 60})
    assert client.get(PROFILE).status_code == 200
    set_session(client, **{SESSION.SEEN: int(time.time()) - 15 * 60 - 1})
    assert_ended(client, "长时间没有操作，已退出")
    assert not live_sessions(city.clerk_a).exists()


def test_the_absolute_limit_ends_it_however_busy(city, enter):
    client = enter(city.clerk_a)
    now = int(time.time())
    set_session(client, **{SESSION.STARTED: now - 12 * 3600 - 1, SESSION.SEEN: now})
    assert_ended(client, "已满规定时长")


def test_last_work_is_written_at_most_once_a_minute(city, enter):
    client = enter(city.clerk_a)
    seen = int(time.time()) - 30
    set_session(client, **{SESSION.SEEN: seen})
    client.get(PROFILE)
    assert client.session[SESSION.SEEN] == seen
    set_session(client, **{SESSION.SEEN: seen - 60})
    client.get(PROFILE, HTTP_X_PORTAL_POLL="1")  # a page that asks by itself is nobody at work
    assert client.session[SESSION.SEEN] == seen - 60
    client.get(PROFILE)
    assert client.session[SESSION.SEEN] > seen


def test_keep_alive_counts_as_work(city, enter):
    client = enter(city.clerk_a)
    set_session(client, **{SESSION.SEEN: int(time.time()) - 30})
    assert client.post(reverse("accounts:keep-alive")).status_code == 204
    assert client.session[SESSION.SEEN] >= int(time.time()) - 2
    assert client.get(reverse("accounts:keep-alive")).status_code == 405
    assert Client().post(reverse("accounts:keep-alive")).url == SIGN_IN


def test_a_raised_epoch_ends_every_session(city, enter):
    clients = [enter(city.clerk_a), enter(city.clerk_a)]
    User.objects.filter(pk=city.clerk_a.pk).update(session_epoch=1)
    for client in clients:
        assert_ended(client, "登录已结束")


def test_a_session_without_its_marks_is_no_session(city):
    client = Client()
    client.force_login(city.clerk_a)  # a session of another origin: no epoch, no beginning
    assert client.get(PROFILE).status_code == 302


def test_the_third_session_ends_the_oldest(city, enter):
    first, second = enter(city.clerk_a), enter(city.clerk_a)
    set_session(first, **{SESSION.STARTED: int(time.time()) - 100})
    third = enter(city.clerk_a)
    assert_ended(first, "另外两台电脑")
    assert second.get(PROFILE).status_code == 200
    assert third.get(PROFILE).status_code == 200
    assert live_sessions(city.clerk_a).count() == 2


def test_sessions_that_have_run_out_are_cleared_away_by_the_next_sign_in(city, enter):
    enter(city.clerk_b)
    Session.objects.update(expire_date=timezone.now())
    enter(city.clerk_a)
    assert list(Session.objects.values_list("user_id", flat=True)) == [city.clerk_a.pk]


def test_other_peoples_sessions_do_not_count(city, enter):
    clients = [enter(city.clerk_a), enter(city.clerk_a), enter(city.clerk_b)]
    assert [client.get(PROFILE).status_code for client in clients] == [200, 200, 200]


def test_switching_an_account_off_ends_its_next_request(city, enter):
    client = enter(city.clerk_a)
    with scope(city.actor(city.system_admin)) as actor:
        set_active(user=city.clerk_a, active=False, reason="离岗", by=actor)
    assert_ended(client, "登录已结束")
    assert try_to_enter("clerk_a").status_code == 200


def test_being_put_out_ends_the_next_request(city, enter):
    client = enter(city.clerk_a)
    with scope(city.actor(city.security_admin)) as actor:
        end_sessions(user=city.clerk_a, reason="可疑", by=actor)
    assert_ended(client, "登录已结束")
    assert not Session.objects.filter(user=city.clerk_a).exists()


def test_a_request_on_its_way_cannot_bring_an_ended_session_back(city, enter):
    client = enter(city.clerk_a)
    on_its_way = client.session
    assert on_its_way[SESSION.COMPLETE]  # read before the end
    Session.objects.all().delete()
    on_its_way["seen"] = 1
    with pytest.raises(UpdateError):
        on_its_way.save()
    assert not Session.objects.exists()


def test_a_right_taken_away_is_gone_at_the_next_click(city, enter):
    client = enter(city.city_clerk)
    assert client.get("/units/").status_code == 200
    with scope(city.actor(city.security_admin)) as actor:
        end_grant(grant=Grant.objects.get(user=city.city_clerk), reason="调离", by=actor)
    assert client.get("/units/").status_code == 403


def test_the_next_right_is_taken_when_the_chosen_one_ends(city, enter):
    second = grant(city.clerk_a, Role.COUNTY_CHIEF, city.b)
    client = enter(city.clerk_a)
    client.post(reverse("accounts:grant"), {"grant": second.pk})
    assert "石桥县 · 县局局长" in client.get(PROFILE).content.decode()
    with scope(city.actor(city.security_admin)) as actor:
        end_grant(grant=second, reason="改回", by=actor)
    page = client.get(PROFILE).content.decode()
    assert "石桥县 · 县局局长" not in page
    assert "南岭县 · 县局经办" in page


def test_roles_switched_under_twenty_readers_at_once_never_mix(committed_city):
    """Acceptance 6. Twenty browsers of different users at the same moment, while rights change: each page is of its own
    reader's present grant (a role's rows must not leak into a neighbour's connection)."""
    city = committed_city
    second = grant(city.chief_a, Role.LEADER, city.b)
    users = [city.clerk_a, city.clerk_b, city.city_clerk, city.unit_a1, city.chief_a] * 4
    clients = []
    for user in users:
        client = Client()
        client.force_login(user)
        set_session(
            client,
            **{SESSION.STARTED: int(time.time()), SESSION.SEEN: int(time.time()), SESSION.EPOCH: 0},
        )
        clients.append(client)
    expected = {
        city.clerk_a.pk: ({"南岭财政局"}, {"石桥财政局"}),
        city.clerk_b.pk: ({"石桥财政局"}, {"南岭财政局"}),
        city.city_clerk.pk: ({"南岭财政局", "石桥财政局"}, set()),
        city.unit_a1.pk: ({"南岭财政局"}, {"南岭水利局", "石桥财政局"}),
        city.chief_a.pk: ({"南岭财政局"}, {"石桥财政局"}),
    }
    wrong: list[str] = []
    start = threading.Barrier(len(users))

    def read(user: User, client: Client) -> None:
        try:
            start.wait(timeout=30)
            for _ in range(3):
                page = client.get("/units/").content.decode()
                here, absent = expected[user.pk]
                if not all(name in page for name in here) or any(name in page for name in absent):
                    wrong.append(user.username)
        finally:
            connection.close()

    run_all(
        [
            lambda user=user, client=client: read(user, client)
            for user, client in zip(users, clients, strict=True)
        ]
    )
    assert wrong == []
    # The chief changes to the leader's grant, the city clerk loses his: the very next requests are of that.
    chief, clerk = clients[4], clients[2]
    chief.post(reverse("accounts:grant"), {"grant": second.pk})
    with scope(city.actor(city.security_admin)) as actor:
        end_grant(grant=Grant.objects.get(user=city.city_clerk), reason="调离", by=actor)
    answers: dict[str, int] = {}

    def after(name: str, client: Client) -> None:
        try:
            answers[name] = client.get("/units/").status_code
        finally:
            connection.close()

    run_all(
        [lambda: after("chief", chief), lambda: after("clerk", clerk), lambda: after("other", clients[0])]
    )
    assert answers == {"chief": 403, "clerk": 403, "other": 200}


def run_all(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)


def test_a_grant_that_has_run_out_by_itself_is_gone(city, enter):
    client = enter(city.clerk_a)
    with scope(city.actor(city.security_admin)):
        Grant.objects.filter(user=city.clerk_a).update(ends_on=timezone.localdate())
    assert client.get("/units/").status_code == 403
