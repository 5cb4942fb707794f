"""Pages of a list that stay fast however deep: forward and back from a row, not by counting rows off.

The address carries the key of the row a page begins after (``after=123&page=7``), never a name. Numbers up to
``JUMP`` can be asked for directly; the last page is read from the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import Http404, QueryDict

SIZE = 50
JUMP = 200
PARAMETERS = ("page", "after", "before")


@dataclass(frozen=True)
class KeysetPage:
    """One page: its rows and the addresses (query strings) of its neighbours."""

    rows: Sequence[Any]
    number: int
    previous: str
    next: str
    first: str
    last: str
    total: int | None
    at_least: bool
    """``total`` is a floor: there are more."""

    @property
    def start_index(self) -> int:
        return (self.number - 1) * SIZE + 1 if self.rows else 0

    @property
    def end_index(self) -> int:
        return self.start_index + len(self.rows) - 1 if self.rows else 0


def keyset_page(
    rows: QuerySet,
    *,
    column: str,
    descending: bool,
    query: QueryDict,
    total: int | None,
    at_least: bool = False,
    expression: Any = None,
    joined: Sequence[str] = (),
    ties: Sequence[str] = (),
) -> KeysetPage:
    """Return the page that ``query`` asks for of ``rows`` in order of ``column`` (never NULL), then of the key.
    ``expression``: what ``column`` is where the rows have none of this name. ``joined``: relations that are read for
    the page's rows alone, where joining all of ``rows`` would cost them the order of their index. ``ties``: columns
    that put rows with the same ``column`` in order, before the key does.

    Raises Http404 for a page that is not there.
    """
    made = {} if expression is None else {column: expression}
    rows = rows.annotate(**made) if made else rows
    number, cursor, backwards = _asked(query, rows.model._meta.pk)
    columns = (column, *ties, "pk")
    if number == LAST:
        found = list(rows.order_by(*_order(columns, not descending))[: _tail(total)])[::-1]
        number, more_before, more_after = _pages(total), len(found) < (total or SIZE + 1), False
    elif cursor:
        near = _beyond(rows, columns, descending != backwards, cursor, made)
        found = list(near.order_by(*_order(columns, descending != backwards))[: SIZE + 1])
        more = len(found) > SIZE
        found = found[:SIZE][::-1] if backwards else found[:SIZE]
        more_before, more_after = (more, True) if backwards else (True, more)
        number = 1 if backwards and not more else number
    elif number <= JUMP:
        found = list(rows.order_by(*_order(columns, descending))[(number - 1) * SIZE : number * SIZE + 1])
        more_before, more_after = number > 1, len(found) > SIZE
        found = found[:SIZE]
    else:
        raise Http404("page")
    if not found and number > 1:
        raise Http404("page")
    return KeysetPage(
        rows=_with_relations(found, joined) if joined else found,
        number=number,
        previous=_address(query, page=max(number - 1, 1), before=found[0].pk)
        if found and more_before
        else "",
        next=_address(query, page=number + 1, after=found[-1].pk) if found and more_after else "",
        first=_address(query),
        last=_address(query, page="last"),
        total=total,
        at_least=at_least,
    )


LAST = -1


def _asked(query: QueryDict, key: Field) -> tuple[int, Any, bool]:
    """(page number or LAST, key of the row to begin at or none, backwards)."""
    asked = query.get("page", "1")
    try:
        number = LAST if asked == "last" else int(asked)
        cursor = key.to_python(query.get("after") or query.get("before") or None)
    except (ValueError, ValidationError):
        raise Http404("page") from None
    if not (number == LAST or 1 <= number <= 2**62):
        raise Http404("page")
    if isinstance(cursor, int) and not 0 <= cursor <= 2**62:
        raise Http404("page")
    return number, cursor, "before" in query


def _with_relations(found: Sequence[Any], joined: Sequence[str]) -> Sequence[Any]:
    if not found:
        return found
    kind = type(found[0])
    full = kind._default_manager.select_related(*joined).in_bulk([row.pk for row in found])
    return [full[row.pk] for row in found if row.pk in full]


def _pages(total: int | None) -> int:
    return max(1, -(-(total or 1) // SIZE))


def _tail(total: int | None) -> int:
    """Rows on the last page: what is left over, or a whole page."""
    return (total % SIZE or SIZE) if total else SIZE


def _order(columns: Sequence[str], descending: bool) -> list[str]:
    return [f"-{name}" for name in columns] if descending else list(columns)


def _beyond(
    rows: QuerySet, columns: Sequence[str], descending: bool, cursor: Any, made: Mapping[str, Any]
) -> QuerySet:
    """Rows behind the cursor's row, as one range that an index on the columns can answer."""
    there = rows.model._default_manager.filter(pk=cursor).annotate(**made)
    values = there.values_list(*columns).first()
    if values is None:
        raise Http404("page")
    sign = "lt" if descending else "gt"
    behind, same = Q(), Q()
    for name, value in zip(columns, values, strict=True):
        behind |= same & Q(**{f"{name}__{sign}": value})
        same &= Q(**{name: value})
    return rows.filter(behind, **{f"{columns[0]}__{sign}e": values[0]})


def _address(query: QueryDict, **values: Any) -> str:
    rest = query.copy()
    for name in PARAMETERS:
        rest.pop(name, None)
    for name, value in values.items():
        rest[name] = str(value)
    return rest.urlencode()
