"""The weekly digest: counted in each one's own scope, made once, without names."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Grant
from apps.accounts.rules import STAFF_ROLES
from apps.agenda.actions import tell_week
from apps.agenda.models import Digest
from apps.agenda.queries.digests import week_days, week_name
from apps.agenda.tasks import ask_for_digests
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.visits.models import Due, Occasion, Visit
from tests.factories.city import actor_of, make_person

PAGE = reverse("agenda:digests")
TODAY = timezone.localdate()
WEEK = week_name(TODAY)


@pytest.fixture
def overdue(city):
    """Somebody overdue in each county."""
    people = [
        make_person(city.clerk_a, city.a1, name="周一平"),
        make_person(city.clerk_b, city.b1, name="吴二平"),
    ]
    with scope(actor_of(city.city_clerk)):
        occasion = Occasion.objects.get(code="routine")
        for person in people:
            Due.objects.create(
                **person.row_keys(),
                occasion=occasion,
                from_on=TODAY - timedelta(days=40),
                due_on=TODAY - timedelta(days=10),
            )
    return people


def run(city):
    ask_for_digests()
    with scope(system_actor()):
        for job in Job.objects.filter(kind="agenda.digests"):
            key = job.pk
    do_job(str(key))
    return Digest.objects.filter(week=WEEK)


def test_every_staff_grant_is_told_once_a_week(city, overdue):
    first = {row.grant_id for row in run(city)}
    with scope(system_actor()):
        wanted = set(Grant.objects.valid().filter(role__in=STAFF_ROLES).values_list("pk", flat=True))
    assert first == wanted
    made = {row.pk: row.lines for row in Digest.objects.all()}
    ask_for_digests()
    with scope(system_actor()):
        assert Job.objects.filter(kind="agenda.digests").count() == 1
        grant = Grant.objects.select_related("user", "unit").get(user=city.clerk_a)
        assert tell_week(grant=grant, today=TODAY) is False
    assert {row.pk: row.lines for row in Digest.objects.all()} == made


def test_numbers_are_those_of_ones_own_place_and_no_name_is_kept(city, overdue):
    rows = {row.user_id: row for row in run(city)}

    def late(user):
        part = next(part for part in rows[user.pk].lines if part["title"] == "逾期")
        return next(line["count"] for line in part["lines"] if line["label"] == "应访")

    assert (late(city.clerk_a), late(city.city_clerk)) == ("1人次", "2人次")
    city_wide = next(
        part for part in rows[city.city_clerk.pk].lines if part["title"].startswith("超期未访最多")
    )
    assert [line["count"] for line in city_wide["lines"]] == ["1人次", "1人次"]
    assert not any(name in str(row.lines) for row in rows.values() for name in ("周一平", "吴二平"))


def test_what_was_done_last_week_is_told(city, overdue):
    monday = TODAY - timedelta(days=TODAY.weekday() + 7)
    with scope(actor_of(city.clerk_a)):
        Visit.objects.create(
            **overdue[0].row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            visited_on=monday,
            way="home",
            recorded_by=city.clerk_a.pk,
            recorded_by_name="南岭经办",
        )
    row = run(city).get(user=city.clerk_a)
    done = next(part for part in row.lines if part["title"] == "上周办了的")
    assert [(line["label"], line["count"]) for line in done["lines"]] == [
        ("走访", "1人次"),
        ("答复诉求", "0件"),
    ]


def test_page_card_and_reading(city, overdue, sign_in):
    browser = sign_in(city.clerk_a)
    assert "还没有每周提醒" in browser.get(PAGE).text
    run(city)
    home = reverse("dashboards:home")
    assert "本周的还没有看" in browser.get(home).text
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    assert "超期未访最多的单位" in answer.text
    assert "本周的还没有看" in browser.get(home).text, "reading writes nothing"
    with scope(system_actor()):
        row = Digest.objects.get(user=city.clerk_a)
        other = Digest.objects.get(user=city.city_clerk)
    assert browser.post(reverse("agenda:digest-read", args=[other.pk])).status_code == 404
    assert browser.post(reverse("agenda:digest-read", args=[row.pk])).status_code == 302
    assert "本周的还没有看" not in browser.get(home).text
    assert browser.get(PAGE, {"week": WEEK}).status_code == 200
    assert browser.get(PAGE, {"week": "2001-W01"}).status_code == 404
    assert browser.get(PAGE, {"week": "<b>"}).status_code == 404
    assert browser.get(PAGE, {"user": "1"}).status_code == 400


def test_only_ones_own_and_staff_only(city, overdue, sign_in):
    run(city)
    for row in Digest.objects.exclude(user=city.clerk_a):
        assert row not in Digest.objects.visible_to(actor_of(city.clerk_a))
    assert sign_in(city.leader).get(PAGE).status_code == 403
    assert sign_in(city.system_admin).get(PAGE).status_code == 403


def test_weeks_around_the_new_year():
    assert week_name(date(2027, 1, 1)) == "2026-W53"
    assert week_days("2026-W53") == (date(2026, 12, 28), date(2027, 1, 3))
