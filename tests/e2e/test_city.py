"""A city clerk's day: from a figure to the people behind it, finding somebody, and a page made to one's eyes."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]


def test_a_day_of_a_city_clerk(desk: Desk) -> None:
    desk.sign_in("city_clerk")
    desk.see_heading("沈立群，您好")
    desk.look("home")
    numbers_open_their_people(desk)
    back_to_the_list(desk)
    finding_somebody(desk)
    looks_that_stay(desk)


def numbers_open_their_people(desk: Desk) -> None:
    page = desk.page
    desk.menu("领导看板")
    desk.see_heading("至")
    desk.look("board")
    for label in ("在册离退休干部", "离休干部", "80岁以上"):
        tile = page.locator("a.tile").filter(has=page.get_by_text(label, exact=True))
        number = re.sub(r"\D", "", tile.locator(".tile-value").inner_text())
        tile.click()
        expect(page.locator("#page-subheading")).to_contain_text(f"{number}人")
        assert page.locator("table.list tbody tr").count() == int(number) > 0
        page.go_back()
        desk.see_heading("至")


def back_to_the_list(desk: Desk) -> None:
    page = desk.page
    desk.menu("人员名册")
    page.locator("#filter-category").select_option("lixiu")
    expect(page.locator("#page-subheading")).to_contain_text("1人")
    desk.look("list-filtered")
    listed = page.url
    assert "category=lixiu" in listed
    page.get_by_role("link", name="韩守业").click()
    desk.see_heading("韩守业")
    desk.see("时期待认定")
    desk.look("person")
    page.go_back()
    expect(page.locator("#page-subheading")).to_contain_text("1人")
    assert page.url == listed


def finding_somebody(desk: Desk) -> None:
    page = desk.page
    for words in ("梁素芬", "lsf"):
        page.locator("#search").fill(words)
        page.locator("#search").press("Enter")
        page.wait_for_url(re.compile(r"/retirees/\?q="))
        expect(page.locator("table.list td.key a")).to_have_text(["梁素芬"])
    desk.look("list-found", allowed="lsf")


def looks_that_stay(desk: Desk) -> None:
    page = desk.page
    desk.menu("人员名册")
    page.get_by_role("link", name="列", exact=True).click()
    page.get_by_role("checkbox", name="民族").check()
    page.get_by_role("button", name="应用").click()
    expect(page.get_by_role("columnheader", name="民族")).to_be_visible()
    page.locator(".topbar .sizes").get_by_role("button", name="特大").click()
    expect(page.locator("html")).to_have_attribute("data-size", "huge")
    desk.open_own_menu()
    page.get_by_role("button", name="高对比度").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "high")
    desk.sign_out()

    desk.sign_in("city_clerk")
    desk.see_heading("沈立群，您好")
    desk.look("home-huge-contrast")
    desk.menu("人员名册")
    expect(page.get_by_role("columnheader", name="民族")).to_be_visible()
    for name, value in (("data-size", "huge"), ("data-contrast", "high")):
        expect(page.locator("html")).to_have_attribute(name, value)
    desk.look("list-huge-contrast")
