"""What the templates of the look need beyond Django's own tags: a pane around content, pages, grouped numbers."""

from collections.abc import Sequence
from html import escape as plain_escape
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, Select
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_block_tag
def pane(content: str, title: str = "", link_url: str = "", link_label: str = "") -> SafeString:
    """A framed part of a page: ``{% pane title="下一步" %}…{% endpane %}``."""
    return render_to_string(
        "components/pane.html",
        {"content": content, "title": title, "link_url": link_url, "link_label": link_label},
    )


_PICK = (
    '<td role="cell" class="pick-cell"><label><span class="visually-hidden">选中{}</span>'
    '<input class="form-check-input" type="checkbox" name="ids" value="{}"'
    ' form="selection" autocomplete="off" data-select-row></label></td>'
)


@register.simple_tag
def body_rows(table: Any) -> SafeString:
    """The body of a PlainTable, written in Python: a page has five hundred cells, and a template needs as long for
    them as for everything else on it."""
    cells = [
        (f'<td role="cell" class="{escape(column.attrs["td"].get("class") or "")}', escape(column.header))
        for column in table.columns
    ]
    rows = []
    for record, row in table.plain_rows():
        rows.append('<tr role="row">')
        if getattr(table, "selectable", False):
            rows.append(_PICK.format(escape(record), int(record.pk)))
        for (start, label), value in zip(cells, row, strict=True):
            empty = " is-empty" if value == "—" else ""
            text = value if isinstance(value, SafeString) else plain_escape(str(value))
            rows.append(f'{start}{empty}" data-label="{label}">{text}</td>')
        rows.append("</tr>")
    return mark_safe("".join(rows))  # noqa: S308  (every part is escaped above)


@register.simple_tag
def control(field: BoundField, label: str = "") -> SafeString:
    """A bare select or input for a filter line, with its name for screen readers where no label stands beside it.
    A page has two dozen; crispy's tag, made for forms, takes as long for each as the widget itself."""
    style = "form-select" if isinstance(field.field.widget, Select) else "form-control"
    attributes: dict[str, str | bool] = {"class": f"{style} is-invalid" if field.errors else style}
    return field.as_widget(attrs=attributes | ({"aria-label": label} if label else {}))


@register.filter
def grouped(number: int | None) -> str:
    """12086 as 12,086; "—" for None."""
    return "—" if number is None else f"{number:,}"


@register.filter
def at(items: Sequence[Any], index: int) -> Any:
    """The item at a place that a loop counter names."""
    return items[index]


@register.filter
def page_steps(page: Page) -> list[int | None]:
    """Page numbers to show under a list: first, last and those around this one; None stands for a gap."""
    last, here = page.paginator.num_pages, page.number
    near = {1, last, *range(max(1, here - 2), min(last, here + 2) + 1)}
    steps: list[int | None] = []
    for number in sorted(near):
        if steps and steps[-1] is not None and number - steps[-1] > 1:
            steps.append(None)
        steps.append(number)
    return steps


@register.filter
def doubts(field: BoundField) -> list[str]:
    """Texts that warn about a field without blocking it: ``form.doubts[name]``, where a form has any."""
    return getattr(field.form, "doubts", {}).get(field.name, [])


@register.filter
def query_without(query: QueryDict, name: str) -> str:
    """The address's query without one parameter, ready to append another: "" or "a=1&b=2&"."""
    rest = query.copy()
    rest.pop(name, None)
    return f"{rest.urlencode()}&" if rest else ""
