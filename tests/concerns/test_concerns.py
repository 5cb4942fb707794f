"""Concerns from being raised to being closed: numbers, deadlines, steps, pages, ranking; and what cannot be."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.concerns.actions import NotPossible, Stale, register_concern, take_step
from apps.concerns.choices import State, StepKind
from apps.concerns.models import Concern, ConcernStep
from apps.concerns.queries import due_concerns
from apps.core.scope import scope
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

VALUES = {"source": "letter", "title": "申请护工补助", "topic": "care"}


@pytest.fixture
def person(city: Any) -> Any:
    return make_person(city.clerk_a, city.a1, name="周一平")


def raised(city: Any, person: Any, **values: Any) -> Concern:
    with scope(actor_of(city.clerk_a)) as actor:
        return register_concern(retiree=person, values=VALUES | values, by=actor)


def step(city: Any, one: Concern, kind: StepKind, *, user: Any = None, **values: Any) -> Concern:
    with scope(actor_of(user or city.clerk_a)) as actor:
        return take_step(
            concern=one, step=kind, version=values.pop("version", one.version), by=actor, **values
        )


def test_it_is_numbered_by_county_and_year_and_due_in_working_days(city: Any, person: Any) -> None:
    received = date(2026, 2, 10)  # before 春节 with its exchanged days
    one = raised(city, person, raised_on=received, received_on=received, working_days=5)
    two = raised(city, person, raised_on=received, received_on=received)
    other = make_person(city.clerk_b, city.b1, name="王四平")
    with scope(actor_of(city.clerk_b)) as actor:
        values = VALUES | {"raised_on": received, "received_on": received}
        first_of_b = register_concern(retiree=other, values=values, by=actor)
    assert (one.label, two.label, first_of_b.label) == ("2026-0001", "2026-0002", "2026-0001")
    assert one.due_on == date(
        2026, 2, 24
    )  # 11, 12, 13, Saturday 14 worked in exchange, and the 24th after 春节
    with scope(actor_of(city.clerk_a)):
        assert ConcernStep.objects.filter(concern=one).get().kind == StepKind.RECEIVED


def test_the_way_of_a_concern_and_what_does_not_follow(city: Any, person: Any) -> None:
    one = raised(city, person)
    with pytest.raises(NotPossible, match="不能办结"):
        step(city, one, StepKind.CLOSED)
    one = step(city, one, StepKind.NOTE, text="问了县医保局")
    assert one.state == State.WORKING
    with pytest.raises(NotPossible, match="怎样答复"):
        step(city, one, StepKind.ANSWERED, answer=" ", answer_way="phone", result="solved")
    with pytest.raises(Stale):
        step(city, one, StepKind.NOTE, text="晚了一步", version=1)
    one = step(city, one, StepKind.ANSWERED, answer="已办好", answer_way="phone", result="solved")
    one = step(city, one, StepKind.CLOSED, satisfaction="yes")
    assert (one.state, one.get_result_display(), one.get_satisfaction_display()) == (
        "closed",
        "已解决",
        "满意",
    )
    with pytest.raises(NotPossible, match="写明理由"):
        step(city, one, StepKind.REOPENED)
    one = step(city, one, StepKind.REOPENED, text="本人说没有到账")
    assert (one.state, one.answered_on, one.closed_on) == ("working", None, None)
    with scope(actor_of(city.clerk_a)):
        kinds = list(ConcernStep.objects.filter(concern=one).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["received", "note", "answered", "closed", "reopened"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"raised_on": date(2999, 1, 1)}, "还没有到"),
        ({"raised_on": date(2026, 2, 2), "received_on": date(2026, 2, 1)}, "不能早于"),
        ({"working_days": 9999}, "办理时限"),
    ],
)
def test_what_cannot_be_is_refused(city: Any, person: Any, values: Any, words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        raised(city, person, **values)
    with scope(actor_of(city.clerk_a)):
        assert not Concern.objects.exists()


def test_people_of_another_county_do_not_stand_behind_it(city: Any, person: Any) -> None:
    other = make_person(city.clerk_b, city.b1, name="王四平")
    with scope(actor_of(city.city_clerk)) as actor, pytest.raises(NotPossible, match="同一个县市区"):
        register_concern(retiree=person, values=VALUES, by=actor, others=[other])


def test_a_clerk_registers_answers_and_closes_by_clicking(city: Any, person: Any) -> None:
    client = signed_in(city.clerk_a)
    found = client.post(reverse("concerns:find"), {"name": "周一"}).text
    address = reverse("concerns:create", args=[person.pk])
    assert address in found
    page = client.get(address)
    today = timezone.localdate().isoformat()
    token = page.context["form"].initial["token"]
    typed = {
        **VALUES,
        "kind": "demand",
        "body": "住院期间<script>",
        "raised_on": today,
        "received_on": today,
        "working_days": "15",
        "people_count": "3",
        "owner_unit": str(city.a1.pk),
        "token": str(token),
    }
    wrong = client.post(address, typed | {"title": ""})
    assert wrong.status_code == 422
    assert "请写一句话的标题" in wrong.text
    for _ in range(2):  # a double click makes one
        done = client.post(address, typed)
        assert done.status_code == 302
    with scope(actor_of(city.clerk_a)):
        one = Concern.objects.get()
    page = client.get(done["Location"]).text
    assert "住院期间&lt;script&gt;" in page
    assert "涉及人数" in page
    answer = reverse("concerns:step", args=[one.pk, "answered"])
    sent = {
        "on": today,
        "version": one.version,
        "answer": "补助已批",
        "answer_way": "face",
        "result": "solved",
    }
    assert client.post(answer, sent).status_code == 302
    again = client.post(answer, sent)
    assert again.status_code == 422
    assert "已有人办理过" in again.text
    assert "补助已批" in client.get(done["Location"]).text
    person_page = reverse("retirees:detail", args=[person.pk])
    assert "申请护工补助" in client.get(person_page, {"tab": "concerns"}).text
    assert "申请护工补助" in client.get(person_page).text
    assert signed_in(city.clerk_b).get(done["Location"]).status_code == 404
    assert signed_in(city.leader_a).get(answer).status_code == 403
    assert signed_in(city.leader_a).get(done["Location"]).status_code == 200


def test_a_unit_is_asked_and_does_not_decide(city: Any, person: Any) -> None:
    one = raised(city, person)
    client = signed_in(city.unit_a1)
    assert client.get(reverse("concerns:step", args=[one.pk, "note"])).status_code == 200
    for name in ("declined", "extended"):
        assert client.get(reverse("concerns:step", args=[one.pk, name])).status_code == 403
    assert client.get(reverse("concerns:step", args=[one.pk, "nothing"])).status_code == 404


def test_lists_and_ranking_count_the_same(city: Any, person: Any) -> None:
    late = raised(city, person, raised_on=date(2026, 1, 5), received_on=date(2026, 1, 5), working_days=3)
    raised(city, person, kind="petition", title="集体来信", people_count=12, repeat_of=late)
    with scope(actor_of(city.clerk_a)) as actor:
        assert due_concerns(actor, timezone.localdate())["overdue"] == 1
    client, address = signed_in(city.clerk_a), reverse("concerns:list")
    page = client.get(address, {"show": "overdue"}).text
    assert "申请护工补助" in page
    assert "集体来信" not in page
    assert "集体来信" in client.get(address, {"collective": "1", "repeated": "1"}).text
    assert "集体来信" in client.get(address, {"q": "2026-0002"}).text
    assert client.get(address, {"nothing": "1"}).status_code == 400
    assert client.get(address, {"show": "x"}).status_code == 400
    ranking = client.get(reverse("concerns:ranking"), {"since": "2026-01-01"}).text
    assert city.a1.label in ranking
    assert "kind=petition" in ranking
    assert client.get(reverse("concerns:ranking"), {"since": "abc"}).status_code in (200, 400)
    assert client.get(reverse("concerns:ranking"), {"since": "2026-13-40"}).status_code == 400
    home = client.get(reverse("dashboards:home")).text
    assert "诉求超期未答复" in home
