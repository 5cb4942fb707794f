"""Runs step by step: opened, computed, checked, approved by another person, reconciled with what was paid."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.compute import lines_moved
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import RUN_OPEN, PaymentSource, RunKind, RunState
from apps.benefits.models import Benefit, Claim, Opening, Payment, Run, RunLine
from apps.benefits.rules.months import month_of, month_words, next_month
from apps.core.scope import Actor
from apps.jobs.actions import request_job
from apps.jobs.rules import system_actor
from apps.library.models import Paper
from apps.units.models import Unit

JOB = "benefits.run"


@transaction.atomic
def open_county(*, county: Unit, month: date, by: Actor) -> Opening:
    """Say from which month a county pays by the portal's lists. It can be moved back, to settle arrears of before, and
    forward as long as no list of the months left out was approved. Raises NotPossible."""
    first = month_of(month)
    frozen = Run.objects.filter(county=county, first_month__lt=first).exclude(
        state__in=(*RUN_OPEN, RunState.DROPPED)
    )
    if frozen.exists():
        raise NotPossible(f"{month_words(first)}以前已有审批过的名单，启用月份不能再往后。")
    row, _ = Opening.objects.update_or_create(county=county, defaults={"month": first})
    record_event(
        kind=EventKind.SETTING,
        summary=f"{county.label}待遇发放从{month_words(first)}起用本系统",
        by=by,
        subject=row,
    )
    return row


@transaction.atomic
def open_run(
    *,
    county: Unit,
    kind: str,
    first_month: date,
    last_month: date,
    today: date,
    benefits: Collection[Benefit] = (),
    paper: Paper | None = None,
    reason: str = "",
    by: Actor,
) -> Run:
    """Open a county's list for a month (MONTH) or a span of past months (ARREARS), and have it computed.

    benefits: none for all; those of an exclusion group come together. Raises NotPossible where the county has not said
    from which month it pays by the portal, where the months lie before that or too far ahead, or there is one already.
    """
    _check_months(county, kind, first_month, last_month, today)
    run = Run(
        county=county,
        kind=kind,
        first_month=first_month,
        last_month=last_month,
        benefits=_with_groups(benefits),
        paper=paper,
        reason=reason,
        made_by=by.user_id,
        made_by_name=by.name,
    )
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        raise NotPossible(
            f"{county.label}{month_words(first_month)}已经有发放名单，请打开它，或先作废。"
        ) from None
    record_event(kind=EventKind.CREATE, summary=f"建立发放名单：{run}", by=by, subject=run)
    _ask(run)
    return run


def _check_months(county: Unit, kind: str, first: date, last: date, today: date) -> None:
    opening = Opening.objects.filter(county=county).first()
    if opening is None:
        raise NotPossible(f"请先设定{county.label}从哪个月起用本系统发放。")
    if last < first:
        raise NotPossible("截止月份不能早于起始月份。")
    if first < opening.month:
        raise NotPossible(
            f"{county.label}从{month_words(opening.month)}起用本系统发放；更早的月份，请把启用月份提前，"
            "并登记那时已经发放的金额，否则会重复发放。"
        )
    this = month_of(today)
    if kind == RunKind.ARREARS and last > this:
        raise NotPossible("补发只能到本月。")
    if kind == RunKind.MONTH and first > next_month(this):
        raise NotPossible("最多提前一个月制表。")


def _with_groups(benefits: Collection[Benefit]) -> list[int]:
    groups = {one.group for one in benefits} - {""}
    mates = Benefit.objects.filter(group__in=groups).values_list("pk", flat=True)
    return sorted({one.pk for one in benefits} | set(mates))


def _ask(run: Run) -> None:
    """Have the lines computed, by the portal itself (actions/compute.py says why)."""
    request_job(
        kind=JOB,
        label=f"计算发放名单 {run.pk}",
        dedupe_key=f"{JOB}:{run.pk}:{run.version}",
        by=system_actor(),
        payload={"run": run.pk, "version": run.version},
        lane=f"{JOB}:{run.county_id}",
    )


@transaction.atomic
def recompute_run(*, run: Run, by: Actor) -> Run:
    """Have a draft computed again; what was ticked is to be ticked anew. Raises NotPossible."""
    row = _hold(run, by, RunState.DRAFT, "重新计算")
    row.computed_at = None
    row.version += 1
    row.save(update_fields=["computed_at", "version"])
    _ask(row)
    return row


@transaction.atomic
def check_lines(
    *, run: Run, lines: Collection[int] = (), difference: str = "", is_checked: bool = True, by: Actor
) -> int:
    """Tick lines that were looked at: those with these keys, or all of one kind of difference; return how many."""
    row = _hold(run, by, RunState.DRAFT, "核对")
    found = RunLine.objects.filter(run=row)
    found = found.filter(difference=difference) if difference else found.filter(pk__in=list(lines))
    return found.exclude(is_checked=is_checked).update(is_checked=is_checked)


@transaction.atomic
def submit_run(*, run: Run, by: Actor) -> Run:
    """Hand it to whoever approves. Raises NotPossible while it is computed, empty, or not wholly looked at."""
    row = _hold(run, by, RunState.DRAFT, "送审")
    if row.computed_at is None:
        raise NotPossible("名单还在计算，请稍候。")
    left = RunLine.objects.filter(run=row, is_checked=False).count()
    if left:
        raise NotPossible(f"还有{left}条变化没有核对，逐条核对后再送审。")
    if not RunLine.objects.filter(run=row).exists():
        raise NotPossible("名单里没有要发的人，不用送审。")
    return _step(row, RunState.WAITING, "送审发放名单", by)


@transaction.atomic
def return_run(*, run: Run, words: str, by: Actor) -> Run:
    """Send it back to be checked again, with words."""
    row = _hold(run, by, RunState.WAITING, "退回")
    row.words = words
    return _step(row, RunState.DRAFT, "退回发放名单", by, reason=words)


@transaction.atomic
def approve_run(*, run: Run, words: str = "", by: Actor) -> Run:
    """Freeze it: from now on its lines count as settled and are never changed; what is to come back becomes claims.

    Raises NotPossible for whoever made it, and where facts, standards or payments changed since it was computed: nobody
    is paid who died meanwhile, and no month twice.
    """
    row = _hold(run, by, RunState.WAITING, "审批")
    if row.made_by == by.user_id:
        raise NotPossible("自己制的表，请由别人审批。")
    Opening.objects.select_for_update().get(county=row.county_id)
    moved = lines_moved(row)
    if moved:
        raise NotPossible(
            f"名单算好以后，有{moved}条的情况、标准或发放变了，请退回，重新计算、核对后再审批。"
        )
    row.approved_by, row.approved_by_name, row.approved_at = by.user_id, by.name, timezone.now()
    row.words = words
    _claim(row)
    return _step(row, RunState.APPROVED, "审批发放名单", by, reason=words)


def _claim(run: Run) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO benefits_claim (county_id, unit_id, retiree_id, name, benefit_id, month, line_id, amount,"
            " state, settled_by_name, note) SELECT county_id, unit_id, retiree_id, name, benefit_id, month, id,"
            " -amount, 'open', '', why FROM benefits_runline WHERE run_id = %s AND amount < 0",
            [run.pk],
        )


@transaction.atomic
def drop_run(*, run: Run, by: Actor) -> Run:
    """Do without a list that was not approved; it stays to be read, and the month is free for another."""
    row = _hold(run, by, RUN_OPEN, "作废")
    return _step(row, RunState.DROPPED, "作废发放名单", by)


@transaction.atomic
def reconcile_run(
    *, run: Run, paid: Mapping[int, Decimal], paid_on: date, notes: Mapping[int, str] | None = None, by: Actor
) -> Run:
    """Take over the paid list that came back: by line, what was really paid; lines it does not name were paid nothing.
    Each becomes a payment, for ever. What was paid too little or not at all is due again at the next arrears.

    Raises NotPossible for a run that is not approved, lines of other runs, and sums below zero.
    """
    row = _hold(run, by, RunState.APPROVED, "对账")
    lines = {one.pk: one for one in RunLine.objects.filter(run=row, amount__gt=0)}
    strange = set(paid) - set(lines)
    if strange:
        raise NotPossible(f"有{len(strange)}行不属于这份名单。")
    if any(money < 0 for money in paid.values()):
        raise NotPossible("实发金额不能是负数。")
    if row.approved_at and paid_on < timezone.localdate(row.approved_at):
        raise NotPossible("发放日期不能早于审批日期。")
    words = notes or {}
    rows = [
        Payment(
            **_keys(line),
            amount=paid[line.pk],
            paid_on=paid_on,
            source=PaymentSource.RUN,
            line=line,
            note=words.get(line.pk, ""),
            recorded_by_name=by.name,
        )
        for line in lines.values()
        if paid.get(line.pk)
    ]
    Payment.objects.bulk_create(rows, batch_size=2000)
    for line in lines.values():
        line.paid = paid.get(line.pk, Decimal(0))
    RunLine.objects.bulk_update(lines.values(), ["paid"], batch_size=2000)
    row.reconciled_at = timezone.now()
    return _step(row, RunState.RECONCILED, "发放名单对账", by)


@transaction.atomic
def pay_as_approved(*, run: Run, paid_on: date, by: Actor) -> Run:
    """Reconcile without a list: everybody was paid what was approved."""
    lines = RunLine.objects.filter(run=run, amount__gt=0).values_list("pk", "amount")
    return reconcile_run(run=run, paid=dict(lines), paid_on=paid_on, by=by)


@transaction.atomic
def record_earlier(*, rows: Iterable[Mapping[str, Any]], by: Actor) -> int:
    """Payments from before the portal was used, so that arrears reach back: each with county, unit, retiree_id, name,
    benefit, month, amount, paid_on and note. Return how many."""
    made = [Payment(**row, source=PaymentSource.EARLIER, recorded_by_name=by.name) for row in rows]
    Payment.objects.bulk_create(made, batch_size=2000)
    record_event(
        kind=EventKind.IMPORT,
        summary=f"登记以前发放的待遇{len(made)}笔",
        by=by,
        data={"rows": len(made)},
    )
    return len(made)


@transaction.atomic
def settle_claim(*, claim: Claim, state: str, settled_on: date, note: str, by: Actor) -> Claim:
    """A claim came back (a payment below zero, for ever) or is given up, with the reason. Raises NotPossible when it is
    settled already, or given up without a word."""
    row = Claim.objects.select_for_update(of=("self",), no_key=True).visible_to(by).get(pk=claim.pk)
    if row.state != "open":
        raise NotPossible(f"这一笔{row.get_state_display()}。")
    if state == "waived" and not note.strip():
        raise NotPossible("不再追回要写明理由和批准的人。")
    row.state, row.settled_on, row.settled_by_name, row.note = state, settled_on, by.name, note or row.note
    row.save(update_fields=["state", "settled_on", "settled_by_name", "note"])
    if state == "recovered":
        line = RunLine.objects.get(pk=row.line_id)
        Payment.objects.create(
            **_keys(line),
            amount=line.amount,
            paid_on=settled_on,
            source=PaymentSource.RECOVERY,
            line=line,
            note=note,
            recorded_by_name=by.name,
        )
        RunLine.objects.filter(pk=line.pk).update(paid=line.amount)
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{row.get_state_display()}：{row.name}{month_words(row.month)}多发的待遇",
        by=by,
        subject=row,
        reason=note,
    )
    return row


def _keys(line: RunLine) -> dict[str, Any]:
    return {
        "county_id": line.county_id,
        "unit_id": line.unit_id,
        "retiree_id": line.retiree_id,
        "name": line.name,
        "benefit_id": line.benefit_id,
        "month": line.month,
    }


def _hold(run: Run, by: Actor, states: Any, what: str) -> Run:
    """The run, locked, in one of the states. Raises NotPossible."""
    row = Run.objects.select_for_update(of=("self",), no_key=True).visible_to(by).get(pk=run.pk)
    wanted = (states,) if isinstance(states, str) else states
    if row.state not in wanted:
        raise NotPossible(f"这份名单{row.get_state_display()}，不能{what}。")
    return row


def _step(run: Run, state: str, what: str, by: Actor, *, reason: str = "") -> Run:
    run.state = state
    run.version += 1
    run.save()
    record_event(
        kind=EventKind.STATE,
        summary=f"{what}：{run}",
        by=by,
        subject=run,
        reason=reason,
        data={"people": run.people},
    )
    return run
