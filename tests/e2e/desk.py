"""Somebody at a browser: signs in by the form, and looks at every page as a careful colleague would."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.factories.city import PASSWORD

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
AXE_RUN = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
  "best-practice"]})).violations.filter(v => ["serious", "critical"].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ") + " " + n.html.slice(0, 120)).slice(0, 3).join(" | ")}`)"""
# Chromium writes most violations to the console itself; this makes sure of all.
LISTEN = """document.addEventListener("securitypolicyviolation",
  e => console.error("policy", e.violatedDirective, e.blockedURI, e.sourceFile, e.lineNumber))"""
# What is read, by eye or aloud.
WORDS = """() => [document.title, document.body.innerText,
  ...Array.from(document.querySelectorAll("option"), e => e.label),
  ...Array.from(document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"), e =>
    ["aria-label", "placeholder", "title", "alt"].map(name => e.getAttribute(name) || "").join(" "))].join("\\n")"""
# The page's width, the window's, and what stands out.
WIDTHS = """() => { const root = document.scrollingElement;
  return [root.scrollWidth, window.innerWidth, root.scrollWidth <= window.innerWidth ? [] :
    Array.from(document.querySelectorAll("body *")).filter(e => e.getBoundingClientRect().right > window.innerWidth)
      .map(e => `${e.tagName}.${e.className}`).slice(0, 8)]; }"""
# A window that changed its size is laid out anew before the next frame but one.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
SIZES = {"desk": (1366, 768), "phone": (360, 740)}
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
# Names of files, keys and programs, and the example of pinyin initials.
LATIN = {
    "Excel",
    "PDF",
    "CSV",
    "IP",
    "xlsx",
    "lrmx",
    "zip",
    "xls",
    "csv",
    "MB",
    "KB",
    "Ctrl",
    "Enter",
    "Shift",
    "Esc",
    "zjg",
    "Chrome",
    "Linux",
}
JOB_NUMBER = re.compile(r"\b[0-9a-f]{8}\b")
SLIPS = ("None", "⚠", "{{", "{%", "未定义变量", "undefined", "NaN")


class Desk:
    """One browser window. What is wrong with a page is gathered in ``faults``, so that one run tells all."""

    def __init__(self, chromium: Any, address: str, shots: str) -> None:
        self.context = chromium.new_context(
            base_url=address,
            viewport={"width": SIZES["desk"][0], "height": SIZES["desk"][1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",  # colours are measured when they have arrived
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(LISTEN)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.shots = Path(shots) if shots else None
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{self.page.url}: {message.text}")

    def visit(self, address: str, name: str, allowed: str = "") -> None:
        """Open a page by its address and look at it."""
        answer = self.page.goto(address)
        assert answer.status == 200, address
        self.look(name, allowed)

    def look(self, name: str, allowed: str = "") -> None:
        """The page at both sizes: accessible, within its width, Chinese, without slips. allowed: Latin it may show."""
        for size, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.evaluate(DRAWN)
            self._check(f"{name}-{size}", set(allowed.split()))
        self.page.set_viewport_size({"width": SIZES["desk"][0], "height": SIZES["desk"][1]})

    def _check(self, name: str, allowed: set[str]) -> None:
        if self.shots:
            self.shots.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=name.endswith("phone"))
        # After a change of size Chromium may still hold the container queries of the size before: a page that is too
        # wide stays so.
        for _ in range(20):
            wide, window, out = self.page.evaluate(WIDTHS)
            if wide <= window:
                break
            self.page.wait_for_timeout(100)
        if wide > window:
            self.faults.append(f"{name}: {wide} wide in a window of {window}: {', '.join(out)}")
        text = self.page.evaluate(WORDS)
        self.faults += [f"{name}: {slip}" for slip in SLIPS if slip in text]
        text = JOB_NUMBER.sub("", text)
        foreign = set(re.findall(r"[A-Za-z]{2,}", text)) - LATIN - allowed
        if foreign:
            self.faults.append(f"{name}: not Chinese: {', '.join(sorted(foreign))}")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.faults += [f"{name}: {fault}" for fault in self.page.evaluate(AXE_RUN)]

    def sign_in(self, username: str) -> None:
        """By the form, as people do."""
        self.page.goto("/account/sign-in/")
        self.page.get_by_label("用户名").fill(username)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.locator(".topbar")).to_be_visible()

    def sign_out(self) -> None:
        """By the menu under one's name."""
        self.open_own_menu()
        self.page.get_by_role("button", name="退出登录").first.click()
        self.see_heading("登录")

    def open_own_menu(self) -> None:
        self.page.locator(".topbar-right details.drop > summary").click()

    def menu(self, label: str) -> None:
        """Follow an entry of the main menu."""
        self.page.locator("#menu").get_by_role("link", name=label, exact=True).click()

    def see_heading(self, text: str) -> None:
        """Wait for a page by its main heading."""
        expect(self.page.locator("h1", has_text=text)).to_be_visible()

    def see(self, text: str) -> None:
        """Wait for a text on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()
