"""How a result is read: tiles, tables, what was assumed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from apps.benefits.choices import EstimateKind, StandardState
from apps.benefits.forms.estimates import band_words, standard_words
from apps.benefits.models import Estimate, Standard
from apps.benefits.queries.effects import benefit_names
from apps.benefits.queries.forecast import BANDS, EXPERIENCE
from apps.benefits.queries.standards import seen_by
from apps.benefits.queries.terms import place_names
from apps.benefits.rules.months import month_of, month_words, span_words
from apps.core.chinese import format_count, format_moment, format_money
from apps.core.scope import Actor

ZERO = Decimal(0)


@dataclass(frozen=True)
class Names:
    """Words for keys."""

    places: Mapping[int, str]
    benefits: Mapping[int, str]


def shown(row: Estimate, actor: Actor) -> dict[str, Any]:
    """Context of the page: tiles, sections ({title, columns, rows}), notes, facts."""
    context: dict[str, Any] = {
        "tiles": [],
        "sections": [],
        "notes": [],
        "arrears": [],
        "facts": _facts(row, actor),
        "told": "",
    }
    if row.result is None:
        return context
    names = Names(place_names(), benefit_names())
    context["notes"] = row.result["notes"]
    found = row.result["rows"]
    if row.kind == EstimateKind.EFFECT:
        context |= _effect(found, names)
        context["arrears"] = _arrears(row, found, names, actor)
    elif row.kind == EstimateKind.FORECAST:
        context |= _forecast(row.result, names)
    else:
        context |= _fairness(found, names)
    return context


def _money(value: Decimal) -> str:
    return f"{value:,.2f}"


def _signed(value: Decimal) -> str:
    return f"{value:+,.2f}" if value else "0.00"


def _table(title: str, columns: Sequence[tuple[str, bool]], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    return {
        "title": title,
        "columns": [{"label": label, "num": num} for label, num in columns],
        "rows": [{"cells": [{"text": str(text), "url": ""} for text in cells]} for cells in rows],
    }


EFFECT_COLUMNS = (
    ("县市区", False),
    ("待遇", False),
    ("现在人数", True),
    ("以后人数", True),
    ("增加的人", True),
    ("减少的人", True),
    ("现在（元）", True),
    ("以后（元）", True),
    ("相差（元）", True),
)


def _effect(found: Sequence[dict[str, Any]], names: Names) -> dict[str, Any]:
    sections = []
    for year in sorted({one["year"] for one in found}):
        rows = [one for one in found if one["year"] == year]
        cells = [
            [
                names.places.get(one["county"], "—"),
                names.benefits.get(one["benefit"], "—"),
                *(format_count(number) for number in one["people"]),
                format_count(one["gaining"]),
                format_count(one["losing"]),
                *(_money(Decimal(money)) for money in one["money"]),
                _signed(_gain(one)),
            ]
            for one in sorted(rows, key=lambda one: (list(names.places).index(one["county"]), one["benefit"]))
        ]
        cells.append(["合计", "", *_sums(rows)])
        sections.append(_table(f"{year}年", EFFECT_COLUMNS, cells))
    gain = sum((_gain(one) for one in found), ZERO)
    best = (
        {
            key: sum(one[key] for one in found if one["year"] == max(one["year"] for one in found))
            for key in ("gaining", "losing")
        }
        if found
        else {"gaining": 0, "losing": 0}
    )
    last = max((one["year"] for one in found), default=0)
    return {
        "tiles": [
            {"label": "一共相差", "value": _signed(gain), "unit": "元", "note": "以后减去现在，全部月份"},
            {
                "label": f"{last}年增加的人",
                "value": format_count(best["gaining"]),
                "unit": "人次",
                "note": "按待遇计",
            },
            {
                "label": f"{last}年减少的人",
                "value": format_count(best["losing"]),
                "unit": "人次",
                "note": "按待遇计",
            },
        ],
        "sections": sections,
        "told": "" if found else "没有人符合这些标准的条件，不影响任何人。",
    }


def _gain(one: dict[str, Any]) -> Decimal:
    before, after = (Decimal(money) for money in one["money"])
    return after - before


def _sums(rows: Sequence[dict[str, Any]]) -> list[str]:
    people = [format_count(sum(one["people"][side] for one in rows)) for side in (0, 1)]
    counts = [format_count(sum(one[key] for one in rows)) for key in ("gaining", "losing")]
    money = [sum((Decimal(one["money"][side]) for one in rows), ZERO) for side in (0, 1)]
    return [*people, *counts, *(_money(one) for one in money), _signed(money[1] - money[0])]


def _arrears(
    row: Estimate, found: Sequence[dict[str, Any]], names: Names, actor: Actor
) -> list[dict[str, str]]:
    """Counties that owe something for past months by standards that are published, with the list to open."""
    this = month_of(timezone.localdate())
    standards = list(seen_by(actor).filter(pk__in=row.standards))
    published = standards and all(one.state == StandardState.PUBLISHED for one in standards)
    if not published or row.first_month >= this:
        return []
    last = min(row.last_month, this)
    given = {"first": row.first_month.isoformat(), "last": last.isoformat(), "paper": standards[0].paper_id}
    counties = sorted({one["county"] for one in found if _gain(one) and one["year"] <= last.year})
    return [
        {
            "text": names.places.get(key, "—"),
            "url": f"{reverse('benefits:run-arrears')}?{urlencode({'county': key, **given})}",
        }
        for key in counties
    ]


def _forecast(result: dict[str, Any], names: Names) -> dict[str, Any]:
    found = result["rows"]
    deaths = {one["county"]: one for one in result["deaths"]}
    by_county, totals = [], [ZERO] * 4
    for county in names.places:
        mine = [one for one in found if one["county"] == county]
        if not mine and county not in deaths:
            continue
        undiminished, money = (sum((Decimal(one["money"][side]) for one in mine), ZERO) for side in (0, 1))
        dying = Decimal(deaths[county]["deaths"]) if county in deaths else ZERO
        brought = dying * sum(
            (Decimal(one) for one in deaths.get(county, {"each": {}})["each"].values()), ZERO
        )
        values = [undiminished, money, brought, money + brought]
        totals = [held + one for held, one in zip(totals, values, strict=True)]
        by_county.append(
            [names.places[county], *map(_money, values[:2]), f"{dying:.1f}", *map(_money, values[2:])]
        )
    dying = sum((Decimal(one["deaths"]) for one in result["deaths"]), ZERO)
    by_county.append(["合计", *map(_money, totals[:2]), f"{dying:.1f}", *map(_money, totals[2:])])
    columns = (
        ("县市区", False),
        ("无人去世时（元）", True),
        ("按月按年待遇（元）", True),
        ("预计去世（人）", True),
        ("去世待遇（元）", True),
        ("预计合计（元）", True),
    )
    return {
        "tiles": [
            {"label": "预计合计", "value": _money(totals[3]), "unit": "元", "note": "按月按年待遇加去世待遇"},
            {"label": "按月按年待遇", "value": _money(totals[1]), "unit": "元", "note": ""},
            {"label": "去世待遇", "value": _money(totals[2]), "unit": "元", "note": f"预计去世{dying:.1f}人"},
        ],
        "sections": [
            _table("按县市区", columns, by_county),
            _table("按待遇", BENEFIT_COLUMNS, _by_benefit(result, names)),
        ],
    }


BENEFIT_COLUMNS = (("待遇", False), ("现在人数", True), ("无人去世时（元）", True), ("预计（元）", True))


def _by_benefit(result: dict[str, Any], names: Names) -> list[list[str]]:
    rows = []
    for key, label in names.benefits.items():
        mine = [one for one in result["rows"] if one["benefit"] == key]
        brought = sum(
            (Decimal(one["deaths"]) * Decimal(one["each"].get(str(key), 0)) for one in result["deaths"]), ZERO
        )
        if mine:
            sums = [sum((Decimal(one["money"][side]) for one in mine), ZERO) for side in (0, 1)]
            rows.append([label, format_count(sum(one["people"] for one in mine)), *map(_money, sums)])
        elif brought:
            rows.append([label, "—", "—", _money(brought)])
    return rows


def _fairness(found: Sequence[dict[str, Any]], names: Names) -> dict[str, Any]:
    columns = (
        ("待遇", False),
        ("条件", False),
        ("各县市区", False),
        ("人数", True),
        ("最多相差（元）", True),
    )
    rows = [
        [
            names.benefits.get(one["benefit"], "—"),
            one["words"],
            _gives(one["counties"], names),
            format_count(sum(county["people"] for county in one["counties"])),
            "—" if one["gap"] is None else _money(Decimal(one["gap"])),
        ]
        for one in found
    ]
    return {
        "sections": [_table("同条件、不同标准", columns, rows)] if rows else [],
        "told": "" if rows else "同样条件的人，各县市区的标准都一样。",
    }


def _gives(counties: Sequence[dict[str, Any]], names: Names) -> str:
    """每月550.00元：南岭县（31人）；每月500.00元：市直（52人）、石桥县（23人）."""
    grouped: dict[str, list[str]] = {}
    for one in counties:
        people = f"（{format_count(one['people'])}人）" if one["people"] else ""
        grouped.setdefault(one["gives"] or "没有", []).append(
            f"{names.places.get(one['county'], '—')}{people}"
        )
    return "；".join(f"{gives}：{'、'.join(places)}" for gives, places in grouped.items())


def _facts(row: Estimate, actor: Actor) -> list[dict[str, str]]:
    facts = [
        ("范围", row.county.label if row.county else "全市"),
        ("月份", span_words(row.first_month, row.last_month)),
        ("测算", f"{row.made_by_name} {format_moment(row.made_at)}"),
    ]
    known = {one.pk: one for one in seen_by(actor).filter(pk__in=row.standards).select_related("benefit")}
    for key in row.standards:
        facts.append(("标准", standard_words(known[key]) if key in known else "已删除的标准"))
    changed = row.assumptions.get("amount")
    if changed:
        base = Standard.objects.filter(pk=changed["standard"]).first()
        name = base.label if base else "已删除的标准"
        since = month_words(date.fromisoformat(changed["starts"]))
        facts.append(("改金额", f"{name}改为{format_money(Decimal(changed['amount']))}，{since}起"))
    for place, rate in enumerate(row.assumptions.get("rates", ())):
        facts.append((band_words(place), f"每年去世{Decimal(rate) * 100:.2f}%"))
    if row.kind == EstimateKind.FORECAST:
        facts += [
            ("年龄", f"按月增龄，年龄段共{len(BANDS)}段"),
            ("去世待遇", f"按最近{EXPERIENCE}年每去世一人平均发放的金额；县里不足10人的按全市"),
            ("其他", "自理状态、职级、标准和公布数据不变，没有新增的人"),
        ]
    return [{"label": label, "value": value} for label, value in facts]
