"""A birth date given as lunar: typed, shown, edited, imported; the solar date drives the age."""

from datetime import date

import pytest
from django.urls import reverse

from apps.core.fields import encode
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.imports.reading.tables import DataRow
from apps.retirees.importers.cells import read_row
from apps.retirees.models import Retiree, RetireeHistory
from apps.retirees.views.births import birth_facts
from tests.factories.city import actor_of, make_person
from tests.retirees.test_person_forms import CREATE, fields_of, typed

TODAY = date(2026, 11, 22)


def the_one(city):
    with scope(actor_of(city.clerk_a)):
        return Retiree.objects.get()


@pytest.mark.parametrize(
    ("text", "calendar", "iso", "code"),
    [
        ("1933.5.30", "leap", "1933-07-22", "1933-L05-30"),
        ("1954年十一月初一", "lunar", "1954-11-25", "1954-11-01"),
        ("农历1978年八月十五", "solar", "1978-09-17", "1978-08-15"),
        ("农历1933年闰五月三十", "", "1933-07-22", "1933-L05-30"),
        ("公历1954年11月25日", "lunar", "1954-11-25", ""),
        ("1948.7", "solar", "1948-07", ""),
    ],
)
def test_typed_on_the_form(city, sign_in, text, calendar, iso, code):
    client = sign_in(city.clerk_a)
    sent = typed(city, birth_date=text, birth_calendar=calendar, work_started_on="", retired_on="")
    answer = client.post(CREATE, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    person = the_one(city)
    assert (person.birth_date.iso(), person.birth_lunar) == (iso, code)


def test_known_to_the_month_warns_and_stays_partial(city, sign_in):
    client = sign_in(city.clerk_a)
    sent = typed(city, birth_date="1948年七月", birth_calendar="lunar")
    page = client.post(CREATE, sent)
    assert page.status_code == 422
    assert "只记公历年份1948年" in page.text
    assert client.post(CREATE, fields_of(page)).status_code == 302
    person = the_one(city)
    assert (person.birth_date, person.birth_lunar) == (PartialDate(1948), "1948-07")


@pytest.mark.parametrize(
    ("text", "calendar", "why"),
    [
        ("1934.5.1", "leap", "没有闰五月"),
        ("2026.5.30", "lunar", "没有三十"),
        ("1933", "leap", "看不出是哪一天"),
        ("1880.1.1", "lunar", "1900年到2100年"),
        ("=1+1", "lunar", "看不出是哪一天"),
        ("1933.5.30", "martian", "选择"),
    ],
)
def test_what_is_wrong_is_said(city, sign_in, text, calendar, why):
    page = sign_in(city.clerk_a).post(CREATE, typed(city, birth_date=text, birth_calendar=calendar))
    assert page.status_code == 422
    assert why in page.text
    with scope(actor_of(city.clerk_a)):
        assert not Retiree.objects.exists()


def test_shown_again_for_editing_and_changed_to_solar(city, sign_in):
    person = make_person(
        city.clerk_a, city.a1, birth_date=PartialDate(1933, 7, 22, raw="农历1933年闰五月三十")
    )
    client = sign_in(city.clerk_a)
    address = reverse("retirees:edit", args=[person.pk])
    sent = fields_of(client.get(address))
    assert (sent["birth_date"], sent["birth_calendar"]) == ("农历1933年闰五月三十", "leap")
    assert client.post(address, sent).status_code == 302
    assert the_one(city).version == person.version
    answer = client.post(address, sent | {"birth_date": "1933.7.22", "birth_calendar": "solar"})
    assert answer.status_code == 302
    now = the_one(city)
    assert (encode(now.birth_date)[:10], now.birth_lunar, now.version) == (
        "1933-07-22",
        "",
        person.version + 1,
    )
    with scope(actor_of(city.clerk_a)):
        codes = list(RetireeHistory.objects.order_by("pgh_id").values_list("birth_lunar", flat=True))
    assert codes == ["1933-L05-30", ""]
    history = client.get(f"{reverse('retirees:detail', args=[person.pk])}?tab=history")
    assert "1933年7月22日（农历1933年闰五月三十）" in history.text


def test_two_edits_at_once_keep_the_calendar(city, sign_in):
    person = make_person(city.clerk_a, city.a1, birth_date=PartialDate(1948, 7))
    client = sign_in(city.clerk_a)
    address = reverse("retirees:edit", args=[person.pk])
    mine = fields_of(client.get(address)) | {"birth_date": "1948.8"}
    theirs = fields_of(client.get(address)) | {"birth_date": "1948.7.3", "birth_calendar": "lunar"}
    assert client.post(address, theirs).status_code == 302
    page = client.post(address, mine)
    assert page.status_code == 409
    assert "农历1948年七月初三" in page.text
    picked = mine | {"version": the_one(city).version, "pick_birth_date": "theirs"}
    assert client.post(address, picked).status_code == 302
    now = the_one(city)
    assert (now.birth_date, now.birth_lunar) == (PartialDate(1948, 8, 7), "1948-07-03")


def test_the_person_page_says_both_calendars_and_both_ages(city, sign_in):
    person = make_person(
        city.clerk_a,
        city.a1,
        birth_date=PartialDate(1933, 7, 22, raw="农历1933年闰五月三十"),
        card_birth_date=PartialDate(1933, 5, 30),
    )
    page = sign_in(city.clerk_a).get(f"{reverse('retirees:detail', args=[person.pk])}?tab=basic")
    assert "闰五月三十" in page.text
    facts = {fact["label"]: str(fact["value"]) for fact in birth_facts(person, TODAY)}
    assert facts["今年农历生日"].startswith("公历2026年7月13日（这一年没有闰五月，按五月；")
    assert facts["年龄"] == "93周岁，虚岁94；按档案出生时间算"
    assert facts["年龄（身份证）"] == "93周岁，虚岁94；按身份证出生日期算"
    assert facts["出生（档案）"] == "1933年7月22日（按农历1933年闰五月三十填写）"
    solar = Retiree(birth_date=PartialDate(1934, 7, 2))
    facts = {fact["label"]: fact["value"] for fact in birth_facts(solar, TODAY)}
    assert facts["农历生日"] == "五月廿一（由公历推算）"
    month = Retiree(birth_date=PartialDate(1934, 2))
    facts = {fact["label"]: fact["value"] for fact in birth_facts(month, TODAY)}
    assert "农历生日" not in facts
    assert facts["年龄"].startswith("92周岁，虚岁93或94")


def test_in_a_roster(city):
    cells = {"name": "邓忠永", "category": "退休", "birth_date": "农历1933年闰五月三十"}
    row = read_row(
        DataRow(sheet="表一", number=2, values=cells, filled={}, cells=[]),
        is_untyped=False,
        epoch_1904=False,
        today=TODAY,
    )
    assert row.entry["birth_date"] == "1933-07-22 农历1933年闰五月三十"
    assert ("birth_date", "lunar") in {(one.field, one.issue.kind) for one in row.issues}
