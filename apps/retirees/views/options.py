"""One condition's choices with how many people each has under the other conditions; several can be ticked.

Counted on demand: the list itself never waits for it.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from apps.core.chinese import format_count
from apps.core.pages import page
from apps.core.small_cells import NOT_TOLD
from apps.retirees import perms
from apps.retirees.figures.grouped import grouped
from apps.retirees.forms.condition_fields import SeveralField
from apps.retirees.queries.grouping import groupings
from apps.retirees.queries.listing import register_list
from apps.retirees.queries.own_conditions import CUSTOM
from apps.retirees.views.asked import Asked, asked, first_page, list_address


@page(perms.can_list_retirees)
def options(request: HttpRequest, name: str) -> HttpResponse:
    """The choices of the condition ``name``; the rest of the address is kept."""
    asking = asked(request)
    field = asking.form.fields.get(name)
    if not isinstance(field, SeveralField) or not asking.form.is_valid():
        raise Http404("condition")
    counts = _counts(asking, name)
    chosen = set(asking.conditions.get(name) or ())
    rest = first_page(request)
    rest.pop(name, None)
    choices: list[dict[str, Any]] = [
        {
            "value": value,
            "label": label,
            "checked": value in chosen,
            "count": "" if counts is None or value == "any" else counts.get(value, "0"),
        }
        for value, label in field.plain_choices
    ]
    context = {
        "heading": str(field.label),
        "name": name,
        "choices": choices,
        "keep": [{"name": key, "value": one} for key, values in rest.lists() for one in values if one],
        "action": reverse("retirees:list"),
        "back": list_address(first_page(request)),
        "crumbs": [
            {"label": "人员名册", "url": list_address(first_page(request))},
            {"label": str(field.label), "url": ""},
        ],
    }
    return render(request, "retirees/options.html", context)


def _counts(asking: Asked, name: str) -> dict[str, str] | None:
    """People by value under all other conditions, as they are told; None where they are not counted (several fields
    of one person)."""
    way, ways = name.removeprefix(CUSTOM), groupings(asking.form.own)
    if way not in ways or asking.form.given() & {"on", "flow"}:
        return None
    conditions = {key: value for key, value in asking.conditions.items() if key != name}
    people = register_list(asking.actor, conditions, asking.today)
    found = grouped(asking.actor, (way, ways[way]), people, conditions, asking.today)
    return {
        row.value: NOT_TOLD if "people" in row.hidden else format_count(row.count.people)
        for row in found.rows
        if not row.is_subtotal
    }
