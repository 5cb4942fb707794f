"""Work that is done by one at a time: whoever comes second leaves it to the first."""

from django.db import connection

_CLASS = 20263
"""Class of the advisory locks on background work; the database has no other use of it."""


def is_alone(work: str) -> bool:
    """Whether nobody else is at ``work`` (a name) just now; until the transaction ends, nobody else is told so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_CLASS, work])
        alone: bool = cursor.fetchone()[0]
    return alone
