"""Results of a campaign in one grid: ticked, dated, submitted once."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.choices import DueState, Recorded
from apps.visits.models import Due, Visit
from tests.factories.city import make_person
from tests.visits.test_log_actions import campaign, due_of, source

TODAY = timezone.localdate()


@pytest.fixture
def spring(city):
    """A campaign with two people of county a and one of b."""
    people = [
        make_person(city.clerk_a, city.a1, name="周一平"),
        make_person(city.clerk_a, city.a1, name="吴二平"),
        make_person(city.clerk_b, city.b1, name="王四平"),
    ]
    with scope(system_actor()):
        made, pot = campaign(), source()
        dues = [due_of(one, campaign=made, planned_money=500, planned_source=pot) for one in people]
    return made, dues


def typed(*dues, **more):
    given = {
        "token": str(uuid.uuid4()),
        "visited_on": TODAY.isoformat(),
        "way": "home",
        "others": "陈立新（局长）",
    }
    given |= {"others_level": "3"}
    for due in dues:
        given |= {f"{due.pk}-done": "on", f"{due.pk}-money": "500"}
    return given | more


def visits():
    with scope(system_actor()):
        return list(Visit.objects.order_by("pk"))


def test_ticked_people_are_logged_once(city, spring, sign_in):
    made, (first, second, foreign) = spring
    client, where = sign_in(city.clerk_a), reverse("visits:results", args=[made.pk])
    page = client.get(where)
    assert "周一平" in page.text
    assert "王四平" not in page.text
    early = (TODAY - timedelta(days=1)).isoformat()
    data = typed(first, foreign, **{f"{first.pk}-visited_on": early, f"{first.pk}-note": "很好"})
    assert client.post(where, data).status_code == 302
    assert client.post(where, data).status_code == 302
    (visit,) = visits()
    assert (visit.retiree_id, visit.recorded, visit.summary, visit.money) == (
        first.retiree_id,
        Recorded.TEAM,
        "很好",
        500,
    )
    assert visit.visited_on.isoformat() == early
    with scope(system_actor()):
        assert Due.objects.get(pk=first.pk).state == DueState.DONE
        assert Due.objects.get(pk=second.pk).state == DueState.OPEN
        assert Due.objects.get(pk=foreign.pk).state == DueState.OPEN
    assert "周一平" not in client.get(where).text


def test_a_fault_is_told_at_its_line_and_nothing_is_written(city, spring, sign_in):
    made, (first, second, _) = spring
    client, where = sign_in(city.clerk_a), reverse("visits:results", args=[made.pk])
    late = (TODAY + timedelta(days=1)).isoformat()
    for wrong, words in (
        ({f"{second.pk}-visited_on": late}, "还没有到这一天"),
        ({f"{second.pk}-money": "-1"}, "大于或等于"),
        ({f"{second.pk}-note": "甲\x07乙"}, "吴二平"),
        ({"others": ""}, "其他走访人"),
        ({"token": ""}, "已过期"),
    ):
        page = client.post(where, typed(first, second, **wrong))
        assert page.status_code == 422, wrong
        assert words in page.text, wrong
    assert "还没有勾选" in client.post(where, typed()).text
    assert visits() == []


def test_who_may_not(city, spring, sign_in):
    made, _ = spring
    where = reverse("visits:results", args=[made.pk])
    assert sign_in(city.leader).get(where).status_code == 403
    client = sign_in(city.clerk_a)
    for key in ("x", "9" * 30, "7"):
        assert client.get(where, {"team": key}).status_code == 404
