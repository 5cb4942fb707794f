"""Seconds and memory of reckoning benefits, beside the plain ways.

    python -m benchmarks.benefits       (in the environment that benchmarks/homes.py makes; prints JSON)

A benefit for everybody is published inside the transaction, with three standards by age: each person has a row in
each month; the papers that ship are reckoned along. Beside it: a loop over people through the ORM that asks the same
engine (on a sample, reckoned up), and one SQL statement that knows these three standards by heart and nothing else.
Nothing of it is kept.
"""

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.pages import Case, measure, signed_in

SAMPLE = 300
TIMES = 20
AGES = ((None, 69, 100), (70, 79, 200), (80, None, 300))
RAISE = 50
BACK = 5
"""Months that the back-dated paper reaches back."""
CODE = "benchmark"
BY_HEART = """
CREATE TEMPORARY TABLE by_heart ON COMMIT DROP AS
SELECT held.retiree_id, held.county_id, held.unit_id, month.first AS month,
    CASE WHEN extract(year FROM age(month.last, person.birth_from)) < 70 THEN 100
         WHEN extract(year FROM age(month.last, person.birth_from)) < 80 THEN 200 ELSE 300 END::numeric(12, 2) AS money
FROM retirees_membership held
JOIN (SELECT first, (first + interval '1 month' - interval '1 day')::date AS last
      FROM unnest(%(months)s::date[]) first) month
    ON coalesce(lower(held.during), '-infinity') <= month.first
    AND (upper(held.during) IS NULL OR upper(held.during) > month.first)
JOIN retirees_retiree person ON person.id = held.retiree_id
"""


class Measured(Exception):
    """Ends the transaction: what was measured leaves nothing behind."""


def main() -> None:
    from django.db import connections

    from benchmarks.build import walls

    with connections["plain"].cursor() as cursor:
        walls(cursor, "NO FORCE")
    found = {
        "everybody": _everybody(),
        "loop": _loop(),
        "arrears": _arrears(),
        "month": _month(),
        "person": _person(),
    }
    json.dump(found, sys.stdout, ensure_ascii=False)


def _say(what: Any) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


@contextmanager
def _thrown_away() -> Iterator[Any]:
    from django.db import connection

    from apps.core.scope import scope
    from apps.jobs.rules import system_actor

    try:
        with scope(system_actor()) as actor:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '5min', true)")  # as a job has it
            _publish(date(2020, 1, 1), 0)
            yield actor
            raise Measured
    except Measured:
        return


def _publish(starts: date, more: int) -> list[Any]:
    """The three standards; with ``more`` yuan, drafts that replace those before."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from apps.benefits.models import Benefit, Standard
    from apps.library.models import Paper

    benefit, _ = Benefit.objects.get_or_create(
        code=CODE, defaults={"name": "按年龄的补贴", "cycle": "month", "sort": 900}
    )
    older = list(Standard.objects.filter(benefit=benefit).order_by("pk")) or [None] * len(AGES)
    paper = Paper.objects.create(number=f"演示〔2020〕{more}号", title="演示", issuer="演示", level="3")
    made = [
        Standard.objects.create(
            benefit=benefit,
            paper=paper,
            label=f"演示{amount + more}元",
            level="3",
            conditions={"full_age": [first, last]},
            amount=Decimal(amount + more),
            during=DateRange(starts, None),
            state="draft" if more else "published",
            replaces=old,
            made_by=0,
            made_by_name="试",
            confirmed_by=-1,
            confirmed_by_name="试",
        )
        for (first, last, amount), old in zip(AGES, older, strict=True)
    ]
    return list(Standard.objects.filter(pk__in=[one.pk for one in made]).select_related("paper", "clause"))


def _year() -> list[date]:
    return [date(2026, month, 1) for month in range(1, 13)]


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    found = act()
    return found, round(time.perf_counter() - started, 2)


def _mib_here() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _mib_of_server() -> int:
    """Most memory that the connection's server process has held, shared buffers included."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


def _everybody() -> dict[str, Any]:
    """Twelve months of all people."""
    from django.db import connection

    from apps.benefits.queries.entitled import TABLE, reckoned
    from apps.benefits.queries.terms import terms_in_use

    found: dict[str, Any] = {}
    with _thrown_away():
        started = time.perf_counter()
        with reckoned(terms_in_use(), _year()) as told, connection.cursor() as cursor:
            found["seconds"] = round(time.perf_counter() - started, 2)
            found["profiles"] = told.profiles
            cursor.execute(f"SELECT count(*), count(DISTINCT retiree_id) FROM {TABLE}")
            found["rows"], found["people"] = cursor.fetchone()
        with connection.cursor() as cursor:
            _, found["by_heart"] = _timed(lambda: cursor.execute(BY_HEART, {"months": _year()}))
            cursor.execute("SELECT count(*) FROM by_heart")
            (found["by_heart_rows"],) = cursor.fetchone()
        found["mib"], found["server_mib"] = _mib_here(), _mib_of_server()
    _say(found)
    return found


