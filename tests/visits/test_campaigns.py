"""Campaigns: chosen, frozen, told, closed; the dead are on no list, and a county changes no plan of the city's."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import add_family_member, record_death, retract_exit
from apps.retirees.models import FamilyMember
from apps.visits.actions.campaign_list import add_person, remove_person
from apps.visits.actions.campaigns import (
    CampaignMoved,
    add_campaign,
    close_campaign,
    copy_campaign,
    freeze_campaign,
    publish_campaign,
    recall_campaign,
    reopen_campaign,
    unfreeze_campaign,
)
from apps.visits.actions.settling import settle_dues
from apps.visits.models import Campaign, Due, Occasion, Visit
from apps.visits.queries.coverage import campaign_coverage
from apps.visits.views.campaign_cards import campaign_cards
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

TODAY = timezone.localdate()


@pytest.fixture
def people(city):
    return {
        "old": make_person(city.clerk_a, city.a1, name="周一平", category="lixiu"),
        "two": make_person(city.clerk_a, city.a1, name="吴二平"),
        "three": make_person(city.clerk_a, city.a2, name="郑三平", birth_date=PartialDate(1936, 11, 25)),
        "other": make_person(city.clerk_b, city.b1, name="王四平", category="lixiu"),
    }


def values(**more):
    given = {
        "title": "春节走访慰问",
        "occasion": Occasion.objects.get(code="spring"),
        "starts_on": TODAY - timedelta(days=3),
        "ends_on": TODAY + timedelta(days=10),
    }
    return given | more


def made(user, **more):
    with scope(actor_of(user)) as actor:
        return add_campaign(values=values(**more), by=actor)


def frozen(user, **more):
    campaign = made(user, **more)
    with scope(actor_of(user)) as actor:
        freeze_campaign(campaign=campaign, version=1, today=TODAY, by=actor)
        campaign.refresh_from_db()
    return campaign


def visit(campaign, person, **more):
    row = Visit.objects.create(
        **person.row_keys(),
        visited_on=TODAY,
        way="home",
        level="3",
        visitors_text="试",
        recorded_by=1,
        recorded_by_name="试",
        occasion=campaign.occasion,
        campaign=campaign,
        **more,
    )
    assert settle_dues([row]) == 1
    return row


def total(campaign, user):
    with scope(actor_of(user)) as actor:
        return campaign_coverage(campaign, actor, TODAY).total


def test_the_list_is_frozen_once_and_holds_whom_the_conditions_mean(city, people):
    campaign = made(city.city_clerk, query="category=lixiu", planned_money=800, planned_goods="大米")
    with scope(actor_of(city.city_clerk)) as actor:
        assert freeze_campaign(campaign=campaign, version=1, today=TODAY, by=actor) == 2
        with pytest.raises(CampaignMoved, match="已经定过"):
            freeze_campaign(campaign=campaign, version=2, today=TODAY, by=actor)
        rows = list(Due.objects.filter(campaign=campaign).order_by("county_id"))
    assert {row.retiree_id for row in rows} == {people["old"].pk, people["other"].pk}
    assert {(row.planned_money, row.planned_goods, row.due_on) for row in rows} == {
        (800, "大米", campaign.ends_on)
    }


def test_a_countys_campaign_is_about_its_own_people(city, people):
    campaign = frozen(city.clerk_a)
    with scope(system_actor()):
        assert set(Due.objects.filter(campaign=campaign).values_list("county_id", flat=True)) == {city.a.pk}


def test_the_dead_are_not_on_the_list_and_their_survivors_are_of_a_campaign_for_them(city, people):
    with scope(actor_of(city.clerk_a)) as actor:
        for name in ("妻", "子"):
            add_family_member(
                retiree=people["old"],
                values={"relation": "spouse" if name == "妻" else "child", "name": f"{name}某"},
                by=actor,
            )
        record_death(retiree=people["old"], died_on=PartialDate.from_date(TODAY), reported_on=TODAY, by=actor)
        FamilyMember.objects.filter(retiree=people["old"]).update(is_survivor=True)
    of_all, of_survivors = frozen(city.city_clerk), frozen(city.city_clerk, target="survivor")
    with scope(system_actor()):
        on_list = set(Due.objects.filter(campaign=of_all).values_list("retiree_id", flat=True))
        (row,) = Due.objects.filter(campaign=of_survivors)
    assert people["old"].pk not in on_list
    assert len(on_list) == 3
    assert (row.retiree_id, row.target) == (people["old"].pk, "survivor")
    assert row.family_id is not None


def test_who_dies_before_he_was_seen_leaves_the_denominator_and_comes_back_with_the_retraction(city, people):
    campaign = frozen(city.city_clerk)
    assert total(campaign, city.city_clerk).due == 4
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=people["two"], died_on=PartialDate.from_date(TODAY), reported_on=TODAY, by=actor)
    after = total(campaign, city.city_clerk)
    assert (after.due, after.gone) == (3, 1)
    with scope(actor_of(city.chief_a)) as actor:
        people["two"].refresh_from_db()
        retract_exit(retiree=people["two"], reason="误报", by=actor)
    assert total(campaign, city.city_clerk).due == 4


def test_coverage_counts_done_added_removed_and_each_county_sees_its_own(city, people):
    campaign = frozen(city.city_clerk, query="category=lixiu", planned_money=500)
    with scope(actor_of(city.clerk_a)) as actor:
        visit(campaign, people["old"])
        with pytest.raises(CampaignMoved, match="请提出增减申请"):
            add_person(campaign=campaign, retiree=people["two"], reason="迁回", approved_by="张某", by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        add_person(campaign=campaign, retiree=people["two"], reason="迁回", approved_by="张某", by=actor)
        with pytest.raises(CampaignMoved, match="已在这次活动"):
            add_person(campaign=campaign, retiree=people["two"], reason="迁回", approved_by="张某", by=actor)
    whole, own = total(campaign, city.city_clerk), total(campaign, city.clerk_a)
    assert (whole.due, whole.done, whole.missing, whole.added, whole.planned) == (3, 1, 2, 1, 1500)
    assert (own.due, own.done, own.rate) == (2, 1, 50)
    with scope(actor_of(city.clerk_a)) as actor:
        row = Due.objects.get(campaign=campaign, retiree=people["two"])
        with pytest.raises(CampaignMoved, match="请提出增减申请"):
            remove_person(due=row, reason="异地", approved_by="张某", by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        remove_person(due=row, reason="异地", approved_by="张某", by=actor)
    own = total(campaign, city.clerk_a)
    assert (own.due, own.removed, own.is_complete) == (1, 1, True)


def test_publishing_is_taken_back_until_the_first_result(city, people):
    campaign = frozen(city.city_clerk)
    with scope(actor_of(city.city_clerk)) as actor:
        publish_campaign(campaign=campaign, by=actor)
        recall_campaign(campaign=campaign, by=actor)
        publish_campaign(campaign=campaign, by=actor)
        visit(campaign, people["two"])
        with pytest.raises(CampaignMoved, match="已有走访结果"):
            recall_campaign(campaign=campaign, by=actor)


def test_a_list_is_withdrawn_only_before_anybody_was_seen(city, people):
    campaign, other = frozen(city.city_clerk), frozen(city.city_clerk, title="再一次")
    with scope(actor_of(city.city_clerk)) as actor:
        assert unfreeze_campaign(campaign=campaign, by=actor) == 4
        campaign.refresh_from_db()
        assert (campaign.state, campaign.frozen_at) == ("draft", None)
        visit(other, people["two"])
        with pytest.raises(CampaignMoved, match="已有人走访"):
            unfreeze_campaign(campaign=other, by=actor)


def test_closing_keeps_the_numbers_and_reopening_wants_them_again(city, people):
    campaign = frozen(city.city_clerk)
    with scope(actor_of(city.city_clerk)) as actor:
        visit(campaign, people["two"])
        with pytest.raises(CampaignMoved, match="提前结束"):
            close_campaign(campaign=campaign, reason="", today=TODAY, by=actor)
        closed = close_campaign(campaign=campaign, reason="", today=campaign.ends_on, by=actor)
        assert (closed.closed_counts["due"], closed.closed_counts["done"]) == (4, 1)
        again = reopen_campaign(campaign=campaign, reason="补登", by=actor)
        assert (again.state, again.closed_counts) == ("frozen", {})


def test_last_years_campaign_is_copied_without_its_results(city, people):
    campaign = frozen(city.city_clerk, title="2026年春节走访", letter="您好")
    with scope(actor_of(city.clerk_a)) as actor:
        copied = copy_campaign(
            campaign=campaign, starts_on=date(2027, 1, 5), ends_on=date(2027, 1, 30), by=actor
        )
    assert (copied.title, copied.letter, copied.state, copied.county_id) == (
        "2027年春节走访",
        "您好",
        "draft",
        city.a.pk,
    )


def test_a_county_changes_no_campaign_of_the_citys(city, people):
    campaign = frozen(city.city_clerk)
    client = signed_in(city.clerk_a)
    for name in ("publish", "close", "unfreeze", "cancel"):
        address = reverse("visits:campaign-step", args=[campaign.pk, name])
        assert client.post(address, {"version": campaign.version}).status_code == 403
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(CampaignMoved):
        publish_campaign(campaign=campaign, by=actor)
    assert client.get(reverse("visits:campaign", args=[campaign.pk])).status_code == 200


def test_drafts_and_campaigns_of_another_county_are_not_found(city, people):
    draft, theirs = made(city.city_clerk), frozen(city.clerk_b)
    client = signed_in(city.clerk_a)
    for campaign in (draft, theirs):
        assert client.get(reverse("visits:campaign", args=[campaign.pk])).status_code == 404


def body(**more):
    occasion = Occasion.objects.get(code="spring").pk
    return {
        "title": "2027年春节走访",
        "occasion": occasion,
        "starts_on": "2027-01-05",
        "ends_on": "2027-01-30",
        "target": "self",
        "query": "",
        "version": "0",
        "token": str(uuid.uuid4()),
    } | more


def test_a_campaign_is_made_once_shown_with_its_people_and_frozen(city, people):
    client = signed_in(city.city_clerk)
    sent = body(query="https://portal/retirees/?category=lixiu&sort=age")
    for _ in range(2):
        answer = client.post(reverse("visits:campaign-create"), sent)
        assert answer.status_code == 302
    with scope(system_actor()):
        (campaign,) = Campaign.objects.all()
    assert campaign.query == "category=lixiu"
    page = client.get(answer.url).content.decode()
    assert "<strong>2</strong>" in page
    assert "周一平" in page
    address = reverse("visits:campaign-step", args=[campaign.pk, "freeze"])
    assert "应访人数" in client.get(address).content.decode()
    assert client.post(address, {"version": campaign.version}).status_code == 302
    page = client.get(answer.url).content.decode()
    assert "剩余2人" in page
    assert "王四平" in client.get(reverse("visits:campaign-people", args=[campaign.pk])).content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"title": ""}, "请给活动起个名称"),
        ({"ends_on": "2026-01-01"}, "结束日期不能早于开始日期"),
        ({"ends_on": "2099-01-01"}, "最长一年"),
        ({"query": "nonsense=1"}, "看不懂这些条件"),
        ({"query": "on=2020-01-01"}, "只适用于查一次"),
        ({"planned_money": "-5"}, "大于或等于"),
        ({"title": "长" * 10_000}, "60"),
        ({"title": "名\x00"}, "空字符"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(city, more, words):
    answer = signed_in(city.city_clerk).post(reverse("visits:campaign-create"), body(**more))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with scope(system_actor()):
        assert not Campaign.objects.exists()


def test_somebody_is_added_and_removed_with_reason_and_approval(city, people):
    campaign = frozen(city.clerk_a, query="category=lixiu")
    client = signed_in(city.clerk_a)
    address = reverse("visits:campaign-add", args=[campaign.pk, people["two"].pk])
    assert client.post(address, {"change_reason": "迁回"}).status_code == 422
    given = {"change_reason": "迁回", "approved_by_name": "张某（局长）"}
    assert client.post(address, given).status_code == 302
    with scope(system_actor()):
        due = Due.objects.get(campaign=campaign, retiree=people["two"])
    assert (due.was_added, due.approved_by_name) == (True, "张某（局长）")
    gone = reverse("visits:campaign-remove", args=[campaign.pk, due.pk])
    assert client.post(gone, {"change_reason": "=1+1<b>", "approved_by_name": "张某"}).status_code == 302
    page = client.get(reverse("visits:campaign-people", args=[campaign.pk]) + "?show=removed")
    assert "=1+1&lt;b&gt;" in page.content.decode()
    theirs = reverse("visits:campaign-add", args=[campaign.pk, people["other"].pk])
    assert client.post(theirs, given).status_code == 404


def test_the_home_page_says_who_is_left(city, people):
    campaign = frozen(city.city_clerk)
    with scope(actor_of(city.city_clerk)) as actor:
        assert campaign_cards(actor, {}) == []
        publish_campaign(campaign=campaign, by=actor)
        (card,) = campaign_cards(actor, {})
    assert (card.value, card.note) == ("4", "距结束10天")
    with scope(actor_of(city.clerk_b)) as actor:
        assert campaign_cards(actor, {})[0].value == "1"
