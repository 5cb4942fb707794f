"""Without a mouse: signing in, searching, opening a person."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.factories.city import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("e2e")]
SEEN = """() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
  return b.width > 0 && (s.outlineStyle !== "none" || s.boxShadow !== "none"); }"""


def tab_to(desk: Desk, selector: str, limit: int = 80) -> None:
    """Press Tab until the element is in focus; every stop on the way can be seen."""
    for _ in range(limit):
        desk.page.keyboard.press("Tab")
        assert desk.page.evaluate(SEEN), desk.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if desk.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"no way to {selector} by Tab")


def test_a_person_is_reached_by_keys_alone(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    page.goto("/account/sign-in/")
    if not page.evaluate("document.activeElement.matches('#id_username')"):
        tab_to(desk, "#id_username")
    keys.type("city_clerk")
    tab_to(desk, "#id_password")
    keys.type(PASSWORD)
    keys.press("Enter")
    desk.see_heading("沈立群，您好")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    keys.press("/")
    expect(page.locator("#search")).to_be_focused()
    keys.type("dzy")
    keys.press("Enter")
    expect(page.locator("table.list td.key a")).to_have_text(["邓忠永"])
    tab_to(desk, "table.list td.key a")
    keys.press("Enter")
    desk.see_heading("邓忠永")
    desk.look("person-by-keys")