def _loop() -> dict[str, Any]:
    """One person after another, objects by the ORM, the same engine; what a year of everybody would take."""
    from apps.retirees.models import Retiree

    with _thrown_away():
        total = Retiree.objects.on_register().count()
        step = max(1, total // SAMPLE)
        keys = list(
            Retiree.objects.on_register().order_by("pk").values_list("pk", flat=True)[::step][:SAMPLE]
        )
        rows, seconds = _timed(lambda: sum(_one_by_orm(key) for key in keys))
        found = {
            "sample": len(keys),
            "rows": rows,
            "seconds": seconds,
            "reckoned": round(seconds / len(keys) * total),
        }
    _say(found)
    return found


def _one_by_orm(key: int) -> int:
    """A year of one person, as a view or a command would write it down."""
    from apps.benefits.queries.terms import terms_in_use
    from apps.benefits.rules.conditions import Facts
    from apps.benefits.rules.engine import Outcome, judge
    from apps.benefits.rules.months import last_day
    from apps.core.chinese import age_on
    from apps.retirees.models import Condition, LevelFact, Membership, Retiree

    terms = _kept_terms.setdefault("terms", terms_in_use())
    person = Retiree.objects.get(pk=key)
    stays = list(Membership.objects.filter(retiree_id=key))
    levels = list(LevelFact.objects.filter(retiree=person))
    states = list(Condition.objects.filter(retiree=person, kind="self_care"))
    rows = 0
    for month in _year():
        day = last_day(month)
        if not any(_holds(one.during, month) for one in stays):
            continue
        facts = Facts(
            category=person.category,
            period=person.period,
            sex=person.sex,
            rank=next((one.level for one in levels if one.kind == "rank" and _holds(one.during, day)), ""),
            treatment=next(
                (one.level for one in levels if one.kind == "treatment" and _holds(one.during, day)), ""
            ),
            self_care=next((one.value for one in states if _holds(one.during, day)), ""),
            place=person.county_id,
            full_age=age_on(person.birth_from, day) if person.birth_from else None,
            joined=person.joined_on,
            retired=person.retired_on,
        )
        benefits = [one for one in terms.benefits if one.cycle != "death"]
        told = judge(
            benefits, terms.standards, {one.key: facts for one in benefits}, month, places=terms.places
        )
        rows += sum(one.outcome is Outcome.WON for one in told)
    return rows


_kept_terms: dict[str, Any] = {}


def _holds(during: Any, day: date) -> bool:
    return (during.lower is None or during.lower <= day) and (during.upper is None or day < during.upper)


def _arrears() -> dict[str, Any]:
    """A paper of today that raises everybody from five months ago: who gains how much, by county and year."""
    from apps.benefits.queries.effects import effects, sides

    over = _year()[: BACK + 1]
    with _thrown_away():
        drafts = _publish(over[0], RAISE)
        (rows, _), seconds = _timed(lambda: effects(*sides(drafts), over))
        found = {
            "seconds": seconds,
            "months": len(over),
            "people": sum(one.gaining for one in rows),
            "yuan": str(sum(one.after - one.before for one in rows)),
            "mib": _mib_here(),
        }
    _say(found)
    return found


def _month() -> dict[str, Any]:
    """A county's list of a month: computed twice, then its pages. It is written for that, and taken away again."""
    from apps.benefits.actions.compute import compute_run
    from apps.benefits.models import Run
    from apps.core.scope import scope
    from apps.jobs.rules import system_actor
    from apps.units.models import Unit

    month = date(2026, 12, 1)
    with scope(system_actor()):
        standards = _publish(date(2020, 1, 1), 0)
        county = Unit.objects.get(code="nanling")
        run = Run.objects.create(
            county=county, kind="month", first_month=month, last_month=month, made_by=0, made_by_name="试"
        )
    try:
        taken = []
        for _ in range(2):
            with scope(system_actor()) as actor:
                started = time.perf_counter()
                run = compute_run(run=run, by=actor)
                taken.append(round(time.perf_counter() - started, 2))
        with scope(system_actor()):
            lines = run.lines.count()
        pages = [measure(case, signed_in("nanling_clerk")) for case in _pages_of(run)]
        found = {"lines": lines, "people": run.people, "cold": taken[0], "seconds": taken[1], "pages": pages}
    finally:
        with scope(system_actor()):
            Run.objects.filter(pk=run.pk).delete()
            for one in standards:
                one.delete()
            standards[0].paper.delete()
            standards[0].benefit.delete()
    _say(found)
    return found


def _pages_of(run: Any) -> Iterator[Case]:
    from django.urls import reverse

    address = reverse("benefits:run", args=[run.pk])
    yield Case("发放名单：变化", [address])
    yield Case("发放名单：全部", [f"{address}?show=all"])
    yield Case("发放名单：翻到很后", [f"{address}?show=all&page=1500"])
    yield Case("发放名单：按单位", [f"{address}?show=units"])
    yield Case("待遇发放", [reverse("benefits:runs")])


def _person() -> dict[str, Any]:
    """One person's year with every rule considered."""
    from apps.benefits.queries.explained import explain
    from apps.benefits.queries.terms import terms_in_use
    from apps.retirees.models import Retiree

    with _thrown_away():
        keys = list(
            Retiree.objects.on_register().order_by("pk").values_list("pk", flat=True)[: 5000 * TIMES : 5000]
        )
        explain(keys[0], terms_in_use(), _year())
        taken = sorted(_timed_ms(lambda key=key: explain(key, terms_in_use(), _year())) for key in keys)
        found = {"p50": taken[len(taken) // 2], "p95": taken[int(len(taken) * 0.95)], "times": len(taken)}
    _say(found)
    return found


def _timed_ms(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return round((time.perf_counter() - started) * 1000, 1)


if __name__ == "__main__":
    importlib.import_module("cadre_portal.wsgi")  # set up as a worker of the server is
    main()
