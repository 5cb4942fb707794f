"""The list: tabs with their counts, looking for people, what is in time, what ages, order; and the list as a file."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.concerns.actions import register_concern, take_step
from apps.concerns.choices import StepKind
from apps.concerns.exports import COLUMNS, key_of, parts_of
from apps.concerns.models import Concern
from apps.concerns.queries import shown_rows
from apps.concerns.rules import quiet_since, timeliness
from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.exports.rules import exporters
from apps.jobs.rules import system_actor
from tests.exports.conftest import made, sheet_of
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

VALUES = {"source": "letter", "title": "申请护工补助", "topic": "care"}
TODAY = date(2026, 3, 20)


@pytest.fixture
def people(city: Any) -> list[Any]:
    return [
        make_person(city.clerk_a, city.a1, name="周一平", phone="13912251390"),
        make_person(city.clerk_a, city.a1, name="吴三平"),
    ]


def raised(user: Any, person: Any, **values: Any) -> Concern:
    with scope(actor_of(user)) as actor:
        others = values.pop("others", ())
        return register_concern(retiree=person, values=VALUES | values, others=others, by=actor)


@pytest.mark.parametrize(
    ("state", "answered_on", "words"),
    [
        ("working", None, "超期10个工作日"),
        ("answered", date(2026, 3, 6), "按期"),
        ("closed", date(2026, 3, 10), "超期2个工作日"),
        ("closed", date(2026, 3, 7), "超期不足1个工作日"),  # a Saturday after a Friday
        ("declined", None, ""),
    ],
)
def test_in_time_is_counted_in_working_days(state: str, answered_on: date | None, words: str) -> None:
    assert timeliness(state, date(2026, 3, 6), answered_on, TODAY)[0] == words


def test_what_is_still_to_come() -> None:
    assert timeliness("working", TODAY, None, TODAY) == ("今天到期", "amber")
    assert timeliness("working", TODAY + timedelta(days=14), None, TODAY) == ("剩10个工作日", "grey")


def test_tabs_count_what_they_show_under_the_conditions(city: Any, people: list[Any]) -> None:
    raised(city.clerk_a, people[0], raised_on=date(2026, 1, 5), received_on=date(2026, 1, 5), working_days=3)
    raised(city.clerk_a, people[1], kind="petition", title="集体来信", others=[people[0]])
    client, address = signed_in(city.clerk_a), reverse("concerns:list")
    page = client.get(address)
    counts = {tab["label"]: tab["count"] for tab in page.context["views"]}
    assert (counts["办理中"], counts["超期未答复"], counts["全部"], counts["已办结"]) == (2, 1, 2, 0)
    page = client.get(address, {"kind": "petition"})
    assert {tab["label"]: tab["count"] for tab in page.context["views"]}["全部"] == 1
    assert "件" in page.context["subheading"]


def test_looked_for_by_name_number_and_title(city: Any, people: list[Any]) -> None:
    first = raised(city.clerk_a, people[0])
    raised(city.clerk_a, people[1], title="集体来信", others=[people[0]])
    raised(city.clerk_a, people[1], title="书法班")
    client, address = signed_in(city.clerk_a), reverse("concerns:list")

    def titles(text: str) -> set[str]:
        return {row["title"] for row in client.get(address, {"q": text}).context["rows"]}

    assert titles("周一平") == {"申请护工补助", "集体来信"}
    assert titles("zhouyi") == {"申请护工补助", "集体来信"}
    assert titles("书法") == {"书法班"}
    assert titles(first.label) == {"申请护工补助"}
    assert titles("郑") == set()
    for hostile in ("'; --", "%", "_", "=1+1", "<b>", "9999-99999999", "\x01", "长" * 10_000):
        assert client.get(address, {"q": hostile}).status_code in (200, 400)
    assert client.get(f"{address}?q=%ED%A0%80").status_code in (200, 400)  # half of a character
    stranger = signed_in(city.clerk_b).get(address, {"q": "周一平"})
    assert stranger.context["rows"] == []


def test_what_nobody_touches_is_found_by_its_index(city: Any, people: list[Any]) -> None:
    old, new = raised(city.clerk_a, people[0]), raised(city.clerk_a, people[1], title="书法班")
    today = timezone.localdate()
    edge = timezone.make_aware(datetime.combine(quiet_since(today, 10), datetime.max.time()))
    with scope(actor_of(city.clerk_a)) as actor:
        Concern.objects.filter(pk=old.pk).update(touched_at=edge)
        Concern.objects.filter(pk=new.pk).update(touched_at=edge + timedelta(seconds=1))
        assert list(shown_rows(actor, "ageing", today)) == [old]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = shown_rows(actor, "ageing", today).order_by("touched_at").explain()
    assert "concern_touched" in plan
    client, address = signed_in(city.clerk_a), reverse("concerns:list")
    assert [row["title"] for row in client.get(address, {"idle": "10"}).context["rows"]] == ["申请护工补助"]
    assert client.get(address, {"idle": "60"}).context["rows"] == []
    assert client.get(address, {"idle": "7"}).status_code == 400


def test_sorted_by_its_heads(city: Any, people: list[Any]) -> None:
    for days in (3, 20, 9):
        raised(city.clerk_a, people[0], title=f"{days}天", working_days=days)
    client, address = signed_in(city.clerk_a), reverse("concerns:list")

    def titles(**asked: str) -> list[str]:
        return [row["title"] for row in client.get(address, asked).context["rows"]]

    assert titles() == ["3天", "9天", "20天"]
    assert titles(sort="-due_on") == ["20天", "9天", "3天"]
    page = client.get(address, {"sort": "-due_on", "kind": "demand"}).text
    assert 'aria-sort="descending"' in page
    assert "sort=due_on" in page
    assert client.get(address, {"sort": "title"}).status_code == 400


def test_in_time_or_not_as_a_condition(city: Any, people: list[Any]) -> None:
    late = raised(
        city.clerk_a, people[0], received_on=date(2026, 1, 5), raised_on=date(2026, 1, 5), working_days=3
    )
    good = raised(city.clerk_a, people[1], title="书法班")
    for one in (late, good):
        with scope(actor_of(city.clerk_a)) as actor:
            take_step(
                concern=one, step=StepKind.ANSWERED, version=1, by=actor, answer="办了", answer_way="face",
                result="solved",
            )  # fmt: skip
    client, address = signed_in(city.clerk_a), reverse("concerns:list")
    asked = {"timely": "yes"}
    assert [row["title"] for row in client.get(address, asked).context["rows"]] == ["书法班"]
    asked = {"timely": "late"}
    rows = client.get(address, asked).context["rows"]
    assert [row["title"] for row in rows] == ["申请护工补助"]
    assert rows[0]["on_time"].startswith("超期")


def asked_for(user: Any, **more: Any) -> Any:
    sent = {
        "kind": "concerns", "query": "show=all", "format": "xlsx", "mask": "masked", "reason": "台账",
        "order": "received_on", "columns": [name for name, _ in COLUMNS], "token": str(uuid.uuid4()), **more,
    }  # fmt: skip
    return signed_in(user).post(reverse("exports:new"), sent)


def sheet(user: Any) -> list[list[Any]]:
    with scope(actor_of(user)):
        request = ExportRequest.objects.get()
    return sheet_of(made(request, user))


def test_the_list_goes_out_as_the_register_does(city: Any, people: list[Any]) -> None:
    raised(city.clerk_a, people[0], title="=cmd|'/c calc'!A0", body="<b>粗</b>\n第二行")
    raised(city.clerk_a, people[1], title="书法班", others=[people[0]])
    elsewhere = make_person(city.clerk_b, city.b1, name="王四平")
    raised(city.clerk_b, elsewhere, title="别县的")
    listed = signed_in(city.clerk_a).get(reverse("concerns:list"))
    assert "kind=concerns" in listed.text
    client = signed_in(city.clerk_a)
    opened = client.get(reverse("exports:new"), {"kind": "concerns", "query": "show=all"})
    assert "2件" in opened.text
    assert "任免审批表" not in opened.text
    assert reverse("concerns:list") in opened.context["cancel_url"]
    assert asked_for(city.clerk_a).status_code == 302
    rows = sheet(city.clerk_a)
    assert rows[0][:2] == ["编号", "标题"]
    text = str(rows)
    assert "139****1390" in text
    assert "13912251390" not in text
    assert "别县的" not in text
    assert "周一平" in text
    assert {row[1] for row in rows[1:]} == {"=cmd|'/c calc'!A0", "书法班"}
    with scope(system_actor()):
        events = list(Event.objects.filter(kind="export").order_by("at", "pk"))
        assert [one.data["rows"] for one in events] == [2, 2]


def test_the_telephone_in_plain_needs_a_second_person(city: Any, people: list[Any]) -> None:
    raised(city.clerk_a, people[0])
    asked_for(city.clerk_a, mask="plain")
    with scope(actor_of(city.clerk_a)):
        assert ExportRequest.objects.get().state == "waiting"


def test_an_export_of_bad_conditions_is_refused(city: Any, people: list[Any]) -> None:
    raised(city.clerk_a, people[0])
    answer = signed_in(city.clerk_a).get(reverse("exports:new"), {"kind": "concerns", "query": "nothing=1"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("concerns:list"))
    assert asked_for(city.clerk_a, query="show=x").status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert not ExportRequest.objects.exists()
    assert signed_in(city.leader_a).get(reverse("exports:new"), {"kind": "concerns"}).status_code == 403


def test_of_anothers_keys_nothing_is_read(city: Any, people: list[Any]) -> None:
    elsewhere = make_person(city.clerk_b, city.b1, name="王四平")
    theirs = raised(city.clerk_b, elsewhere, title="别县的")
    key = key_of(theirs.office_id, theirs.year, theirs.number)
    assert parts_of(key) == (theirs.office_id, theirs.year, theirs.number)
    with scope(actor_of(city.clerk_a)) as actor:
        assert list(exporters["concerns"].rows(actor, [key], ["number"], "masked")) == []
    with scope(actor_of(city.city_clerk)) as actor:
        assert list(exporters["concerns"].rows(actor, [key], ["number"], "masked")) == [(key, [theirs.label])]


@pytest.mark.parametrize(("format", "begins"), [("csv", b"\xef\xbb\xbf"), ("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_list_in_the_other_formats(city: Any, people: list[Any], format: str, begins: bytes) -> None:
    raised(city.clerk_a, people[0], body="长" * 4000)
    assert (
        asked_for(city.clerk_a, format=format, columns=["number", "title", "person", "body"]).status_code
        == 302
    )
    with scope(actor_of(city.clerk_a)):
        request = ExportRequest.objects.get()
    assert made(request, city.clerk_a).startswith(begins)


@pytest.mark.parametrize("format", ["lrmx", "file", "info", "form"])
def test_papers_of_people_are_none_of_a_matter(city: Any, people: list[Any], format: str) -> None:
    raised(city.clerk_a, people[0])
    assert asked_for(city.clerk_a, format=format).status_code == 422
    with scope(actor_of(city.clerk_a)):
        assert not ExportRequest.objects.exists()
