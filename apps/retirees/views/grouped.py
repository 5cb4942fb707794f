"""The register by groups: a row a group, subtotals by county where units are listed, a total, each opening its list."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.chinese import format_count
from apps.retirees.figures.counts import register_counts, wanted_cells
from apps.retirees.queries.grouping import (
    GROUPINGS,
    OVER_80,
    GroupCount,
    counts_of_people,
    in_order,
    total_of,
)
from apps.retirees.queries.listing import is_counted
from apps.retirees.views.asked import Asked, first_page, head_context, list_address
from apps.units.choices import Level
from apps.units.models import Unit

CELL_DIMENSIONS = {"county", "category", "treatment", "age_band", "sex", "period"}
COLUMNS = ("人数", "占比", "离休", "党员", "80岁以上", "不能自理", "资料平均完整")


def grouped_list(request: HttpRequest, asking: Asked) -> HttpResponse:
    """The groups under the list's conditions."""
    name = request.GET["by"]
    counts = group_counts(asking, name)
    units = {str(unit.pk): unit for unit in Unit.objects.visible_to(asking.actor)} if _by_place(name) else {}
    total = total_of(counts)
    rows = _rows(request, asking, name, counts, units, total)
    count = f"{format_count(total.people)}人"
    context = head_context(request, asking, count) | {
        "grouping": GROUPINGS[name].label,
        "columns": None,
        "group_columns": COLUMNS,
        "group_rows": rows,
        "group_total": _numbers(total, total),
    }
    return render(request, "retirees/grouped.html", context)


def _by_place(name: str) -> bool:
    return name in ("county", "unit")


def group_counts(asking: Asked, name: str) -> list[GroupCount]:
    """Counts by a grouping: from kept cells where conditions and grouping are among them, else from the people."""
    if name not in CELL_DIMENSIONS or not is_counted(asking.conditions) or not asking.form.is_valid():
        return counts_of_people(asking.found, name, asking.today)
    wanted = wanted_cells(asking.conditions)
    sums: dict[str, GroupCount] = {}
    for cell in register_counts(asking.actor, asking.today).cells:
        if not wanted(cell):
            continue
        key = str(getattr(cell, name))
        one = GroupCount(
            key,
            people=cell.people,
            lixiu=cell.people if cell.category == "lixiu" else 0,
            party=cell.party_members,
            helpless=cell.helpless,
            over80=cell.people if cell.age_band in OVER_80 else 0,
            filled=cell.filled,
        )
        sums[key] = sums[key] + one if key in sums else one
    return list(sums.values())


def _rows(
    request: HttpRequest,
    asking: Asked,
    name: str,
    counts: list[GroupCount],
    units: Mapping[str, Unit],
    total: GroupCount,
) -> list[dict[str, Any]]:
    ranks = {
        key: rank
        for rank, (key, _) in enumerate(
            sorted(units.items(), key=lambda item: (*_area_rank(item[1], units), item[1].sort, item[1].pk))
        )
    }
    labels = {key: unit.label for key, unit in units.items()} or dict(GROUPINGS[name].choices)
    rows: list[dict[str, Any]] = []
    ordered = in_order(name, counts, ranks)
    areas = {units[each.key].area_id for each in ordered if each.key in units} if name == "unit" else set()
    area: int | None = None
    for each in ordered:
        unit = units.get(each.key)
        if len(areas) > 1 and unit is not None and unit.area_id != area:
            area = unit.area_id
            members = [one for one in ordered if one.key in units and units[one.key].area_id == area]
            rows.append(_subtotal(request, units.get(str(area)), total_of(members), total))
        rows.append(
            {
                "label": labels.get(each.key, each.key) or "未填",
                "url": _link(request, name, each.key or "none"),
                "numbers": _numbers(each, total),
                "subtotal": False,
            }
        )
    return rows


def _area_rank(unit: Unit, units: Mapping[str, Unit]) -> tuple[int, int, bool]:
    area = units.get(str(unit.area_id))
    return (area.sort if area else 0, unit.area_id or 0, unit.level != Level.COUNTY)


def _subtotal(
    request: HttpRequest, area: Unit | None, count: GroupCount, total: GroupCount
) -> dict[str, Any]:
    return {
        "label": f"{area.label if area else '其他'} 小计",
        "url": _link(request, "county", str(area.pk)) if area else "",
        "numbers": _numbers(count, total),
        "subtotal": True,
    }


def _link(request: HttpRequest, name: str, key: str) -> str:
    """The list with all its conditions and this group; a condition that the group narrows is replaced by it."""
    if name in ("period", "category") and key == "none":
        return ""
    rest = first_page(request)
    rest.pop("by", None)
    rest[GROUPINGS[name].condition] = key
    return list_address(rest)


def _numbers(count: GroupCount, total: GroupCount) -> list[str]:
    share = f"{count.people * 100 / total.people:.1f}%" if total.people else "—"
    average = f"{count.filled / count.people:.1f}/22" if count.people else "—"
    heads = (count.lixiu, count.party, count.over80, count.helpless)
    return [format_count(count.people), share, *(format_count(number) for number in heads), average]
