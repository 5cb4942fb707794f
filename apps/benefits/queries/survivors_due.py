"""What survivors are entitled to, month by month, by the same engine as cadres; there are few of them, so each is asked
by himself. A benefit of theirs asks what he is to the dead cadre, his household, and what the cadre was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from apps.benefits.choices import Audience, SurvivorStateKind
from apps.benefits.models import Survivor, SurvivorState
from apps.benefits.queries.survivors import spans_of
from apps.benefits.queries.terms import Terms, terms_in_use
from apps.benefits.rules.conditions import Facts, sentence
from apps.benefits.rules.engine import Outcome, Verdict, judge, reason, worth
from apps.benefits.rules.months import month_of
from apps.benefits.rules.survivors import entitled_in
from apps.core.scope import Actor
from apps.retirees.choices import LifeState


@dataclass(frozen=True)
class SurvivorDue:
    """One benefit of a survivor in a month."""

    survivor: Survivor
    month: date
    verdict: Verdict
    money: Decimal | None
    """Yuan; None where a figure is missing, which ``words`` then say."""
    words: str
    """组通字〔…〕…号：…，每月…元，自…."""


def survivor_terms() -> Terms:
    """Benefits of survivors in use with their standards."""
    return terms_in_use(audience=Audience.SURVIVOR)


def due_to(survivor: Survivor, terms: Terms, months: Sequence[date]) -> list[SurvivorDue]:
    """What a survivor gets in each of ``months`` (first days); nothing for months in which he is not provided for."""
    spans = spans_of(survivor)
    facts = Facts(
        category=survivor.retiree.category,
        period=survivor.retiree.period,
        relation=survivor.relation,
        household=survivor.household,
        place=survivor.county_id,
    )
    found = []
    for month in months:
        if not entitled_in(month, survivor.during.lower, survivor.during.upper, spans):
            continue
        told = judge(
            terms.benefits,
            terms.standards,
            {one.key: facts for one in terms.benefits},
            month,
            places=terms.places,
        )
        dies = any(span.state == SurvivorStateKind.DEAD and month_of(span.starts) == month for span in spans)
        found += [
            _due(survivor, month, one, terms)
            for one in told
            if one.outcome is Outcome.WON and (one.benefit.pays_death_month or not dies)
        ]
    return found


def _due(survivor: Survivor, month: date, one: Verdict, terms: Terms) -> SurvivorDue:
    value = worth(one.standard, month, basic_fee=None, figures=terms.figures)
    words = reason(one.standard, one.benefit, sentence(one.standard.conditions, terms.places))
    return SurvivorDue(
        survivor, month, one, value.money, f"{words}（{value.missing}）" if value.missing else words
    )


@dataclass(frozen=True)
class MonthOfSurvivors:
    """A month's list: who gets what, and who is provided for without any standard in force."""

    due: tuple[SurvivorDue, ...]
    without: tuple[Survivor, ...]


def survivors_due(actor: Actor, month: date) -> MonthOfSurvivors:
    """Of the actor's place, by county, unit and cadre."""
    states = Prefetch("states", SurvivorState.objects.order_by("during"))
    rows = Survivor.objects.visible_to(actor).filter(retiree__state=LifeState.DEAD)
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    rows = rows.select_related("retiree", "county", "unit").prefetch_related(states)
    terms = survivor_terms()
    due, without = [], []
    for row in rows.order_by("county__sort", "county_id", "unit__sort", "unit_id", "retiree_id", "pk"):
        found = due_to(row, terms, [month])
        due += found
        if not found and entitled_in(month, row.during.lower, row.during.upper, spans_of(row)):
            without.append(row)
    return MonthOfSurvivors(tuple(due), tuple(without))
