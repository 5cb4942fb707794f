"""Reckonings of the invented city: a change of an amount, next year's budget, same condition and different amount."""

from datetime import date
from decimal import Decimal

from apps.accounts.models import Grant
from apps.benefits.actions.estimates import ask_effect, ask_fairness, ask_forecast, compute_estimate
from apps.benefits.models import Standard
from apps.benefits.queries.effects import Amount
from apps.benefits.queries.forecast import death_rates
from apps.benefits.rules.months import month_of
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.jobs.rules import system_actor


def load_estimates(demo: Demo) -> str:
    """Ask the three and reckon them; return a line that says what was made."""
    by = Grant.objects.get(user__username="city_clerk").actor("load-demo")
    year = demo.as_of.year + 1
    with scope(by) as actor:
        base = Standard.objects.in_use().filter(benefit__code="nursing", county=None, amount__gt=0)
        base = base.filter(conditions__period=["liberation"])
        base = base.order_by("-level", "pk").first()  # the city's own, which goes before the central one
        asked = [ask_fairness(month=month_of(demo.as_of), by=actor)]
        rates = [rate or Decimal(0) for rate in death_rates(demo.as_of)]
        asked.append(ask_forecast(year=year, rates=rates, by=actor))
        if base is not None:
            asked.append(
                ask_effect(
                    standards=[],
                    amount=Amount(base.pk, base.amount + 100, date(year, 1, 1)),
                    first_month=date(year, 1, 1),
                    last_month=date(year, 12, 1),
                    title=f"{base.label}增加100元（演示）",
                    by=actor,
                )
            )
    for row in asked:
        with scope(system_actor()):
            compute_estimate(estimate=row, today=demo.as_of)
    return f"待遇测算：{len(asked)}份"
