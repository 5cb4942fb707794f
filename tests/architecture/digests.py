"""Did anything change? Asked of the database itself, inside the transaction of the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

READERS = ("s_city", "s_audit", "s_security", "s_system")
"""Between them they may read every table that the running portal uses, all rows of it."""
_TABLES = """
SELECT relname, (SELECT role FROM unnest(%s::text[]) WITH ORDINALITY AS r(role, place)
                 WHERE has_table_privilege(role, c.oid, 'SELECT') ORDER BY place LIMIT 1),
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'county_id' AND NOT a.attisdropped)
FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
"""
_DIGEST = """
SELECT '{table}', count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM "{table}" t{where}
"""
_WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""

Digests = dict[str, tuple[int, str]]


def digests(county: int | None = None) -> Digests:
    """Rows and digest of every table; of one county: of its rows in the tables that know the county."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(READERS)])
        tables = [row for row in cursor.fetchall() if row[1] and (county is None or row[2])]
    where = "" if county is None else f" WHERE county_id = {int(county)}"
    found: Digests = {}
    for role in READERS:
        parts = [_DIGEST.format(table=table, where=where) for table, reader, _ in tables if reader == role]
        if parts:
            with looking_as(role), connection.cursor() as cursor:
                cursor.execute(" UNION ALL ".join(parts))
                found |= {table: (rows, digest) for table, rows, digest in cursor.fetchall()}
    return found


@contextmanager
def looking_as(role: str) -> Iterator[None]:
    """Read with a role of the database, and leave it again."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [role])
        yield
        transaction.set_rollback(True)


def changed(before: Digests, after: Digests) -> list[str]:
    """Tables that differ."""
    return sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))


def written() -> dict[str, int]:
    """Rows written to each table since the transaction began, also those written back as they were."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return dict(cursor.fetchall())
