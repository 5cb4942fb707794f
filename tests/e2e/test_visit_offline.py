"""A visit typed without a network: kept in the browser, sent when the network is back, and logged once."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('visit-draft:')).length"


def test_a_visit_typed_offline_is_logged_once(desk: Desk) -> None:
    page = desk.page
    desk.sign_in("clerk_a")
    page.goto("/visits/new/")
    page.locator("#person-name").fill("hsy")
    page.locator("#main").get_by_role("button", name="查找").click()
    page.locator("#main").get_by_role("link", name="韩守业").click()
    desk.look("visit-form", allowed="")
    page.locator("[name=summary]").fill("身体硬朗，想看看新的活动中心")
    page.locator("[name=others]").fill("陈立新（局长）")
    desk.context.set_offline(True)
    page.get_by_role("button", name="保存走访记录").click()
    expect(page.locator("[data-visit-draft]")).to_contain_text("已存在本机，未提交")
    assert page.evaluate(KEPT) == 1
    desk.faults = [fault for fault in desk.faults if "ERR_INTERNET_DISCONNECTED" not in fault]

    desk.context.set_offline(False)
    expect(page.locator("[data-visit-saved]")).to_be_attached()
    desk.see("身体硬朗")
    assert page.evaluate(KEPT) == 0
    page.goto("/visits/")
    expect(page.locator("table.list tbody tr")).to_have_count(1)

    page.goto("/visits/new/")
    page.locator("#person-name").fill("梁素芬")
    page.locator("#main").get_by_role("button", name="查找").click()
    page.locator("#main").get_by_role("link", name="梁素芬").click()
    page.locator("[name=summary]").fill("还没有填完")
    page.reload()
    expect(page.locator("[name=summary]")).to_have_value("还没有填完")
    expect(page.locator("[data-visit-draft]")).to_contain_text("还没有提交的内容")
    page.locator("[data-visit-draft-drop]").click()
    expect(page.locator("[name=summary]")).to_have_value("")
