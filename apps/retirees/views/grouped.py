"""The register by groups, each opening its list; the same table as a sheet and on paper."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.sheets import About, Column, xlsx
from apps.core.small_cells import NOT_TOLD, NOTE
from apps.exports.perms import can_export
from apps.retirees import perms
from apps.retirees.figures.grouped import HEADS, Grouped, GroupRow, grouped
from apps.retirees.forms.listing import RegisterConditions, UnknownCondition, conditions_of
from apps.retirees.queries.grouping import GroupCount, groupings
from apps.retirees.queries.listing import register_list
from apps.retirees.views.asked import Asked, first_page, head_context, list_address

COLUMNS = ("人数", "占比", "离休", "党员", "80岁以上", "不能自理", "资料平均完整")
WORDS = ("占比", "资料平均完整")
"""Columns that a sheet holds as text."""


def grouped_list(request: HttpRequest, asking: Asked) -> HttpResponse:
    """The groups under the list's conditions."""
    name = request.GET["by"]
    conditions = asking.conditions if asking.form.is_valid() else None
    way = (name, groupings(asking.form.own)[name])
    found = grouped(asking.actor, way, asking.found, conditions, asking.today)
    context = head_context(request, asking, _people(found))
    rest = first_page(request)
    rest.pop("by", None)
    tools = context["filters"]["tools"]
    if found.rows:
        tools["print"] = {"url": reverse("retirees:print-groups"), "query": f"{rest.urlencode()}&by={name}"}
        if can_export(asking.actor):
            tools["sheet"] = {**tools["print"], "url": reverse("retirees:groups-sheet")}
    context |= {"columns": None, **_table(found, rest)}
    return render(request, "retirees/grouped.html", context)


def _table(found: Grouped, rest: QueryDict | None) -> dict[str, Any]:
    """What ``retirees/_groups.html`` takes; ``rest``: the list's conditions where groups open it."""
    return {
        "grouping": found.label,
        "group_columns": COLUMNS,
        "group_rows": [
            {
                "label": row.label,
                "url": "" if rest is None or "people" in row.hidden else _link(rest, row),
                "numbers": _row(found, row),
                "subtotal": row.is_subtotal,
            }
            for row in found.rows
        ],
        "group_total": _foot(found),
        "group_note": NOTE if found.hides else "",
    }


def _row(found: Grouped, row: GroupRow) -> list[str]:
    return _numbers(row.count, found.total, row.hidden, "people" in found.hidden)


def _foot(found: Grouped) -> list[str]:
    return _numbers(found.total, found.total, found.hidden, "people" in found.hidden)


def _people(found: Grouped) -> str:
    return f"{NOT_TOLD if 'people' in found.hidden else format_count(found.total.people)}人"


def _link(rest: QueryDict, row: GroupRow) -> str:
    """The list with all its conditions and this group; a condition that the group narrows is replaced by it."""
    if not row.condition:
        return ""
    query = rest.copy()
    query[row.condition] = row.value
    return list_address(query)


def _numbers(count: GroupCount, total: GroupCount, hidden: frozenset[str], no_share: bool) -> list[str]:
    """Texts of a row; ``no_share``: the share would tell what is hidden."""
    if "people" in hidden or no_share:
        share = average = NOT_TOLD
    else:
        share = f"{count.people * 100 / total.people:.1f}%" if total.people else "—"
        average = f"{count.filled / count.people:.1f}/22" if count.people else "—"
    heads = {name: NOT_TOLD if name in hidden else format_count(getattr(count, name)) for name in HEADS}
    return [
        heads["people"],
        share,
        *(heads[name] for name in ("lixiu", "party", "over80", "helpless")),
        average,
    ]


class _Posted:
    """The table that a posted address means: ``query`` holds the list's conditions and ``by``."""

    def __init__(self, request: HttpRequest) -> None:
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        self.back = list_address(query)
        name = query.pop("by", [""])[-1]
        for beside in ("sort", "view"):
            query.pop(beside, None)
        actor, today = request.actor, timezone.localdate()
        self.form: RegisterConditions = conditions_of(actor, query)
        ways = groupings(self.form.own)
        if name not in ways:
            raise UnknownCondition("no such grouping")
        conditions = self.form.cleaned_data
        people = register_list(actor, conditions, today)
        self.found = grouped(actor, (name, ways[name]), people, conditions, today)
        self.on = conditions.get("on") or conditions.get("to") or today
        self.conditions = self.form.told() or "全部在册人员"
        self.people = _people(self.found)
        self.title = f"离退休干部按{self.found.label}分组统计"

    def log(self, request: HttpRequest, what: str) -> None:
        """Counts were taken along, nobody's data."""
        record_event(
            kind=EventKind.EXPORT,
            summary=f"{what}：{self.title}，{self.conditions}"[:200],
            by=request.actor,
            data={"groups": len(self.found.rows), "people": self.found.total.people},
        )


def _refused(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "条件有误，请回到名册重新选择。")
    return redirect("retirees:list")


@page(perms.can_list_retirees, "POST")
def printed(request: HttpRequest) -> HttpResponse:
    """The table for the printer; written to the log like the list on paper."""
    try:
        posted = _Posted(request)
    except UnknownCondition:
        return _refused(request)
    posted.log(request, "打印分组统计")
    context = {
        "heading": posted.title,
        "conditions": posted.conditions,
        "count": posted.people,
        "on": format_date(posted.on),
        "back": posted.back,
        "crumbs": [{"label": "人员名册", "url": posted.back}, {"label": "打印", "url": ""}],
        **_table(posted.found, None),
    }
    return render(request, "retirees/groups_print.html", context)


@page(can_export, "POST")
def sheet(request: HttpRequest) -> HttpResponse:
    """The table as a workbook. It holds counts and no people, so that nobody else has to agree; it is logged and
    marked with who took it like every export."""
    try:
        posted = _Posted(request)
    except UnknownCondition:
        return _refused(request)
    posted.log(request, "下载分组统计")
    moment = format_moment(timezone.now())
    about = About(
        title=posted.title,
        lines=(("条件", posted.conditions), ("人数", posted.people), ("截至", format_date(posted.on))),
        mark=f"{request.actor.name} {moment}",
        number=f"FZ{timezone.now():%Y%m%d%H%M%S}",
    )
    columns = [Column(posted.found.label, 24)]
    columns += [Column(label, 12, is_number=label not in WORDS) for label in COLUMNS]
    rows = [[row.label, *_row(posted.found, row)] for row in posted.found.rows]
    rows.append(["合计", *_foot(posted.found)])
    rows = [[label, *(text.replace(",", "") for text in texts)] for label, *texts in rows]
    with tempfile.TemporaryDirectory(prefix="portal-groups-") as folder:
        path = Path(folder) / "groups.xlsx"
        xlsx.write_xlsx(path, columns, rows, about)
        content = path.read_bytes()
    return attachment(content, filename=f"{posted.title}.xlsx", content_type=xlsx.TYPE)
