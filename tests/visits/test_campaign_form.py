"""The form of a campaign: its conditions in words, and no other office's keys in its body."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.actions.campaigns import add_campaign
from apps.visits.models import Campaign, FundSource, Occasion, VisitRule
from tests.factories.city import actor_of

TODAY = timezone.localdate()
NEW = reverse("visits:campaign-create")


@pytest.fixture
def campaign(city):
    with scope(actor_of(city.clerk_a)) as actor:
        return add_campaign(
            values={
                "title": "县里的走访",
                "occasion": Occasion.objects.get(code="spring"),
                "starts_on": TODAY,
                "ends_on": TODAY + timedelta(days=9),
                "query": "age_min=80",
            },
            by=actor,
        )


def typed(**more):
    with scope(system_actor()):
        occasion = Occasion.objects.get(code="spring").pk
    return {
        "title": "新活动",
        "occasion": occasion,
        "starts_on": f"{TODAY}",
        "ends_on": f"{TODAY + timedelta(days=9)}",
        "target": "self",
        "token": uuid.uuid4(),
        "version": 0,
        **more,
    }


def test_conditions_are_told_in_words(city, campaign, sign_in):
    text = sign_in(city.clerk_a).get(reverse("visits:campaign-edit", args=[campaign.pk])).text
    assert "现在的条件：" in text
    assert "80" in text.partition("现在的条件：")[2][:40]


@pytest.mark.parametrize("name", ["planned_source", "rule"])
def test_another_countys_source_or_rule_is_no_choice(city, sign_in, name):
    with scope(system_actor()):
        occasion = Occasion.objects.get(code="spring")
        source = FundSource.objects.create(name="石桥专项", county=city.b)
        rule = VisitRule.objects.create(
            name="石桥节日", trigger="festival", occasion=occasion, county=city.b, starts_on=TODAY
        )
    key = source.pk if name == "planned_source" else f"rule-{rule.pk}"
    answer = sign_in(city.clerk_a).post(NEW, typed(**{name: key}))
    assert answer.status_code == 422
    with scope(system_actor()):
        assert not Campaign.objects.exists()


def test_another_offices_campaign_is_not_changed(city, campaign, sign_in):
    address = reverse("visits:campaign-edit", args=[campaign.pk])
    assert sign_in(city.clerk_b).post(address, typed(version=campaign.version)).status_code == 404
    assert sign_in(city.unit_a1).post(address, typed(version=campaign.version)).status_code in (403, 404)
    with scope(system_actor()):
        assert Campaign.objects.get().title == "县里的走访"
