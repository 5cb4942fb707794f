"""A county clerk brings in a roster and looks somebody up."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.processes import PortalProcesses

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]
SAMPLE = Path(__file__).resolve().parents[1] / "imports" / "data" / "roster-nanling.xlsx"


def test_a_roster_goes_from_the_file_to_the_people(desk: Desk, portal_processes: PortalProcesses) -> None:
    page = desk.page
    desk.visit("/account/sign-in/", "sign-in")
    desk.sign_in("clerk_a")
    desk.menu("数据导入")
    desk.see_heading("数据导入")
    desk.look("imports-none")
    page.get_by_role("link", name="导入花名册").first.click()
    desk.see_heading("导入花名册")
    desk.look("import-upload")
    page.locator("input[type=file]").set_input_files(
        {
            "name": "南岭县花名册.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": SAMPLE.read_bytes(),
        }
    )
    desk.see("已选：南岭县花名册.xlsx")
    page.get_by_role("button", name="上传并核对").click()
    desk.see("正在读取和核对")
    desk.look("import-working")  # nobody works on it yet: the page stands still

    portal_processes.worker(include=None, processes=1)
    portal_processes.beat()
    desk.see_heading("核对导入内容")
    counts = page.get_by_role("navigation", name="按结果筛选")
    expect(counts.get_by_role("link", name="全部")).to_have_text("全部42")
    assert page.locator("table.list tbody tr").count() == 42
    desk.look("import-preview")
    wrong = counts.get_by_role("link", name="有错误")
    number = int(re.sub(r"\D", "", wrong.inner_text()))
    wrong.click()
    expect(wrong).to_have_attribute("aria-current", "true")
    rows = page.locator("table.list tbody tr")
    assert 0 < rows.count() == number
    assert rows.filter(has=page.locator("td.is-wrong .why")).count() > 0, "messages stand in their cells"
    desk.look("import-errors")

    page.get_by_role("button", name="写入可用的 33 行").click()
    desk.see_heading("导入结果")
    desk.look("import-result")
    page.get_by_role("link", name="看这一批的人员").click()
    desk.see_heading("在册人员")
    expect(page.locator("#page-subheading")).to_contain_text("33人")
    assert page.locator("table.list tbody tr").count() == 33
    assert page.locator(".list-foot").count() == 1
    desk.look("import-people")

    row = page.locator("table.list tbody tr").filter(has_text=re.compile(r"\d\*{3,}"))
    name = row.first.locator("td.key a").inner_text()
    row.first.locator("td.key a").click()
    desk.see_heading(name)
    desk.look("person-imported")
    secret = page.locator("#secret-national_id")
    secret.locator("summary").click()
    secret.get_by_role("button", name="核对档案资料").click()
    expect(secret.locator(".secret-shown")).to_have_text(re.compile(r"^\d{17}[\dX]$"))
    desk.look("person-revealed")
    person = page.url
    desk.sign_out()
    page.goto(person)
    desk.see_heading("登录")
