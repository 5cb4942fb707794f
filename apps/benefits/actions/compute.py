"""Filling a run's lines: entitled less settled, by person, month and benefit, in a few statements whatever the number.

It runs as the portal itself and for one county: months that a county paid before somebody moved away are still its own
to settle, though the person's record now belongs to another (design of scope: the stay, not the person, says whose).
"""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import RUN_FROZEN, Cycle, Difference, RunKind, RunState
from apps.benefits.models import Benefit, Run, RunLine
from apps.benefits.queries.entitled import TABLE, Reckoned, reckoned
from apps.benefits.queries.settled import SETTLED
from apps.benefits.queries.terms import terms_in_use
from apps.benefits.rules.months import month_of, months
from apps.core.scope import Actor

DEAD = "coalesce(person.state, '') = 'dead'"
_DAY = "split_part(person.died_on, ' ', 1)"
DIED = (
    f'CASE length({_DAY}) WHEN 10 THEN to_char(({_DAY})::date, \'YYYY"年"FMMM"月"FMDD"日"\')'
    f" WHEN 7 THEN to_char(({_DAY} || '-01')::date, 'YYYY\"年\"FMMM\"月\"') ELSE {_DAY} || '年' END"
)

LINES = f"""
WITH entitled AS (
    SELECT * FROM {TABLE} WHERE month = ANY(%(months)s::date[]) AND benefit_id = ANY(%(benefits)s::bigint[])
), settled AS ({SETTLED}), before AS (
    SELECT retiree_id, benefit_id, money, standard_id FROM {TABLE}
    WHERE month = %(before)s AND NOT %(frozen)s AND benefit_id = ANY(%(monthly)s::bigint[])
    UNION ALL
    SELECT line.retiree_id, line.benefit_id, line.entitled, line.standard_id FROM benefits_runline line
    WHERE line.run_id = %(before_run)s AND line.entitled > 0 AND line.benefit_id = ANY(%(monthly)s::bigint[])
), keys AS (
    SELECT retiree_id, benefit_id, month FROM entitled UNION SELECT retiree_id, benefit_id, month FROM settled
    UNION SELECT retiree_id, benefit_id, %(last)s::date FROM before
)
INSERT INTO benefits_runline (run_id, county_id, unit_id, retiree_id, name, benefit_id, standard_id, month, entitled,
    settled, amount, before, difference, why, is_estate, is_provisional, is_checked)
SELECT %(run)s, %(county)s, coalesce(entitled.unit_id, settled.unit_id, person.unit_id), keys.retiree_id,
    coalesce(person.name, settled.name), keys.benefit_id, entitled.standard_id, keys.month,
    coalesce(entitled.money, 0), coalesce(settled.money, 0),
    coalesce(entitled.money, 0) - coalesce(settled.money, 0), coalesce(before.money, 0), differs.how,
    CASE
        WHEN differs.how = '{Difference.SAME}' THEN ''
        WHEN {DEAD} THEN {DIED} || '去世'
        WHEN differs.how = '{Difference.STOPPED}' AND other.label IS NOT NULL THEN '改享“' || other.label || '”'
        WHEN differs.how = '{Difference.STOPPED}' AND stay.retiree_id IS NULL THEN '已不在本县名册'
        WHEN differs.how = '{Difference.STOPPED}' THEN '不再符合标准的条件'
        WHEN differs.how = '{Difference.NEW}' AND stay.since > %(before)s THEN '本月起在本县名册'
        WHEN differs.how = '{Difference.NEW}' AND lower(now.during) = %(last)s THEN '新标准：' || paper.number
        WHEN differs.how = '{Difference.NEW}' THEN '本月起符合“' || now.label || '”'
        WHEN now.id = before.standard_id THEN '基本离退休费或公布数据变化'
        WHEN lower(now.during) = %(last)s THEN '标准调整：' || paper.number
        ELSE '情况变化，改按“' || now.label || '”'
    END,
    {DEAD}, coalesce(entitled.provisional, false), differs.how = '{Difference.SAME}'
FROM keys
LEFT JOIN entitled USING (retiree_id, benefit_id, month)
LEFT JOIN settled USING (retiree_id, benefit_id, month)
LEFT JOIN before ON before.retiree_id = keys.retiree_id AND before.benefit_id = keys.benefit_id
    AND keys.month = %(last)s
LEFT JOIN retirees_retiree person ON person.id = keys.retiree_id
LEFT JOIN benefits_standard now ON now.id = entitled.standard_id
LEFT JOIN library_paper paper ON paper.id = now.paper_id
LEFT JOIN LATERAL (
    SELECT standard.label FROM entitled mate JOIN benefits_standard standard ON standard.id = mate.standard_id
    WHERE mate.retiree_id = keys.retiree_id AND mate.month = keys.month AND entitled.retiree_id IS NULL
    LIMIT 1
) other ON true
LEFT JOIN LATERAL (
    SELECT held.retiree_id, lower(held.during) AS since FROM retirees_membership held
    WHERE held.retiree_id = keys.retiree_id AND held.county_id = %(county)s AND held.during @> keys.month
) stay ON true
CROSS JOIN LATERAL (SELECT CASE
    WHEN NOT keys.benefit_id = ANY(%(monthly)s::bigint[])
        THEN CASE WHEN {DEAD} AND entitled.money > 0 THEN '{Difference.NEW}' ELSE '{Difference.SAME}' END
    WHEN coalesce(before.money, 0) = 0 AND coalesce(entitled.money, 0) > 0 THEN '{Difference.NEW}'
    WHEN coalesce(before.money, 0) > 0 AND coalesce(entitled.money, 0) = 0 THEN '{Difference.STOPPED}'
    WHEN entitled.money > before.money THEN '{Difference.RAISED}'
    WHEN entitled.money < before.money THEN '{Difference.LOWERED}'
    ELSE '{Difference.SAME}' END AS how) differs
"""

