"""The search over everything: what is found, forgiving one wrong letter, and only what is one's own to open."""

from typing import Any

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.scope import scope
from apps.imports.actions import upload_batch
from apps.reports.models import Document
from apps.retirees.queries.finding import one_step_away
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

ADDRESS = reverse("palette:search")
NUMBER, PHONE = "420106192407026490", "13912251394"


@pytest.fixture
def people(city: Any) -> None:
    make_person(city.clerk_a, city.a1, name="张建国", national_id=NUMBER, phone=PHONE)
    make_person(city.clerk_a, city.a2, name="李秀英")
    make_person(city.clerk_b, city.b1, name="王建军")


def asked(user: Any, text: str) -> str:
    answer = signed_in(user).post(ADDRESS, {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "张建",
        "建国",
        "zhangjianguo",
        "zjg",
        "zhangjiangou",
        "zhangjianguoo",
        "zhangjiango",
        "zhangjianquo",
        "章建国",
        NUMBER,
        PHONE,
        "139-1225-1394",
    ],
)
def test_a_person_is_found(city: Any, people: None, text: str) -> None:
    page = asked(city.clerk_a, text)
    assert "张建国" in page
    assert "李秀英" not in page


@pytest.mark.parametrize("text", ["张建", "zhangjianguo", "zhangjiangou", NUMBER, PHONE])
def test_nobody_of_another_county(city: Any, people: None, text: str) -> None:
    assert "张建国" not in asked(city.clerk_b, text)
    assert "张建国" not in asked(city.unit_b1, text)
    assert "张建国" in asked(city.city_clerk, text)


@pytest.mark.parametrize("text", [NUMBER, PHONE])
def test_numbers_are_for_staff_and_are_logged(city: Any, people: None, text: str) -> None:
    assert "张建国" not in asked(city.leader_a, text)
    asked(city.clerk_b, text)
    asked(city.clerk_a, text)
    with scope(actor_of(city.audit_admin)):
        events = Event.objects.filter(kind="search_id").order_by("at")
        assert [event.data for event in events] == [{"found": 0}, {"found": 1}]
        assert all(text not in event.summary for event in events)


def test_a_number_never_stands_in_an_address(city: Any, people: None) -> None:
    """The search takes nothing from the address line."""
    page = signed_in(city.clerk_a).get(f"{ADDRESS}?q={NUMBER}").content.decode()
    assert "张建国" not in page


def test_a_short_reading_is_taken_as_typed() -> None:
    assert "lisi" in one_step_away("lixi")
    assert len(one_step_away("zhangjianguo")) < 700


def test_two_wrong_letters_are_another_name(city: Any, people: None) -> None:
    assert "张建国" not in asked(city.clerk_a, "zhengjiangou")


def test_units_pages_and_deeds_by_name_reading_and_initials(city: Any, people: None) -> None:
    assert "南岭财政局" in asked(city.clerk_a, "财政")
    assert "南岭财政局" in asked(city.clerk_a, "nlczj")
    assert "石桥财政局" not in asked(city.clerk_a, "财政")
    assert "新增人员" in asked(city.clerk_a, "xzry")
    assert "导入花名册" in asked(city.clerk_a, "excel")
    assert "新增人员" not in asked(city.leader_a, "新增")
    assert "操作日志" in asked(city.audit_admin, "日志")
    assert "操作日志" not in asked(city.clerk_a, "日志")


def test_files_by_title_and_file_name_of_ones_own_place(city: Any, people: None) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        upload_batch(kind="roster", file_name="南岭财政局花名册.csv", content=b"a", unit=city.a, by=actor)
    with scope(actor_of(city.city_clerk)):
        Document.objects.create(kind="month", period_key="2026-10", title="离退休干部工作简报（2026年10月）")
    assert "南岭财政局花名册.csv" in asked(city.clerk_a, "财政局花名")
    assert "南岭财政局花名册.csv" not in asked(city.clerk_b, "财政局花名")
    assert "南岭财政局花名册.csv" not in asked(city.leader_a, "财政局花名")
    assert "2026年10月" in asked(city.city_clerk, "工作简报")
    assert "2026年10月" not in asked(city.clerk_a, "工作简报")


def test_those_without_the_register_find_pages_only(city: Any, people: None) -> None:
    for username in ("system_admin", "security_admin", "audit_admin"):
        page = asked(city.users[username], "张建")
        assert "张建国" not in page
        assert "没有找到" in page


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "%",
        "'",
        "\\",
        "_",
        "=1+1",
        "x" * 10_000,
        "张\x00",
        "１３９",
        "²²²²²²²",
        "(" * 300,
        "龘",
        "ａｂ",
    ],
)
def test_whatever_is_typed(city: Any, people: None, text: str) -> None:
    asked(city.clerk_a, text)


def test_markup_stays_text(city: Any) -> None:
    assert "<b>x" not in asked(city.clerk_a, "<b>x")


def test_without_script_it_is_a_page(city: Any, people: None) -> None:
    client = signed_in(city.clerk_a)
    assert "新增人员" in client.get(ADDRESS).content.decode()
    page = client.post(ADDRESS, {"q": "zjg"}).content.decode()
    assert "<h1" in page
    assert "张建国" in page
