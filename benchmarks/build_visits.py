"""Add ten visits a person, dues, campaigns, incidents and concerns to a database that has its people already.

    python -m benchmarks.build_visits     (in the environment that benchmarks/homes.py makes)

A step of its own, with a mark of its own (benchmarks/homes.py), so that the people are not built again for it. The
owner writes it in SQL with the walls down; keys, indexes and triggers of the large tables are taken off and put back,
which is several times as quick. Their definitions are kept in the database meanwhile: killed in the middle, the next
run puts them back first. The history of what is built here is left out.
"""

import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import django
from django.apps import apps
from django.db import connections
from django.utils import timezone
from psycopg import sql
from psycopg.types.json import Jsonb

VISITS = 10
"""Of each living person, over three years."""
DAYS = 1095
ALIVE = "state IN ('alive', 'critical', 'missing')"
LARGE = ("visits_visit", "visits_visitor", "visits_due")
KEPT = frozenset({"visits_occasion", "visits_checklistitem"})
FREEZE = 12_000
"""People of the campaign that is frozen when measured."""


def main() -> None:
    """Build them; what was built before, or came with the demo, is thrown away."""
    from apps.core.demo import Demo
    from apps.core.scope import scope
    from apps.visits.management.demo.plans import make_plans
    from benchmarks.build import walls

    today = timezone.localdate()
    first = today - timedelta(days=DAYS)
    demo = Demo(today, 1)
    with connections["plain"].cursor() as cursor:
        _prepare(cursor)
        walls(cursor, "NO FORCE")
        _put_back(cursor)
        _empty(cursor)
        with scope(demo.loader("city_clerk", "s_city")):
            make_plans(demo, first)
        _take_off(cursor)
        for label, work in (
            ("走访活动 (campaigns)", _campaigns),
            ("走访记录 (visits)", _visits),
            ("走访人 (visitors)", _visitors),
            ("应访 (dues)", _dues),
            ("住院、去世、诉求 (incidents, concerns)", _incidents),
        ):
            _timed(label, work, cursor, today)
        _mark(cursor)
        _timed("索引 (indexes)", lambda cursor, today: _put_back(cursor), cursor, today)
        _timed("最近走访 (last visits)", _last_visits, cursor, today)
        walls(cursor, "FORCE")
        cursor.execute("VACUUM (ANALYZE)")


def _timed(label: str, work: Any, cursor: Any, today: date) -> None:
    started = time.monotonic()
    work(cursor, today)
    print(f"  {label} {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def _prepare(cursor: Any) -> None:
    cursor.execute(
        "SELECT set_config('app.actor', '0', false), set_config('app.request', 'benchmark', false)"
    )
    cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'")
    cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS bench_definition (id serial PRIMARY KEY, undo text NOT NULL, done text NOT NULL)"
    )


def _empty(cursor: Any) -> None:
    tables = [
        model._meta.db_table
        for label in ("visits", "concerns")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.db_table not in KEPT
    ]
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    cursor.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
    for table in tables:
        if table not in LARGE:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def _mark(cursor: Any) -> None:
    """Nothing is counted yet: the triggers that would have said so are off."""
    cursor.execute(
        "INSERT INTO visits_workchange (id, county_id, unit_id, since)"
        " SELECT gen_random_uuid(), coalesce(area_id, id), id, NULL::date FROM units_unit"
    )


def _take_off(cursor: Any) -> None:
    """Foreign keys of and to the large tables, then their unique keys and indexes; how to put each back stands in
    ``bench_definition``."""
    for kinds, to in ((("f",), True), (("u", "x"), False)):
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype::text = ANY(%s) AND (conrelid::regclass::text = ANY(%s)"
            " OR (%s AND confrelid::regclass::text = ANY(%s)))",
            [list(kinds), list(LARGE), to, list(LARGE)],
        )
        for table, name, definition in cursor.fetchall():
            place = sql.SQL("ALTER TABLE {} ").format(sql.Identifier(table))
            added = sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(name), sql.SQL(definition))
            _keep(cursor, place + added, place + sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name)))
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [list(LARGE)],
    )
    for name, definition in cursor.fetchall():
        _keep(cursor, sql.SQL(definition), sql.SQL("DROP INDEX ") + sql.SQL(name))


