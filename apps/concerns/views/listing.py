"""The list of concerns: what waits on top, what is late in red."""

from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.perms import may_export
from apps.concerns import perms
from apps.concerns.forms.listing import ConcernConditions
from apps.concerns.models import Concern, ConcernQuerySet
from apps.concerns.queries import SHOWN, TIES, ageing_since, concern_rows, rows_under, shown_q, tab_counts
from apps.concerns.rules import timeliness
from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.paging import keyset_page
from apps.core.patience import TooSlow, answered_within
from apps.core.scope import Actor
from apps.retirees.models import Retiree

LIMIT = 1000
PATIENCE = 300
"""Milliseconds for the counts of the tabs; without them only the open tab is counted, up to LIMIT."""
HEADS = (
    ("事项", ""), ("提出人", ""), ("类别", ""), ("受理", "received_on"), ("办理", ""),
    ("答复期限", "due_on"), ("是否按期", ""), ("状态、最近进展", "touched_at"),
)  # fmt: skip
"""Columns, and what they are sorted by."""
TONES = {
    "received": "amber",
    "working": "blue",
    "answered": "blue",
    "closed": "green",
    "declined": "grey",
    "withdrawn": "grey",
}


def list_address(query: str = "") -> str:
    """The list under a query string."""
    address = reverse("concerns:list")
    return f"{address}?{query}" if query else address


@page(perms.can_list_concerns)
def concerns(request: HttpRequest) -> HttpResponse:
    """One tab at a time."""
    actor, today = request.actor, timezone.localdate()
    form = ConcernConditions(request.GET, actor=actor)
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    show, (column, descending) = form.tab, form.order
    found = rows_under(actor, form.cleaned_data, today)
    rows = found.filter(shown_q(actor, show, today))
    counts = _counts(actor, found, today)
    total = counts[show] if counts else rows.order_by().values("pk")[: LIMIT + 1].count()
    at_least = not counts and total > LIMIT
    total = LIMIT if at_least else total
    listed = keyset_page(
        rows.select_related("retiree", "county", "unit", "owner_unit", "owner"),
        column=column,
        descending=descending,
        query=request.GET,
        total=total,
        at_least=at_least,
        ties=TIES,
    )
    words = f"{'超过' if at_least else ''}{format_count(total)}件"
    context = _context(request, form, show, counts) | {
        "heading": "诉求办理",
        "subheading": f"{SHOWN[show]} {words} · {format_date(today)}",
        "listed": listed,
        "rows": [row_of(one, actor, today) for one in listed.rows],
        "heads": _sorted_heads(form, column, descending),
        "total": words,
        "empty": _empty(actor, show, bool(form.chips())),
    }
    return render(request, "concerns/list.html", context)


def _counts(actor: Actor, found: ConcernQuerySet, today: date) -> dict[str, int]:
    try:
        with answered_within(PATIENCE):
            return tab_counts(actor, found, today)
    except TooSlow:
        return {}


def heads(*, with_person: bool) -> list[dict[str, str]]:
    """The columns of a list that is not sorted by clicking."""
    return [
        {"label": label, "url": "", "sorted": ""} for label, _ in HEADS if with_person or label != "提出人"
    ]


def _sorted_heads(form: ConcernConditions, column: str, descending: bool) -> list[dict[str, str]]:
    found = heads(with_person=True)
    for head, (_, name) in zip(found, HEADS, strict=True):
        if not name:
            continue
        query = QueryDict(form.query(), mutable=True)
        query["sort"] = f"-{name}" if name == column and not descending else name
        head["url"] = list_address(query.urlencode())
        if name == column:
            head["sorted"] = "descending" if descending else "ascending"
    return found


