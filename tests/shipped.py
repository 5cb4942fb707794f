"""The rows that migrations bring, put back after a test that committed: its cleaning empties every table, and tables of
shipped papers and standards refer to units that others fill."""

import os

import psycopg
from psycopg import sql

from tests.servers import ADMIN

OF_THE_PROJECT = ("django_migrations", "django_content_type")
"""Never emptied."""
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY tablename"
)


def _admin(database: str) -> psycopg.Connection:
    """Past the walls and without triggers: rows come back as they were."""
    connection = psycopg.connect(os.environ[ADMIN], dbname=database, autocommit=True)
    connection.execute("SET session_replication_role = replica")
    return connection


def shipped_rows(database: str) -> dict[str, bytes]:
    """What a database that was only set up holds, by table, as COPY writes it."""
    found = {}
    with _admin(database) as connection:
        for (table,) in connection.execute(_TABLES, [list(OF_THE_PROJECT)]).fetchall():
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
                content = b"".join(bytes(row) for row in rows)
            if content:
                found[table] = content
    return found


def empty_all_tables(database: str, shipped: dict[str, bytes]) -> None:
    """Back to what ``shipped_rows`` found."""
    with _admin(database) as connection:
        tables = [table for (table,) in connection.execute(_TABLES, [list(OF_THE_PROJECT)])]
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        connection.execute(sql.SQL("TRUNCATE {}").format(names))
        for table, content in shipped.items():
            with connection.cursor().copy(
                sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            ) as rows:
                rows.write(content)
