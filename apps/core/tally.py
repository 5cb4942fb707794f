"""How many rows several lists have, by one statement.

    WAITING = Tally(lambda actor, today: {"transfers": [Transfer.objects.visible_to(actor).waiting()]})
    WAITING.counts(actor, today)        # {"transfers": 2}

For what every page shows beside its own content. Putting the SQL of such a list together takes Django longer than
PostgreSQL takes to answer it, so the text of the statement is kept for each actor and day: whatever else a list
depends on must stand in the database, not in the text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from apps.core.scope import Actor

LIMIT = 1000
"""Nobody works through more in a day: each list is counted up to here."""
KEPT = 2000

Lists = Callable[[Actor, date], Mapping[str, Sequence["QuerySet[Any]"]]]
"""The lists behind each name, not in order and not cut; a name may have several, whose rows are added up."""


class Tally:
    """Counts the lists that a function gives for an actor and a day."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._statement = lru_cache(KEPT)(self._put_together)

    def counts(self, actor: Actor, today: date, known: frozenset[str] = frozenset()) -> dict[str, int]:
        """Rows behind each name that is not ``known`` already, each list up to LIMIT; in the scope of the actor."""
        names, sql, values = self._statement(replace(actor, request=""), today, known)
        if not names:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return dict(zip(names, cursor.fetchone(), strict=True))

    def _put_together(
        self, actor: Actor, today: date, known: frozenset[str]
    ) -> tuple[tuple[str, ...], str, tuple[Any, ...]]:
        names: list[str] = []
        columns: list[str] = []
        values: list[Any] = []
        for name, lists in self._lists(actor, today).items():
            if name in known:
                continue
            parts = ["0"]
            for rows in lists:
                try:
                    sql, params = rows.order_by().values("pk")[:LIMIT].query.sql_with_params()
                except EmptyResultSet:  # a list that is empty for this actor, whatever the database holds
                    continue
                parts.append("".join(("(SELECT count(*) FROM (", sql, ") AS listed)")))
                values += params
            names.append(name)
            columns.append(" + ".join(parts))
        return tuple(names), f"SELECT {', '.join(columns)}", tuple(values)
