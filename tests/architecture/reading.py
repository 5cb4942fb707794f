"""Reading pages as a person, a browser and a screen reader do: what is said, what is linked, what would run."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

SPOKEN = ("alt", "title", "placeholder", "aria-label", "label", "content", "data-label", "data-announce")
"""Attributes that somebody reads or hears."""
UNSEEN = {"script", "style", "template"}
VOID = {"meta", "link", "input", "img", "br", "hr", "use", "path", "rect", "line", "col", "source", "circle"}


class Page(HTMLParser):
    """``texts``: what is read or heard; ``links``: where one can go; ``runs``: what a strict policy would stop."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self.runs: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "form":
            self.forms.append((values.get("method", "get").lower(), values.get("action", "")))
        self.runs += list(_live(tag, values))
        self.texts += [
            values[name] for name in SPOKEN if values.get(name) and not _is_technical(tag, name, values)
        ]
        if tag == "input" and values.get("type") in ("submit", "button", "text", None):
            self.texts.append(values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not UNSEEN & set(self._open):
            self.texts.append(" ".join(data.split()))


def _is_technical(tag: str, name: str, values: dict[str, str]) -> bool:
    return name == "content" and (tag != "meta" or values.get("name") != "description")


def _live(tag: str, values: dict[str, str]) -> Iterator[str]:
    """Whatever script-src and style-src 'self' without 'unsafe-inline' would refuse, or should."""
    if tag == "style" or (tag == "script" and not values.get("src")):
        yield f"<{tag}>"
    for name, value in values.items():
        if (
            name in LIVE
            or name.startswith(("on", "hx-on"))
            or any(
                name in names and re.match(pattern, value.strip(), re.IGNORECASE) for names, pattern in RISKY
            )
        ):
            yield f"<{tag} {name}={value[:60]!r}>"


LIVE = ("style", "srcdoc", "hx-vars")
RISKY = (
    (("href", "src", "action", "formaction"), r"(javascript|data|vbscript):"),
    (("src", "hx-get", "hx-post", "action", "xlink:href"), r"(https?:)?//"),
    (("hx-vals", "hx-headers"), r"(js|javascript):"),
    (("hx-trigger",), r"(.*,\s*)?[\w:.-]+\["),
)
"""Attributes, and beginnings of values that they must not have."""
