"""A filter that changes the list without a new page: whatever goes on from the list goes on from the filtered one."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]


def test_everything_around_the_list_follows_the_filter(desk: Desk) -> None:
    page = desk.page
    desk.sign_in("city_clerk")
    page.goto("/retirees/")
    page.locator("#filter-category").select_option("lixiu")
    expect(page.locator("#page-subheading")).to_contain_text("1人")
    search = page.locator("#filter-q")
    search.press_sequentially("韩守")
    expect(page.locator("#chips")).to_contain_text("韩守")
    expect(search).to_be_focused()
    expect(search).to_have_value("韩守")
    expect(page.locator("#tools input[name=query]")).to_have_value(re.compile("category=lixiu"))
    for place in ("#tools input[name=next]", "#columns input[name=next]", ".topbar input[name=next]"):
        assert "category=lixiu" in page.locator(place).first.get_attribute("value"), place
    for link in ("另存为视图", "不分组", "设为"):
        where = page.locator("#tools a").filter(has_text=link).first.get_attribute("href")
        assert re.search("category.*lixiu", where), link
    assert "category=lixiu" in page.locator("#several-sex").get_attribute("href")

    # Leaving the search box fetches the list once more, while the dialog is open: it stays.
    page.get_by_role("link", name="列", exact=True).click()
    page.locator("#columns").get_by_role("button", name="应用").click()
    expect(page.locator("#page-subheading")).to_contain_text("1人")
    assert "category=lixiu" in page.url

    page.goto("/retirees/")
    page.locator("#filter-category").select_option("lixiu")
    expect(page.locator("#page-subheading")).to_contain_text("1人")
    page.locator("#page-actions").get_by_role("link", name="表格录入").click()
    desk.see_heading("表格录入")
    expect(page.locator("table.grid tbody tr")).to_have_count(1)

    page.goto("/retirees/")
    page.locator("#filter-category").select_option("lixiu")
    expect(page.locator("#page-subheading")).to_contain_text("1人")
    page.locator("#tools").get_by_role("button", name="打印").click()
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    desk.see("韩守业")
