"""The register by groups leaves the portal as a sheet and on paper: the numbers of the page, the right, the log."""

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.scope import scope
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST, SHEET, PAPER = (reverse(f"retirees:{name}") for name in ("list", "groups-sheet", "print-groups"))


@pytest.fixture
def people(city: Any) -> None:
    make_person(city.clerk_a, city.a1, name="张建国", treatment="131")
    make_person(city.clerk_a, city.a2, name="李秀英", category="lixiu", treatment="141")
    make_person(city.clerk_b, city.b1, name="王建军", treatment="131")


def rows_of(answer: Any) -> list[list[Any]]:
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return [[cell.value for cell in row] for row in sheets[0].iter_rows()]


def test_the_sheet_holds_the_numbers_of_the_page_and_is_logged(city: Any, people: None) -> None:
    clerk = signed_in(city.city_clerk)
    page = clerk.get(f"{LIST}?by=unit&sort=-name").text
    assert f'action="{SHEET}"' in page
    assert f'action="{PAPER}"' in page
    assert 'value="sort=-name&amp;by=unit"' in page
    answer = clerk.post(SHEET, {"query": "sort=-name&by=unit"})
    rows = rows_of(answer)
    assert rows[0][:3] == ["管理单位", "人数", "占比"]
    assert [row[:2] for row in rows[1:]] == [
        ["南岭县 小计", 2], ["南岭财政局", 1], ["南岭水利局", 1], ["石桥县 小计", 1], ["石桥财政局", 1], ["合计", 3],
    ]  # fmt: skip
    assert rows[-1][2] == "100.0%"
    about = openpyxl.load_workbook(io.BytesIO(answer.content))["说明"]
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told["条件"] == "全部在册人员"
    assert "试city_clerk" in told["水印"]
    assert rows_of(signed_in(city.clerk_a).post(SHEET, {"query": "by=treatment&treatment=131"}))[-1][:2] == [
        "合计", 1,
    ]  # fmt: skip
    with scope(actor_of(city.audit_admin)):
        events = {event.data["people"]: event for event in Event.objects.filter(kind="export")}
        assert {people: event.data["groups"] for people, event in events.items()} == {3: 5, 1: 1}
        assert "现享受待遇：正县级" in events[1].summary


def test_on_paper_it_has_title_conditions_repeated_heads_and_totals(city: Any, people: None) -> None:
    page = signed_in(city.clerk_a).post(PAPER, {"query": "category=tuixiu&category=lixiu&by=treatment"})
    assert page.status_code == 200
    text = page.text
    for words in (
        "离退休干部按现享受待遇分组统计",
        "类别：退休；类别：离休",
        "<thead",
        "<tfoot",
        "合计",
        "制表人",
    ):
        assert words in text, words
    assert "data-print" in text
    assert 'href="/retirees/?category=' in text  # back, and nowhere else
    assert "张建国" not in text
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="export", summary__startswith="打印分组统计").count() == 1


def test_rights_and_what_is_no_table(city: Any, people: None) -> None:
    leader, clerk = signed_in(city.leader_a), signed_in(city.clerk_a)
    assert leader.post(PAPER, {"query": "by=category"}).status_code == 200
    assert leader.post(SHEET, {"query": "by=category"}).status_code == 403
    assert SHEET not in leader.get(f"{LIST}?by=category").text
    assert signed_in(city.system_admin).post(PAPER, {"query": "by=category"}).status_code == 403
    for query in ("", "by=", "by=name", "x=1&by=unit", f"county={city.b.pk}&by=unit", "by=unit&q=%00" * 3,
                  "by=unit&q=" + "长" * 10_000, "by=unit&on=never"):  # fmt: skip
        for address in (SHEET, PAPER):
            answer = clerk.post(address, {"query": query})
            assert (answer.status_code, answer.headers["Location"]) == (302, LIST), query
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="export").count() == 1
    hostile = rows_of(clerk.post(SHEET, {"query": "by=unit&q==1%2B1"}))
    assert hostile[-1][:2] == ["合计", 0]
