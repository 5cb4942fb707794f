"""Reading runs, their lines and claims."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.benefits.choices import RUN_OPEN, ClaimState, Difference, RunKind, RunState
from apps.benefits.models import Claim, Opening, Run, RunLine
from apps.benefits.rules.months import month_of
from apps.core.scope import Actor
from apps.units.models import Unit

DIFFERING = (Difference.NEW, Difference.STOPPED, Difference.RAISED, Difference.LOWERED)


def runs_seen(actor: Actor) -> QuerySet[Run]:
    """Runs of the actor's place, latest first, with their county."""
    return Run.objects.visible_to(actor).select_related("county")


def run_lines(run: Run, *, show: str = "", unit: int | None = None, name: str = "") -> QuerySet[RunLine]:
    """Lines by unit and name. show: a Difference, "differing", "unchecked", or "" for all."""
    rows = RunLine.objects.filter(run=run)
    if show == "differing":
        rows = rows.filter(difference__in=DIFFERING)
    elif show == "unchecked":
        rows = rows.filter(is_checked=False)
    elif show:
        rows = rows.filter(difference=show)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    if name:
        rows = rows.filter(name__begins=name)
    return rows.select_related("unit", "benefit", "standard", "standard__paper", "standard__clause").order_by(
        "unit__sort", "unit_id", "name", "retiree_id", "benefit_id", "month"
    )


@dataclass(frozen=True)
class UnitSum:
    """A unit's part of a run."""

    unit: str
    people: int
    total: Decimal
    claimed: Decimal


def unit_sums(run: Run) -> list[UnitSum]:
    """By unit: people who are paid, what they get, what is to come back."""
    rows = (
        RunLine.objects.filter(run=run)
        .values("unit_id", "unit__name", "unit__short_name", "unit__sort")
        .annotate(
            people=Count("retiree_id", distinct=True, filter=Q(amount__gt=0)),
            total=Sum("amount", filter=Q(amount__gt=0)),
            claimed=Sum("amount", filter=Q(amount__lt=0)),
        )
        .order_by("unit__sort", "unit_id")
    )
    return [
        UnitSum(
            row["unit__short_name"] or row["unit__name"],
            row["people"],
            row["total"] or Decimal(0),
            -(row["claimed"] or Decimal(0)),
        )
        for row in rows
    ]


def benefit_sums(run: Run) -> list[tuple[str, int, Decimal]]:
    """By benefit: name, people who are paid, what they get."""
    rows = (
        RunLine.objects.filter(run=run, amount__gt=0)
        .values_list("benefit__name")
        .annotate(people=Count("retiree_id", distinct=True), total=Sum("amount"))
        .order_by("benefit__sort")
    )
    return [(name, people, total) for name, people, total in rows]


def line_counts(run: Run) -> dict[str, int]:
    """How many lines of each difference, and under "unchecked" how many nobody looked at."""
    found: dict[str, int] = dict(
        RunLine.objects.filter(run=run).values_list("difference").annotate(number=Count("pk"))
    )
    found["unchecked"] = RunLine.objects.filter(run=run, is_checked=False).count()
    return found


def openings(actor: Actor) -> list[tuple[Unit, date | None]]:
    """The counties that the actor sees, and from which month each pays by the portal's lists."""
    months: dict[int, date] = dict(Opening.objects.visible_to(actor).values_list("county_id", "month"))
    counties: Any = Unit.objects.visible_to(actor).counties()
    return [(one, months.get(one.pk)) for one in counties]


def month_state(actor: Actor, today: date) -> dict[str, int]:
    """Of this month's lists: how many counties have none, one in work, one that waits, one approved."""
    rows = Run.objects.visible_to(actor).filter(kind=RunKind.MONTH, first_month=month_of(today))
    states = dict(rows.exclude(state=RunState.DROPPED).values_list("county_id", "state"))
    opened = [county.pk for county, month in openings(actor) if month is not None and month <= today]
    return {
        "none": sum(1 for key in opened if key not in states),
        "draft": sum(1 for state in states.values() if state == RunState.DRAFT),
        "waiting": sum(1 for state in states.values() if state == RunState.WAITING),
        "approved": sum(1 for state in states.values() if state not in RUN_OPEN),
    }


def claims_seen(actor: Actor, *, state: str = "") -> QuerySet[Claim]:
    """Claims of the actor's place, open ones first."""
    rows = Claim.objects.visible_to(actor).select_related("county", "unit", "benefit")
    return rows.filter(state=state) if state else rows


def open_claims(actor: Actor) -> tuple[int, Decimal]:
    """How many are open, and how much."""
    found = claims_seen(actor, state=ClaimState.OPEN).aggregate(number=Count("pk"), total=Sum("amount"))
    return found["number"], found["total"] or Decimal(0)


def waiting_runs(actor: Actor) -> QuerySet[Run]:
    """Lists that wait for the actor's approval: those he did not make himself."""
    return Run.objects.visible_to(actor).filter(state=RunState.WAITING).exclude(made_by=actor.user_id)
