"""Rules become rows of the due list, visits settle them; the dead are in none of them."""

from datetime import date, timedelta

import pytest

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import add_family_member, record_death, retract_exit
from apps.retirees.actions.transfers import transfer_at_once
from apps.retirees.models import FamilyMember, Retiree
from apps.visits.actions.dues import make_dues, make_incident_dues, release_dues, settle_dues
from apps.visits.models import Due, Incident, Occasion, Visit
from tests.factories.city import actor_of, make_person
from tests.visits.conftest import make_rule as rule

TODAY = date(2026, 11, 23)


@pytest.fixture
def people(city):
    """Three of 财政局 in county a (one 离休), one in county b."""
    return {
        "old": make_person(city.clerk_a, city.a1, name="周一平", category="lixiu"),
        "two": make_person(city.clerk_a, city.a1, name="吴二平"),
        "three": make_person(city.clerk_a, city.a2, name="郑三平", birth_date=PartialDate(1936, 11, 25)),
        "other": make_person(city.clerk_b, city.b1, name="王四平", category="lixiu"),
    }


def visit(person, on=TODAY, occasion="routine", **values):
    given = {
        "way": "home",
        "level": "3",
        "visitors_text": "试",
        "recorded_by": 1,
        "recorded_by_name": "试",
        "occasion": Occasion.objects.get(code=occasion),
    }
    return Visit.objects.create(**person.row_keys(), visited_on=on, **(given | values))


def made(today=TODAY):
    with scope(system_actor()) as actor:
        return make_dues(today=today, by=actor)


def test_a_rule_makes_one_row_for_each_of_its_people_once(city, people):
    with scope(system_actor()):
        rule(query="category=lixiu")
    assert made() == 2
    assert made() == 0
    with scope(actor_of(city.clerk_a)) as actor:
        (due,) = Due.objects.visible_to(actor)
        assert (due.retiree_id, due.window, due.from_on, due.due_on) == (
            people["old"].pk,
            "2026Q4",
            date(2026, 10, 1),
            date(2026, 12, 31),
        )


def test_a_countys_rule_is_about_its_own_people(city, people):
    with scope(actor_of(city.clerk_a)) as actor:
        rule(county=city.a)
        assert make_dues(today=TODAY, by=actor) == 3
    with scope(system_actor()):
        assert set(Due.objects.values_list("county_id", flat=True)) == {city.a.pk}


def test_whoever_comes_to_meet_a_rule_is_added_and_who_no_longer_does_stays(city, people):
    with scope(system_actor()):
        rule(query="category=lixiu")
    made()
    with scope(system_actor()):
        Retiree.objects.filter(pk=people["two"].pk).update(category="lixiu")
        Retiree.objects.filter(pk=people["old"].pk).update(category="tuixiu")
    assert made() == 1
    with scope(system_actor()):
        assert Due.objects.count() == 3


def test_of_a_period_to_come_nothing_is_frozen(city, people):
    late = date(2026, 12, 28)
    with scope(system_actor()):
        rule(query="category=lixiu")
    assert made(late) == 4
    with scope(system_actor()):
        Retiree.objects.filter(pk=people["old"].pk).update(category="tuixiu")
    assert made(late) == 0
    with scope(system_actor()):
        his = Due.objects.filter(retiree=people["old"]).values_list("window", flat=True)
        assert list(his) == ["2026Q4"]


def test_a_visit_settles_and_gives_back(city, people):
    with scope(system_actor()):
        rule(who="3", ways=["home", "phone"])
    made()
    with scope(system_actor()):
        low = visit(people["old"], level="5")
        assert settle_dues([low]) == 0, "a clerk is not high enough"
        video = visit(people["old"], way="video")
        assert settle_dues([video]) == 0
        good, again = visit(people["old"], level="1"), visit(people["old"], way="phone")
        assert settle_dues([good, again]) == 1
        assert settle_dues([good]) == 0, "twice is once"
        due = Due.objects.get(retiree=people["old"])
        assert (due.state, due.visit_id) == ("done", good.pk)
        assert release_dues([good]) == 0, "the other call takes its place"
        due.refresh_from_db()
        assert (due.state, due.visit_id) == ("done", again.pk)
        again.delete()
        good.delete()


