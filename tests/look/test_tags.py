"""The small tags and filters of the templates."""

import re
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string

from apps.core.templatetags import portal_look


@pytest.mark.parametrize(
    ("pages", "here", "steps"),
    [
        (1, 1, [1]),
        (5, 1, [1, 2, 3, None, 5]),
        (27, 5, [1, None, 3, 4, 5, 6, 7, None, 27]),
        (27, 27, [1, None, 25, 26, 27]),
    ],
)
def test_page_steps(pages: int, here: int, steps: list[int | None]) -> None:
    assert portal_look.page_steps(Paginator(range(pages * 10), 10).page(here)) == steps


@pytest.mark.parametrize(
    ("number", "text"), [(None, "—"), (0, "0"), (12086, "12,086"), (1342000, "1,342,000")]
)
def test_grouped(number: int | None, text: str) -> None:
    assert portal_look.grouped(number) == text


@pytest.mark.parametrize(
    ("query", "rest"),
    [("", ""), ("page=2", ""), ("a=1&page=2&a=3", "a=1&a=3&"), ("q=%E5%BC%A0&page=2", "q=%E5%BC%A0&")],
)
def test_query_without(query: str, rest: str) -> None:
    assert portal_look.query_without(QueryDict(query), "page") == rest


def test_pane_escapes_its_title_and_keeps_its_content() -> None:
    text = Template("{% load portal_look %}{% pane title=title %}<b>{{ title }}</b>{% endpane %}").render(
        Context({"title": "<i>"})
    )
    assert "<h2>&lt;i&gt;</h2>" in text
    assert "<b>&lt;i&gt;</b>" in text


def test_page_500_needs_nothing() -> None:
    assert "系统出错了" in render_to_string("errors/500.html", {})
    assert "3f9c" in render_to_string("errors/500.html", {"request_number": "3f9c"})


def test_every_component_says_at_its_head_what_it_needs() -> None:
    folder = Path(__file__).resolve().parents[2] / "templates" / "components"
    heads = {path.name: path.read_text("utf-8")[:700] for path in folder.glob("*.html")}
    assert [name for name, head in heads.items() if not re.match(r"\{#|\{% comment %\}", head)] == []
    assert [name for name, head in heads.items() if not re.search(r"Inputs?:|Context:", head)] == []
