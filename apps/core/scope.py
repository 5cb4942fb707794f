"""Who is acting, and the wall in the database that follows from it.

``with scope(actor)`` opens a transaction and, in one round trip, takes the database role of the actor and
tells the row policies (apps/core/access.py) the county, the unit, the actor and the request, all of it local to the
transaction: nothing is left on a pooled connection. The login itself has no right on business tables, so work that
forgot its scope is refused loudly ("permission denied") instead of seeing an empty list.
"""

import contextlib
import contextvars
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import connection, transaction

DB_ROLES = (
    "s_city",
    "s_county",
    "s_unit",
    "s_leader",
    "s_leader_county",
    "s_system",
    "s_security",
    "s_audit",
)

_SET = (
    "SELECT set_config('role', %s, true), set_config('app.county', %s, true), set_config('app.unit', %s, true),"
    " set_config('app.actor', %s, true), set_config('app.request', %s, true)"
)
_READ = (
    "SELECT current_setting('role'), current_setting('app.county', true), current_setting('app.unit', true),"
    " current_setting('app.actor', true), current_setting('app.request', true)"
)


@dataclass(frozen=True)
class Actor:
    """A person at work under one grant: the rights of the grant in hand, never the widest of all he has."""

    user_id: int
    name: str
    role: str
    """accounts.choices.Role value of the grant."""
    db_role: str
    """One of DB_ROLES."""
    grant_id: int | None = None
    county_id: int | None = None
    """Set for everyone below the city."""
    unit_id: int | None = None
    """Set for unit clerks only."""
    exports: bool = False
    """Whether the grant lets its holder take people's data out as files (accounts.perms.may_export)."""
    place: str = ""
    """Name of the unit the grant is on, as shown in the top bar."""
    request: str = ""

    def within(self, request: str) -> "Actor":
        """The same actor, with the number of the request or job that the work belongs to."""
        return replace(self, request=request)


_current: contextvars.ContextVar[Actor | None] = contextvars.ContextVar("portal_actor", default=None)


class NoScope(RuntimeError):
    """Something asked who is acting outside ``with scope(...)``."""


class WiderScope(RuntimeError):
    """A nested scope may not see more than the one around it."""


def current_actor() -> Actor:
    """Return the actor of the scope we are in.

    Raises NoScope outside of one.
    """
    actor = _current.get()
    if actor is None:
        raise NoScope("不在任何数据范围内：请用 with scope(actor) 进入。")
    return actor


@contextlib.contextmanager
def scope(actor: Actor) -> Iterator[Actor]:
    """Open a transaction in which the database shows the actor's rows only.

    Nested use must keep the role and the place; it exists so that an action may name another actor
    (a job working for its initiator). Releasing a savepoint keeps a role in PostgreSQL, so inside of another
    transaction the settings of before are put back by hand.
    """
    if actor.db_role not in DB_ROLES:
        raise ValueError(f"unknown database role {actor.db_role!r}")
    outer = _current.get()
    if outer is not None and (outer.db_role, outer.county_id, outer.unit_id) != (
        actor.db_role,
        actor.county_id,
        actor.unit_id,
    ):
        raise WiderScope("已在另一个数据范围内。")
    if not actor.request:
        actor = actor.within(uuid.uuid4().hex[:12])
    inside = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            before = None
            if inside:
                cursor.execute(_READ)
                before = [value or "" for value in cursor.fetchone()]
            cursor.execute(_SET, _settings(actor))
        token = _current.set(actor)
        try:
            yield actor
        finally:
            _current.reset(token)
        if before is not None and not connection.needs_rollback:  # rolling back puts them back by itself
            with connection.cursor() as cursor:
                cursor.execute(_SET, before)


def _settings(actor: Actor) -> list[str]:
    return [
        actor.db_role,
        "" if actor.county_id is None else str(actor.county_id),
        "" if actor.unit_id is None else str(actor.unit_id),
        str(actor.user_id),
        actor.request,
    ]