def test_twice_a_year_takes_two_visits(city, people):
    with scope(system_actor()):
        rule(every="year", times=2)
    made()
    with scope(system_actor()):
        one = visit(people["old"], date(2026, 2, 1))
        assert settle_dues([one]) == 1
        two = visit(people["old"], date(2026, 3, 1))
        assert settle_dues([two]) == 1
        assert not Due.objects.filter(retiree=people["old"], state="open").exists()


def test_a_late_visit_settles_what_is_over_unless_its_own_window_claims_it(city, people):
    with scope(system_actor()):
        rule()
    made(date(2026, 8, 1))
    with scope(system_actor()):
        late = visit(people["two"], date(2026, 10, 2))
        assert settle_dues([late]) == 1, "no row of the fourth quarter is there yet"
    made()
    with scope(system_actor()):
        first = visit(people["old"], date(2026, 10, 2))
        settle_dues([first])
        states = dict(Due.objects.filter(retiree=people["old"]).values_list("window", "state"))
        assert states == {"2026Q3": "open", "2026Q4": "done"}
        settle_dues([visit(people["old"], date(2026, 11, 2))])
        states = dict(Due.objects.filter(retiree=people["old"]).values_list("window", "state"))
        assert states == {"2026Q3": "done", "2026Q4": "done"}, "once more makes up for it"


def test_rows_made_later_know_the_visits_before(city, people):
    with scope(system_actor()):
        visit(people["old"], date(2026, 10, 9))
        rule(starts_on=date(2026, 11, 20))
    made()
    with scope(system_actor()):
        assert Due.objects.get(retiree=people["old"]).state == "done"
        assert Due.objects.filter(state="open").count() == 3


def test_other_occasions_do_not_count_for_a_birthday(city, people):
    with scope(system_actor()):
        rule(trigger="birthday", every="", occasion="birthday", ages=[90])
    assert made() == 1
    with scope(system_actor()):
        due = Due.objects.get()
        assert (due.retiree_id, due.due_on) == (people["three"].pk, date(2026, 11, 25))
        assert settle_dues([visit(people["three"])]) == 0
        assert settle_dues([visit(people["three"], occasion="round-birthday")]) == 1


def test_a_lunar_birthday_is_the_lunar_one(city):
    lunar = PartialDate(1936, 11, 28, raw="农历1936年十月十五")
    person = make_person(city.clerk_a, city.a1, birth_date=lunar)
    with scope(system_actor()):
        assert Retiree.objects.get(pk=person.pk).birth_lunar == "1936-10-15"
        rule(trigger="birthday", every="", occasion="birthday", ahead_days=7)
    assert made(date(2026, 11, 22)) == 1
    with scope(system_actor()):
        assert Due.objects.get().due_on == date(2026, 11, 23), "十月十五 of 2026"


# --- what happened


def incident(person, **values):
    given = {"kind": "hospital", "started_on": TODAY, "reported_on": TODAY, "reported_by_name": "试"}
    return Incident.objects.create(**person.row_keys(), **(given | values))


