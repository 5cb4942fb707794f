"""Coverage of a campaign as pages and sheets show it: complete is said as such, missing people come first."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from apps.core.chinese import format_count, format_money
from apps.core.scope import Actor
from apps.visits.actions.coverage_paper import COLUMNS, cells_of, rate_words
from apps.visits.choices import RUNNING
from apps.visits.models import Campaign
from apps.visits.queries.coverage import Coverage, CoverageLine, Tally


def sections(coverage: Coverage, actor: Actor) -> list[tuple[str, Sequence[CoverageLine]]]:
    """Tables of the coverage: by place, group, leader, category; one that has a single nameless line is left out."""
    place = "县市区" if actor.county_id is None else "单位"
    found = [
        (place, coverage.places),
        ("走访组", coverage.teams),
        ("带队领导", coverage.leaders),
        ("类别", coverage.categories),
    ]
    return [
        (name, lines) for name, lines in found if lines and not (len(lines) == 1 and lines[0].key is None)
    ]


def coverage_context(campaign: Campaign, coverage: Coverage, actor: Actor, today: date) -> dict[str, Any]:
    """What the page of a campaign shows of its coverage."""
    total = coverage.total
    return {
        "coverage": coverage,
        "tiles": [{"note": "", **tile} for tile in _tiles(campaign, total)],
        "verdict": _verdict(campaign, coverage),
        "moved": _moved(total),
        "sections": [
            {
                "title": f"按{name}",
                "columns": [{"label": name}, *({"label": label, "num": num} for label, num in COLUMNS)],
                "rows": [_row(campaign, name, line) for line in lines],
            }
            for name, lines in sections(coverage, actor)
        ],
        "kept": _kept(coverage),
    }


def _people_url(campaign: Campaign, show: str) -> str:
    return f"{reverse('visits:campaign-people', args=[campaign.pk])}?show={show}"


def _tiles(campaign: Campaign, total: Tally) -> list[dict[str, Any]]:
    return [
        {
            "label": "应访",
            "value": format_count(total.due),
            "unit": "人",
            "href": _people_url(campaign, "all"),
        },
        {
            "label": "已访",
            "value": format_count(total.done),
            "unit": "人",
            "href": _people_url(campaign, "done"),
        },
        {
            "label": "未访",
            "value": format_count(total.missing),
            "unit": "人",
            "href": _people_url(campaign, "missing"),
            "note": f"其中{total.excused}人已说明原因" if total.excused else "",
        },
        {"label": "走访率", "value": rate_words(total.rate), "unit": "", "href": ""},
        {
            "label": "已发",
            "value": f"{total.given:,.2f}",
            "unit": "元",
            "href": "",
            "note": f"计划{format_money(total.planned)}",
        },
    ]


def _verdict(campaign: Campaign, coverage: Coverage) -> dict[str, str]:
    total, left = coverage.total, coverage.days_left
    if total.is_complete:
        return {"title": "走访率100%，一个不落。", "text": "", "kind": "done"}
    if not total.due:
        return {"title": "名单里没有您能看到的人。", "text": "", "kind": ""}
    excused = f"，其中{total.excused}人已说明原因" if total.excused else ""
    if campaign.state in RUNNING and left >= 0:
        words = f"剩余{total.missing}人{excused}，距结束{left}天。"
        return {"title": words, "text": "", "kind": "look"}
    text = "考核办法规定漏访扣分的，按此人数计。"
    return {"title": f"漏访{total.missing}人{excused}。", "text": text, "kind": "wrong"}


def _moved(total: Tally) -> str:
    parts = (
        (total.added, f"经批准增补{total.added}人"),
        (total.removed, f"经批准核减{total.removed}人"),
        (total.gone, f"走访前去世或转出{total.gone}人，不计应访"),
    )
    return "；".join(words for number, words in parts if number)


def _kept(coverage: Coverage) -> str:
    kept = coverage.frozen
    if not kept:
        return ""
    money = format_money(Decimal(kept["given"]))
    return f"结束时：应访{kept['due']}人，已访{kept['done']}人，未访{kept['missing']}人，已发{money}。"


def _row(campaign: Campaign, name: str, line: CoverageLine) -> dict[str, Any]:
    query = {"县市区": "county", "单位": "unit", "走访组": "team"}.get(name)
    url = ""
    if query and line.key is not None:
        url = f"{_people_url(campaign, 'missing' if line.tally.missing else 'done')}&{query}={line.key}"
    return {
        "cells": [
            {"text": line.label, "url": url},
            *({"text": text, "quiet": text in ("0", "0.00")} for text in cells_of(line.tally)),
        ]
    }
