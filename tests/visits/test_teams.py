"""Groups of a campaign: formed, changed by hand, clashes named; nobody's group is another office's."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import add_family_member
from apps.visits.actions.campaigns import CampaignMoved, add_campaign, freeze_campaign
from apps.visits.actions.teams import dissolve_teams, form_teams, move_people, save_team, step_in_route
from apps.visits.models import Due, Leader, Occasion, Team
from apps.visits.queries.teams import clashes, people_of_team, without_team
from apps.visits.rules.grouping import cut_groups, days_for
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

TODAY = timezone.localdate()
END = TODAY + timedelta(days=20)


@pytest.fixture
def campaign(city):
    for unit, user, names in (
        (city.a1, city.clerk_a, ("周一", "吴二", "郑三")),
        (city.a2, city.clerk_a, ("王四", "冯五")),
        (city.b1, city.clerk_b, ("陈六", "褚七")),
    ):
        for name in names:
            make_person(user, unit, name=name)
    with scope(actor_of(city.city_clerk)) as actor:
        values = {"title": "春节走访", "occasion": Occasion.objects.get(code="spring")}
        made = add_campaign(values={**values, "starts_on": TODAY, "ends_on": END}, by=actor)
        freeze_campaign(campaign=made, version=1, today=TODAY, by=actor)
        made.refresh_from_db()
    return made


@pytest.fixture
def leaders(city):
    with scope(system_actor()):
        return [
            Leader.objects.create(name=name, post="副市长", level="2", sort=sort)
            for sort, name in enumerate(("张甲", "李乙"))
        ]


def formed(user, campaign, size=3, leaders=(), **more):
    with scope(actor_of(user)) as actor:
        return form_teams(
            campaign=campaign,
            size=size,
            leaders=list(leaders),
            first_day=TODAY,
            times={"starts_at": time(9), "ends_at": time(11)},
            by=actor,
            **more,
        )


def test_units_stay_together_and_larger_ones_are_cut_evenly():
    rows = [(1, "a"), (2, "a"), (3, "b"), *((key, "c") for key in range(4, 9))]
    assert cut_groups(rows, 4) == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert cut_groups([], 4) == []


def test_nobody_leads_two_groups_on_a_day_and_weekends_are_free():
    saturday = date(2026, 11, 21)
    days = days_for(4, 2, saturday, date(2026, 11, 24))
    assert days == [date(2026, 11, 23)] * 2 + [date(2026, 11, 24)] * 2
    assert days_for(3, 1, saturday, date(2026, 11, 24))[2] is None


def test_groups_are_of_one_county_and_everybody_is_in_one(city, campaign, leaders):
    assert formed(city.city_clerk, campaign, leaders=leaders).teams == 3
    with scope(actor_of(city.city_clerk)) as actor:
        assert not without_team(campaign, actor).exists()
        for team in Team.objects.filter(campaign=campaign):
            assert len(set(people_of_team(team, actor).values_list("county_id", flat=True))) == 1
        assert clashes(campaign, actor) == []
        with pytest.raises(CampaignMoved, match="没有还未分组"):
            formed(city.city_clerk, campaign)


def test_a_county_groups_its_own_people_of_the_citys_campaign(city, campaign):
    assert formed(city.clerk_a, campaign, size=5).teams == 1
    with scope(system_actor()):
        (team,) = Team.objects.filter(campaign=campaign)
        assert team.county_id == city.a.pk
        assert Due.objects.filter(campaign=campaign, team=None).count() == 2


def test_people_are_moved_but_never_out_of_a_group_of_the_citys(city, campaign):
    formed(city.city_clerk, campaign)
    with scope(actor_of(city.clerk_a)) as actor:
        own = save_team(campaign=campaign, team=None, values={"name": "县组"}, members=[], by=actor)
        keys = list(Due.objects.filter(campaign=campaign).values_list("pk", flat=True))
        assert move_people(campaign=campaign, keys=keys, team=own, by=actor) == 0
        theirs = Team.objects.filter(campaign=campaign, county=None).first()
        with pytest.raises(CampaignMoved):
            move_people(campaign=campaign, keys=keys, team=theirs, by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        assert move_people(campaign=campaign, keys=keys, team=own, by=actor) == 5, "those of its county"


def test_the_route_goes_up_and_down(city, campaign):
    formed(city.clerk_b, campaign)
    with scope(actor_of(city.clerk_b)) as actor:
        (team,) = Team.objects.filter(campaign=campaign)
        first, second = people_of_team(team, actor).values_list("pk", flat=True)
        assert step_in_route(team=team, key=second, up=True, by=actor)
        assert list(people_of_team(team, actor).values_list("pk", flat=True)) == [second, first]
        assert not step_in_route(team=team, key=second, up=True, by=actor)


def test_clashes_are_named(city, campaign, leaders):
    formed(city.city_clerk, campaign)
    one, two = Team.objects.none(), None
    with scope(actor_of(city.city_clerk)) as actor:
        one, two, _ = Team.objects.filter(campaign=campaign).order_by("pk")
        same = {"lead": leaders[0], "day": TODAY, "starts_at": time(9), "ends_at": time(11)}
        save_team(campaign=campaign, team=one, values=same, members=[], by=actor)
        later = {"lead": leaders[1], "day": TODAY, "starts_at": time(11), "ends_at": time(12)}
        save_team(campaign=campaign, team=two, values=later, members=[leaders[0]], by=actor)
        assert clashes(campaign, actor) == []
        save_team(campaign=campaign, team=two, values={"starts_at": time(10)}, members=[leaders[0]], by=actor)
        (clash,) = clashes(campaign, actor)
        assert clash.words.startswith("张甲")
        husband = people_of_team(one, actor).first().retiree
        wife = people_of_team(two, actor).first().retiree
        for person, spouse in ((husband, wife), (wife, husband)):
            kin = {"relation": "spouse", "name": spouse.name}
            add_family_member(retiree=person, values=kin, by=actor)
        words = [one.words for one in clashes(campaign, actor)]
        assert any("夫妻" in text for text in words)
        values = {"title": "七一走访", "occasion": Occasion.objects.get(code="july-first")}
        other = add_campaign(values={**values, "starts_on": TODAY, "ends_on": END}, by=actor)
        freeze_campaign(campaign=other, version=1, today=TODAY, by=actor)
        assert any("七一走访" in one.words for one in clashes(campaign, actor))


def test_groups_are_taken_away_and_the_people_are_free_again(city, campaign):
    formed(city.city_clerk, campaign)
    formed_before = campaign.teams.model.objects
    with scope(actor_of(city.city_clerk)) as actor:
        assert dissolve_teams(campaign=campaign, by=actor) == 3
        assert without_team(campaign, actor).count() == 7
        assert not formed_before.filter(campaign=campaign).exists()


def test_a_clerk_forms_groups_moves_people_and_changes_a_group(city, campaign, leaders):
    client = signed_in(city.city_clerk)
    page = reverse("visits:teams", args=[campaign.pk])
    assert "自动分组" in client.get(page).content.decode()
    body = {"size": "3", "first_day": TODAY.isoformat(), "leaders": [leaders[0].pk]}
    assert client.post(reverse("visits:teams-form", args=[campaign.pk]), body).status_code == 302
    with scope(system_actor()):
        one, two, _ = Team.objects.filter(campaign=campaign).order_by("pk")
        key = Due.objects.filter(team=one).first().pk
    assert "张甲" in client.get(page).content.decode()
    moved = client.post(
        reverse("visits:teams-move", args=[campaign.pk]),
        {"ids": [key], "team": two.pk, "from": one.pk},
        follow=True,
    )
    assert "已把1人移到第2组" in moved.content.decode()
    edit = reverse("visits:team-edit", args=[one.pk])
    assert client.post(edit, {"name": "第2组"}).status_code == 422
    assert client.post(edit, {"name": "一组", "day": "2020-01-01"}).status_code == 422
    assert client.post(edit, {"name": "一组", "starts_at": "10:00", "ends_at": "09:00"}).status_code == 422
    assert client.post(edit, {"name": "=一组<b>", "day": TODAY.isoformat()}).status_code == 302
    assert "=一组&lt;b&gt;" in client.get(page).content.decode()


def test_another_countys_and_the_citys_groups_are_not_changed(city, campaign):
    formed(city.clerk_b, campaign)
    with scope(system_actor()):
        (theirs,) = Team.objects.filter(campaign=campaign)
    formed(city.city_clerk, campaign)
    with scope(system_actor()):
        citys = Team.objects.filter(campaign=campaign, county=None).first()
        key = Due.objects.filter(team=citys).first().pk
    client = signed_in(city.clerk_a)
    assert client.get(reverse("visits:team", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("visits:team", args=[citys.pk])).status_code == 200
    assert client.post(reverse("visits:team-edit", args=[citys.pk]), {"name": "改"}).status_code == 403
    move = reverse("visits:teams-move", args=[campaign.pk])
    assert client.post(move, {"ids": [key], "team": theirs.pk}).status_code == 404
    assert client.post(move, {"ids": [key], "team": citys.pk}).status_code == 403
    assert signed_in(city.unit_a1).post(move, {"ids": [key], "team": "none"}).status_code == 403