def test_a_stay_in_hospital_is_due_at_once_and_each_month(city, people):
    with scope(system_actor()):
        rule(trigger="hospital", every="", occasion="hospital", within_days=3, repeat_every="month")
        rule(trigger="discharge", every="", occasion="hospital", within_days=7, name="出院回访")
    with scope(actor_of(city.unit_a1)) as actor:
        stay = incident(people["old"])
        assert make_incident_dues(incident=stay, by=actor, today=TODAY) == 1
        assert make_incident_dues(incident=stay, by=actor, today=TODAY) == 0
    assert made(date(2026, 12, 24)) == 1
    with scope(actor_of(city.clerk_a)) as actor:
        stay.ended_on = date(2026, 12, 26)
        stay.save()
        assert make_incident_dues(incident=stay, by=actor, today=date(2026, 12, 26)) == 1
        rows = dict(Due.objects.values_list("rule__trigger", "due_on"))
        assert rows == {"hospital": TODAY + timedelta(days=3), "discharge": date(2027, 1, 2)}
        stay.retracted_on = TODAY
        stay.save()
        make_incident_dues(incident=stay, by=actor, today=TODAY)
        assert not Due.objects.exists()


def test_a_stay_in_the_books_only_asks_for_nobody(city, people):
    with scope(system_actor()) as actor:
        rule(trigger="hospital", every="", occasion="hospital", within_days=3)
        assert make_incident_dues(incident=incident(people["old"], is_nominal=True), by=actor) == 0
    assert made() == 0


# --- the dead, those who move


def die(city, person, on=TODAY):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=person,
            died_on=PartialDate.from_date(on),
            reported_on=TODAY,
            by=actor,
        )


@pytest.mark.parametrize("day", [TODAY, date(2026, 10, 3), date(2026, 2, 1)])
def test_the_dead_are_due_to_nobody_also_when_the_death_is_back_dated(city, people, day):
    with scope(system_actor()):
        rule()
    made()
    die(city, people["old"], day)
    with scope(system_actor()) as actor:
        assert people["old"].pk not in Due.objects.open(TODAY).values_list("retiree_id", flat=True)
        assert people["old"].pk not in Due.objects.standing().values_list("retiree_id", flat=True)
    assert made(date(2027, 1, 4)) == 3, "and none is made for him"
    with scope(actor_of(city.clerk_a)) as actor:
        retract_exit(retiree=Retiree.objects.get(pk=people["old"].pk), reason="登记错了人", by=actor)
        assert people["old"].pk in Due.objects.open(TODAY).values_list("retiree_id", flat=True)
    assert made(date(2027, 1, 4)) == 1


def test_survivors_are_due_only_while_there_is_a_death(city, people):
    with scope(actor_of(city.clerk_a)) as actor:
        kin = {"relation": "spouse", "name": "陈小兰", "phone": "", "work": "", "is_emergency": False}
        add_family_member(retiree=people["old"], values=kin, by=actor)
        FamilyMember.objects.update(is_survivor=True)
    with scope(system_actor()):
        rule(target="survivor")
    assert made() == 0, "the living have none"
    die(city, people["old"])
    assert made() == 1
    with scope(system_actor()):
        assert Due.objects.open(TODAY).count() == 1
    with scope(actor_of(city.clerk_a)) as actor:
        retract_exit(retiree=Retiree.objects.get(pk=people["old"].pk), reason="登记错了人", by=actor)
    with scope(system_actor()):
        assert not Due.objects.open(TODAY).exists()


def test_what_is_due_moves_with_the_person_but_a_countys_rule_does_not(city, people):
    with scope(actor_of(city.clerk_a)):
        rule(county=city.a, name="本县规则")
    with scope(system_actor()):
        rule(name="全市规则")
    made()
    with scope(actor_of(city.city_clerk)) as actor:
        transfer_at_once(
            retiree=people["old"], unit=city.b1, effective_on=TODAY, reason="搬家", today=TODAY, by=actor
        )
    with scope(actor_of(city.clerk_b)) as actor:
        assert Due.objects.visible_to(actor).filter(retiree=people["old"]).count() == 2
    made()
    with scope(actor_of(city.clerk_b)) as actor:
        (due,) = Due.objects.visible_to(actor).filter(retiree=people["old"])
        assert due.rule.name == "全市规则"


def test_a_condition_that_no_longer_holds_adds_nobody(city, people):
    with scope(system_actor()):
        rule(query="category=lixiu&unit=999999")
    assert made() == 0
