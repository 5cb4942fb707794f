"""Days that groups get by themselves: no weekend, no holiday; days chosen by hand are only remarked on."""

from datetime import date

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.core.workdays import rest_name
from apps.jobs.rules import system_actor
from apps.visits.actions.campaigns import add_campaign, freeze_campaign
from apps.visits.models import Leader, Occasion, Team
from apps.visits.rules.grouping import days_for
from apps.visits.rules.team_days import skipped_words, unknown_years
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

THURSDAY = date(2026, 2, 12)
END = date(2026, 2, 26)
WORKED = [date(2026, 2, day) for day in (12, 13, 14, 24, 25, 26)]
"""The 14th is a Saturday worked in exchange; 15 to 23 February are the holidays of 春节."""


def campaign_of(city, starts_on, ends_on, count):
    for number in range(count):
        make_person(city.clerk_a, city.a1, name=f"周{'一二三四五六七八'[number]}")
    with scope(actor_of(city.city_clerk)) as actor:
        Leader.objects.create(name="张甲", post="副市长", level="2", sort=1)
        values = {"title": "春节走访", "occasion": Occasion.objects.get(code="spring")}
        made = add_campaign(values={**values, "starts_on": starts_on, "ends_on": ends_on}, by=actor)
        freeze_campaign(campaign=made, version=1, today=starts_on, by=actor)
    return made


def form_by_page(city, campaign, first_day):
    with scope(system_actor()):
        lead = Leader.objects.get(name="张甲").pk
    url = reverse("visits:teams-form", args=[campaign.pk])
    body = {"size": "1", "first_day": first_day.isoformat(), "leaders": [lead]}
    answer = signed_in(city.city_clerk).post(url, body, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def days_of(campaign):
    with scope(system_actor()):
        return list(Team.objects.filter(campaign=campaign).order_by("sort").values_list("day", flat=True))


def test_days_over_spring_festival_are_working_days_only():
    assert days_for(6, 1, THURSDAY, END) == WORKED
    assert days_for(2, 1, date(2026, 2, 17), END) == [date(2026, 2, 24), date(2026, 2, 25)]
    assert days_for(1, 1, date(2026, 2, 17), date(2026, 2, 20)) == [None]


def test_a_day_is_named_by_its_holiday_or_weekday():
    assert rest_name(date(2026, 2, 17)) == "春节假期"
    assert rest_name(date(2026, 1, 1)) == "元旦假期"
    assert rest_name(date(2026, 3, 7)) == "周六"
    assert rest_name(date(2026, 2, 14)) == rest_name(date(2026, 2, 13)) == ""


def test_what_was_skipped_is_said_with_its_holidays():
    assert skipped_words(THURSDAY, date(2026, 3, 1)) == (
        "已避开周末和法定节假日10天，其中春节（2026年2月15日至2026年2月23日）。"
    )
    assert skipped_words(date(2026, 3, 2), date(2026, 3, 6)) == ""
    assert unknown_years(THURSDAY, END) == ""
    assert unknown_years(date(2098, 12, 1), date(2099, 1, 5)).startswith("2098年、2099年放假安排尚未收录")


def test_groups_over_spring_festival_are_formed_and_the_page_says_what_was_skipped(city):
    campaign = campaign_of(city, THURSDAY, END, 7)
    form = signed_in(city.city_clerk).get(reverse("visits:teams-form", args=[campaign.pk])).content.decode()
    assert "避开周末和法定节假日" in form
    assert "尚未收录" not in form
    text = form_by_page(city, campaign, THURSDAY)
    assert days_of(campaign) == [*WORKED, None]
    assert "已避开周末和法定节假日9天，其中春节（2026年2月15日至2026年2月23日）" in text
    assert "有1组还没有日期" in text


def test_in_a_year_not_announced_only_weekends_are_left_out_and_the_page_says_so(city):
    friday = date(2098, 10, 3)
    campaign = campaign_of(city, friday, date(2098, 10, 10), 2)
    form = signed_in(city.city_clerk).get(reverse("visits:teams-form", args=[campaign.pk])).content.decode()
    assert "2098年放假安排尚未收录，这些日子只避开周六周日" in form
    text = form_by_page(city, campaign, friday)
    assert days_of(campaign) == [friday, date(2098, 10, 6)]
    assert "2098年放假安排尚未收录" in text
    assert "避开周末和法定节假日2天" in text


@pytest.mark.parametrize(
    ("day", "note"), [(date(2026, 2, 17), "春节假期"), (date(2026, 2, 14), ""), (date(2026, 2, 28), "")]
)
def test_a_day_off_chosen_by_hand_is_kept_with_a_note(city, day, note):
    campaign = campaign_of(city, THURSDAY, date(2026, 3, 8), 1)
    form_by_page(city, campaign, THURSDAY)
    with scope(system_actor()):
        team = Team.objects.get(campaign=campaign)
    client = signed_in(city.city_clerk)
    edit = reverse("visits:team-edit", args=[team.pk])
    saved = client.post(edit, {"name": "一组", "day": day.isoformat()}, follow=True).content.decode()
    assert days_of(campaign) == [day]
    listed = client.get(reverse("visits:teams", args=[campaign.pk])).content.decode()
    again = client.get(edit).content.decode()
    assert f"（{note}）" in listed if note else "假期）" not in listed
    assert (f"是{note}，已照填的保存" in saved) == bool(note)
    assert (f"现在定的是{note}" in again) == bool(note)
