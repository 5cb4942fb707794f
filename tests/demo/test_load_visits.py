"""Visits and concerns of the invented city are what the ordinary actions would have left: every promise is a query."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, Sum

from apps.concerns.choices import OPEN, Satisfaction, Source, State
from apps.concerns.models import Concern, ConcernCounter, ConcernPerson, ConcernStep
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.visits.choices import CampaignState, DueState, IncidentKind, Target, Way
from apps.visits.models import (
    Budget,
    Campaign,
    Due,
    Incident,
    IncidentTask,
    Leader,
    NamedLeader,
    RaisedConcern,
    Team,
    Visit,
    Visitor,
    VisitRule,
)

AS_OF = date(2026, 11, 20)
CITY = Demo(as_of=AS_OF, people=1).loader("city_clerk", "s_city")
PEOPLE = 600
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The invented city, loaded once for all tests here, which only read, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", people=PEOPLE, as_of=AS_OF, stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def city(loaded):
    with scope(CITY):
        yield


def test_visits_are_as_many_as_said_and_lie_in_three_years(city):
    assert Visit.objects.count() == 5 * PEOPLE
    span = Visit.objects.aggregate(first=Min("visited_on"), last=Max("visited_on"))
    assert date(2023, 11, 1) <= span["first"]
    assert span["last"] <= AS_OF
    ways = set(Visit.objects.values_list("way", flat=True))
    assert {Way.HOME, Way.PHONE, Way.INSTITUTION} <= ways


def test_nobody_is_visited_after_his_death_or_before_he_came(city):
    dead = {row.pk: row.died_on.earliest for row in Retiree.objects.filter(state=LifeState.DEAD)}
    assert dead
    for visit in Visit.objects.filter(retiree__state=LifeState.DEAD):
        if visit.target == Target.SURVIVOR:
            assert visit.visited_on >= dead[visit.retiree_id]
        else:
            assert visit.visited_on < dead[visit.retiree_id]
    assert not Visit.objects.filter(target=Target.SURVIVOR).exclude(retiree__state=LifeState.DEAD).exists()


def test_each_visit_has_its_visitors_and_their_highest_level(city):
    counted = Visit.objects.annotate(count=Count("visitors"), highest=Min("visitors__level"))
    assert not counted.filter(count=0).exists()
    assert not counted.exclude(highest=F("level")).exists()
    for visit in counted.prefetch_related("visitors")[:200]:
        names = [one.name for one in visit.visitors.all()]
        assert any(visit.visitors_text.startswith(name) for name in names)
        assert visit.visitors_text.endswith(f"等{len(names)}人") == (len(names) > 1)
    former = Visitor.objects.filter(leader__isnull=False).exclude(post=F("leader__post"))
    assert former.exists(), "posts are those of the day"
    assert not Visitor.objects.exclude(retiree_id=F("visit__retiree_id")).exists()


def test_money_has_a_source_an_approver_and_keeps_the_limits(city):
    gifts = Visit.objects.filter(Q(money__gt=0) | Q(goods_value__gt=0))
    assert gifts.exists()
    assert not gifts.filter(source=None).exists()
    assert not gifts.filter(approved_by_name="").exists()
    over = Q(money__gt=F("occasion__money_limit")) | Q(goods_value__gt=F("occasion__goods_limit"))
    assert not gifts.filter(over).exists()
    assert not gifts.filter(way__in=(Way.PHONE, Way.VIDEO)).exists()
    twice = (
        gifts.filter(campaign__isnull=False).values("campaign", "retiree", "family").annotate(n=Count("pk"))
    )
    assert not twice.filter(n__gt=1).exists()
    assert not gifts.filter(source__county__isnull=False).exclude(source__county=F("county")).exists()
    for budget in Budget.objects.filter(campaign__isnull=False):
        spent = gifts.filter(campaign=budget.campaign_id).aggregate(m=Sum("money"), g=Sum("goods_value"))
        assert (spent["m"] or 0) + (spent["g"] or 0) <= budget.amount


def test_what_was_due_agrees_with_what_was_done(city):
    done = Due.objects.filter(state=DueState.DONE)
    assert done.exists()
    assert not done.filter(visit=None).exists()
    assert not Due.objects.exclude(state=DueState.DONE).filter(visit__isnull=False).exists()
    for name in ("retiree_id", "county_id", "unit_id", "target"):
        assert not done.exclude(**{f"visit__{name}": F(name)}).exists(), name
    assert not done.filter(campaign__isnull=False).exclude(visit__campaign_id=F("campaign_id")).exists()
    in_time = Q(visit__visited_on__lte=F("due_on"), visit__visited_on__gte=F("from_on"))
    assert not done.filter(campaign__isnull=False).exclude(in_time).exists()
    of_campaigns = Count("dues", filter=Q(dues__campaign__isnull=False))
    assert not Visit.objects.filter(campaign__isnull=False).annotate(n=of_campaigns).exclude(n=1).exists()
    assert not Due.objects.filter(state=DueState.REMOVED, change_reason="").exists()
    assert not Due.objects.filter(was_added=True, approved_by_name="").exists()


def test_campaigns_are_frozen_lead_and_one_is_under_way(city):
    for campaign in Campaign.objects.exclude(state=CampaignState.DRAFT):
        assert campaign.frozen_count == Due.objects.filter(campaign=campaign, was_added=False).count()
        assert Team.objects.filter(campaign=campaign).exists()
    running = Campaign.objects.running().filter(county=None, starts_on__lte=AS_OF, ends_on__gte=AS_OF)
    assert running.exists()
    states = set(Due.objects.filter(campaign__in=running).values_list("state", flat=True))
    assert states == {DueState.OPEN, DueState.DONE}
    assert Campaign.objects.filter(state=CampaignState.DRAFT, starts_on__gt=AS_OF).exists()
    missed = Due.objects.filter(campaign__state=CampaignState.CLOSED, state=DueState.OPEN)
    assert not missed.filter(retiree__state=LifeState.ALIVE, reason="").exists()
    assert VisitRule.objects.filter(is_active=True).count() >= 4
    assert Leader.objects.filter(county=None).exists()
    assert NamedLeader.objects.exists()


def test_the_register_knows_the_last_visit(city):
    of_himself = Q(visit_set__target=Target.SELF)
    last = Retiree.objects.annotate(last=Max("visit_set__visited_on", filter=of_himself))
    assert last.filter(visited_on__isnull=False).exists()
    assert not last.exclude(Q(visited_on=F("last")) | Q(visited_on=None, last=None)).exists()


def test_somebody_is_in_hospital_and_deaths_have_their_lists(city):
    open_stays = Incident.objects.filter(kind=IncidentKind.HOSPITAL, ended_on=None, closed_on=None)
    assert open_stays.exists()
    assert not open_stays.filter(retiree__state=LifeState.DEAD).exists()
    critical = set(Retiree.objects.filter(state=LifeState.CRITICAL).values_list("pk", flat=True))
    assert (
        set(Incident.objects.filter(kind=IncidentKind.CRITICAL).values_list("retiree", flat=True)) == critical
    )
    deaths = Incident.objects.filter(kind=IncidentKind.DEATH)
    assert deaths.count() == Retiree.objects.filter(state=LifeState.DEAD).count()
    for death in deaths:
        open_tasks = IncidentTask.objects.filter(incident=death, done_on=None)
        assert IncidentTask.objects.filter(incident=death).exists()
        assert not (death.closed_on and open_tasks.exists())
    assert not IncidentTask.objects.filter(done_on__gt=AS_OF).exists()


def test_concerns_are_numbered_answered_and_some_open(city):
    assert Concern.objects.filter(state__in=OPEN).exists()
    for counter in ConcernCounter.objects.all():
        rows = Concern.objects.filter(office=counter.office, year=counter.year)
        assert sorted(rows.values_list("number", flat=True)) == list(range(1, counter.last + 1))
    closed = Concern.objects.filter(state=State.CLOSED)
    good = closed.filter(satisfaction__in=(Satisfaction.SATISFIED, Satisfaction.FAIR)).count()
    assert good / closed.count() > 0.7
    assert not Concern.objects.filter(Q(closed_on__gt=AS_OF) | Q(answered_on__gt=AS_OF)).exists()
    assert not Concern.objects.annotate(n=Count("steps")).filter(n=0).exists()
    assert not ConcernStep.objects.exclude(retiree_id=F("concern__retiree_id")).exists()
    for concern in Concern.objects.filter(people_count__gt=1):
        assert ConcernPerson.objects.filter(concern=concern).count() == concern.people_count - 1
    raised = RaisedConcern.objects.select_related("visit", "concern")
    assert raised.exists()
    for row in raised:
        assert row.concern.source == Source.VISIT
        assert (row.visit.retiree_id, row.visit.visited_on) == (row.concern.retiree_id, row.concern.raised_on)
