"""Two records of one person, both with visits and with rows of the due list, become one and two again."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions.merge import merge_people
from apps.retirees.actions.unmerge import undo_merge
from apps.retirees.models import Retiree
from apps.visits.actions.dues import make_dues, settle_dues
from apps.visits.models import Campaign, Due, FundSource, Occasion, Visit, Visitor
from tests.factories.city import actor_of, make_person
from tests.visits.conftest import make_rule
from tests.visits.test_due_actions import visit

TODAY = date(2026, 11, 23)


def rows():
    """Whose each row is and what it refers to."""
    return (
        sorted(Due.objects.values_list("pk", "retiree_id", "visit_id", "state")),
        sorted(Visit.objects.values_list("pk", "retiree_id")),
        sorted(Visitor.objects.values_list("pk", "retiree_id", "visit_id")),
    )


def look_at_keys():
    """What a commit looks at."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_merging_two_who_were_both_visited(city):
    keep = make_person(city.clerk_a, city.a1, name="周一平")
    other = make_person(city.clerk_a, city.a1, name="周一平")
    with scope(system_actor()) as actor:
        make_rule()
        make_dues(today=TODAY, by=actor)
        spring = Occasion.objects.get(code="spring")
        source = FundSource.objects.create(name="试资金")
        campaign = Campaign.objects.create(
            title="春节走访",
            occasion=spring,
            starts_on=date(2026, 1, 20),
            ends_on=date(2026, 2, 10),
            made_by_name="试",
            state="frozen",
            frozen_at=timezone.now(),
        )
        gift = {"campaign": campaign, "money": Decimal(500), "source": source}
        visits = [
            visit(keep, date(2026, 2, 1), "spring", **gift),
            visit(other, date(2026, 2, 2), "spring", **gift),
            visit(other, date(2026, 11, 2)),
        ]
        for one in visits:
            Visitor.objects.create(
                county_id=one.county_id,
                unit_id=one.unit_id,
                retiree_id=one.retiree_id,
                visit=one,
                name="何大山",
                level="1",
            )
        settle_dues(visits)
        before = rows()
    with scope(actor_of(city.clerk_a)) as actor:
        merge = merge_people(
            keep=keep,
            other=other,
            versions=(keep.version, other.version),
            sides={},
            why="同一个人",
            today=TODAY,
            by=actor,
        )
        look_at_keys()
        whose = dict(Visit.objects.values_list("pk", "retiree_id"))
        assert whose == {visits[0].pk: keep.pk, visits[1].pk: other.pk, visits[2].pk: keep.pk}, (
            "one gift each"
        )
        assert [due.retiree_id for due in Due.objects.open(TODAY)] == [keep.pk]
    with scope(actor_of(city.clerk_a)) as actor:
        undo_merge(merge=merge, today=TODAY, by=actor)
        look_at_keys()
        assert rows() == before
        assert Retiree.objects.get(pk=other.pk).state == "alive"
