"""Reckoning ahead: asked for on a page, done by a job, kept with what it was made from."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import EstimateKind, StandardState
from apps.benefits.models import Estimate, Standard
from apps.benefits.queries.effects import Amount, effects, sides
from apps.benefits.queries.entitled import doubt_words
from apps.benefits.queries.fairness import unequal
from apps.benefits.queries.forecast import forecast
from apps.benefits.queries.terms import terms_in_use
from apps.benefits.rules.months import month_of, months
from apps.core.scope import Actor
from apps.jobs.actions import request_job
from apps.jobs.rules import system_actor
from apps.units.models import Unit

JOB = "benefits.estimate"
MOST_MONTHS = 240


@transaction.atomic
def ask_effect(
    *,
    standards: Collection[Standard],
    amount: Amount | None = None,
    first_month: date,
    last_month: date,
    title: str,
    by: Actor,
) -> Estimate:
    """What ``standards`` (drafts, or published ones) change, or another ``amount`` of one in use. Raises NotPossible
    without anything to reckon, for withdrawn ones, or over more than 20 years."""
    if not standards and amount is None:
        raise NotPossible("请选择要测算的标准。")
    if any(one.state == StandardState.WITHDRAWN for one in standards):
        raise NotPossible("已停用的标准不能测算。")
    if len(list(months(first_month, last_month))) > MOST_MONTHS:
        raise NotPossible("最多测算20年。")
    changed = (
        {
            "amount": {
                "standard": amount.standard,
                "amount": str(amount.amount),
                "starts": amount.starts.isoformat(),
            }
        }
        if amount
        else {}
    )
    return _ask(
        Estimate(
            county_id=by.county_id,
            kind=EstimateKind.EFFECT,
            title=title,
            first_month=first_month,
            last_month=last_month,
            standards=sorted(one.pk for one in standards),
            assumptions=changed,
        ),
        by,
    )


@transaction.atomic
def ask_forecast(*, year: int, rates: Sequence[Decimal], by: Actor) -> Estimate:
    """A year's budget under ``rates``, the shares that die in a year by band of age (queries.forecast.BANDS)."""
    return _ask(
        Estimate(
            county_id=by.county_id,
            kind=EstimateKind.FORECAST,
            title=f"{year}年待遇预算",
            first_month=date(year, 1, 1),
            last_month=date(year, 12, 1),
            assumptions={"rates": [str(rate) for rate in rates]},
        ),
        by,
    )


@transaction.atomic
def ask_fairness(*, month: date, by: Actor) -> Estimate:
    """Where the same condition gets another amount, in a month; for the city, which sees all counties."""
    first = month_of(month)
    title = f"{first.year}年{first.month}月同条件标准对比"
    return _ask(Estimate(kind=EstimateKind.FAIRNESS, title=title, first_month=first, last_month=first), by)


def _ask(row: Estimate, by: Actor) -> Estimate:
    row.made_by, row.made_by_name = by.user_id, by.name
    row.save()
    record_event(kind=EventKind.CREATE, summary=f"测算：{row.title}", by=by, subject=row)
    request_job(
        kind=JOB,
        label=f"测算 {row.pk}",
        dedupe_key=f"{JOB}:{row.pk}",
        by=system_actor(),
        payload={"estimate": row.pk},
    )
    return row


@transaction.atomic
def drop_estimate(*, estimate: Estimate, by: Actor) -> None:
    """Throw one away."""
    record_event(kind=EventKind.CHANGE, summary=f"删除测算：{estimate.title}", by=by, subject=estimate)
    estimate.delete()


@transaction.atomic
def compute_estimate(*, estimate: Estimate, today: date) -> Estimate:
    """Fill in the result, as the portal itself: months that a county paid for people who moved away are its own
    (actions/compute.py). Raises BadConditions where a standard cannot be read."""
    row = Estimate.objects.select_for_update(no_key=True).get(pk=estimate.pk)
    row.result = {
        EstimateKind.EFFECT: _effect,
        EstimateKind.FORECAST: _forecast,
        EstimateKind.FAIRNESS: _fairness,
    }[EstimateKind(row.kind)](row, today)
    row.save(update_fields=["result"])
    return row


def _effect(row: Estimate, today: date) -> dict[str, Any]:
    del today
    changed = row.assumptions.get("amount")
    amount = (
        Amount(changed["standard"], Decimal(changed["amount"]), date.fromisoformat(changed["starts"]))
        if changed
        else None
    )
    standards = list(Standard.objects.filter(pk__in=row.standards).select_related("paper", "clause"))
    before, after = sides(standards, amount)
    over = list(months(row.first_month, row.last_month))
    found, doubts = effects(before, after, over, county=row.county_id)
    return {
        "rows": [
            {
                "county": one.county,
                "year": one.year,
                "benefit": one.benefit,
                "people": [one.people_before, one.people_after],
                "gaining": one.gaining,
                "losing": one.losing,
                "money": [str(one.before), str(one.after)],
            }
            for one in found
        ],
        "notes": doubt_words((one.why, one.people) for one in doubts),
    }


def _forecast(row: Estimate, today: date) -> dict[str, Any]:
    rates = [Decimal(rate) for rate in row.assumptions["rates"]]
    found, deaths = forecast(terms_in_use(), row.first_month.year, rates, today, county=row.county_id)
    return {
        "rows": [
            {
                "county": one.county,
                "benefit": one.benefit,
                "people": one.people,
                "money": [str(one.undiminished), str(one.money)],
            }
            for one in found
        ],
        "deaths": [
            {
                "county": one.county,
                "deaths": str(one.deaths),
                "observed": one.observed,
                "each": {str(benefit): str(money) for benefit, money in one.each.items()},
            }
            for one in deaths
        ],
        "notes": [],
    }


def _fairness(row: Estimate, today: date) -> dict[str, Any]:
    del today
    counties = list(Unit.objects.counties().values_list("pk", flat=True))
    return {
        "rows": [
            {
                "benefit": one.benefit,
                "words": one.words,
                "gap": None if one.gap is None else str(one.gap),
                "counties": [
                    {
                        "county": county,
                        "gives": one.gives[county],
                        "standard": one.standards[county],
                        "people": one.people.get(county, 0),
                    }
                    for county in counties
                ],
            }
            for one in unequal(terms_in_use(), row.first_month, counties)
        ],
        "notes": [],
    }
