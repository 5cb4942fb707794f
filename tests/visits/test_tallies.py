"""Counts kept ready say what the rows say: whatever changes a unit's work is seen at once, kept or not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connections
from django.utils import timezone

from apps.core.figures import figure_values
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death, retract_exit
from apps.retirees.actions.transfers import transfer_at_once
from apps.retirees.models import Retiree
from apps.units.models import Unit
from apps.visits.actions.campaign_list import add_person, remove_person
from apps.visits.actions.campaigns import add_campaign, freeze_campaign
from apps.visits.actions.leaders import name_leader, save_leader
from apps.visits.actions.settling import settle_dues
from apps.visits.actions.tallies import refresh_tallies
from apps.visits.figures import FIGURES
from apps.visits.figures.lines import category_lines, leader_lines
from apps.visits.models import CampaignTally, Due, FundSource, Occasion, Visit, Visitor, WorkChange, WorkTally
from apps.visits.queries.coverage import campaign_coverage, people_left
from apps.visits.queries.tallies import kept_spans, stale_units
from tests.factories.city import actor_of, make_city, make_person

TODAY = timezone.localdate()
READERS = ("city_clerk", "clerk_a", "clerk_b", "unit_a1", "leader", "leader_a")


@pytest.fixture
def world(city):
    """Five in two counties, a list with all of them, visits this year, last year and the year before."""
    people = {
        name: make_person(who, unit, name=name, category=category)
        for name, who, unit, category in (
            ("周一平", city.clerk_a, city.a1, "lixiu"),
            ("吴二平", city.clerk_a, city.a1, "retired"),
            ("郑三平", city.clerk_a, city.a2, "retired"),
            ("王四平", city.clerk_b, city.b1, "lixiu"),
            ("冯五平", city.clerk_b, city.b2, "retired"),
        )
    }
    with scope(actor_of(city.city_clerk)) as actor:
        source = FundSource.objects.create(name="财政专项")
        campaign = add_campaign(
            values={
                "title": "春节走访",
                "occasion": Occasion.objects.get(code="spring"),
                "starts_on": TODAY - timedelta(days=3),
                "ends_on": TODAY,
                "planned_money": 800,
            },
            by=actor,
        )
        freeze_campaign(campaign=campaign, version=1, today=TODAY, by=actor)
        leader = save_leader(
            leader=None,
            values={"name": "陈市长", "post": "副市长", "level": "2", "starts_on": TODAY},
            by=actor,
        )
        name_leader(people=[people["郑三平"]], leader=leader, since=TODAY, by=actor)
    found = SimpleNamespace(city=city, people=people, source=source, campaign=campaign, leader=leader)
    for name, days in (("周一平", 0), ("吴二平", 400), ("王四平", 800), ("王四平", 4)):
        seen(found, name, days)
    return found


def seen(world, name, days, money="300.50"):
    person = world.people[name]
    with scope(actor_of(world.city.city_clerk)):
        visit = Visit.objects.create(
            **person.row_keys(),
            occasion=world.campaign.occasion,
            campaign=world.campaign if days == 0 else None,
            visited_on=TODAY - timedelta(days=days),
            way="home",
            level="2" if days == 4 else "5",
            visitors_text="试",
            money=money,
            source=world.source,
            recorded_by=1,
            recorded_by_name="试",
        )
        Visitor.objects.create(
            **person.row_keys(), visit=visit, leader=world.leader, name=world.leader.name, level="2"
        )
        settle_dues([visit])
        last = Visit.objects.filter(retiree=person).order_by("-visited_on")[0].visited_on
        Retiree.objects.filter(pk=person.pk).update(visited_on=last)


def asked(world):
    """All that counts tell, to each reader."""
    found = {}
    for reader in READERS:
        with scope(actor_of(world.city.users[reader])) as actor:
            for span in kept_spans(TODAY):
                found[reader, span.start, span.end] = figure_values(actor, span, list(FIGURES))
                found[reader, span.start, span.end, "by category"] = category_lines(
                    actor, span, list(FIGURES), today=TODAY
                )
                found[reader, span.start, span.end, "by leader"] = leader_lines(actor, span, today=TODAY)
            found[reader, "campaign"] = campaign_coverage(world.campaign, actor, TODAY)
            found[reader, "left"] = people_left(world.campaign, actor)
    return found


def refreshed():
    with scope(system_actor()) as actor:
        return refresh_tallies(today=TODAY, by=actor)


def counted_anew(world):
    """What the rows themselves say: nothing is kept."""
    with scope(system_actor()):
        WorkTally.objects.all().delete()
        CampaignTally.objects.all().delete()
        for unit in Unit.objects.all():
            WorkChange.objects.create(county_id=unit.area_id or unit.pk, unit_id=unit.pk)
    return asked(world)


def test_kept_counts_are_read_and_are_those_of_the_rows(world):
    live = asked(world)
    assert refreshed() > 0
    assert asked(world) == live
    with scope(actor_of(world.city.city_clerk)) as actor:
        assert stale_units(actor) == set()
        assert [stale_units(actor, span) for span in kept_spans(TODAY)] == [set()] * 5
        WorkTally.objects.filter(unit=world.city.a1, ends_on=TODAY, visits__gt=0).update(visits=77)
        CampaignTally.objects.filter(unit=world.city.a1).update(missing=55)
    assert asked(world) != live, "the board reads what is kept"
    seen(world, "吴二平", 1)
    assert asked(world) == counted_anew(world), "a marked unit is counted anew"


def died_back_dated(world):
    with scope(actor_of(world.city.clerk_a)) as actor:
        died = PartialDate.from_date(TODAY - timedelta(days=500))
        record_death(retiree=world.people["吴二平"], died_on=died, reported_on=TODAY, by=actor)


def death_taken_back(world):
    died_back_dated(world)
    refreshed()
    with scope(actor_of(world.city.city_clerk)) as actor:
        person = Retiree.objects.get(pk=world.people["吴二平"].pk)
        retract_exit(retiree=person, reason="误报", by=actor)


def moved(world):
    with scope(actor_of(world.city.city_clerk)) as actor:
        transfer_at_once(
            retiree=Retiree.objects.get(pk=world.people["周一平"].pk),
            unit=world.city.b2,
            effective_on=TODAY,
            reason="随子女",
            today=TODAY,
            by=actor,
        )


def registered(world):
    make_person(world.city.clerk_b, world.city.b2, name="陈六平")


def became_lixiu(world):
    with scope(actor_of(world.city.city_clerk)):
        Retiree.objects.filter(pk=world.people["郑三平"].pk).update(category="lixiu")


def seen_last_year(world):
    seen(world, "郑三平", 400)


def visit_changed(world):
    with scope(actor_of(world.city.city_clerk)):
        row = Visit.objects.get(retiree=world.people["周一平"])
        Visit.objects.filter(pk=row.pk).update(visited_on=TODAY - timedelta(days=800), money=1)
        Retiree.objects.filter(pk=row.retiree_id).update(visited_on=TODAY - timedelta(days=800))


def visit_deleted(world):
    with scope(actor_of(world.city.city_clerk)):
        Due.objects.filter(visit__retiree=world.people["周一平"]).update(visit=None, state="open")
        Visit.objects.filter(retiree=world.people["周一平"]).delete()
        Retiree.objects.filter(pk=world.people["周一平"].pk).update(visited_on=None)


def removed_from_the_list(world):
    with scope(actor_of(world.city.city_clerk)) as actor:
        row = Due.objects.get(campaign=world.campaign, retiree=world.people["王四平"])
        remove_person(due=row, reason="本人不愿", approved_by="刘局长", by=actor)


def added_to_the_list(world):
    newcomer = make_person(world.city.clerk_b, world.city.b2, name="陈六平")
    with scope(actor_of(world.city.city_clerk)) as actor:
        add_person(
            campaign=world.campaign,
            retiree=newcomer,
            reason="新登记",
            approved_by="刘局长",
            by=actor,
        )


@pytest.mark.parametrize(
    "change",
    [
        died_back_dated,
        death_taken_back,
        moved,
        registered,
        became_lixiu,
        seen_last_year,
        visit_changed,
        visit_deleted,
        removed_from_the_list,
        added_to_the_list,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_is_seen_at_once_and_when_it_was_counted(world, change):
    refreshed()
    before = asked(world)
    change(world)
    at_once = asked(world)
    refreshed()
    kept = asked(world)
    assert at_once == kept == counted_anew(world)
    assert (kept == before) is (change is death_taken_back)


def test_years_gone_by_are_not_counted_again_for_todays_visit(world):
    refreshed()
    with scope(system_actor()):
        past = set(WorkTally.objects.filter(ends_on__lt=TODAY).values_list("pk", flat=True))
    seen(world, "郑三平", 0)
    refreshed()
    with scope(system_actor()):
        now = set(WorkTally.objects.filter(ends_on__lt=TODAY).values_list("pk", flat=True))
    assert past == now


def test_another_day_drops_what_is_not_shown_any_more(world):
    refreshed()
    tomorrow = TODAY + timedelta(days=1)
    with scope(system_actor()) as actor:
        refresh_tallies(today=tomorrow, by=actor)
        spans = set(WorkTally.objects.values_list("starts_on", "ends_on"))
    assert spans == {(span.start, span.end) for span in kept_spans(tomorrow)}


def test_a_mark_tells_the_other_county_nothing(world):
    refreshed()
    seen(world, "王四平", 2)
    with scope(actor_of(world.city.clerk_a)) as actor:
        assert WorkChange.objects.count() == 0
        assert WorkTally.objects.exclude(county=world.city.a).count() == 0
        assert stale_units(actor) == set()
    with scope(actor_of(world.city.clerk_b)) as actor:
        assert stale_units(actor) == {world.city.b1.pk}


def test_two_who_count_at_once_do_not_count_twice(committed):
    city = make_city()
    make_person(city.clerk_a, city.a1)
    other = connections.create_connection("default")
    try:
        with scope(system_actor()) as actor:
            assert refresh_tallies(today=TODAY, by=actor) > 0
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(20263, hashtext('visits'))")
                assert cursor.fetchone() == (False,)
    finally:
        other.close()
    with scope(system_actor()) as actor:
        assert WorkChange.objects.count() == 0
        assert refresh_tallies(today=TODAY, by=actor) == 0
