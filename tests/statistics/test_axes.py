"""Rank, medical treatment, residence and kind of unit in the year's table: as of its day, each number with its list."""

import re
from datetime import date

import pytest
from django.urls import reverse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions.edit import change_many
from apps.retirees.actions.transfers import transfer_at_once
from apps.statistics import actions
from apps.statistics.models import YearTable
from apps.statistics.rules import sections
from apps.units.models import Unit
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

NEW = ("ranks", "medical", "kinds", "residence")


@pytest.fixture
def ranked(city):
    """Four of county A: one rose in 2025, one who has moved on in 2026, one without level, one at an enterprise."""
    with scope(actor_of(city.city_clerk)):
        Unit.objects.filter(pk=city.a2.pk).update(kind="enterprise")
    levels = {"rank": "132", "medical_treatment": "122", "retired_on": PartialDate(1994, 8)}
    return {
        "甲在": make_person(city.clerk_a, city.a1, name="甲在", residence="local", **levels),
        "乙异地": make_person(
            city.clerk_a, city.a1, name="乙异地", residence="other", **levels | {"medical_treatment": "112"}
        ),
        "丙空": make_person(city.clerk_a, city.a2, name="丙空", residence=""),
        "丁走": make_person(city.clerk_a, city.a2, name="丁走", residence="local", **levels),
    }


def counted(user, year=2025):
    with scope(actor_of(user)) as actor:
        table = actions.make_table(year=year, by=actor)
    assert [check["text"] for check in table.checks if not check["is_right"]] == []
    return table


def totals(table, section):
    found = {key.split(":")[1]: number for key, number in table.cells.items() if key.startswith(f"{section}:")
             and key.endswith(":total")}  # fmt: skip
    return {row: number for row, number in found.items() if number}


def move_to_b(city, person):
    with scope(actor_of(city.city_clerk)) as actor:
        transfer_at_once(
            retiree=person, unit=city.b1, effective_on=date(2026, 2, 1), reason="随子女迁居",
            today=date(2026, 2, 2), by=actor,
        )  # fmt: skip


def test_everybody_is_counted_once_on_every_axis_and_every_number_is_its_list(city, ranked):
    table = counted(city.clerk_a)
    assert totals(table, "ranks") == {"total": 4, "county": 3, "county2": 3, "none": 1}
    assert totals(table, "medical") == {
        "total": 4, "province": 1, "province2": 1, "bureau": 2, "bureau2": 2, "none": 1,
    }  # fmt: skip
    assert totals(table, "kinds") == {"total": 4, "organ": 2, "enterprise": 2}
    assert totals(table, "residence") == {"total": 4, "local": 2, "away": 1, "away2": 1, "none": 1}
    browser = signed_in(city.clerk_a)
    page = browser.get(reverse("statistics:table", args=[table.pk])).text
    assert "三、按退休时职级" in page
    assert "居住地不分日期登记" in page
    assert "其后转到市内别处" not in page
    links = re.findall(r'<a href="(/retirees/\?[^"]+)">([\d,]+)</a>', page)
    axes = [one for one in links if re.search("rank=|medical_treatment=|residence=|unit_kind=", one[0])]
    assert len(axes) > 30
    for address, number in axes:
        shown = re.search(r"共 ([\d,]+)", browser.get(address.replace("&amp;", "&")).text)
        assert shown, address
        assert shown[1] == number, address
    shown = browser.get(
        reverse("retirees:list"), {"unit_kind": "enterprise", "medical_treatment": ["122", "none"]}
    ).text
    assert "单位性质：企业" in shown
    assert "丙空" in shown
    assert "甲在" not in shown
    assert browser.get(reverse("retirees:list"), {"unit_kind": "x"}).text.count("甲在") == 0


def test_who_has_moved_on_stands_in_a_row_of_his_own_for_the_county_and_in_his_level_for_the_city(
    city, ranked
):
    move_to_b(city, ranked["丁走"])
    table = counted(city.clerk_a)
    for section, row, here in (("ranks", "county", 2), ("medical", "bureau", 1), ("residence", "local", 1)):
        assert totals(table, section)["gone"] == 1
        assert totals(table, section)[row] == here
    assert totals(table, "kinds")["enterprise"] == 2
    address = reverse("statistics:table", args=[table.pk])
    page = signed_in(city.clerk_a).get(address).text
    assert "其后转到市内别处" in page
    assert "unit_kind=enterprise" in page
    with scope(actor_of(city.chief_a)) as actor:
        for step in ("check", "freeze"):
            actions.take_step(table=table, step=step, note="", by=actor)
    assert "定稿后名册有更正" not in signed_in(city.city_clerk).get(address).text
    whole = counted(city.city_clerk)
    assert totals(whole, "ranks") == {"total": 4, "county": 3, "county2": 3, "none": 1}
    differs = reverse("statistics:differences", args=[table.pk])
    assert signed_in(city.clerk_a).get(differs, {"cell": "ranks:none"}).status_code == 200


def test_a_level_counts_from_its_day_and_the_difference_says_from_what_to_what(city, ranked):
    with scope(actor_of(city.clerk_a)):
        person = ranked["甲在"]
        person.refresh_from_db()
        change_many(
            changes=[(person, {"medical_treatment": "121", "medical_treatment_on": PartialDate(2025, 3)})],
            seen_on=date(2025, 4, 1), today=date(2025, 4, 1),
        )  # fmt: skip
    table = counted(city.clerk_a)
    assert totals(table, "medical")["bureau1"] == 1
    assert table.before["medical:bureau1:total"] == 0
    assert table.before["medical:bureau2:total"] == 2
    page = (
        signed_in(city.clerk_a)
        .get(reverse("statistics:differences", args=[table.pk]), {"cell": "medical:bureau1"})
        .text
    )
    for words in ("甲在", "医疗待遇：副厅级 → 正厅级", "2025年3月1日", "当年离开这一栏（0人）"):
        assert words in page, words


def test_a_table_frozen_with_an_earlier_layout_shows_what_it_was_frozen_with(city, ranked):
    table = counted(city.chief_a)
    with scope(actor_of(city.chief_a)) as actor:
        for step in ("check", "freeze"):
            table = actions.take_step(table=table, step=step, note="", by=actor)
        old = {key: number for key, number in table.cells.items() if key.split(":")[0] not in NEW}
        YearTable.objects.filter(pk=table.pk).update(cells=old, before={})
    page = signed_in(city.chief_a).get(reverse("statistics:table", args=[table.pk])).text
    for words in ("一、增减变动", "二、按现享受待遇", "三、按年龄", "四、离休干部按参加革命工作时期"):
        assert words in page, words
    assert "按退休时职级" not in page
    assert "按居住地" not in page
    assert "定稿后名册有更正" not in page


def test_the_new_layout_has_every_row_checked():
    layout = sections([("1", "甲县")])
    assert [section.title[:2] for section in layout] == [f"{one}、" for one in "一二三四五六七八九"]
    assert not any(row.key == "gone" for section in layout for row in section.rows)
    assert {section.key for section in sections([]) if section.rows[-1].key == "gone"} == {
        "ranks", "medical", "residence",
    }  # fmt: skip