def row_of(one: Concern, actor: Actor, today: date, *, of: Retiree | None = None) -> dict[str, Any]:
    """One line of the list, or of the page of a person (``of``)."""
    on_time, on_time_tone = timeliness(one.state, one.due_on, one.answered_on, today)
    place = f"{one.county.label} {one.unit.label}" if actor.county_id is None else one.unit.label
    marks = [] if of is None or one.retiree_id == of.pk else [(f"{one.retiree.name}等人共同提出", "grey")]
    if one.is_collective:
        marks.append((f"集体{one.people_count}人", "amber"))
    if one.repeat_of_id:
        marks.append(("重复", "amber"))
    if one.is_open and timezone.localdate(one.touched_at) <= ageing_since(today):
        marks.append(("久未办理", "red"))
    return {
        "label": one.label,
        "url": reverse("concerns:concern", args=[one.pk]),
        "title": one.title,
        "person": one.retiree.name,
        "person_url": reverse("retirees:detail", args=[one.retiree_id]),
        "place": place,
        "kind": one.get_kind_display(),
        "topic": one.get_topic_display(),
        "received": format_date(one.received_on),
        "owner": one.owner.full_name if one.owner else one.owner_unit.label,
        "by_name": one.owner is not None,
        "state": one.get_state_display(),
        "tone": TONES[one.state],
        "due": format_date(one.due_on),
        "on_time": on_time,
        "on_time_tone": on_time_tone,
        "touched": format_date(timezone.localdate(one.touched_at)),
        "marks": marks,
    }


def due_words(one: Concern, today: date) -> str:
    """Until when, and whether that is kept, in working days."""
    told, _ = timeliness(one.state, one.due_on, one.answered_on, today)
    return f"{format_date(one.due_on)}（{told}）" if told else format_date(one.due_on)


def _context(
    request: HttpRequest, form: ConcernConditions, show: str, counts: dict[str, int]
) -> dict[str, Any]:
    query = QueryDict(form.query(), mutable=True)
    query.pop("show", None)
    rest = query.urlencode()
    actor = request.actor
    first = [name for name in ("q", "kind", "topic", "county", "unit") if name in form.fields]
    more = [name for name in form.fields if name not in (*first, "show", "sort")]
    actions = [{"label": "信访排名", "url": reverse("concerns:ranking")}]
    if may_export(actor):
        asked = urlencode({"kind": "concerns", "query": form.query()})
        actions.append({"label": "导出", "url": f"{reverse('exports:new')}?{asked}"})
    if perms.can_raise_concern(actor):
        actions.append({"label": "登记诉求", "url": reverse("concerns:find"), "kind": "primary", "key": "n"})
    return {
        "crumbs": [{"label": "诉求办理", "url": ""}],
        "views": [
            {
                "label": label,
                "url": list_address("&".join(part for part in (f"show={name}", rest) if part)),
                "active": name == show,
                "count": counts.get(name, ""),
            }
            for name, label in SHOWN.items()
        ],
        "filters": {
            "action": reverse("concerns:list"),
            "fields": [form[name] for name in first],
            "more": [form[name] for name in more],
            "keep": [
                {"name": "show", "value": show},
                *([{"name": "sort", "value": form.data["sort"]}] if form.data.get("sort") else []),
            ],
            "columns_url": "",
            "density_url": "",
        },
        "chips": [
            {"label": words, "url": list_address(_without(form, name))} for name, words in form.chips()
        ],
        "clear_url": list_address(f"show={show}"),
        "conditions": "；".join([SHOWN[show], *(words for _, words in form.chips())]),
        "columns": None,
        "page_actions": actions,
    }


def _without(form: ConcernConditions, name: str) -> str:
    query = QueryDict(form.query(), mutable=True)
    query.pop(name, None)
    return query.urlencode()


def _empty(actor: Actor, show: str, narrowed: bool) -> dict[str, str]:
    if narrowed or concern_rows(actor).exists():
        return {
            "title": "没有这样的诉求",
            "text": "换一个页签，或去掉几个条件。",
            "action_label": "看全部",
            "action_url": list_address("show=all"),
        }
    if not perms.can_raise_concern(actor):
        return {
            "title": "还没有诉求",
            "text": "登记以后在这里看办理情况。",
            "action_label": "",
            "action_url": "",
        }
    return {
        "title": "还没有诉求",
        "text": "走访、来信、来电、来访里提出的要求、意见和信访，登记在这里，按期答复。",
        "action_label": "登记诉求",
        "action_url": reverse("concerns:find"),
    }
