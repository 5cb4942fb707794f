"""The log as a file: the list's conditions, one's own place, nothing of health, hostile texts as texts."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.exports.rules import exporters
from apps.jobs.rules import system_actor
from apps.visits.exports import COLUMNS
from apps.visits.models import Occasion, Visit
from tests.exports.conftest import made, sheet_of
from tests.factories.city import actor_of, make_person

TODAY = timezone.localdate()
NEW, LIST = reverse("exports:new"), reverse("visits:log")


def visit(person, **more):
    with scope(system_actor()):
        return Visit.objects.create(
            **person.row_keys(),
            **{
                "occasion": Occasion.objects.get(code="routine"),
                "visited_on": TODAY,
                "way": "home",
                "recorded_by": 1,
                "recorded_by_name": "经办",
            }
            | more,
        )


@pytest.fixture
def visits(city):
    a = make_person(city.clerk_a, city.a1, name="周一平")
    b = make_person(city.clerk_b, city.b1, name="吴二平")
    return (
        visit(a, summary="=1+1", health_seen="4", visitors_text="<b>王</b>"),
        visit(a, visited_on=TODAY - timedelta(days=9), way="phone"),
        visit(b),
    )


def ask(client, **more):
    sent = {
        "kind": "visits", "query": "", "format": "xlsx", "mask": "masked", "reason": "报送", "order": "visited_on",
        "columns": [name for name, _ in COLUMNS], "token": str(uuid.uuid4()), **more,
    }  # fmt: skip
    return client.post(NEW, sent)


def sheet(user):
    with scope(actor_of(user)):
        request = ExportRequest.objects.get()
    return sheet_of(made(request, user))


def test_the_list_goes_out_in_its_order(city, visits, sign_in):
    client = sign_in(city.clerk_a)
    assert "kind=visits" in client.get(LIST).text
    assert "2条" in client.get(NEW, {"kind": "visits", "query": ""}).text
    assert ask(client).status_code == 302
    rows = sheet(city.clerk_a)
    assert rows[0][:3] == ["走访日期", "姓名", "县市区"]
    assert [row[6] for row in rows[1:]] == ["电话", "上门"]
    text = str(rows)
    assert "=1+1" in text
    assert "吴二平" not in text
    assert "健康" not in text


def test_conditions_of_the_list_hold(city, visits, sign_in):
    assert ask(sign_in(city.clerk_a), query="way=phone").status_code == 302
    assert [row[6] for row in sheet(city.clerk_a)[1:]] == ["电话"]


def test_nonsense_and_missing_right(city, visits, sign_in):
    client = sign_in(city.clerk_a)
    assert client.get(NEW, {"kind": "visits", "query": "nothing=1"}).status_code == 302
    assert ask(client, query="way=rocket").status_code == 302
    with scope(system_actor()):
        assert not ExportRequest.objects.exists()
    assert sign_in(city.leader_a).get(NEW, {"kind": "visits"}).status_code == 403


def test_anothers_keys_give_nothing(city, visits):
    theirs = visits[2]
    with scope(actor_of(city.clerk_a)) as actor:
        assert list(exporters["visits"].rows(actor, [theirs.pk], ["person"], "masked")) == []
    with scope(actor_of(city.city_clerk)) as actor:
        assert list(exporters["visits"].rows(actor, [theirs.pk], ["person"], "masked")) == [
            (theirs.pk, ["吴二平"])
        ]
