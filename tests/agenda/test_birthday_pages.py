"""The list of birthdays, its papers, and who may take them."""

import io

import docx
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from tests.factories.city import actor_of, make_person

PAGE = reverse("agenda:birthdays")


def logged(city, words):
    with scope(actor_of(city.audit_admin)):
        return Event.objects.filter(kind="export", summary__startswith=words).exists()


@pytest.fixture
def people(city):
    """Somebody who turns eighty this month, somebody of the other county, and a month without a day."""
    today = timezone.localdate()
    born = PartialDate(today.year - 80, today.month, min(today.day, 28))
    return [
        make_person(city.clerk_a, city.a1, name="周一平", birth_date=born),
        make_person(city.clerk_b, city.b1, name="王四平", birth_date=born),
        make_person(
            city.clerk_a, city.a1, name="李不详", birth_date=PartialDate(today.year - 81, today.month)
        ),
    ]


def test_the_month(city, people, sign_in):
    page = sign_in(city.clerk_a).get(PAGE)
    assert page.status_code == 200
    assert "周一平" in page.text
    assert "80整寿" in page.text
    assert "80周岁，虚岁81" in page.text
    assert "王四平" not in page.text
    assert "李不详" not in page.text
    unknown = sign_in(city.clerk_a).get(PAGE, {"show": "unknown"})
    assert "李不详" in unknown.text
    assert "周一平" not in unknown.text
    assert "王四平" in sign_in(city.leader).get(PAGE, {"show": "round"}).text


@pytest.mark.parametrize(
    "query",
    [
        {"month": "2026-13"},
        {"month": "张" * 5000},
        {"show": "dead"},
        {"county": "1"},
        {"unit": "99999999999999999999"},
        {"colour": "red"},
        {"month": "1899-01"},
    ],
)
def test_what_is_no_condition_is_refused(city, sign_in, query):
    assert sign_in(city.clerk_a).get(PAGE, query).status_code == 400


@pytest.mark.parametrize("kind", ["cards-docx", "cards-pdf", "gifts-docx", "gifts-pdf"])
def test_papers_hold_the_living_of_that_moment(city, people, sign_in, kind):
    client = sign_in(city.clerk_a)
    answer = client.post(reverse("agenda:birthday-paper"), {"kind": kind})
    assert answer.status_code == 200
    assert answer.content[:4] == (b"%PDF" if kind.endswith("pdf") else b"PK\x03\x04")
    if kind == "cards-docx":
        text = "".join(line.text for line in docx.Document(io.BytesIO(answer.content)).paragraphs)
        assert "尊敬的周一平同志" in text
        assert "80大寿" in text
        assert "王四平" not in text
    assert logged(city, "寿星卡" if "cards" in kind else "贺礼签收表")
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=people[0],
            died_on=PartialDate(timezone.localdate().year),
            reported_on=timezone.localdate(),
            by=actor,
        )
    gone = client.post(reverse("agenda:birthday-paper"), {"kind": kind}, follow=True)
    assert "没有符合条件的人" in gone.text


def test_print_is_logged(city, people, sign_in):
    page = sign_in(city.clerk_a).post(reverse("agenda:birthdays-print"))
    assert "周一平" in page.text
    assert logged(city, "打印生日名单")


def test_leaders_take_no_papers_and_a_wrong_kind_makes_none(city, people, sign_in):
    assert sign_in(city.leader_a).post(reverse("agenda:birthday-paper")).status_code == 403
    answer = sign_in(city.clerk_a).post(reverse("agenda:birthday-paper"), {"kind": "../secret"})
    assert answer.status_code == 302