def _keep(cursor: Any, undo: sql.Composable, done: sql.Composable) -> None:
    cursor.execute(
        "INSERT INTO bench_definition (undo, done) VALUES (%s, %s)",
        [undo.as_string(cursor.cursor), done.as_string(cursor.cursor)],
    )
    cursor.execute(done)


def _put_back(cursor: Any) -> None:
    """Whatever was taken off, the keys that others refer to first."""
    cursor.execute("SELECT id, undo FROM bench_definition ORDER BY undo LIKE '%FOREIGN KEY%', id DESC")
    for key, undo in cursor.fetchall():
        cursor.execute(undo)
        cursor.execute("DELETE FROM bench_definition WHERE id = %s", [key])
    for table in LARGE:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def _insert(
    cursor: Any, model: str, values: dict[str, str], rest: str, parameters: Sequence[Any] = ()
) -> None:
    """``INSERT … SELECT`` of every column: those of ``values`` as SQL, the others by the model's default."""
    from apps.core.bulk import blank_values

    kind = apps.get_model(model)
    blank = {name: value for name, value in blank_values(kind).items() if name not in values}
    if kind._meta.pk.column not in values:
        blank.pop(kind._meta.pk.column, None)
    names = [*values, *blank]
    taken = [
        *(sql.SQL(text) for text in values.values()),
        *(sql.Literal(_adapted(value)) for value in blank.values()),
    ]
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} {}").format(
            sql.Identifier(kind._meta.db_table),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(taken),
            sql.SQL(rest),
        ),
        list(parameters) or None,
    )


def _adapted(value: Any) -> Any:
    """A default as the driver takes it."""
    return Jsonb(value) if isinstance(value, dict) else value


PERSON = {"retiree_id": "r.id", "county_id": "r.county_id", "unit_id": "r.unit_id"}
SPREAD = "abs(hashint8extended(r.id, {0}))"
"""A number of the person's, as good as random, the same each time."""


def _campaigns(cursor: Any, today: date) -> None:
    """Three years of the city's yearly campaigns, one under way, and a draft for ``FREEZE`` people."""
    occasions = {"spring": 40, "july-first": 160, "heat": 200, "double-ninth": 290}
    rows = []
    for year in range(today.year - 2, today.year + 1):
        for code, day in occasions.items():
            start = date(year, 1, 1) + timedelta(days=day)
            if start + timedelta(days=20) < today:
                rows.append((f"{year} {code}", code, start, start + timedelta(days=20), "closed"))
    rows.append(("正在进行", "routine", today - timedelta(days=10), today + timedelta(days=20), "published"))
    rows.append(("待定名单", "routine", today, today + timedelta(days=30), "draft"))
    for title, code, start, end, state in rows:
        _insert(
            cursor,
            "visits.Campaign",
            {
                "title": "%s", "occasion_id": "o.id", "starts_on": "%s::date", "ends_on": "%s::date", "state": "%s",
                "frozen_at": "CASE WHEN %s = 'draft' THEN NULL ELSE %s::date END", "query": "%s",
                "made_by_name": "'基准'",
            },
            "FROM visits_occasion o WHERE o.code = %s",
            [title, start, end, state, state, start, _freeze_query(cursor) if state == "draft" else "age_min=85", code],
        )  # fmt: skip


def _freeze_query(cursor: Any) -> str:
    """The youngest age, in one county or in all, that about ``FREEZE`` people have reached."""
    cursor.execute(
        f"SELECT extract(year FROM age(birth_from))::int AS age FROM retirees_retiree WHERE {ALIVE}"
        " AND birth_from IS NOT NULL ORDER BY birth_from OFFSET %s LIMIT 1",
        [FREEZE],
    )
    found = cursor.fetchone()
    return f"age_min={found[0] + 1 if found else 60}"


