"""Units merged, given to another county, put below another one; counties merged: with the people, the past intact."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees import tasks
from apps.retirees.actions import NotPossible, record_death
from apps.retirees.actions.reorganise import preview_reorganisation, reorganise
from apps.retirees.figures.counts import register_counts
from apps.retirees.models import Membership, Retiree
from apps.units.models import Unit, UnitChange
from tests.factories.city import actor_of, make_person

TODAY = date(2026, 6, 10)
DAY = date(2026, 6, 1)
BEFORE = DAY - timedelta(days=1)
assert tasks


def heads(user, day):
    with scope(actor_of(user)) as actor:
        return register_counts(actor, day).total()


def do(city, kind, unit, target, **more):
    with scope(actor_of(city.city_clerk)) as actor:
        given = {"happened_on": DAY, "document": "市编〔2026〕1号", "today": TODAY} | more
        return reorganise(kind=kind, unit=unit, target=target, **given, by=actor)


@pytest.fixture
def staffed(city):
    """Two living and one dead at 南岭财政局."""
    make_person(city.clerk_a, city.a1)
    make_person(city.clerk_a, city.a1, name="田玉兰")
    dead = make_person(city.clerk_a, city.a1, name="孙德生")
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=dead, died_on=PartialDate(2026, 1, 5), reported_on=date(2026, 1, 6), by=actor)
    return city


def test_the_preview_says_who_changes_his_place(staffed):
    city = staffed
    with scope(actor_of(city.city_clerk)):
        found = preview_reorganisation(kind="merge", unit=city.a1, target=city.a2)
    assert [(one.unit.pk, one.people, one.others) for one in found.effects] == [(city.a1.pk, 2, 1)]
    assert len(found.users) == 1
    assert "试unit_a1" in found.users[0]


def test_merged_within_the_county(staffed):
    city = staffed
    kept, moved = do(city, "merge", city.a1, city.a2)
    assert (kept.pk, moved) == (city.a2.pk, 2)
    with scope(actor_of(city.clerk_a)):
        assert set(Retiree.objects.values_list("unit_id", flat=True)) == {city.a2.pk}
        old = Unit.objects.get(pk=city.a1.pk)
        change = UnitChange.objects.get(unit=old)
        assert (old.closed_on, change.successor_id, change.document) == (DAY, city.a2.pk, "市编〔2026〕1号")
        assert set(Membership.objects.filter(unit=city.a1).values_list("exit", flat=True)) == {"unit", "died"}
    assert (heads(city.clerk_a, BEFORE), heads(city.clerk_a, DAY)) == (2, 2)
    assert (heads(city.unit_a1, BEFORE), heads(city.unit_a1, DAY)) == (2, 0)


def test_given_to_another_county_with_what_is_below_it(staffed):
    city = staffed
    with scope(actor_of(city.city_clerk)):
        below = Unit.objects.create(
            code="nanling-1-1", name="财政所", level="unit", kind="organ", parent=city.a1, area=city.a, sort=1
        )
    make_person(city.clerk_a, below, name="周世昌")
    kept, moved = do(city, "move", city.a1, city.b)
    assert moved == 3
    assert (kept.name, kept.area_id, kept.parent_id) == (city.a1.name, city.b.pk, city.b.pk)
    with scope(actor_of(city.city_clerk)):
        again = Unit.objects.get(parent=kept)
        assert (again.name, again.area_id) == ("财政所", city.b.pk)
        assert Unit.objects.get(pk=below.pk).closed_on == DAY
        assert Retiree.objects.get(name="周世昌").unit_id == again.pk
        assert Retiree.objects.get(name="孙德生").county_id == city.b.pk  # the file of the dead goes along
    assert (heads(city.clerk_a, BEFORE), heads(city.clerk_a, DAY)) == (3, 0)
    assert (heads(city.clerk_b, BEFORE), heads(city.clerk_b, DAY)) == (0, 3)
    assert heads(city.city_clerk, BEFORE) == heads(city.city_clerk, DAY) == 3
    assert heads(city.clerk_a, date(2025, 12, 1)) == 4


def test_a_county_merged_into_another(staffed):
    city = staffed
    make_person(city.clerk_b, city.b1, name="何秀英")
    kept, moved = do(city, "merge", city.a, city.b)
    assert (kept.pk, moved) == (city.b.pk, 2)
    with scope(actor_of(city.city_clerk)):
        assert not Unit.objects.filter(area=city.a, closed_on=None).exists()
        assert UnitChange.objects.get(unit=city.a).successor_id == city.b.pk
    assert heads(city.clerk_b, DAY) == 3
    assert heads(city.clerk_a, BEFORE) == 2


def test_only_another_parent(staffed):
    city = staffed
    kept, moved = do(city, "parent", city.a1, city.a2)
    assert (kept.parent_id, kept.area_id, moved) == (city.a2.pk, city.a.pk, 0)
    with pytest.raises(NotPossible, match="下级"):
        do(city, "parent", city.a2, city.a1)


@pytest.mark.parametrize(
    ("kind", "unit", "target", "more", "why"),
    [
        ("merge", "a1", "a1", {}, "另一个"),
        ("merge", "a1", "b", {}, "同一层级"),
        ("move", "a1", "a", {}, "另一个县市区"),
        ("move", "a1", "b1", {}, "另一个县市区"),
        ("parent", "a1", "b1", {}, "同一县市区"),
        ("merge", "root", "a", {}, "市级单位"),
        ("merge", "a1", "a2", {"happened_on": TODAY + timedelta(days=1)}, "不能晚于今天"),
        ("merge", "a1", "a2", {"happened_on": date(1990, 1, 1)}, "进入名册的日期"),
    ],
)
def test_what_does_not_fit_changes_nothing(staffed, kind, unit, target, more, why):
    city = staffed
    with pytest.raises(NotPossible, match=why):
        do(city, kind, getattr(city, unit), getattr(city, target), **more)
    with scope(actor_of(city.city_clerk)):
        assert Retiree.objects.filter(unit=city.a1).count() == 3
        assert not UnitChange.objects.exists()


def test_people_left_in_a_closed_unit_follow_later(staffed):
    city = staffed
    do(city, "merge", city.a1, city.a2)
    with scope(actor_of(city.city_clerk)):
        Retiree.objects.filter(name="田玉兰").update(unit=city.a1)
        Membership.objects.filter(during__endswith=None).filter(
            retiree_id=Retiree.objects.get(name="田玉兰").pk
        ).update(unit=city.a1)
    old = Unit.objects.get(pk=city.a1.pk)
    _, moved = do(city, "merge", old, city.a2, happened_on=DAY + timedelta(days=2))
    assert moved == 1


# --- pages


def test_asked_twice_then_a_job(staffed, sign_in):
    city = staffed
    client = sign_in(city.city_clerk)
    assert "撤并、划转（带人员）" in client.get(reverse("units:detail", args=[city.a1.pk])).text
    address = reverse("retirees:reorganise", args=[city.a1.pk])
    page = client.get(address)
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    sent = {
        "kind": "merge",
        "target": str(city.a2.pk),
        "happened_on": str(timezone.localdate()),
        "document": "=1+1",
        "token": token,
    }
    asked = client.post(address, sent)
    assert asked.status_code == 200
    assert "在册2人，另有1份" in asked.text
    assert "试unit_a1" in asked.text
    assert not Job.objects.filter(kind="retirees.reorganise").exists()
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', asked.text)[1]
    changed = client.post(address, sent | {"target": str(city.b1.pk), "confirmed": confirmed})
    assert changed.status_code == 200  # asked again
    assert client.post(address, sent | {"confirmed": confirmed}).status_code == 302
    assert client.post(address, sent | {"confirmed": confirmed}).status_code == 302
    job = Job.objects.get(kind="retirees.reorganise")
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["summary"]) == ("done", "已办完，转了2人")
    assert client.get(reverse("jobs:detail", args=[job.pk])).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("kind", "", "请选择办理什么"),
        ("kind", "x", "选择"),
        ("target", "999999", "选择"),
        ("happened_on", "2999-01-01", "还没有到"),
        ("document", "长" * 10_000, "80"),
        ("document", "坏\x07", "控制字符"),
        ("token", "", "已过期"),
    ],
)
def test_a_wrong_form_says_why(staffed, sign_in, field, value, why):
    city = staffed
    sent = {
        "kind": "merge",
        "target": str(city.a2.pk),
        "happened_on": "2026-06-01",
        "document": "",
        "token": "00000000-0000-4000-8000-000000000001",
        field: value,
    }
    page = sign_in(city.city_clerk).post(reverse("retirees:reorganise", args=[city.a1.pk]), sent)
    assert page.status_code == 422
    assert why in page.text


def test_who_may(city, sign_in):
    address = reverse("retirees:reorganise", args=[city.a1.pk])
    for user in (city.clerk_a, city.chief_a, city.unit_a1, city.leader, city.system_admin):
        assert sign_in(user).get(address).status_code == 403
