"""Asking for a file: who may, when a second person is needed, what the log keeps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.scope import scope
from apps.exports import actions
from apps.exports.choices import State
from apps.exports.models import ExportRequest
from apps.exports.queries import waiting_exports
from apps.jobs.actions import expire_downloads
from apps.jobs.models import Job
from tests.exports.conftest import made, sheet_of, token
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in


def events(kind: str = "export") -> list[Event]:
    from apps.jobs.rules import system_actor

    with scope(system_actor()):
        return list(Event.objects.filter(kind=kind).order_by("at", "pk"))


def test_a_few_people_without_core_values_are_made_at_once(city, people, ask):
    request = ask(city.clerk_a, "name", "phone", "unit")
    assert (request.state, request.needs, request.rows) == (State.RUNNING, "", 3)
    rows = sheet_of(made(request, city.clerk_a))
    assert rows[0] == ["姓名", "联系电话", "管理单位"]
    assert [row[0] for row in rows[1:]] == ["钱二", "孙三", "赵一"]
    assert {row[1] for row in rows[1:]} == {"139****1390", "139****1391", "139****1392"}
    with scope(actor_of(city.clerk_a)):
        request.refresh_from_db()
    assert (request.state, request.written) == (State.READY, 3)
    asked, done = events()
    assert asked.data["rows"] == done.data["rows"] == 3
    assert sorted(done.data["keys"]) == sorted(one.pk for one in people[:3])


def test_only_one_s_own_place_is_exported(city, people, ask):
    request = ask(city.unit_b1, "name")
    assert request.rows == 1
    assert [row[0] for row in sheet_of(made(request, city.unit_b1))[1:]] == ["李外县"]


@pytest.mark.parametrize(
    ("names", "mask", "needs"),
    [
        (("name", "national_id"), "plain", "含核心个人信息原文（身份证号）"),
        (("name", "phone", "monthly_income"), "plain", "含核心个人信息原文（联系电话、月收入总额）"),
        (("name", "national_id"), "masked", ""),
        (("name", "national_id"), "out", ""),
        (("name", "unit"), "plain", ""),
    ],
)
def test_core_values_in_plain_need_a_second_person(city, people, ask, names, mask, needs):
    request = ask(city.clerk_a, *names, mask=mask)
    assert request.needs == needs
    assert request.state == (State.WAITING if needs else State.RUNNING)
    assert bool(request.job_id) is not bool(needs)


def test_more_than_twenty_people_need_a_second_person_and_slices_add_up(city, ask):
    for number in range(21):
        make_person(city.clerk_a, city.a1, name=f"甲{number}")
    assert ask(city.clerk_a, "name").needs == "超过20人"
    with scope(actor_of(city.clerk_a)):
        ExportRequest.objects.all().update(state=State.DROPPED)
        for _ in range(10):
            mine = ExportRequest.objects.first()
            mine.pk, mine.needs, mine.rows, mine.state = None, "", 20, State.READY
            mine.save(force_insert=True)
    assert ask(city.unit_a1, "name", query="q=甲1").needs == ""
    assert ask(city.clerk_a, "name", query="q=甲20").needs.startswith("今天未经审批")


def test_the_second_person_is_the_chief_of_the_place_or_the_city_and_never_oneself(city, people, ask):
    request = ask(city.clerk_a, "name", "national_id", mask="plain")
    own = ask(city.chief_a, "name", "national_id", mask="plain")
    for user, waits in (("chief_a", 1), ("city_chief", 2), ("clerk_a", 0), ("city_clerk", 0)):
        with scope(actor_of(getattr(city, user))) as actor:
            assert waiting_exports(actor) == waits, user
    for user in ("clerk_a", "city_clerk", "unit_a1"):
        with (
            scope(actor_of(getattr(city, user))) as actor,
            pytest.raises((actions.NotNow, ExportRequest.DoesNotExist)),
        ):
            actions.decide_request(request=request, agree=True, words="", label="名册", by=actor)
    with scope(actor_of(city.chief_a)) as actor:
        with pytest.raises(actions.NotNow):
            actions.decide_request(request=own, agree=True, words="", label="名册", by=actor)
        with pytest.raises(actions.NotNow):
            actions.decide_request(request=request, agree=False, words=" ", label="名册", by=actor)
        actions.decide_request(request=request, agree=True, words="可以", label="名册", by=actor)
        with pytest.raises(actions.NotNow):
            actions.decide_request(request=request, agree=False, words="不", label="名册", by=actor)
    rows = sheet_of(made(request, city.clerk_a))
    assert {row[1] for row in rows[1:]} == {
        person.private.national_id.for_processing() for person in _with_private(city, people[:3])
    }
    job = Job.objects.get(kind="exports.make")
    assert job.created_by == city.clerk_a.pk


def _with_private(city, people):
    from apps.retirees.models import Retiree

    with scope(actor_of(city.clerk_a)):
        return list(Retiree.objects.filter(pk__in=[one.pk for one in people]).select_related("private"))


def test_the_database_itself_wants_the_second_person(city, people, ask):
    from django.db import IntegrityError, transaction

    request = ask(city.clerk_a, "name", "national_id", mask="plain")
    with scope(actor_of(city.clerk_a)):
        for values in ({"state": State.RUNNING}, {"decided_by": city.clerk_a.pk}):
            with pytest.raises(IntegrityError), transaction.atomic():
                ExportRequest.objects.filter(pk=request.pk).update(**values)


def test_what_nobody_decides_lapses(city, people, ask):
    request = ask(city.clerk_a, "name", "national_id", mask="plain")
    with scope(actor_of(city.clerk_a)):
        ExportRequest.objects.update(created_at=timezone.now() - timedelta(days=8))
    with scope(actor_of(city.chief_a)) as actor, pytest.raises(actions.NotNow, match="7天"):
        actions.decide_request(request=request, agree=True, words="", label="名册", by=actor)
    page = signed_in(city.clerk_a).get(reverse("exports:detail", args=[request.pk]))
    assert "过期未批" in page.text


def test_private_columns_and_consent_want_a_reason(city, people, ask):
    for names, mask in ((("name", "phone"), "masked"), (("name", "phone"), "plain")):
        with pytest.raises(actions.NotNow, match="用途"):
            ask(city.clerk_a, *names, mask=mask, reason=" ")
    ask(city.clerk_a, "name", "unit", reason="")


def test_too_many_for_paper_are_told_to_take_a_workbook(city, people, ask, monkeypatch):
    monkeypatch.setitem(actions.requests.MOST_ROWS, "pdf", 2)
    with pytest.raises(actions.NotNow, match="Excel"):
        ask(city.clerk_a, "name", format="pdf")


def test_a_right_taken_away_meanwhile_stops_the_file(city, people, ask):
    from apps.accounts.choices import Role
    from apps.accounts.models import Grant
    from apps.core.scope import Actor
    from apps.jobs.actions import do_job

    request = ask(city.clerk_a, "name")
    with scope(Actor(user_id=0, name="测试", role=Role.SECURITY_ADMIN, db_role="s_security")):
        Grant.objects.filter(user=city.clerk_a).update(ends_on=timezone.localdate() - timedelta(days=1))
    do_job(request.job_id)
    job = Job.objects.get(pk=request.job_id)
    assert (job.state, job.file) == ("failed", None)


def test_the_page_asks_once_even_if_sent_twice(city, people):
    browser = signed_in(city.clerk_a)
    page = browser.get(reverse("exports:new"))
    assert page.status_code == 200
    assert "3人" in page.text
    sent = {
        "all": "1",
        "query": "",
        "token": token(),
        "format": "csv",
        "mask": "out",
        "order": "birth",
        "columns": ["unit", "name"],
        "reason": "",
    }
    first = browser.post(reverse("exports:new"), sent)
    again = browser.post(reverse("exports:new"), sent)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    with scope(actor_of(city.clerk_a)):
        [request] = ExportRequest.objects.all()
    assert (request.columns, request.order, len(request.keys)) == (["unit", "name"], "birth", 3)


def test_picked_rows_are_exported_in_order_and_a_stranger_s_is_not_among_them(city, people):
    browser = signed_in(city.clerk_a)
    sent = {"ids": [people[1].pk, people[3].pk], "token": token(), "format": "xlsx", "mask": "out", "order": "name",
            "columns": ["name"], "reason": ""}  # fmt: skip
    browser.post(reverse("exports:new"), sent)
    with scope(actor_of(city.clerk_a)):
        [request] = ExportRequest.objects.all()
    assert request.keys == [people[1].pk]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"columns": []}, "至少选一列"),
        ({"columns": ["password"]}, "password"),
        ({"format": "exe"}, "exe"),
        ({"mask": ""}, "必填"),
        ({"order": "national_id"}, "national_id"),
        ({"reason": "长" * 201}, "200"),
        ({"columns": ["name", "phone"], "mask": "masked"}, "用途"),
        ({"token": "x"}, "UUID"),
    ],
)
def test_wrong_values_change_nothing_and_say_why(city, people, changed, says):
    sent = {"all": "1", "query": "", "token": token(), "format": "xlsx", "mask": "out", "order": "name",
            "columns": ["name"], "reason": ""} | changed  # fmt: skip
    answer = signed_in(city.clerk_a).post(reverse("exports:new"), sent)
    assert answer.status_code == 422
    assert says in answer.text
    with scope(actor_of(city.clerk_a)):
        assert not ExportRequest.objects.exists()


@pytest.mark.parametrize("query", ["password__startswith=a", "category=nobody", "q=" + "长" * 100])
def test_conditions_that_are_none_lead_back_to_the_list(city, people, query):
    answer = signed_in(city.clerk_a).post(reverse("exports:new"), {"all": "1", "query": query})
    assert answer.status_code == 302


def test_chiefs_decide_on_their_page_and_home_says_so(city, people, ask):
    request = ask(city.clerk_a, "name", "national_id", mask="plain", reason="体检")
    browser = signed_in(city.chief_a)
    assert "导出待审批" in browser.get(reverse("dashboards:home")).text
    assert request.number in browser.get(reverse("exports:list") + "?whose=waiting").text
    page = reverse("exports:decide", args=[request.pk])
    assert browser.post(page, {"answer": "refuse", "words": ""}).status_code == 422
    assert browser.post(page, {"answer": "refuse", "words": "范围太大<b>"}).status_code == 302
    told = signed_in(city.clerk_a).get(reverse("exports:detail", args=[request.pk])).text
    assert "范围太大&lt;b&gt;" in told
    assert signed_in(city.clerk_a).post(page, {"answer": "agree"}).status_code == 403


def test_leaders_take_nothing_away(city, people):
    for user in (city.leader, city.leader_a):
        assert signed_in(user).get(reverse("exports:new")).status_code == 403


def test_downloads_are_logged_and_expire(city, people, ask):
    request = ask(city.clerk_a, "name")
    made(request, city.clerk_a)
    with scope(actor_of(city.clerk_a)):
        request.refresh_from_db()
    browser = signed_in(city.clerk_a)
    answer = browser.post(reverse("jobs:download", args=[request.job_id]))
    assert answer.status_code == 200
    assert request.number in answer["Content-Disposition"]
    assert len(events("download")) == 1
    assert signed_in(city.chief_a).post(reverse("jobs:download", args=[request.job_id])).status_code == 404
    Job.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert expire_downloads() == 1
    assert "文件已清理" in browser.get(reverse("exports:detail", args=[request.pk])).text


def test_a_request_that_nobody_could_agree_to_says_what_to_do(city, people, ask):
    alone = "现在没有能批准的人"
    for user, is_alone in ((city.city_chief, True), (city.city_clerk, False), (city.chief_a, False)):
        request = ask(user, "name", "national_id", mask="plain")
        page = signed_in(user).get(reverse("exports:detail", args=[request.pk])).text
        assert (alone in page) is is_alone, user
        assert ("等待局领导批准" in page) is not is_alone
