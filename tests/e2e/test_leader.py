"""Leaders see figures, lists and people, nothing private, and change nothing; a county's leader sees his county."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]
PRIVATE = ("身份证号", "电话", "住址")
CHANGING = re.compile("新增|修改|导入|登记|办理|认定时期")


def reads_only(desk: Desk) -> None:
    """Nothing private on the page, and no button that changes the register."""
    words = desk.page.locator("main").inner_text()
    assert [word for word in PRIVATE if word in words] == []
    buttons = desk.page.locator("main .actions").locator("a, button").all_inner_texts()
    assert [label for label in buttons if CHANGING.search(label)] == []


def test_leaders_read_what_is_theirs_and_change_nothing(desk: Desk, city: SimpleNamespace) -> None:
    leader_of_the_city(desk, city)
    desk.sign_out()
    leader_of_a_county(desk, city)


def leader_of_the_city(desk: Desk, city: SimpleNamespace) -> None:
    page = desk.page
    desk.sign_in("leader")
    desk.see_heading("至")
    reads_only(desk)
    desk.look("leader-board")
    page.locator("a.tile").first.click()
    expect(page.locator("#page-subheading")).to_contain_text("6人")
    reads_only(desk)
    page.get_by_role("link", name="列", exact=True).click()
    assert [word for word in PRIVATE if word in page.locator("#columns").inner_text()] == []
    page.keyboard.press("Escape")
    desk.look("leader-list")
    page.get_by_role("link", name="韩守业").click()
    desk.see_heading("韩守业")
    reads_only(desk)
    desk.look("leader-person")
    for tab in page.get_by_role("navigation", name="内容").get_by_role("link").all_inner_texts():
        assert "家庭" not in tab
    for address in ("new/", f"{city.people['韩守业'].pk}/edit/"):
        assert desk.context.request.get(f"/retirees/{address}").status == 403


def leader_of_a_county(desk: Desk, city: SimpleNamespace) -> None:
    page = desk.page
    desk.sign_in("leader_a")
    desk.see_heading("至")
    desk.look("county-board")
    desk.menu("人员名册")
    expect(page.locator("#page-subheading")).to_contain_text("4人")
    names = set(page.locator("table.list td.key a").all_inner_texts())
    assert names == {"邓忠永", "梁素芬", "鲁正新", "韩守业"}
    assert "石桥" not in page.content()
    assert desk.context.request.get(f"/retirees/{city.people['石友田'].pk}/").status == 404
