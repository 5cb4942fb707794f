"""The database's own walls around plans and around rows that refer to rows of a person."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from apps.core.scope import scope
from apps.retirees.models import Retiree
from apps.visits.models import Campaign, Occasion, Visit, Visitor
from tests.factories.city import actor_of, make_person

DAYS = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}


def campaign(title: str, **values: Any) -> Campaign:
    occasion = Occasion.objects.get(code="spring")
    return Campaign.objects.create(title=title, occasion=occasion, made_by_name="试", **DAYS, **values)


def _visitor_of(person: Retiree, visit: Visit) -> None:
    """Written and looked at as at the end of the transaction."""
    Visitor.objects.create(**person.row_keys(), visit=visit, name="别人", level="3")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_everybody_reads_plans_and_only_their_keepers_change_them(city: Any) -> None:
    with scope(actor_of(city.city_clerk)):
        campaign("全市春节走访")
        campaign("甲县代建", county=city.a)
    for user in (city.clerk_a, city.clerk_b, city.unit_a1, city.leader, city.leader_a):
        with scope(actor_of(user)):
            assert Campaign.objects.count() == 2, user.username
    with scope(actor_of(city.clerk_a)) as actor:
        assert {one.title for one in Campaign.objects.kept_by(actor)} == {"甲县代建"}
        assert (
            Campaign.objects.filter(title="全市春节走访").update(note="改") == 0
        )  # by the database, unasked
        assert Campaign.objects.filter(title="甲县代建").update(note="改") == 1
        for place in (None, city.b):
            with pytest.raises(DatabaseError), transaction.atomic():
                campaign("越权", county=place)
    with scope(actor_of(city.clerk_b)) as actor:
        assert Campaign.objects.filter(title="甲县代建").update(note="改") == 0
        assert Campaign.objects.visible_to(actor).count() == 1
    for user in (city.unit_a1, city.leader):
        with scope(actor_of(user)), pytest.raises(DatabaseError), transaction.atomic():
            Campaign.objects.filter(county=city.a).update(note="改")


def test_a_row_refers_to_rows_of_its_own_person_only(city: Any) -> None:
    one = make_person(city.clerk_a, city.a1, name="周一平")
    two = make_person(city.clerk_a, city.a1, name="吴二平")
    with scope(actor_of(city.clerk_a)):
        visit = Visit.objects.create(
            **one.row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            visited_on=date(2026, 3, 1),
            way="home",
            level="3",
            visitors_text="试",
            recorded_by=1,
            recorded_by_name="试",
        )
        Visitor.objects.create(**one.row_keys(), visit=visit, name="试", level="3")
        with pytest.raises(IntegrityError), transaction.atomic():
            _visitor_of(two, visit)