ARREARS = f"""
WITH entitled AS (
    SELECT * FROM {TABLE} WHERE benefit_id = ANY(%(benefits)s::bigint[])
), settled AS ({SETTLED}), both_sides AS (
    SELECT retiree_id, benefit_id, month, coalesce(entitled.money, 0) AS due, coalesce(settled.money, 0) AS had,
        coalesce(entitled.unit_id, settled.unit_id) AS unit_id, settled.name, standard_id,
        coalesce(provisional, false) AS provisional
    FROM entitled FULL JOIN settled USING (retiree_id, benefit_id, month)
)
INSERT INTO benefits_runline (run_id, county_id, unit_id, retiree_id, name, benefit_id, standard_id, month, entitled,
    settled, amount, before, difference, why, is_estate, is_provisional, is_checked)
SELECT %(run)s, %(county)s, both_sides.unit_id, both_sides.retiree_id, coalesce(person.name, both_sides.name),
    both_sides.benefit_id, both_sides.standard_id, both_sides.month, due, had, due - had, 0,
    CASE WHEN had = 0 THEN '{Difference.NEW}' WHEN due = 0 THEN '{Difference.STOPPED}'
         WHEN due > had THEN '{Difference.RAISED}' ELSE '{Difference.LOWERED}' END,
    CASE WHEN due < had AND {DEAD} THEN {DIED} || '去世，多发'
         WHEN due < had THEN '重算后应享减少，多发'
         WHEN had = 0 THEN '当时没有发放'
         ELSE '当时少发：' || paper.number END,
    {DEAD}, both_sides.provisional, false
FROM both_sides
LEFT JOIN retirees_retiree person ON person.id = both_sides.retiree_id
LEFT JOIN benefits_standard now ON now.id = both_sides.standard_id
LEFT JOIN library_paper paper ON paper.id = now.paper_id
WHERE due <> had
"""

