"""Briefings in the calendar and what came back in the digest: for whoever makes them, of their own place."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.agenda.queries.digests import parts_of_week
from apps.agenda.queries.entries import entries_between
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.reports.models import Document, Schedule
from apps.reports.queries import briefing_days
from apps.retirees.choices import RequestState
from apps.retirees.models import ChangeRequest
from tests.factories.city import actor_of, make_person

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def schedules(city):
    """The county's by month, five days after; the city's by half, three days after; one that is switched off."""
    with scope(system_actor()):
        common = {"starts_on": date(2026, 2, 10), "due_time": time(8)}
        Schedule.objects.create(name="月度", kind="month", county=city.a, due_days=5, **common)
        Schedule.objects.create(
            name="年度", kind="year", county=city.a, due_days=0, is_active=False, **common
        )
        Schedule.objects.create(name="半年", kind="half", county=None, due_days=3, **common)


def document(county, key, kind, state="draft"):
    with scope(system_actor()):
        return Document.objects.create(
            county=county, kind=kind, period_key=key, title=f"{key}简报", state=state, draft_file="x"
        )


def told(user, start=YEAR[0], end=YEAR[1]):
    with scope(actor_of(user)) as actor:
        found = entries_between(actor, start, end, kinds=["report"])
    return [(entry.day, entry.text, entry.url) for entry in found]


def test_each_due_day_stands_in_the_calendar(city, schedules):
    listing = reverse("reports:list")
    days = told(city.clerk_a)
    assert days[0] == (date(2026, 3, 5), "生成2026年2月简报", listing)  # the month it was set up in
    assert len(days) == 10  # December's falls into January
    assert [day for day, _, _ in told(city.city_chief)] == [date(2026, 7, 3)]
    assert told(city.clerk_a, date(2026, 3, 5), date(2026, 3, 5)) == days[:1]
    assert told(city.clerk_a, date(2026, 3, 6), date(2026, 4, 4)) == []
    assert told(city.clerk_a, date(2025, 1, 1), date(2026, 2, 28)) == []


def test_what_waits_leads_to_it_and_what_is_issued_is_gone(city, schedules):
    waits = document(city.a, "2026-02", "month")
    page = reverse("reports:detail", args=[waits.pk])
    assert told(city.clerk_a)[0] == (date(2026, 3, 5), "2026年2月简报待核对", page)
    with scope(system_actor()):
        Document.objects.filter(pk=waits.pk).update(state="checked")
    assert told(city.clerk_a)[0][1] == "2026年2月简报待签发"
    with scope(system_actor()):
        Document.objects.filter(pk=waits.pk).update(
            state="issued", number=1, issued_on=date(2026, 3, 6), issued_file="x"
        )
    assert told(city.clerk_a)[0][0] == date(2026, 4, 5)


def test_one_made_by_hand_stands_on_the_day_it_was_made(city, schedules):
    document(city.a, "2026-Q1", "quarter")
    document(city.a, "2026-01", "month")  # before its schedule begins
    today = timezone.localdate()
    made = [text for _, text, _ in told(city.clerk_a, today, today)]
    assert "2026年第一季度简报待核对" in made
    assert "2026年1月简报待核对" in made


def test_only_those_who_make_them_are_told_and_of_their_own_place(city, schedules):
    document(city.a, "2026-Q1", "quarter")
    for user in (city.unit_a1, city.leader, city.leader_a):
        assert told(user, date(2020, 1, 1), date(2030, 1, 1)) == []
    assert told(city.clerk_b, date(2020, 1, 1), date(2030, 1, 1)) == []
    with scope(actor_of(city.unit_a1)) as actor:
        assert briefing_days(actor, *YEAR) == []


def test_the_page_shows_and_narrows_them(city, schedules, sign_in):
    client, page = sign_in(city.clerk_a), reverse("agenda:calendar")
    assert "生成2026年2月简报" in client.get(page, {"day": "2026-03-05"}).text
    assert "生成2026年2月简报" in client.get(page, {"day": "2026-03-05", "kind": "report"}).text
    assert "生成2026年2月简报" not in client.get(page, {"day": "2026-03-05", "kind": "due"}).text
    assert "生成2026年2月简报" not in sign_in(city.leader_a).get(page, {"day": "2026-03-05"}).text


def part(user, title):
    with scope(actor_of(user)) as actor:
        parts = parts_of_week(actor, timezone.localdate())
    return next((one["lines"] for one in parts if one["title"] == title), [])


def test_what_came_back_is_in_the_digest_of_who_asked(city):
    person = make_person(city.clerk_a, city.a1, name="周一平")
    with scope(actor_of(city.clerk_a)) as actor:
        ChangeRequest.objects.create(
            **person.row_keys(),
            kind="facts",
            state=RequestState.RETURNED,
            asked_level="county",
            base_version=1,
            reason="试原因",
            asked_by=actor.user_id,
            asked_by_name="南岭经办",
            asked_at=timezone.now() - timedelta(days=1),
        )
    lines = part(city.clerk_a, "退回待修改")
    assert [(line["label"], line["count"]) for line in lines] == [("变更申请", "1件")]
    assert lines[0]["url"] == f"{reverse('retirees:requests')}?tab=own"
    assert "周一平" not in str(lines)
    for user in (city.clerk_b, city.city_clerk, city.unit_a1):
        assert part(user, "退回待修改") == []


def test_briefings_that_wait_are_in_the_digest(city):
    document(city.a, "2026-02", "month")
    assert [line["count"] for line in part(city.clerk_a, "简报")] == ["1份"]
    assert part(city.clerk_b, "简报") == []
    assert part(city.unit_a1, "简报") == []
