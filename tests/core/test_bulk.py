"""Inserting many rows at once stores what saving one by one would."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.core.bulk import BATCH, insert_many, update_many
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions.spells import since
from apps.retirees.models import (
    FamilyMember,
    FamilyMemberHistory,
    LevelFact,
    LevelFactHistory,
    PrivateDetails,
    Retiree,
)
from tests.factories.city import make_person


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1)


def place(person):
    return {"retiree": person, "county_id": person.county_id, "unit_id": person.unit_id}


def test_rows_come_back_as_they_went_in(city, person):
    born = PartialDate(1960, 4, raw="60.4")
    with scope(city.actor(city.clerk_a)):
        child = FamilyMember(
            **place(person), relation="child", name='李"䶮\\', birth_date=born, phone="15400000001"
        )
        spouse = FamilyMember(
            **place(person), relation="spouse", name="王", verified_on=date(2026, 3, 1), sort=2
        )
        insert_many(one for one in (child, spouse))
        first, second = FamilyMember.objects.order_by("sort")
        assert (first.pk, first.name, first.birth_date.raw) == (child.pk, '李"䶮\\', "60.4")
        assert first.phone.same("15400000001")
        assert (second.birth_date, second.phone, second.verified_on) == (None, None, date(2026, 3, 1))


def test_automatic_keys_are_set_and_history_is_written(city, person):
    with scope(city.actor(city.clerk_a)):
        rows = [
            LevelFact(**place(person), kind=kind, level="131", since=None, during=since(date(1994, 8, 1)))
            for kind in ("rank", "medical")
        ]
        insert_many(rows)
        assert LevelFact.objects.get(pk=rows[1].pk).kind == "medical"
        assert LevelFact.objects.get(pk=rows[0].pk).during.lower == date(1994, 8, 1)
        history = LevelFactHistory.objects.filter(pgh_obj_id__in=[row.pk for row in rows])
        assert {row.pgh_actor for row in history} == {city.clerk_a.pk}
        assert not rows[0]._state.adding


def test_people_keep_lists_times_and_generated_columns(city):
    with scope(city.actor(city.clerk_a)):
        person = Retiree(
            county=city.a,
            unit=city.a1,
            name="买买提·艾力",
            category="tuixiu",
            birth_date=PartialDate(1950, 5),
        )
        person.derive({})
        insert_many([person])
        insert_many(
            [
                PrivateDetails(
                    **place(person), monthly_income=Decimal("6543.21"), national_id_index=b"\x00\xff"
                )
            ]
        )
        stored = Retiree.objects.get(pk=person.pk)
        assert stored.birth_from == date(1950, 5, 1)
        assert stored.missing == person.missing
        assert stored.created_at is not None
        private = PrivateDetails.objects.get(pk=person.pk)
        assert (private.monthly_income, bytes(private.national_id_index)) == (Decimal("6543.21"), b"\x00\xff")


def test_walls_and_constraints_hold(city, person):
    twice = [LevelFact(**place(person), kind="rank", level="131", during=since(None)) for _ in range(2)]
    with scope(city.actor(city.clerk_a)), pytest.raises(IntegrityError), transaction.atomic():
        insert_many(twice)
    with (
        scope(city.actor(city.clerk_b)),
        pytest.raises(Exception, match="row-level security"),
        transaction.atomic(),
    ):
        insert_many([FamilyMember(**place(person), relation="child", name="李")])


def test_more_than_one_batch(city, person):
    with scope(city.actor(city.clerk_a)):
        insert_many(
            FamilyMember(**place(person), relation="child", name=f"李{number}", sort=number)
            for number in range(BATCH + 1)
        )
        insert_many([])
        assert FamilyMember.objects.count() == BATCH + 1


def test_changes_reach_their_rows_and_history(city, person):
    with scope(city.actor(city.clerk_a)):
        rows = [
            FamilyMember(**place(person), relation="child", name=name, phone="15400000001")
            for name in ("李一", "李二")
        ]
        insert_many(rows)
        rows[0].name, rows[0].birth_date, rows[0].phone = "李改", PartialDate(1962), "15400000009"
        rows[1].verified_on = date(2026, 4, 1)
        assert update_many(rows, ["name", "birth_date", "phone", "verified_on"]) == 2
        first, second = (FamilyMember.objects.get(pk=row.pk) for row in rows)
        assert (first.name, first.birth_date, first.verified_on) == ("李改", PartialDate(1962), None)
        assert first.phone.same("15400000009")
        assert (second.name, second.verified_on) == ("李二", date(2026, 4, 1))
        assert second.phone.same("15400000001")
        assert list(
            FamilyMemberHistory.objects.filter(pgh_obj_id=first.pk).values_list("name", flat=True)
        ) == ["李一", "李改"]


def test_rows_behind_the_wall_are_not_changed(city, person):
    with scope(city.actor(city.clerk_b)):
        assert update_many([Retiree(pk=person.pk, name="改")], ["name"]) == 0
    with scope(city.actor(city.clerk_a)):
        assert Retiree.objects.get(pk=person.pk).name == person.name
        assert update_many([], ["name"]) == 0
