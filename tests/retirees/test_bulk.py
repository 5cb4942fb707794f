"""Bulk edit through its pages: choose, preview, confirm, take back; in one's own scope, by closed fields."""

import uuid
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.http import HttpResponse

from apps.audit.models import Event
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees.models import ChangeSet, Condition, Retiree
from apps.retirees.views import bulk as pages
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

START, PREVIEW, APPLY = "/retirees/bulk/", "/retirees/bulk/preview/", "/retirees/bulk/apply/"


@pytest.fixture
def people(city: Any) -> list[Retiree]:
    return [
        make_person(city.clerk_a, city.a1, name="张建国", health="1"),
        make_person(city.clerk_a, city.a2, name="李秀英", health="3", category="lixiu"),
        make_person(city.clerk_b, city.b1, name="王建军", health="1"),
    ]


def send(city: Any, address: str, user: Any = None, **data: Any) -> HttpResponse:
    return signed_in(user or city.clerk_a).post(address, {"token": str(uuid.uuid4()), **data})


def state_in(response: HttpResponse) -> str:
    return dict(response.context["typed"])["state"]


def healths(city: Any) -> dict[str, str]:
    with scope(actor_of(city.city_clerk)):
        return dict(Retiree.objects.values_list("name", "health"))


def test_preview_says_what_becomes_what_and_writes_nothing(city: Any, people: list[Retiree]) -> None:
    page = send(city, START, all="1", query="")
    assert page.status_code == 200
    answer = send(city, PREVIEW, all="1", query="", health="3", reason="体检后更新")
    text = answer.content.decode()
    assert "在册2人，其中1人会改变" in text
    assert "原“健康”1人" in text
    assert "1人本来就是" in text
    assert "王建军" not in text
    assert healths(city) == {"张建国": "1", "李秀英": "3", "王建军": "1"}


def test_confirmed_it_is_written_logged_and_can_be_taken_back(city: Any, people: list[Retiree]) -> None:
    ids = [person.pk for person in people]  # the foreign one is not meant, whoever names him
    given = {"ids": ids, "health": "3", "living": "alone", "clear_political": "", "reason": "体检"}
    state = state_in(send(city, PREVIEW, **given))
    token = str(uuid.uuid4())
    answer = send(city, APPLY, **given, state=state, token=token)
    with scope(actor_of(city.clerk_a)):
        made = ChangeSet.objects.get()
        assert answer.headers["Location"] == f"/retirees/changesets/{made.pk}/"
        assert (made.people, made.reason, made.label) == (2, "体检", "修改健康状况、居住方式")
        assert Event.objects.filter(summary="批量修改2人：健康状况、居住方式", reason="体检").exists()
    assert healths(city) == {"张建国": "3", "李秀英": "3", "王建军": "1"}
    assert send(city, APPLY, **given, state=state, token=token).status_code == 302  # sent twice, done once
    client = signed_in(city.clerk_a)
    assert "张建国" in client.get(answer.headers["Location"]).content.decode()
    assert "恢复成改动以前" in client.get(f"{answer.headers['Location']}undo/").content.decode()
    client.post(f"{answer.headers['Location']}undo/")
    assert healths(city) == {"张建国": "1", "李秀英": "3", "王建军": "1"}
    with scope(actor_of(city.clerk_a)):
        assert ChangeSet.objects.count() == 1
        assert Condition.objects.filter(during__endswith=None, kind="living").count() == 0
    assert "已恢复" in client.get(answer.headers["Location"]).content.decode()


def test_clearing_is_said_and_done(city: Any, people: list[Retiree]) -> None:
    given = {"ids": [people[0].pk], "clear_health": "on", "reason": "登记有误"}
    preview = send(city, PREVIEW, **given)
    assert "健康状况改为<strong>（空）</strong>" in preview.content.decode()
    send(city, APPLY, **given, state=state_in(preview))
    assert healths(city)["张建国"] == ""


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "至少填一项"),
        ({"health": "zz", "reason": "试"}, "选择一个有效的选项"),
        ({"health": "3"}, "请写明为什么"),
        ({"health": "3", "clear_health": "on", "reason": "试"}, "不要勾选"),
        ({"health": "3", "reason": "试", "seen_on": "2999-01-01"}, "还没有到这一天"),
        ({"treatment_on": "去年", "reason": "试"}, "享受待遇时间"),
        ({"party_branch": "支" * 10_000, "reason": "试"}, "字"),
        ({"party_branch": "支\x00部", "reason": "试"}, "空字符"),
        ({"national_id": "420106192407026490", "reason": "试"}, "至少填一项"),
    ],
)
def test_wrong_values_are_refused_in_words(
    city: Any, people: list[Retiree], given: dict[str, str], word: str
) -> None:
    for address in (PREVIEW, APPLY):
        answer = send(city, address, ids=[people[0].pk], **({"reason": "试"} if not given else {}), **given)
        assert answer.status_code == 422
        assert word in answer.content.decode()
    assert healths(city)["张建国"] == "1"


def test_a_person_changed_after_the_preview_stops_all_of_it(city: Any, people: list[Retiree]) -> None:
    given = {"all": "1", "query": "", "health": "2", "reason": "试"}
    state = state_in(send(city, PREVIEW, **given))
    send(
        city,
        APPLY,
        ids=[people[1].pk],
        health="6",
        reason="试",
        state=state_in(send(city, PREVIEW, ids=[people[1].pk], health="6", reason="试")),
    )
    answer = send(city, APPLY, **given, state=state)
    assert answer.status_code == 409
    assert healths(city) == {"张建国": "1", "李秀英": "6", "王建军": "1"}


def test_many_people_become_a_job(city: Any, people: list[Retiree], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 1)
    given = {"all": "1", "query": "", "health": "2", "reason": "试", "seen_on": "2026-03-02"}
    answer = send(city, APPLY, **given, state=state_in(send(city, PREVIEW, **given)))
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    import_module("apps.retirees.tasks")  # as a worker has done when it came up
    do_job(job.pk)
    job.refresh_from_db()
    assert job.result["summary"] == "修改了2人"
    assert healths(city) == {"张建国": "2", "李秀英": "2", "王建军": "1"}
    with scope(actor_of(city.clerk_a)):
        assert Condition.objects.get(retiree=people[0], during__endswith=None).seen_on == date(2026, 3, 2)


def test_others_are_kept_out(city: Any, people: list[Retiree]) -> None:
    assert send(city, START, city.leader_a, all="1").status_code == 403
    assert send(city, START, ids=["abc"]).status_code == 302
    given = {"ids": [people[0].pk], "health": "2", "reason": "试"}
    send(city, APPLY, **given, state=state_in(send(city, PREVIEW, **given)))
    with scope(actor_of(city.clerk_a)):
        made = ChangeSet.objects.get()
    for address in (f"/retirees/changesets/{made.pk}/", f"/retirees/changesets/{made.pk}/undo/"):
        assert signed_in(city.clerk_b).get(address).status_code == 404
        assert signed_in(city.unit_a1).get(address).status_code == 404
        assert signed_in(city.leader_a).get(address).status_code == 403


def test_cancel_and_refusals_go_back_to_the_filtered_list(city: Any, people: list[Retiree]) -> None:
    back = "/retirees/?category=lixiu"
    ids = [people[1].pk]
    page = send(city, START, ids=ids, query="category=lixiu")
    assert page.context["cancel_url"] == back
    assert 'name="query" value="category=lixiu"' in page.content.decode()
    assert send(city, START, query="category=lixiu").headers["Location"] == back
    assert send(city, START, query="evil=%00").headers["Location"] == "/retirees/"
