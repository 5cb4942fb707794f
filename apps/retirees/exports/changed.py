"""The column of a 变动表: what changed about each person between two days. The days stand in its name, so that a
request that waits for a second person makes just what was asked for."""

import re
from collections.abc import Sequence
from datetime import date

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.core.sheets import Column
from apps.exports.rules import ExportColumn
from apps.retirees.queries.changed import Days, changes_in

_NAME = re.compile(r"changed:(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})")


def changed_column(days: Days) -> ExportColumn:
    """The column for these days."""
    label = f"{format_date(days.since)}至{format_date(days.until)}的变动"
    return ExportColumn(f"changed:{days.since}:{days.until}", Column(label, 60))


def days_of(name: str) -> Days | None:
    """The days that the name of such a column tells; None for any other column."""
    found = _NAME.fullmatch(name)
    return Days(date.fromisoformat(found[1]), date.fromisoformat(found[2])) if found else None


def changed_texts(actor: Actor, keys: Sequence[int], name: str) -> dict[int, str]:
    """Person → what changed about him; people about whom nothing did are not in it."""
    days = days_of(name)
    return {one.person.pk: one.words for one in changes_in(actor, keys, days)} if days else {}
