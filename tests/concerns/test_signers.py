"""Who stands behind a collective matter, changed later: by pages, with reason and history, never by two at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.concerns.actions import NotPossible, Stale, change_signers, register_concern, take_step
from apps.concerns.choices import StepKind
from apps.concerns.models import Concern, ConcernPerson, ConcernPersonHistory
from apps.concerns.queries import TIES, former_signers, rows_of_person, signers_of
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

VALUES = {"source": "letter", "title": "申请护工补助", "topic": "care"}
HOSTILE = ("", "控\x07制", "长" * 10_000)


@pytest.fixture
def people(city: Any) -> list[Any]:
    return [
        make_person(city.clerk_a, city.a1, name=name) for name in ("周一平", "周二平", "吴三平", "郑四平")
    ]


@pytest.fixture
def matter(city: Any, people: list[Any]) -> Concern:
    """Raised by the first with the second behind him."""
    with scope(actor_of(city.clerk_a)) as actor:
        return register_concern(retiree=people[0], values=VALUES, others=[people[1]], by=actor)


def typed(*people: Any, **more: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    keys = [str(one.pk) for one in people]
    return {"on": today, "version": "1", "people_count": "2", "text": "来信补签", "others": keys, **more}


def changed(city: Any, matter: Concern, **values: Any) -> Concern:
    given = {"joined": [], "left": [], "people_count": 1, "version": matter.version, "reason": "来信补签"}
    with scope(actor_of(city.clerk_a)) as actor:
        return change_signers(concern=matter, **given | {"on": timezone.localdate(), "by": actor} | values)


def test_one_joins_and_one_leaves_with_a_reason(city: Any, people: list[Any], matter: Concern) -> None:
    _, second, third, fourth = people
    client, address = signed_in(city.clerk_a), reverse("concerns:people", args=[matter.pk])
    page = reverse("concerns:concern", args=[matter.pk])
    assert address in client.get(page).text
    assert f'value="{second.pk}" checked' in client.get(address).text
    looked = client.post(address, typed(second, who="吴", text="还没写完"))
    assert looked.status_code == 200
    assert f'name="others" value="{third.pk}"' in looked.text
    assert f'value="{second.pk}" checked' in looked.text
    assert "还没写完" in looked.text
    done = client.post(address, typed(third, fourth))  # the second is taken off, two join
    assert done.status_code == 302
    with scope(actor_of(city.clerk_a)) as actor:
        one = Concern.objects.get(pk=matter.pk)
        assert (one.people_count, one.version) == (3, 2)
        assert {person.name for person in signers_of(one, actor)} == {"吴三平", "郑四平"}
        assert [person.name for person in former_signers(one, actor)] == ["周二平"]
        steps = list(one.steps.values_list("kind", "text"))
        assert steps[1:] == [
            ("joined", "增加2人，涉及人数现为3人。来信补签"),
            ("left", "减少1人，涉及人数现为3人。来信补签"),
        ]
        kept = ConcernPersonHistory.objects.filter(concern_id=one.pk).order_by("pgh_id")
        assert [(row.pgh_label, row.retiree_id) for row in kept] == [
            ("insert", second.pk),
            ("delete", second.pk),
            ("insert", third.pk),
            ("insert", fourth.pk),
        ]
        assert {row.pgh_actor for row in kept} == {city.clerk_a.pk}
        assert not rows_of_person(second, actor).exists()
        assert rows_of_person(third, actor).exists()
    text = client.get(page).text
    assert "曾共同提出" in text
    assert "增加共同提出人" in text
    assert "周二平" in text


def test_what_cannot_be_changes_nothing_and_says_why(city: Any, people: list[Any], matter: Concern) -> None:
    _, second, third, _ = people
    client, address = signed_in(city.clerk_a), reverse("concerns:people", args=[matter.pk])
    stranger = make_person(city.clerk_b, city.b1, name="孙外县")
    early = (timezone.localdate() - timedelta(days=1)).isoformat()
    wrong = (
        (typed(second, third, text=""), "请写明增减的理由"),
        (typed(second, third, version="7"), "已有人办理过"),
        (typed(second, stranger), "名册上没有的人"),
        (typed(second, third, on=early), "日期应在受理之后"),
        (typed(second, third, people_count="0"), "涉及人数"),
        (typed(second), "没有改动"),
    )
    for values, words in wrong:
        answer = client.post(address, values)
        assert answer.status_code == 422
        assert words in answer.text, words
    for hostile in HOSTILE:
        assert client.post(address, typed(second, third, text=hostile)).status_code == 422
    with scope(actor_of(city.clerk_a)) as actor:
        assert [one.pk for one in signers_of(matter, actor)] == [second.pk]
        assert Concern.objects.get(pk=matter.pk).version == 1


def test_the_dead_do_not_join_and_may_stay_or_leave(city: Any, people: list[Any], matter: Concern) -> None:
    _, second, third, fourth = people
    with scope(actor_of(city.clerk_a)) as actor:
        today = timezone.localdate()
        for one in (second, third):
            record_death(retiree=one, died_on=PartialDate.from_date(today), reported_on=today, by=actor)
        third.refresh_from_db()
    with pytest.raises(NotPossible, match="去世"):
        changed(city, matter, joined=[third])
    client, address = signed_in(city.clerk_a), reverse("concerns:people", args=[matter.pk])
    assert "没有查到" in client.post(address, typed(second, who="吴")).text
    assert client.post(address, typed(second, fourth)).status_code == 302  # he died and stays behind it
    assert client.post(address, typed(fourth, version="2")).status_code == 302
    with scope(actor_of(city.clerk_a)) as actor:
        assert [one.pk for one in signers_of(matter, actor)] == [fourth.pk]


def test_two_at_once_lose_nothing(city: Any, people: list[Any], matter: Concern) -> None:
    changed(city, matter, joined=[people[2]])
    with pytest.raises(Stale):
        changed(city, matter, joined=[people[3]])
    with scope(actor_of(city.clerk_a)):
        assert ConcernPerson.objects.filter(concern=matter).count() == 2


def test_a_finished_matter_is_reopened_first(city: Any, people: list[Any], matter: Concern) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        ended = take_step(concern=matter, step=StepKind.WITHDRAWN, version=1, text="不再要求", by=actor)
    with pytest.raises(NotPossible, match="重新办理"):
        changed(city, ended, joined=[people[2]])
    client = signed_in(city.clerk_a)
    address = reverse("concerns:people", args=[matter.pk])
    assert client.get(address).status_code == 302
    assert address not in client.get(reverse("concerns:concern", args=[matter.pk])).text


def test_others_find_nothing_and_leaders_only_read(city: Any, people: list[Any], matter: Concern) -> None:
    address = reverse("concerns:people", args=[matter.pk])
    assert signed_in(city.clerk_b).get(address).status_code == 404
    assert signed_in(city.clerk_b).post(address, typed(people[2])).status_code == 404
    assert signed_in(city.leader_a).get(address).status_code == 403
    shown = signed_in(city.leader_a).get(reverse("concerns:concern", args=[matter.pk])).text
    assert "周二平" in shown
    assert address not in shown


def test_matters_of_one_day_stand_by_their_number_across_pages(city: Any, people: list[Any]) -> None:
    """Not by their keys, which are random: 60 of one day, over two pages and back."""
    with scope(actor_of(city.clerk_a)) as actor:
        for number in range(60):
            register_concern(retiree=people[0], values=VALUES | {"title": f"第{number}件"}, by=actor)
    client, address = signed_in(city.clerk_a), reverse("concerns:list")
    seen: list[str] = []
    query = "show=all&sort=-received_on"
    for _ in range(2):
        listed = client.get(f"{address}?{query}").context["listed"]
        seen += [one.number for one in listed.rows]
        query = listed.next or query
    assert seen == list(range(60, 0, -1))
    back = client.get(f"{address}?{listed.previous}").context["listed"]
    assert [one.number for one in back.rows] == list(range(60, 10, -1))
    up = client.get(address, {"show": "all", "sort": "due_on"}).context["listed"]
    assert [one.number for one in up.rows] == list(range(1, 51))
    assert TIES == ("year", "number")
