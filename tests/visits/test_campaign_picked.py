"""A campaign from people picked in the register's list or the due list: these people are its frozen list."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.actions.campaigns import CampaignMoved, copy_campaign, unfreeze_campaign
from apps.visits.models import Campaign, Due, Occasion
from apps.visits.views import campaign_picked
from tests.factories.city import actor_of, make_person
from tests.visits.conftest import make_rule

TODAY = timezone.localdate()
DAYS = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=9)}
FROM_LIST = reverse("visits:campaign-from-list")
FROM_DUE = reverse("visits:campaign-from-due")


@pytest.fixture
def people(city):
    return {
        name: make_person(user, unit, name=name)
        for name, user, unit in (
            ("周一", city.clerk_a, city.a1),
            ("吴二", city.clerk_a, city.a2),
            ("郑三", city.clerk_a, city.a1),
            ("王四", city.clerk_b, city.b1),
        )
    }


def typed(**more):
    with scope(system_actor()):
        occasion = Occasion.objects.get(code="spring").pk
    text = {name: day.isoformat() for name, day in DAYS.items()}
    named = {"title": "困难走访", "occasion": occasion, "target": "self", "sent": "1"}
    return named | text | {"token": uuid.uuid4(), "version": 0, **more}


def listed():
    """The only campaign and the names on its list."""
    with scope(system_actor()):
        campaign = Campaign.objects.get()
        names = Due.objects.filter(campaign=campaign).values_list("retiree__name", flat=True)
        return campaign, set(names)


def keys(people, *names):
    return [people[name].pk for name in names]


def test_picked_rows_become_the_frozen_list(city, people, sign_in):
    client = sign_in(city.clerk_a)
    assert FROM_LIST in client.get(reverse("retirees:list")).text
    picked = {"ids": keys(people, "周一", "吴二")}
    form = client.post(FROM_LIST, picked)
    assert form.status_code == 200
    assert "选中的2人" in form.text
    assert "按保存的视图选人" not in form.text
    body = typed(**picked)
    answer = client.post(FROM_LIST, body, follow=True)
    assert "名单已定：2人" in answer.text
    campaign, names = listed()
    assert names == {"周一", "吴二"}
    assert (campaign.state, campaign.county_id, campaign.frozen_count) == ("frozen", city.a.pk, 2)
    assert client.post(FROM_LIST, body).url == reverse("visits:campaign", args=[campaign.pk]), "sent twice"
    assert listed()[0] == campaign


def test_all_of_a_condition_become_the_list_and_more_than_that_go_by_the_condition(
    city, people, sign_in, monkeypatch
):
    client = sign_in(city.clerk_a)
    every = {"all": "1", "query": f"unit={city.a1.pk}"}
    assert client.post(FROM_LIST, typed(**every)).status_code == 302
    assert listed()[1] == {"周一", "郑三"}
    monkeypatch.setattr(campaign_picked, "MOST", 1)
    answer = client.post(FROM_LIST, every)
    assert answer.url.startswith(reverse("visits:campaign-create"))
    assert "现在的条件：" in client.get(answer.url).text


def test_another_countys_people_are_nobody(city, people, sign_in):
    client = sign_in(city.clerk_a)
    assert client.post(FROM_LIST, typed(ids=keys(people, "周一", "王四"))).status_code == 302
    campaign, names = listed()
    assert names == {"周一"}
    assert campaign.picked == keys(people, "周一")
    only = client.post(FROM_LIST, typed(ids=keys(people, "王四")), follow=True)
    assert "没有建活动" in only.text
    assert listed()[0] == campaign
    assert sign_in(city.unit_a1).post(FROM_LIST, typed(ids=keys(people, "周一"))).status_code == 403
    assert FROM_LIST not in sign_in(city.unit_a1).get(reverse("retirees:list")).text


def test_who_cannot_be_visited_is_left_out_and_said(city, people, sign_in):
    with scope(system_actor()):
        type(people["吴二"]).objects.filter(pk=people["吴二"].pk).update(state="left")
    client = sign_in(city.clerk_a)
    answer = client.post(FROM_LIST, typed(ids=keys(people, "周一", "吴二")), follow=True)
    assert "有1人没有列入" in answer.text
    assert listed()[1] == {"周一"}
    nobody = client.post(FROM_LIST, typed(ids=keys(people, "周一"), target="spouse"))
    assert nobody.status_code == 422
    assert "现在没有符合条件的人" in nobody.text
    wrong = client.post(FROM_LIST, typed(ids=keys(people, "周一"), title=""))
    assert wrong.status_code == 422
    assert f'name="ids" value="{people["周一"].pk}"' in wrong.text


def test_a_list_taken_back_still_means_the_people_picked(city, people, sign_in):
    client = sign_in(city.city_clerk)
    client.post(FROM_LIST, typed(ids=keys(people, "周一", "王四")))
    campaign, names = listed()
    assert names == {"周一", "王四"}
    with scope(actor_of(city.city_clerk)) as actor:
        unfreeze_campaign(campaign=campaign, by=actor)
    draft = client.get(reverse("visits:campaign", args=[campaign.pk])).text
    assert "选中的2人" in draft
    assert "郑三" not in draft
    edit = reverse("visits:campaign-edit", args=[campaign.pk])
    assert "人员条件" not in client.get(edit).text
    with scope(system_actor()):
        campaign.refresh_from_db()
    assert client.post(edit, typed(title="改名", version=campaign.version)).status_code == 302
    freeze = reverse("visits:campaign-step", args=[campaign.pk, "freeze"])
    assert client.post(freeze, {"version": campaign.version + 1}).status_code == 302
    campaign, names = listed()
    assert (campaign.title, names) == ("改名", {"周一", "王四"})


def test_a_county_that_does_it_again_keeps_its_own_people_only(city, people, sign_in):
    sign_in(city.city_clerk).post(FROM_LIST, typed(ids=keys(people, "周一")))
    campaign, _ = listed()
    with scope(actor_of(city.clerk_a)) as actor:
        assert copy_campaign(campaign=campaign, by=actor, **DAYS).picked == keys(people, "周一")
    with scope(actor_of(city.clerk_b)) as actor, pytest.raises(CampaignMoved, match="没有您单位的"):
        copy_campaign(campaign=campaign, by=actor, **DAYS)
    again = reverse("visits:campaign-copy", args=[campaign.pk])
    body = typed() | {"token": uuid.uuid4()}
    assert "没有您单位的" in sign_in(city.clerk_b).post(again, body, follow=True).text


def test_rows_of_the_due_list_become_a_campaign(city, people, sign_in):
    with scope(system_actor()):
        rows = {}
        for name in ("周一", "吴二", "王四"):
            rule = make_rule(name=f"规则{name}")
            for number in range(2 if name == "周一" else 1):
                rows[name, number] = Due.objects.create(
                    **people[name].row_keys(),
                    rule=rule,
                    occasion=rule.occasion,
                    window=f"w{number}",
                    from_on=TODAY,
                    due_on=TODAY + timedelta(days=3),
                ).pk
    client = sign_in(city.clerk_a)
    assert FROM_DUE in client.get(reverse("visits:due")).text
    assert FROM_DUE not in sign_in(city.unit_a1).get(reverse("visits:due")).text
    asked = client.post(FROM_DUE, {"ids": list(rows.values())})
    assert "选中的2人" in asked.text, "one of them twice, the other county's is nobody"
    assert client.post(FROM_DUE, typed(all="1", query="show=now")).status_code == 302
    assert listed()[1] == {"周一", "吴二"}
    assert client.post(FROM_DUE, {}).url == reverse("visits:due")
    assert client.post(FROM_DUE, typed(ids=[rows["王四", 0]])).url == reverse("visits:due")
    assert sign_in(city.unit_a1).post(FROM_DUE, {"ids": [rows["周一", 0]]}).status_code == 403
