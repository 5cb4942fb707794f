"""The log: what is written, what is refused and why, and what follows from it."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import add_family_member, edit_retiree, record_death
from apps.retirees.models import Condition, Retiree, RetireeHistory
from apps.visits.actions.checking import VisitEntry, VisitRefused
from apps.visits.actions.log import change_visit, record_visit, record_visits, remove_visit
from apps.visits.choices import CampaignState, DueState
from apps.visits.models import Campaign, Due, FundSource, Occasion, Visit, VisitHistory, Visitor
from apps.visits.rules import VisitorEntry
from tests.factories.city import actor_of, make_person

CHEN = VisitorEntry("陈立新", "县老干部局局长", "3")
LI = VisitorEntry("李为民", "县委书记", "1")
TODAY = timezone.localdate()
DAY = TODAY - timedelta(days=10)


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1, name="周一平")


def values(**more):
    return {
        "occasion": Occasion.objects.get(code="routine"),
        "visited_on": DAY,
        "way": "home",
        "target": "self",
    } | more


def logged(city, person, *, key=None, visitors=(CHEN,), who="clerk_a", **more):
    with scope(actor_of(getattr(city, who))) as actor:
        return record_visit(retiree=person, values=values(**more), visitors=visitors, by=actor, key=key)


def fresh(person, city):
    with scope(actor_of(city.city_clerk)):
        return Retiree.objects.get(pk=person.pk)


def source(county=None):
    return FundSource.objects.create(name="财政专项", county=county)


def campaign(**more):
    given = {
        "title": "春节走访",
        "occasion": Occasion.objects.get(code="spring"),
        "starts_on": DAY,
        "ends_on": TODAY,
        "state": CampaignState.FROZEN,
        "frozen_at": timezone.now(),
        "made_by_name": "试",
    }
    return Campaign.objects.create(**(given | more))


def test_a_visit_is_written_with_its_visitors_and_the_last_day(city, person):
    visit = logged(city, person, visitors=(CHEN, LI, CHEN))
    with scope(actor_of(city.clerk_a)):
        assert (visit.level, visit.visitors_text) == ("1", "李为民（县委书记）等2人")
        assert list(Visitor.objects.filter(visit=visit).values_list("name", "post")) == [
            ("陈立新", "县老干部局局长"),
            ("李为民", "县委书记"),
        ]
    assert fresh(person, city).visited_on == DAY


def test_the_last_day_is_no_change_of_the_record(city, person):
    with scope(actor_of(city.city_clerk)):
        history = RetireeHistory.objects.filter(pgh_obj_id=person.pk).count()
    before = fresh(person, city)
    logged(city, person)
    after = fresh(person, city)
    assert after.visited_on == DAY
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
    with scope(actor_of(city.city_clerk)):
        assert RetireeHistory.objects.filter(pgh_obj_id=person.pk).count() == history


def test_the_same_key_twice_is_one_visit(city, person):
    key = uuid.uuid4()
    first, again = logged(city, person, key=key), logged(city, person, key=key, way="phone")
    assert first.pk == again.pk
    with scope(actor_of(city.clerk_a)):
        assert Visit.objects.count() == 1


def test_a_key_of_somebody_else_is_refused_even_behind_the_wall(city, person):
    key = uuid.uuid4()
    other = make_person(city.clerk_b, city.b1, name="王四平")
    logged(city, other, key=key, who="clerk_b")
    with pytest.raises(VisitRefused, match="已经用来登记过别人"):
        logged(city, person, key=key)


def test_somebody_behind_the_wall_is_not_visited(city):
    other = make_person(city.clerk_b, city.b1, name="王四平")
    with pytest.raises(VisitRefused, match="不在您的名册"):
        logged(city, other)


def test_a_day_to_come_no_visitor_and_an_unknown_way_are_refused(city, person):
    with pytest.raises(VisitRefused, match="还没有到这一天"):
        logged(city, person, visited_on=TODAY + timedelta(days=1))
    with pytest.raises(VisitRefused, match="走访人"):
        logged(city, person, visitors=())
    with pytest.raises(VisitRefused, match="走访方式"):
        logged(city, person, way="rocket")
    assert fresh(person, city).visited_on is None


def test_a_gift_needs_a_source_and_over_the_limit_a_reason(city, person):
    with pytest.raises(VisitRefused, match="资金来源"):
        logged(city, person, money=Decimal(500))
    with scope(actor_of(city.city_clerk)):
        pot = source()
        Occasion.objects.filter(code="routine").update(money_limit=300)
    with pytest.raises(VisitRefused, match="500元超过“日常”每人每次300元的上限"):
        logged(city, person, money=Decimal(500), source=pot)
    visit = logged(city, person, money=Decimal(500), source=pot, over_limit_reason="特殊困难，集体研究")
    assert visit.money == 500


def test_a_source_of_another_county_is_refused(city, person):
    with scope(actor_of(city.clerk_b)):
        pot = source(city.b)
    with pytest.raises(VisitRefused, match="其他县市区"):
        logged(city, person, money=Decimal(5), source=pot)


def test_one_gift_in_a_campaign_and_the_refusal_names_the_first(city, person):
    with scope(actor_of(city.city_clerk)):
        pot, spring = source(), campaign()
    gift = {"campaign": spring, "occasion": None, "money": Decimal(500), "source": pot}
    logged(city, person, **gift)
    with pytest.raises(VisitRefused, match=r"在“春节走访”里已领过.*慰问金500元"):
        logged(city, person, **gift)
    without = logged(city, person, campaign=spring, occasion=None)
    with pytest.raises(VisitRefused, match="已领过"), scope(actor_of(city.clerk_a)) as actor:
        change_visit(visit=without, values={"money": Decimal(100), "source": pot}, by=actor)


def test_a_draft_campaign_has_no_results(city, person):
    with scope(actor_of(city.city_clerk)):
        draft = campaign(state=CampaignState.DRAFT, frozen_at=None)
    with pytest.raises(VisitRefused, match="名单还没有定"):
        logged(city, person, campaign=draft, occasion=None)


@pytest.fixture
def dead(city, person):
    with scope(actor_of(city.clerk_a)) as actor:
        member = add_family_member(retiree=person, values={"relation": "spouse", "name": "吴玉兰"}, by=actor)
        record_death(
            retiree=person,
            died_on=PartialDate.from_date(DAY),
            reported_on=TODAY,
            survivors=[member.pk],
            by=actor,
        )
    return fresh(person, city)


@pytest.mark.parametrize("target", ["self", "spouse"])
def test_nobody_is_visited_after_his_death(city, dead, target):
    with pytest.raises(VisitRefused, match="请选“遗属”"):
        logged(city, dead, target=target, visited_on=DAY + timedelta(days=1))


def test_a_visit_before_the_death_entered_late_and_one_to_the_survivors_stand(city, dead):
    logged(city, dead, visited_on=DAY - timedelta(days=3), health_seen="3")
    visit = logged(city, dead, target="survivor", visited_on=DAY + timedelta(days=1))
    with scope(actor_of(city.clerk_a)):
        assert visit.family.name == "吴玉兰"
    person = fresh(dead, city)
    assert person.visited_on == DAY - timedelta(days=3)
    assert person.health == dead.health, "what was seen before the death changes no record off the register"


def test_the_living_have_no_survivors(city, person):
    with pytest.raises(VisitRefused, match="没有去世登记"):
        logged(city, person, target="survivor")


def test_what_was_seen_becomes_the_dated_state_but_nothing_newer_is_lost(city, person):
    with scope(actor_of(city.clerk_a)) as actor:
        now = Retiree.objects.get(pk=person.pk)
        edit_retiree(
            retiree=now,
            values={"health": "2"},
            version=now.version,
            seen_on=DAY - timedelta(days=30),
            by=actor,
        )
    logged(city, person, health_seen="3", self_care_seen="helpless")
    after = fresh(person, city)
    assert (after.health, after.self_care) == ("3", "helpless")
    logged(city, person, visited_on=DAY - timedelta(days=5), health_seen="1")
    assert fresh(person, city).health == "3"
    with scope(actor_of(city.clerk_a)):
        facts = Condition.objects.filter(retiree=person, kind="health").order_by("seen_on")
        assert [fact.value for fact in facts][-2:] == ["2", "3"]


def due_of(person, **more):
    given = {
        "occasion": Occasion.objects.get(code="spring"),
        "from_on": DAY - timedelta(days=5),
        "due_on": TODAY,
    }
    return Due.objects.create(**person.row_keys(), **(given | more))


def test_a_visit_settles_what_was_due_and_its_removal_opens_it_again(city, person):
    with scope(actor_of(city.city_clerk)):
        spring = campaign()
        due = due_of(person, campaign=spring)
    visit = logged(city, person, campaign=spring, occasion=None)
    with scope(actor_of(city.clerk_a)) as actor:
        assert Due.objects.get(pk=due.pk).state == DueState.DONE
        with pytest.raises(VisitRefused, match="删除原因"):
            remove_visit(visit=visit, reason=" ", by=actor)
        remove_visit(visit=visit, reason="登记错人", by=actor)
        assert Due.objects.get(pk=due.pk).state == DueState.OPEN
        assert not Visit.objects.exists()
        assert VisitHistory.objects.filter(pgh_obj_id=visit.pk).count() == 2
    assert fresh(person, city).visited_on is None


def test_a_change_moves_the_last_day_and_refuses_an_old_page(city, person):
    visit = logged(city, person)
    with scope(actor_of(city.clerk_a)) as actor:
        change_visit(
            visit=visit,
            values={"visited_on": DAY - timedelta(days=2)},
            visitors=(LI,),
            by=actor,
            version=1,
        )
        with pytest.raises(VisitRefused, match="已被他人修改"):
            change_visit(visit=visit, values={"way": "phone"}, by=actor, version=1)
        now = Visit.objects.get(pk=visit.pk)
        assert (now.level, now.way, now.version) == ("1", "home", 2)
    assert fresh(person, city).visited_on == DAY - timedelta(days=2)


def test_many_are_all_or_none_and_the_faulty_are_named(city, person):
    other = make_person(city.clerk_a, city.a1, name="吴二平")
    with scope(actor_of(city.clerk_a)) as actor:
        good = VisitEntry(person, values(), (CHEN,))
        bad = VisitEntry(other, values(visited_on=date(2999, 1, 1)), (CHEN,))
        with pytest.raises(VisitRefused) as refusal:
            record_visits(entries=[good, bad], by=actor)
        assert [(one.index, one.name) for one in refusal.value.faults] == [(1, "吴二平")]
        assert not Visit.objects.exists()
        key = uuid.uuid4()
        entries = [VisitEntry(person, values(), (CHEN,), key), VisitEntry(other, values(), (LI,))]
        made = record_visits(entries=[*entries, entries[0]], by=actor)
        assert [visit.retiree_id for visit in made] == [person.pk, other.pk, person.pk]
        assert Visit.objects.count() == 2