MOVED = f"""
WITH entitled AS (
    SELECT * FROM {TABLE} WHERE month = ANY(%(months)s::date[]) AND benefit_id = ANY(%(benefits)s::bigint[])
), settled AS ({SETTLED}), lines AS (
    SELECT line.retiree_id, line.benefit_id, line.month, line.entitled, line.settled FROM benefits_runline line
    JOIN retirees_retiree person ON person.id = line.retiree_id WHERE line.run_id = %(run)s
)
SELECT count(*) FROM (entitled FULL JOIN settled USING (retiree_id, benefit_id, month))
FULL JOIN lines USING (retiree_id, benefit_id, month)
WHERE CASE WHEN lines.retiree_id IS NULL AND %(arrears)s
    THEN coalesce(entitled.money, 0) <> coalesce(settled.money, 0)
    ELSE coalesce(entitled.money, 0) <> coalesce(lines.entitled, 0)
        OR coalesce(settled.money, 0) <> coalesce(lines.settled, 0) END
"""
"""Lines of a run that today's facts, standards or payments would make otherwise; an arrears run has no line where both
are equal. Lines of people whom the scope does not show (who moved away) are as they were computed."""


@transaction.atomic
def compute_run(*, run: Run, by: Actor) -> Run:
    """Fill the run's lines anew, from the facts, standards and payments of this moment; ``by`` is the portal itself.

    Raises NotPossible where it is not being drafted.
    """
    row = Run.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    if row.state != RunState.DRAFT:
        raise NotPossible(f"这份名单{row.get_state_display()}，不能再计算。")
    RunLine.objects.filter(run=row).delete()
    with _reckoned(row) as told, connection.cursor() as cursor:
        cursor.execute(LINES if row.kind == RunKind.MONTH else ARREARS, _params(row))
    _sum_up(row)
    row.doubts = [
        {"month": one.month.isoformat(), "benefit": one.benefit, "why": one.why, "people": one.people}
        for one in told.doubts
        if one.month >= row.first_month
    ]
    row.computed_at = timezone.now()
    row.version += 1
    row.save(update_fields=["people", "total", "claimed", "doubts", "computed_at", "version"])
    record_event(
        kind=EventKind.CHANGE,
        summary=f"计算发放名单：{row}",
        by=by,
        subject=row,
        data={"people": row.people},
    )
    return row


def lines_moved(run: Run) -> int:
    """How many lines would be otherwise if the run were computed now: somebody died, a paper was published, another run
    paid the same month."""
    with _reckoned(run), connection.cursor() as cursor:
        cursor.execute(MOVED, _params(run))
        (found,) = cursor.fetchone()
    return int(found)


def _months(run: Run) -> list[date]:
    return list(months(run.first_month, run.last_month))


def _before(run: Run) -> date:
    return month_of(run.first_month - timedelta(days=1))


def _reckoned(run: Run) -> AbstractContextManager[Reckoned]:
    over = _months(run)
    if run.kind == RunKind.MONTH:
        over = [_before(run), *over]
    return reckoned(terms_in_use(benefits=run.benefits), over, county=run.county_id)


def _params(run: Run) -> dict[str, Any]:
    kept = Benefit.objects.filter(pk__in=run.benefits) if run.benefits else Benefit.objects.all()
    cycles = dict(kept.values_list("pk", "cycle"))
    earlier = Run.objects.filter(
        county=run.county_id, kind=RunKind.MONTH, first_month=_before(run), state__in=RUN_FROZEN
    )
    before_run = earlier.values_list("pk", flat=True).first()
    return {
        "run": run.pk,
        "county": run.county_id,
        "arrears": run.kind == RunKind.ARREARS,
        "months": _months(run),
        "last": run.last_month,
        "before": _before(run),
        "before_run": before_run or 0,
        "frozen": before_run is not None,
        "benefits": list(cycles),
        "monthly": [key for key, cycle in cycles.items() if cycle == Cycle.MONTH],
    }


def _sum_up(run: Run) -> None:
    lines = RunLine.objects.filter(run=run)
    paid, back = lines.filter(amount__gt=0), lines.filter(amount__lt=0)
    run.people = paid.values("retiree_id").distinct().count()
    run.total = paid.aggregate(money=Sum("amount"))["money"] or 0
    run.claimed = -(back.aggregate(money=Sum("amount"))["money"] or 0)
