"""Fill the database of a size: the invented city of 12,500 people, copied with other names as often as it takes.

    python -m benchmarks.build 1000000     (in the environment that benchmarks/homes.py makes)

Each copy gets every row of every table that follows a person, history written by the triggers, names with their real
readings, and private values sealed for their own row. It is done by the owner with the walls down, table by table
in SQL; nothing of it is a way in which data enter the portal.
"""

import functools
import sys
from collections import Counter
from random import Random
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from psycopg import sql

TEMPLATE = 12_500
NAMES = 150_000
STRIDE = 1_000_000
"""What is added to the keys of a copy; more than any table of the template has rows."""
TABLES = "levelfact condition lifefact affiliation membership ruling spell".split()
CHUNK = 8
"""Copies made by one statement: the triggers keep its rows in memory."""


def main(people: int) -> None:
    """Build ``people`` people, a multiple of TEMPLATE."""
    copies, rest = divmod(people, TEMPLATE)
    if rest:
        raise SystemExit(f"人数须是 {TEMPLATE} 的倍数 (a multiple is needed)")
    call_command("load_demo", people=TEMPLATE, stdout=sys.stderr)
    owner = connections["plain"]
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', '0', false), set_config('app.request', 'benchmark', false)"
        )
        cursor.execute(
            "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'"
        )
        walls(cursor, "NO FORCE")
        _load_names(cursor)
        for first in range(1, copies, CHUNK):
            last = min(first + CHUNK, copies) - 1
            _copy_people(cursor, first, last)
            for name in TABLES:
                _copy(cursor, f"retirees_{name}", first, last)
            _copy_private(cursor, first, last)
            print(f"  {min(last + 1, copies) * TEMPLATE:,}", file=sys.stderr, flush=True)
        _set_sequences(cursor)
        walls(cursor, "FORCE")
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
    count_cells()


def walls(cursor: Any, force: str) -> None:
    """FORCE or NO FORCE: whether row policies hold for the owner too."""
    for model in apps.get_models():
        if getattr(getattr(model, "access", None), "walled", False):
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(table, sql.SQL(force)))


def count_cells() -> None:
    """Count what is kept ready for today, as the portal does in the background."""
    from apps.core.demo import Demo
    from apps.core.scope import scope
    from apps.retirees.actions.refresh import refresh_cells
    from apps.visits.actions.tallies import refresh_tallies

    today = timezone.localdate()
    with scope(Demo(today, 1).loader("city_clerk", "s_city")) as clerk:
        refresh_cells(today=today)
        refresh_tallies(today=today, by=clerk)


def _load_names(cursor: Any) -> None:
    """Names with their readings, as frequent as the demo's: 王建国 comes often, a rare one once."""
    from apps.core import pinyin
    from apps.retirees.management.demo import names

    dice = Random("names")
    cursor.execute(
        "CREATE TEMP TABLE bench_name (id int PRIMARY KEY, sex text, name text, sort text, pinyin text,"
        " initials text, given text, given_pinyin text, given_initials text)"
    )
    with cursor.copy("COPY bench_name FROM STDIN") as copy:
        for number in range(NAMES):
            sex = "1" if number % 2 else "2"
            name, _ = names.invent(dice, sex, dice.randint(1925, 1970))
            copy.write_row((
                *(number, sex, name, pinyin.sort_key(name), pinyin.full(name), pinyin.initials(name)),
                *pinyin.given(name),
            ))  # fmt: skip
    cursor.execute("ANALYZE bench_name")


def _columns(table: str) -> list[str]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return [field.column for field in model._meta.local_concrete_fields if not field.generated]


RENAMED = {
    "name": "name",
    "name_sort": "sort",
    "name_pinyin": "pinyin",
    "name_initials": "initials",
    "given_name": "given",
    "given_pinyin": "given_pinyin",
    "given_initials": "given_initials",
}


