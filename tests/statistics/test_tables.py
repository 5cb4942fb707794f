"""A year's table: every sum comes out, every number is the list behind it, and a frozen one stands still."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from apps.retirees.models import Retiree
from apps.statistics import actions
from apps.statistics.choices import State
from apps.statistics.figures import count_cells
from apps.statistics.models import YearTable
from apps.statistics.rules import Check, checks, sections
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in


@pytest.fixture
def filled(city):
    """People of both counties: some came in 2025, some died in it, some of unknown sex or age."""
    made = {}
    for name, by, unit, values in (
        ("甲离休", city.clerk_a, city.a1, {"category": "lixiu", "joined_on": PartialDate(1948, 2), "sex": "2",
                                        "birth_date": PartialDate(1925), "treatment": "121", "political": "01"}),
        ("乙退休", city.clerk_a, city.a1, {"treatment": "132"}),
        ("丙新退", city.clerk_a, city.a2, {"retired_on": PartialDate(2025, 5), "treatment": "141",
                                        "treatment_on": PartialDate(2025, 5), "birth_date": PartialDate(1965, 5)}),
        ("丁未填", city.clerk_a, city.a1, {"sex": "", "birth_date": None, "treatment": "", "treatment_on": None}),
        ("戊去世", city.clerk_a, city.a1, {"category": "lixiu", "joined_on": PartialDate(1945, 9)}),
        ("己外县", city.clerk_b, city.b1, {"treatment": "112"}),
    ):  # fmt: skip
        made[name] = make_person(by, unit, name=name, **values)
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=made["戊去世"], died_on=PartialDate(2025, 8, 1), reported_on=date(2025, 8, 2), by=actor
        )
    return made


def counted(user, year=2025):
    with scope(actor_of(user)) as actor:
        return actions.make_table(year=year, by=actor)


def test_the_year_balances_and_parts_make_the_whole(city, filled):
    table = counted(city.clerk_a)
    assert table.faults == 0
    cells = table.cells
    moves = [
        cells[f"moves:{row}:total"]
        for row in ("before", "additions", "in", "arrived", "deaths", "out", "left", "end")
    ]
    assert moves == [4, 1, 0, 0, 1, 0, 0, 4]
    assert [cells[f"moves:{row}:lixiu"] for row in ("before", "deaths", "end")] == [2, 1, 1]
    assert cells["levels:bureau:total"] == cells["levels:bureau1:lixiu"] == 1
    assert cells["levels:none:unstated"] == cells["ages:none:total"] == 1
    assert cells["periods:liberation:female"] == cells["periods:liberation:party"] == 1
    assert cells["ages:a100:total"] == 1


def test_the_city_sums_its_counties_and_compares_what_they_froze(city, filled):
    with scope(actor_of(city.chief_a)) as actor:
        county = actions.make_table(year=2025, by=actor)
        for step in ("check", "freeze"):
            county = actions.take_step(table=county, step=step, note="", by=actor)
    table = counted(city.city_clerk)
    assert table.faults == 0
    assert table.cells["counties:total:total"] == 5
    assert table.cells[f"counties:c{city.a.pk}:total"] == county.cells["levels:total:total"] == 4
    assert any("南岭县定稿" in check["text"] for check in table.checks)


def test_every_number_is_the_number_of_its_list(city, filled):
    table = counted(city.clerk_a)
    browser = signed_in(city.clerk_a)
    page = browser.get(reverse("statistics:table", args=[table.pk])).text
    links = re.findall(r'<a href="(/retirees/\?[^"]+)">([\d,]+)</a>', page)
    assert len(links) > 30
    wrong = []
    for address, number in links:
        text = browser.get(address.replace("&amp;", "&")).text
        shown = re.search(r"共 ([\d,]+)", text)
        if shown is None or shown[1] != number:
            wrong.append((address, number, shown and shown[1]))
    assert wrong == []


def test_who_makes_the_difference(city, filled):
    with scope(actor_of(city.clerk_a)) as actor:
        table = actions.make_table(year=2025, by=actor)
    text = signed_in(city.clerk_a).get(reverse("statistics:differences", args=[table.pk])).text
    assert "南岭县上年末 4 人，2025年末 4 人" in text
    for words in ("增加（1人）", "丙新退", "减少（1人）", "戊去世", "2025年8月1日", "待遇变化（0人）"):
        assert words in text, words
    assert "乙退休" not in text
    assert "己外县" not in text


def test_a_table_goes_from_draft_to_frozen_and_stands_still(city, filled):
    table = counted(city.clerk_a)
    step = reverse("statistics:step", args=[table.pk])
    clerk, chief = signed_in(city.clerk_a), signed_in(city.chief_a)
    assert clerk.post(step, {"step": "freeze"}).status_code == 302
    clerk.post(step, {"step": "check"})
    clerk.post(step, {"step": "freeze"})
    assert state(city, table) == State.CHECKED
    chief.post(step, {"step": "return"})
    assert state(city, table) == State.DRAFT
    clerk.post(step, {"step": "recount"})
    clerk.post(step, {"step": "check"})
    chief.post(step, {"step": "freeze"})
    assert state(city, table) == State.FROZEN
    make_person(city.clerk_a, city.a1, name="后来补登")
    chief.post(step, {"step": "recount"})
    assert counted(city.clerk_a).cells == table.cells
    assert clerk.post(step, {"step": "delete"}).status_code == 400
    assert signed_in(city.clerk_b).post(step, {"step": "check"}).status_code == 404
    assert signed_in(city.unit_a1).get(reverse("statistics:list")).status_code == 403


def state(city, table):
    with scope(actor_of(city.clerk_a)):
        return YearTable.objects.get(pk=table.pk).state


def test_a_table_that_does_not_come_out_says_where_and_is_frozen_with_a_reason_only(city, filled):
    with scope(actor_of(city.chief_a)) as actor:
        last = actions.make_table(year=2024, by=actor)
        for step in ("check", "freeze"):
            actions.take_step(table=last, step=step, note="", by=actor)
        YearTable.objects.filter(pk=last.pk).update(
            cells={**last.cells, "moves:end:total": 9, "moves:end:tuixiu": 7}
        )
        table = actions.make_table(year=2025, by=actor)
        assert table.faults == 2
        actions.take_step(table=table, step="check", note="", by=actor)
        with pytest.raises(actions.NotNow, match="2处"):
            actions.take_step(table=table, step="freeze", note=" ", by=actor)
        actions.take_step(table=table, step="freeze", note="上年多报5人，已更正", by=actor)
    page = signed_in(city.chief_a).get(reverse("statistics:table", args=[table.pk])).text
    assert "上年定稿的年末合计＝今年上年末：9 ≠ 4" in page


def test_leaders_see_what_is_frozen(city, filled):
    table = counted(city.clerk_a)
    page = reverse("statistics:table", args=[table.pk])
    assert signed_in(city.leader_a).get(page).status_code == 404
    with scope(actor_of(city.chief_a)) as actor:
        for step in ("check", "freeze"):
            actions.take_step(table=table, step=step, note="", by=actor)
    assert signed_in(city.leader_a).get(page).status_code == 200


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_the_table_as_a_file(city, filled, kind):
    table = counted(city.clerk_a)
    answer = signed_in(city.clerk_a).post(reverse("statistics:download", args=[table.pk]), {"format": kind})
    assert answer.status_code == 200
    if kind == "pdf":
        text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert "非国家统一表式" in text
        assert "年末人数" in text
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert [*rows[8][:5]] == ["一、增减变动", "年末人数", 4, 1, 3]


@pytest.mark.parametrize("year", ["", "x", "20255", "２０２５", "1800", "2999"])
def test_years_that_are_none(city, year):
    answer = signed_in(city.clerk_a).post(reverse("statistics:make"), {"year": year})
    assert answer.status_code in (302, 400)
    with scope(actor_of(city.clerk_a)):
        assert not YearTable.objects.exists()
        assert not Retiree.objects.exists()


def test_a_wrong_cell_is_found_by_some_check():
    layout = sections([])
    cells = {
        f"{section.key}:{row.key}:{column.key}": 0
        for section in layout
        for row in section.rows
        for column in section.columns
    }
    assert all(check.is_right for check in checks(layout, cells))
    unseen = [key for key in cells if all(check.is_right for check in checks(layout, {**cells, key: 1}))]
    assert [key for key in unseen if not key.endswith(":party")] == []
    assert Check("甲", 1, 2).as_json()["is_right"] is False


def test_each_changed_row_leads_to_its_people_with_the_reason(city, filled):
    make_person(city.clerk_a, city.a2, name="庚满八十", birth_date=PartialDate(1945, 6))
    table = counted(city.clerk_a)
    browser, address = signed_in(city.clerk_a), reverse("statistics:differences", args=[table.pk])
    assert f"{address}?cell=ages:a80" in browser.get(reverse("statistics:table", args=[table.pk])).text
    page = browser.get(address, {"cell": "ages:a80"}).text
    assert "五、按年龄：80—89岁，当年进入这一栏（1人）" in page
    assert "庚满八十" in page
    assert "增龄" in page
    page = browser.get(address, {"cell": "moves:end"}).text
    for words in ("丙新退", "离退休", "戊去世", "去世"):
        assert words in page, words
    assert "乙退休" not in page
    assert "己外县" not in page
    page = browser.get(address, {"cell": "moves:deaths"}).text
    for words in ("减：去世，当年（1人）", "戊去世", "2025年8月1日", "减：去世，上年（0人）"):
        assert words in page, words
    page = browser.get(address, {"cell": "moves:before"}).text
    assert "上年末人数，上年进入这一栏（0人）" in page
    for wrong in ("x", "ranks:gone", "moves", "'; --"):
        assert browser.get(address, {"cell": wrong}).status_code == 400


def test_a_frozen_number_says_where_the_register_differs_now(city, filled, monkeypatch):
    table = counted(city.clerk_a)
    with scope(actor_of(city.chief_a)) as actor:
        for step in ("check", "freeze"):
            actions.take_step(table=table, step=step, note="", by=actor)
    address = reverse("statistics:table", args=[table.pk])
    assert "定稿后名册有更正" not in signed_in(city.clerk_a).get(address).text
    make_person(city.clerk_a, city.a1, name="后来补登")
    for user in (city.clerk_a, city.leader_a, city.city_clerk):
        page = signed_in(user).get(address).text
        assert "定稿后名册有更正" in page
        assert "4（现在5）" in page

    def slowly(*args):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        return count_cells(*args)

    monkeypatch.setattr("apps.statistics.views.PATIENCE", 50)
    monkeypatch.setattr("apps.statistics.views.count_cells", slowly)
    page = signed_in(city.clerk_a).get(address).text
    assert "还没有与现在的名册对照" in page
    assert "4（现在5）" not in page
    assert "4（现在5）" in signed_in(city.clerk_a).get(address, {"now": "1"}).text