def _visits(cursor: Any, today: date) -> None:
    """``VISITS`` a person; every third brought something, every twentieth of each person belongs to a campaign."""
    source = "(SELECT min(id) FROM visits_fundsource WHERE county_id IS NULL)"
    spread = SPREAD.format("k")
    for number in range(1, VISITS + 1):
        gift = number % 3 == 0
        _insert(
            cursor,
            "visits.Visit",
            {
                **PERSON,
                "key": "gen_random_uuid()",
                "occasion_id": "o.id",
                "visited_on": f"%s::date - ({spread} %% {DAYS})::int",
                "way": f"(ARRAY['home', 'home', 'home', 'phone', 'institution', 'hospital'])[1 + {spread} / 7 %% 6]",
                "level": f"(ARRAY['2', '3', '4', '5', '5'])[1 + {spread} / 11 %% 5]",
                "visitors_text": "'基准某（老干部局干部）'",
                "money": f"{300 if gift else 0}",
                "source_id": source if gift else "NULL::bigint",
                "recorded": "'form'",
                "recorded_by": "1",
                "recorded_by_name": "'基准'",
                "recorded_at": "now()",
            },
            "FROM retirees_retiree r CROSS JOIN (SELECT %s AS k) n JOIN visits_occasion o ON o.code ="
            " (ARRAY['routine', 'spring', 'double-ninth', 'hospital'])"
            f"[1 + {SPREAD.format(number)} %% 4] WHERE r.{ALIVE}",
            [today, number],
        )


def _visitors(cursor: Any, today: date) -> None:
    """One of each visit; a leader of the person's county, or of the city, on every second."""
    _insert(
        cursor,
        "visits.Visitor",
        {
            "retiree_id": "v.retiree_id", "county_id": "v.county_id", "unit_id": "v.unit_id", "visit_id": "v.id",
            "leader_id": "CASE WHEN v.id % 2 = 0 THEN l.id END", "name": "coalesce(l.name, '基准某')",
            "post": "coalesce(l.post, '')", "level": "v.level", "position": "0",
        },
        "FROM visits_visit v LEFT JOIN LATERAL (SELECT id, name, post FROM visits_leader"
        " WHERE county_id = v.county_id ORDER BY id LIMIT 1) l ON true",
    )  # fmt: skip


