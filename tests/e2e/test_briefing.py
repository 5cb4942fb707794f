"""A briefing from asking for it to the printed paper, by the two people it takes."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.processes import PortalProcesses

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]


def test_a_briefing_is_made_checked_signed_and_downloaded(
    desk: Desk, portal_processes: PortalProcesses
) -> None:
    page = desk.page
    desk.sign_in("city_clerk")
    desk.menu("报表简报")
    desk.see_heading("报表简报")
    desk.look("reports-none")
    page.get_by_role("link", name="现在生成").first.click()
    desk.see_heading("现在生成简报")
    desk.look("report-make")
    half = page.locator("#id_period optgroup[label*=半年] option").first.get_attribute("value")
    page.locator("#id_period").select_option(half)
    page.get_by_role("button", name="生成", exact=True).click()
    desk.see("等待处理")
    desk.look("job-waiting")

    portal_processes.worker(include=None, processes=1)
    portal_processes.beat()
    page.locator(".progress-card a.btn-primary").click()  # comes when the job is done
    check = page.get_by_role("button", name="核对无误")
    expect(check).to_be_visible()
    desk.look("document-draft")
    check.click()
    desk.see("已核对，等待领导签发。")
    desk.sign_out()

    desk.sign_in("city_chief")
    desk.menu("报表简报")
    page.locator("table.list a").first.click()
    page.get_by_role("link", name="签发", exact=True).click()
    desk.see_heading("签发")
    desk.look("document-issue")
    page.get_by_role("button", name="签发", exact=True).click()
    page.locator(".progress-card a.btn-primary").click()
    desk.see("第1期")
    desk.look("document-issued")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    assert download.value.suggested_filename.endswith(".pdf")
