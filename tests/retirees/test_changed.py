"""变动表: who changed between two days; on the page, as a file, and as a condition of the list."""

import os
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.retirees.actions import edit_retiree
from apps.retirees.models import Retiree
from tests.exports.conftest import made, sheet_of
from tests.factories.city import actor_of, make_city, make_person
from tests.servers import ADMIN

PAGE, EXPORT, LIST = (reverse(f"retirees:{name}") for name in ("changed", "changed-export", "list"))


def aged(database_name, days):
    """Everything that stands in the history until now was written so many days ago: only a superuser can say so."""
    address = f"{os.environ[ADMIN].rpartition('/')[0]}/{database_name}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for table in ("retirees_retireehistory", "retirees_privatedetailshistory"):
            admin.execute(f"UPDATE {table} SET pgh_created_at = pgh_created_at - interval '{days} days'")


def edited(person, values, actor):
    version = Retiree.objects.values_list("version", flat=True).get(pk=person.pk)
    edit_retiree(retiree=person, values=values, version=version, seen_on=timezone.localdate(), by=actor)


@pytest.mark.usefixtures("committed")
def test_who_changed_between_two_days(sign_in, database_name):
    city = make_city()
    people = [
        make_person(city.clerk_a, city.a1, name=name, phone="13912251391", post="局长")
        for name in ("邓改动", "邓改回", "邓不动")
    ]
    stranger = make_person(city.clerk_b, city.b1, name="李外县", post="局长")
    aged(database_name, 40)
    with scope(actor_of(city.clerk_a)) as actor:
        changes = {"post": "<b>=1+1", "phone": "13912251381", "health": "3", "monthly_income": 5000}
        edited(people[0], changes, actor)
    for post in ("处长", "局长"):
        with scope(actor_of(city.clerk_a)) as actor:
            edited(people[1], {"post": post}, actor)
    with scope(actor_of(city.clerk_b)) as actor:
        edited(stranger, {"post": "县长"}, actor)
    newcomer = make_person(city.clerk_a, city.a2, name="邓新人")

    clerk = sign_in(city.clerk_a)
    page = clerk.get(PAGE).text
    assert "邓改动" in page
    assert "<del>局长</del>" in page
    assert "<ins>&lt;b&gt;=1+1</ins>" in page
    assert "<ins>139****1381</ins>" in page
    assert "13912251381" not in page
    assert "5000" not in page
    assert "5,000" not in page
    assert "新登记" in page
    for name in ("邓改回", "邓不动", "李外县", "⚠"):
        assert name not in page, name
    leader = sign_in(city.leader_a).get(PAGE).text
    assert "&lt;b&gt;=1+1" in leader
    assert "139****" not in leader
    unit = sign_in(city.unit_a1).get(PAGE).text
    assert ("邓改动" in unit, "邓新人" in unit) == (True, False)
    assert "县长" in sign_in(city.city_clerk).get(PAGE).text

    before = (timezone.localdate() - timedelta(days=10)).isoformat()
    old = (timezone.localdate() - timedelta(days=60)).isoformat()
    assert "没有变动" in clerk.get(PAGE, {"since": before, "until": before}).text
    assert "邓不动" in clerk.get(PAGE, {"since": old, "until": before}).text
    for wrong in (
        {"since": "x"},
        {"since": "1999-01-01"},
        {"since": before, "until": old},
        {"until": "2999-01-01"},
    ):
        assert clerk.get(PAGE, wrong).status_code == 422, wrong

    shown = clerk.get(LIST, {"changed_since": before}).text
    assert ("邓改动" in shown, "邓改回" in shown, "邓不动" in shown) == (True, True, False)
    assert "以后" in shown
    assert "邓改动" not in clerk.get(LIST, {"changed_since": "x"}).text

    sent = {
        "since": before,
        "until": timezone.localdate().isoformat(),
        "format": "xlsx",
        "reason": "季度核对",
        "token": str(uuid.uuid4()),
    }
    for wrong in ({"reason": ""}, {"format": "csv"}, {"since": "1999-01-01"}, {"token": "x"}):
        assert clerk.post(EXPORT, sent | wrong).status_code == 422, wrong
    for _ in range(2):
        assert clerk.post(EXPORT, sent).status_code == 302
    with scope(actor_of(city.clerk_a)):
        request = ExportRequest.objects.get()
    assert "的变动" in clerk.get(reverse("exports:detail", args=[request.pk])).text
    rows = sheet_of(made(request, city.clerk_a))
    texts = {row[0]: row[-1] for row in rows[1:]}
    assert set(texts) == {"邓改动", "邓新人"}
    assert "退休时职务：局长 → <b>=1+1" in texts["邓改动"]
    assert "139****1381" in texts["邓改动"]
    assert texts["邓新人"] == f"新登记到{newcomer.unit.label}"
    assert sign_in(city.leader_a).post(EXPORT, sent).status_code == 403