def _copy_people(cursor: Any, first: int, last: int) -> None:
    columns = _columns("retirees_retiree")
    taken = [
        sql.SQL("t.id + k * {}").format(STRIDE) if name == "id"
        else sql.Identifier("n", RENAMED[name]) if name in RENAMED
        else sql.Identifier("t", name)
        for name in columns
    ]  # fmt: skip
    cursor.execute(
        sql.SQL(
            "INSERT INTO retirees_retiree ({columns}) SELECT {taken} FROM retirees_retiree t"
            " CROSS JOIN generate_series({first}, {last}) k JOIN bench_name n ON n.id ="
            " 2 * (abs(hashint8extended(t.id, k)) % {half}) + (CASE t.sex WHEN '2' THEN 0 ELSE 1 END)"
            " WHERE t.id < {stride}"
        ).format(
            columns=_list(columns),
            taken=sql.SQL(", ").join(taken),
            first=first,
            last=last,
            half=NAMES // 2,
            stride=STRIDE,
        )
    )


def _list(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy(cursor: Any, table: str, first: int, last: int) -> None:
    columns = _columns(table)
    taken = [
        sql.SQL("{} + k * {}").format(sql.Identifier(name), STRIDE)
        if name in ("id", "retiree_id")
        else sql.Identifier(name)
        for name in columns
    ]
    cursor.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {taken} FROM {table}"
            " CROSS JOIN generate_series({first}, {last}) k WHERE retiree_id < {stride}"
        ).format(
            table=sql.Identifier(table),
            columns=_list(columns),
            taken=sql.SQL(", ").join(taken),
            first=first,
            last=last,
            stride=STRIDE,
        )
    )


def _copy_private(cursor: Any, first: int, last: int) -> None:
    """Through Python, as every value is sealed for its own row and ID numbers are all different."""
    columns = _columns("retirees_privatedetails")
    plain = _plain_rows()
    cursor.execute("CREATE TEMP TABLE incoming (LIKE retirees_privatedetails)")
    with cursor.copy(sql.SQL("COPY incoming ({}) FROM STDIN").format(_list(columns))) as copy:
        for number in range(first, last + 1):
            for row in plain:
                copy.write_row(_private_row(row, row["retiree_id"] + number * STRIDE, columns))
    cursor.execute(
        sql.SQL("INSERT INTO retirees_privatedetails ({0}) SELECT {0} FROM incoming").format(_list(columns))
    )
    cursor.execute("DROP TABLE incoming")


SEALED = ("national_id", "phone", "address", "medical_card")


@functools.cache
def _plain_rows() -> list[dict[str, Any]]:
    """Private values of the template, opened."""
    from apps.retirees.models import PrivateDetails

    columns = _columns("retirees_privatedetails")
    rows = PrivateDetails.objects.using("plain").filter(retiree_id__lt=STRIDE).order_by("pk")
    return [
        {
            name: value.for_processing()
            if name in SEALED and (value := getattr(row, name))
            else getattr(row, name)
            for name in columns
        }
        for row in rows
    ]


def _private_row(row: dict[str, Any], key: int, columns: list[str]) -> list[Any]:
    from apps.core.keyring import keyring
    from apps.retirees.models.private import id_index

    changed = {"retiree_id": key}
    number = _another_number(row["national_id"]) if row["national_id"] else None
    for name in SEALED:
        text = number if name == "national_id" else row[name]
        changed[name] = (
            keyring().encrypt(text.encode(), f"retirees_privatedetails|{name}|{key}") if text else None
        )
    changed["national_id_index"] = id_index(number) if number else None
    return [changed.get(name, row[name]) for name in columns]


_orders: Counter[str] = Counter()


def _another_number(number: str) -> str:
    """Another ID number of somebody born where and when he was, of the same sex."""
    from apps.core.national_id import check_character

    prefix, odd = number[:14], int(number[16]) % 2
    while True:
        _orders[f"{prefix}{odd}"] += 1
        order = 2 * _orders[f"{prefix}{odd}"] - odd
        if order > 999:
            raise SystemExit("too many people of one birthday and place")
        first_17 = f"{prefix}{order:03d}"
        new = first_17 + check_character(first_17)
        if new not in _taken():
            return new


@functools.cache
def _taken() -> frozenset[str]:
    """Numbers of the template."""
    return frozenset(row["national_id"] for row in _plain_rows() if row["national_id"])


def _set_sequences(cursor: Any) -> None:
    for name in ("retiree", *TABLES):
        cursor.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                f"retirees_{name}", sql.Identifier(f"retirees_{name}")
            )
        )


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
