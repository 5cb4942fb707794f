"""The look in a real browser: accessible, within its policy, within its width, and working by keyboard and script."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from tests.look import gallery

pytestmark = pytest.mark.browser

AXE = gallery.ROOT / "tests/e2e/vendor/axe/axe.min.js"
AXE_RUN = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
  "best-practice"]})).violations.filter(v => ["serious", "critical"].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ") + " " + n.html.slice(0, 120)).slice(0, 3).join(" | ")}`)"""
ALL = [f"{name}{suffix}" for suffix in gallery.DISPLAYS for name in gallery.PAGES]
PUBLIC = [f"error-{code}" for code in gallery.ERROR_PAGES]
PROBED = [
    *((name, size) for name in (*gallery.PAGES, *PUBLIC) for size in gallery.SIZES),
    *(
        (f"{name}{suffix}", "desk")
        for name in ("list", "person", "errors")
        for suffix in ("-contrast", "-huge")
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("gallery")
    with override_settings(**gallery.SETTINGS):
        gallery.render(place)
    return place


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with gallery.serve(folder) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with gallery.browser() as browser:
        yield browser


@pytest.fixture
def faults() -> list[str]:
    """Console errors of the page, policy violations among them; a test that expects some clears them."""
    return []


@pytest.fixture
def page(chromium: Any, address: str, faults: list[str]) -> Iterator[Any]:
    """A page at desk size that fails the test on any console error."""
    context = chromium.new_context(base_url=address, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


BEYOND = """() => Array.from(document.querySelectorAll("body *"))
  .filter(e => e.getBoundingClientRect().right > window.innerWidth && !e.closest(".tabs, .scroll"))
  .map(e => `${e.tagName}.${e.className}`).slice(-6)"""


def show(page: Any, name: str, size: str = "desk") -> None:
    width, height = gallery.SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/{name}.html")


def test_nothing_undefined_and_nothing_inline(folder: Path) -> None:
    for path in sorted(folder.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "未定义变量" not in text, path.name
        assert not re.search(r"<[^>]+\s(style|on[a-z]+|hx-on[:a-z-]*)\s*=", text), path.name
        assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text), path.name


@pytest.mark.parametrize(("name", "size"), PROBED)
def test_axe_finds_nothing_serious(page: Any, name: str, size: str) -> None:
    show(page, name, size)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(AXE_RUN) == []


@pytest.mark.parametrize("size", gallery.SIZES)
def test_no_page_is_wider_than_the_window(page: Any, size: str) -> None:
    wide = []
    for name in (*ALL, *PUBLIC):
        show(page, name, size)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > gallery.SIZES[size][0]:
            beyond = page.evaluate(BEYOND)
            wide.append((name, width, beyond))
    assert wide == []


def test_no_page_is_wider_than_a_window_at_two_hundred_percent(page: Any) -> None:
    wide = []
    for name in gallery.PAGES:
        page.set_viewport_size({"width": 683, "height": 384})
        page.goto(f"/{name}.html")
        if page.evaluate("document.documentElement.scrollWidth") > 683:
            wide.append(name)
    assert wide == []


def test_focus_is_never_under_a_sticky_bar(page: Any) -> None:
    """Tab down the list and back up; the element in focus is the one seen at its place."""
    show(page, "list")
    page.locator("[data-select-row]").first.check()
    for key, count in (("Tab", 60), ("Shift+Tab", 60)):
        for _ in range(count):
            page.keyboard.press(key)
            assert page.evaluate(
                """() => { const e = document.activeElement, b = e.getBoundingClientRect();
                if (e === document.body) return true;
                const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
                return e.contains(top) || (top && top.contains(e)); }"""
            ), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_a_phone_row_is_a_card_with_column_names(page: Any) -> None:
    show(page, "list", "phone")
    cell = page.locator("td[data-label=周岁]").first
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") == '"周岁"'
    box = page.locator("tbody tr").first.bounding_box()
    assert box["width"] <= 360
    link = page.locator("tbody .key a").first.bounding_box()
    assert link["height"] >= 44


def test_the_menu_opens_and_closes_on_a_phone_by_keyboard(page: Any) -> None:
    show(page, "list", "phone")
    button = page.locator("[data-menu-button]")
    assert not page.locator("#menu").is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("#menu").is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.textContent").startswith("人员名册")
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()
    assert button.evaluate("e => e === document.activeElement")


def test_the_core_works_without_script(chromium: Any, address: str) -> None:
    context = chromium.new_context(
        base_url=address, java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto("/list.html")
    page.locator("[data-menu-button]").click()
    assert page.locator("#menu").is_visible()
    page.goto("/list.html#columns")
    assert page.locator("#columns").is_visible()
    page.goto("/list.html")
    assert page.locator("#filters .only-without-script").is_visible()
    page.goto("/person.html")
    page.locator(".secret summary").first.click()
    assert page.locator(".secret button[name=reason]").first.is_visible()
    context.close()


def test_rows_are_picked_one_by_one_in_a_range_and_all(page: Any) -> None:
    show(page, "list")
    boxes = page.locator("[data-select-row]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.locator("[data-picked-count]").text_content() == "已选 4 人"
    page.locator("[data-select-all]").click()
    page.locator("[data-pick-matching]").click()
    assert page.locator("[data-picked-count]").text_content() == "已选全部 1,342 人"
    boxes.first.click()
    assert not page.locator("[data-pick-matching]").is_checked()
    page.locator("[data-pick-none]").click()
    assert not page.locator("#selection").is_visible()


def test_single_keys_work_and_can_be_switched_off(page: Any) -> None:
    show(page, "list")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-select-row]").first.is_checked()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("j?")
    assert page.locator("#search").input_value() == "j?"
    page.evaluate("document.activeElement.blur(); document.documentElement.dataset.shortcuts = 'off'")
    page.keyboard.press("?")
    assert not page.locator("#key-help").is_visible()
    page.evaluate("delete document.documentElement.dataset.shortcuts")
    page.keyboard.press("?")
    assert page.locator("#key-help").is_visible()
    told = page.locator("#key-help dt:visible").all_inner_texts()
    assert {"j k", "x", "?"} <= set(told), "keys of a list"
    assert "Ctrl Z" not in told, "the grid's keys are not for a list"
    buttons = page.locator("[data-key]").all_inner_texts()
    assert page.locator("#key-help [data-own-keys] dd").all_inner_texts() == [
        text.strip() for text in buttons
    ]


def test_a_filter_swaps_the_list_and_says_so(page: Any) -> None:
    show(page, "list")
    page.evaluate("document.querySelector('#results').dataset.old = '1'")
    page.locator("#id_q").press_sequentially("zjg")
    expect(page.locator("#results[data-old]")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "id_q"
    assert page.locator("#id_q").input_value() == "zjg"
    assert "q=zjg" in page.url
    expect(page.locator("#live")).to_have_text("共 1,342 人")
    assert page.locator("#chips .chip-link").count() == 2
    assert page.locator("[data-fits].fits").count() == 1, "the new list has its sticky head"


def test_a_private_value_is_shown_in_place_with_a_reason(page: Any, folder: Path) -> None:
    show(page, "person")
    answer = (folder / "revealed.html").read_text(encoding="utf-8")
    sent: list[str] = []
    page.route(
        "**/reveal/",
        lambda route: (
            sent.append(route.request.post_data),
            route.fulfill(body=answer, content_type="text/html"),
        ),
    )
    page.locator("#id-number summary").click()
    page.locator("#id-number button[name=reason]").first.click()
    page.wait_for_selector("#id-number [data-hide]")
    assert "reason=check" in sent[0]
    assert "420106192407126490" in page.locator("#id-number").text_content()
    assert page.evaluate("'hide' in document.activeElement.dataset")
    page.keyboard.press("Enter")
    assert "420106192407126490" not in page.content()


def test_a_failed_request_says_what_happened(page: Any, faults: list[str]) -> None:
    show(page, "list")
    page.route("**/list.html?*", lambda route: route.fulfill(status=429, body=""))
    page.locator("#id_category").select_option("retired")
    page.wait_for_selector("#request-failed")
    assert "操作太频繁" in page.locator("#request-failed").text_content()
    assert page.locator("tbody tr").count() > 10, "the list stays"
    faults.clear()


def test_a_register_prints_on_its_side_with_every_column_and_repeated_head(page: Any, tmp_path: Path) -> None:
    from pypdf import PdfReader

    def read(sheet: Any) -> str:
        """Fonts without a Unicode map give radicals for characters; NFKC takes them back."""
        return unicodedata.normalize("NFKC", "".join(sheet.extract_text().split()))

    show(page, "list")
    page.pdf(path=str(tmp_path / "list.pdf"), prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "list.pdf").pages
    assert len(sheets) == 2
    for number, sheet in enumerate(sheets, 1):
        text = read(sheet)
        assert sheet.mediabox.width > sheet.mediabox.height
        assert [
            word
            for word in ("姓名", "出生年月", "身份证号", "最近走访", f"第{number}", "共2")
            if word not in text
        ] == []
    assert "年龄≥80" in read(sheets[0])


def test_a_shown_value_hides_itself_after_its_seconds(page: Any) -> None:
    page.clock.install()
    show(page, "gallery")
    box = page.locator("#sample-shown")
    assert "13900001394" in box.text_content()
    page.clock.fast_forward(61_000)
    assert "13900001394" not in page.content()
    assert "139****1394" in box.text_content()
    assert box.locator("summary").is_visible()


def test_idle_warning_comes_before_the_end_and_the_end_leaves_the_page(page: Any) -> None:
    page.clock.install()
    show(page, "person")
    page.clock.run_for(770_000)
    assert not page.locator("#idle").is_visible()
    page.clock.run_for(15_000)
    assert page.locator("#idle").is_visible()
    page.locator("[data-idle-stay]").click()
    expect(page.locator("#idle")).not_to_be_visible()
    page.clock.run_for(905_000)
    page.wait_for_url("**/account/sign-in/**")


def test_a_form_is_sent_once(page: Any) -> None:
    show(page, "confirm")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/slow/", lambda route: None)  # an answer that never comes
    page.evaluate("document.querySelector('.confirm-card form').action = '/slow/'")
    disabled = page.locator(".confirm-card button").evaluate(
        "button => { button.click(); button.click(); return button.getAttribute('aria-disabled'); }"
    )
    page.wait_for_timeout(1500)
    assert len(sent) == 1
    assert disabled == "true"


def test_leaving_unsaved_text_warns(page: Any) -> None:
    show(page, "form")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/list.html")
    assert asked == []
    show(page, "form")
    page.fill("#id_name", "邓忠永")
    page.goto("/list.html")
    assert asked == ["beforeunload"]


def test_errors_take_the_focus_and_lead_to_their_field(page: Any) -> None:
    show(page, "errors")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.locator("#error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_name"
    field = page.locator("#id_name")
    assert field.get_attribute("aria-invalid") == "true"
    assert (
        page.locator(f"#{field.get_attribute('aria-describedby')}")
        .text_content()
        .strip()
        .endswith("请填写姓名。")
    )


def test_a_file_too_large_is_refused_before_it_is_sent(page: Any) -> None:
    show(page, "gallery")
    field = page.locator("#id_file")
    field.set_input_files({"name": "名册.xlsx", "mimeType": "application/zip", "buffer": b"x" * 1000})
    assert "已选：名册.xlsx" in page.locator("[data-drop-chosen]").text_content()
    field.evaluate("e => { e.dataset.maxMb = '0.0001'; e.dispatchEvent(new Event('change')); }")
    assert "超过" in page.locator("[data-drop-chosen]").text_content()
    assert field.input_value() == ""
