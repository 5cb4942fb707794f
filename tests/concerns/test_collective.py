"""Several people behind one matter, and the same matter raised twice: the form, the pages, what is refused."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.concerns.actions import NotPossible, register_concern
from apps.concerns.models import Concern, ConcernPerson
from apps.concerns.queries import concerns_of, rows_of_person
from apps.concerns.rules import is_alike
from apps.core.scope import scope
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

VALUES = {"source": "letter", "title": "申请护工补助", "topic": "care"}


@pytest.fixture
def people(city: Any) -> list[Any]:
    return [make_person(city.clerk_a, city.a1, name=name) for name in ("周一平", "周二平", "吴三平")]


def typed(city: Any, **more: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {
        **VALUES,
        "kind": "demand",
        "body": "几个人一起来的",
        "raised_on": today,
        "received_on": today,
        "working_days": "15",
        "people_count": "1",
        "owner_unit": str(city.a1.pk),
        "token": str(uuid.uuid4()),
        **more,
    }


def raised(city: Any, person: Any, **values: Any) -> Concern:
    with scope(actor_of(city.clerk_a)) as actor:
        others = values.pop("others", ())
        return register_concern(retiree=person, values=VALUES | values, others=others, by=actor)


def test_others_are_looked_for_ticked_and_registered(city: Any, people: list[Any]) -> None:
    first, second, third = people
    client, address = signed_in(city.clerk_a), reverse("concerns:create", args=[first.pk])
    looked = client.post(address, typed(city, who="周", find="1"))
    assert looked.status_code == 200
    assert "几个人一起来的" in looked.text
    assert f'name="others" value="{second.pk}"' in looked.text
    assert f'name="others" value="{first.pk}"' not in looked.text  # he is the one who speaks
    looked = client.post(
        address, typed(city, who="吴", others=[second.pk])
    )  # Enter in the box, without the button
    assert f'value="{second.pk}" checked' in looked.text
    assert "几个人一起来的" in looked.text
    assert "请写出姓名" in client.post(address, typed(city, find="1")).text
    assert "没有查到" in client.post(address, typed(city, who="郑")).text
    with scope(actor_of(city.clerk_a)):
        assert not Concern.objects.exists()
    done = client.post(address, typed(city, others=[second.pk, third.pk]))
    assert done.status_code == 302
    with scope(actor_of(city.clerk_a)):
        one = Concern.objects.get()
        assert one.people_count == 3
        assert set(one.others.values_list("retiree_id", flat=True)) == {second.pk, third.pk}
    page = client.get(done["Location"]).text
    for person in (second, third):
        assert reverse("retirees:detail", args=[person.pk]) in page
        tab = client.get(reverse("retirees:detail", args=[person.pk]), {"tab": "concerns"}).text
        assert "申请护工补助" in tab
        assert "周一平等人共同提出" in tab
    assert "集体3人" in client.get(reverse("concerns:list")).text


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 30, "\x00", "１２"])
def test_others_who_are_nobody_are_refused(city: Any, people: list[Any], key: str) -> None:
    address = reverse("concerns:create", args=[people[0].pk])
    answer = signed_in(city.clerk_a).post(address, typed(city, others=[key]))
    assert answer.status_code == 422
    with scope(actor_of(city.clerk_a)):
        assert not Concern.objects.exists()


def test_others_of_another_county_and_the_dead_are_not_offered(city: Any, people: list[Any]) -> None:
    elsewhere = make_person(city.clerk_b, city.b1, name="周四平")
    with scope(actor_of(city.clerk_a)):
        Retiree.objects.filter(pk=people[1].pk).update(state=LifeState.DEAD, died_on="2026-01-05")
    address = reverse("concerns:create", args=[people[0].pk])
    for user in (city.clerk_a, city.city_clerk):
        client = signed_in(user)
        for wrong in (elsewhere, people[1]):
            answer = client.post(address, typed(city, others=[wrong.pk]))
            assert answer.status_code == 422
            assert "共同提出人里有" in answer.text
        looked = client.post(address, typed(city, who="周")).text
        assert f'name="others" value="{elsewhere.pk}"' not in looked
        assert f'name="others" value="{people[1].pk}"' not in looked


def test_the_same_matter_again_is_doubted_and_may_be_linked(city: Any, people: list[Any]) -> None:
    first = raised(city, people[0], others=[people[1]])
    client, address = signed_in(city.clerk_a), reverse("concerns:create", args=[people[1].pk])
    assert "还有1件没有办结" in client.get(address).text
    again = typed(city, title="护工补助为什么没到账")
    doubted = client.post(address, again)
    assert doubted.status_code == 422
    assert f"{first.label} 申请护工补助" in doubted.text
    assert "不是重复" in doubted.text
    linked = client.post(address, again | {"repeat_of": str(first.pk)})
    assert linked.status_code == 302
    assert "护工补助为什么没到账" in client.get(reverse("concerns:concern", args=[first.pk])).text
    assert first.label in client.get(linked["Location"]).text
    other = client.post(address, again | {"not_repeat": "on", "token": str(uuid.uuid4())})
    assert other.status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Concern.objects.filter(repeat_of=first).count() == 1
        assert Concern.objects.count() == 3
    quite_different = typed(city, title="建议多办书法班", topic="venue")
    assert client.post(address, quite_different).status_code == 302


def test_a_repeat_is_of_the_same_people(city: Any, people: list[Any]) -> None:
    first = raised(city, people[0])
    with pytest.raises(NotPossible, match="这些人以前提出的"):
        raised(city, people[2], repeat_of=first)
    assert raised(city, people[2], repeat_of=first, others=[people[0]]).repeat_of == first
    address = reverse("concerns:create", args=[people[1].pk])
    answer = signed_in(city.clerk_a).post(address, typed(city, repeat_of=str(first.pk)))
    assert answer.status_code in (302, 422)
    with scope(actor_of(city.clerk_a)):
        assert not Concern.objects.filter(retiree=people[1], repeat_of=first).exists()


def test_the_speaker_is_not_counted_twice(city: Any, people: list[Any]) -> None:
    one = raised(city, people[0], others=[people[0], people[1], people[1]])
    with scope(actor_of(city.clerk_a)):
        assert one.people_count == 2
        assert ConcernPerson.objects.filter(concern=one).count() == 1


@pytest.mark.parametrize(
    ("title", "topic", "same"),
    [
        ("护工补助没有到账", "care", True),
        ("申请护工补助！", "other", True),
        ("建议多办书法班", "care", False),
        ("补", "care", False),
        ("", "care", False),
    ],
)
def test_what_is_alike(title: str, topic: str, same: bool) -> None:
    assert is_alike(title, topic, "申请护工补助", "care") is same


def test_a_persons_matters_come_out_of_indexes(city: Any, people: list[Any]) -> None:
    for _ in range(3):
        raised(city, people[0], others=people[1:])
    with scope(actor_of(city.clerk_a)) as actor:
        assert len(concerns_of(people[1], actor)) == 3
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows_of_person(people[1], actor).explain()
    assert "Seq Scan" not in plan
    assert "retiree_id = " in plan


def test_pages_of_the_list_turn(city: Any, people: list[Any]) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        for number in range(120):
            values = VALUES | {"title": f"第{number}件", "raised_on": date(2026, 1, 5 + number % 20)}
            register_concern(retiree=people[number % 3], values=values, by=actor)
    client, address = signed_in(city.clerk_a), reverse("concerns:list")
    page = client.get(address, {"show": "all"})
    seen = {row["label"] for row in page.context["rows"]}
    following = client.get(f"{address}?{page.context['listed'].next}")
    assert following.status_code == 200
    assert len(following.context["rows"]) == 50
    assert not seen & {row["label"] for row in following.context["rows"]}
    back = client.get(f"{address}?{following.context['listed'].previous}")
    assert {row["label"] for row in back.context["rows"]} == seen
    for wrong in ("abc", "1", str(uuid.uuid4())):
        assert client.get(address, {"show": "all", "page": "2", "after": wrong}).status_code == 404
