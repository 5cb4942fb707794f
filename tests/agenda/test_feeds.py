"""The calendar by its secret address: rights of this moment, no names unless asked, nobody dead, readings logged."""

import uuid
from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Grant, User
from apps.agenda.actions import make_feed
from apps.agenda.models import Feed
from apps.agenda.rules.ics import DayEvent, calendar_text
from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from apps.visits.models import Due, Occasion
from tests.factories.city import SECURITY, actor_of, make_person

PAGE, MAKE = reverse("agenda:feeds"), reverse("agenda:feed-make")
TODAY = timezone.localdate()


@pytest.fixture
def person(city):
    """Eighty in ten days, and due in five."""
    birthday = TODAY + timedelta(days=10)
    born = PartialDate(birthday.year - 80, birthday.month, birthday.day if birthday.day < 29 else 28)
    found = make_person(city.clerk_a, city.a1, name="周一平", birth_date=born)
    with scope(actor_of(city.clerk_a)):
        Due.objects.create(
            **found.row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            from_on=TODAY,
            due_on=TODAY + timedelta(days=5),
        )
    return found


def address(user, *, names=False):
    with scope(actor_of(user)) as actor:
        return reverse("agenda:feed", args=[make_feed(shows_names=names, by=actor)])


def read(path):
    """As a program without a session; the minute between two readings is taken as over."""
    Feed.objects.update(last_read_at=None)
    return Client().get(path)


def words(answer):
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.content)
    return "\n".join(str(event["summary"]) for event in calendar.walk("VEVENT"))


def test_made_shown_once_read_and_revoked(city, person, sign_in):
    browser = sign_in(city.clerk_a)
    sent = {"token": uuid.uuid4()}
    answer = browser.post(MAKE, sent)
    path = answer.text.partition("/agenda/feed/")[2].partition(".ics")[0]
    assert len(path) == 43
    assert path not in browser.get(PAGE).text
    assert browser.post(MAKE, sent).status_code == 302, "sent twice"
    with scope(system_actor()):
        row = Feed.objects.get()
        assert path not in row.token_digest
    told = read(reverse("agenda:feed", args=[path]))
    assert told["Content-Type"].startswith("text/calendar")
    assert told["Cache-Control"] == "no-store"
    assert "应访到期1人次" in words(told)
    assert "还没有读过" not in browser.get(PAGE).text
    with scope(system_actor()):
        assert Event.objects.filter(summary="日历订阅被读取").count() == 1
    assert browser.post(reverse("agenda:feed-revoke", args=[row.pk])).status_code == 302
    assert Client().get(reverse("agenda:feed", args=[path])).status_code == 404


def test_names_only_where_asked_and_of_ones_own_place(city, person):
    assert "周一平" not in words(read(address(city.clerk_a)))
    assert "周一平" in words(read(address(city.clerk_a, names=True)))
    assert words(read(address(city.clerk_b, names=True))) == ""


def test_the_dead_leave_it_at_once(city, person):
    path = address(city.clerk_a, names=True)
    assert "整寿1人" in words(read(path))
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=person, died_on=PartialDate.from_date(TODAY), reported_on=TODAY, by=actor)
    told = words(read(path))
    assert "周一平" not in told
    assert "整寿" not in told
    assert "应访" not in told


def test_rights_are_asked_at_each_reading(city, person):
    path = address(city.clerk_a)
    assert read(path).status_code == 200
    with scope(SECURITY):
        Grant.objects.filter(user=city.clerk_a).update(ends_on=TODAY)
    assert read(path).status_code == 404
    with scope(SECURITY):
        Grant.objects.filter(user=city.clerk_a).update(ends_on=None)
    User.objects.filter(pk=city.clerk_a.pk).update(is_active=False)
    assert read(path).status_code == 404


def test_once_a_minute(city, person):
    path = address(city.clerk_a)
    assert Client().get(path).status_code == 200
    again = Client().get(path)
    assert (again.status_code, again["Retry-After"]) == (429, "60")


@pytest.mark.parametrize("token", ["x" * 43, "x", "é" * 43, "x" * 500, "%00" * 10])
def test_what_is_no_address_is_not_there(city, person, token):
    assert Client().get(f"/agenda/feed/{token}.ics").status_code == 404
    assert Client().post(f"/agenda/feed/{token}.ics").status_code == 405


def test_ones_own_only_and_not_too_many(city, person, sign_in):
    address(city.clerk_b)
    with scope(system_actor()):
        theirs = Feed.objects.get()
    browser = sign_in(city.clerk_a)
    assert browser.post(reverse("agenda:feed-revoke", args=[theirs.pk])).status_code == 404
    for _ in range(5):
        assert browser.post(MAKE, {"token": uuid.uuid4()}).status_code == 200
    answer = browser.post(MAKE, {"token": uuid.uuid4()})
    assert answer.status_code == 422
    assert "最多5个" in answer.text
    assert sign_in(city.leader).get(PAGE).status_code == 403


def test_lines_are_folded_and_marks_escaped():
    long = "走访，组；一\n" * 20 + "a,b;c\\d"
    content = calendar_text("日程", [DayEvent("1@x", TODAY, long)], timezone.now())
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    event = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    assert str(event["summary"]) == long