def _dues(cursor: Any, today: date) -> None:
    """离休 people each quarter, and the lists of the campaigns: of the past nearly all done, of the present half."""
    for number in range(12):
        month = today.year * 12 + (today.month - 1) // 3 * 3 - 3 * number
        start = date(month // 12, month % 12 + 1, 1)
        end = date((month + 3) // 12, (month + 3) % 12 + 1, 1) - timedelta(days=1)
        share = 50 if number == 0 else 98
        _insert(
            cursor,
            "visits.Due",
            {
                **PERSON,
                "rule_id": "u.id",
                "occasion_id": "u.occasion_id",
                "window": f"'{start.year}Q{(start.month + 2) // 3}'",
                "from_on": "%s::date",
                "due_on": "%s::date",
                "who": "u.who",
                "state": f"CASE WHEN {SPREAD.format(number)} %% 100 < {share} THEN 'done' ELSE 'open' END",
                "made_at": "now()",
            },
            f"FROM retirees_retiree r CROSS JOIN (SELECT * FROM visits_visitrule WHERE trigger = 'period'"
            f" AND county_id IS NULL ORDER BY id LIMIT 1) u WHERE r.{ALIVE} AND r.category = 'lixiu'",
            [start, end],
        )
    _insert(
        cursor,
        "visits.Due",
        {
            **PERSON,
            "campaign_id": "c.id",
            "occasion_id": "c.occasion_id",
            "from_on": "c.starts_on",
            "due_on": "c.ends_on",
            "state": f"CASE WHEN {SPREAD.format('c.id')} % 100 < CASE c.state WHEN 'closed' THEN 97 ELSE 50 END"
            " THEN 'done' ELSE 'open' END",
            "made_at": "now()",
        },
        f"FROM retirees_retiree r CROSS JOIN visits_campaign c WHERE r.{ALIVE} AND c.state <> 'draft'"
        " AND r.birth_from <= c.starts_on - interval '85 years'",
    )
    cursor.execute(
        "UPDATE visits_campaign c SET frozen_count = n.number FROM (SELECT campaign_id, count(*) AS number"
        " FROM visits_due GROUP BY campaign_id) n WHERE n.campaign_id = c.id"
    )


def _incidents(cursor: Any, today: date) -> None:
    """One stay of twenty people, every tenth still going on; one concern of twelve people, every twentieth open."""
    common = {**PERSON, "id": "gen_random_uuid()"}
    _insert(
        cursor,
        "visits.Incident",
        common
        | {
            "kind": "'hospital'",
            "started_on": f"CASE WHEN {SPREAD.format(2)} %% 10 = 0 THEN %s::date - ({SPREAD.format(3)} %% 25)::int"
            f" ELSE %s::date - (40 + {SPREAD.format(3)} %% {DAYS - 40})::int END",
            "ended_on": f"CASE WHEN {SPREAD.format(2)} %% 10 = 0 THEN NULL"
            f" ELSE %s::date - (20 + {SPREAD.format(3)} %% {DAYS - 40})::int END",
            "closed_on": f"CASE WHEN {SPREAD.format(2)} %% 10 = 0 THEN NULL"
            f" ELSE %s::date - (20 + {SPREAD.format(3)} %% {DAYS - 40})::int END",
            "reported_on": "%s::date",
            "hospital": "'云溪市中心医院'",
            "reported_by_name": "'基准'",
            "recorded_at": "now()",
        },
        f"FROM retirees_retiree r WHERE r.{ALIVE} AND {SPREAD.format(1)} %% 20 = 0",
        [today, today, today, today, today],
    )
    open_one = f"{SPREAD.format(5)} %% 20 = 0"
    some = SPREAD.format(6)
    ago = f"(CASE WHEN {open_one} THEN {some} %% 40 ELSE 40 + {some} %% {DAYS - 40} END)::int"
    day = f"(%s::date - {ago})"
    _insert(
        cursor,
        "concerns.Concern",
        common
        | {
            "office_id": "r.county_id",
            "year": "0",
            "number": "row_number() OVER (PARTITION BY r.county_id ORDER BY r.id)",
            "kind": "'demand'",
            "source": "'visit'",
            "topic": f"(ARRAY['medical', 'care', 'housing', 'benefits'])[1 + {SPREAD.format(7)} %% 4]",
            "title": "'基准诉求'",
            "raised_on": day,
            "received_on": day,
            "received_by_name": "'基准'",
            "owner_unit_id": "r.county_id",
            "working_days": "15",
            "due_on": f"{day} + 21",
            "state": f"CASE WHEN {open_one} THEN 'working' ELSE 'closed' END",
            "answered_on": f"CASE WHEN {open_one} THEN NULL ELSE {day} + 10 END",
            "closed_on": f"CASE WHEN {open_one} THEN NULL ELSE {day} + 12 END",
            "result": f"CASE WHEN {open_one} THEN '' ELSE 'solved' END",
            "satisfaction": f"CASE WHEN {open_one} THEN '' ELSE 'yes' END",
            "touched_at": "now()",
            "created_at": "now()",
        },
        f"FROM retirees_retiree r WHERE r.{ALIVE} AND {SPREAD.format(4)} %% 12 = 0",
        [today] * 5,
    )


def _last_visits(cursor: Any, today: date) -> None:
    """County by county with a VACUUM between, so that the people's table does not swell to twice its size."""
    cursor.execute("ALTER TABLE retirees_retiree DISABLE TRIGGER USER")
    try:
        cursor.execute("SELECT DISTINCT county_id FROM retirees_retiree")
        for (county,) in cursor.fetchall():
            cursor.execute(
                "UPDATE retirees_retiree r SET visited_on = n.day FROM (SELECT retiree_id, max(visited_on) AS day"
                " FROM visits_visit WHERE county_id = %s GROUP BY retiree_id) n"
                " WHERE n.retiree_id = r.id AND r.county_id = %s AND r.visited_on IS DISTINCT FROM n.day",
                [county, county],
            )
            cursor.execute("VACUUM retirees_retiree")
    finally:
        cursor.execute("ALTER TABLE retirees_retiree ENABLE TRIGGER USER")


if __name__ == "__main__":
    django.setup()
    main()
