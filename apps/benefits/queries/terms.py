"""Benefits, standards and published figures as the engine takes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from apps.benefits.choices import Audience, Cycle
from apps.benefits.models import Benefit, PublishedFigure, Standard
from apps.benefits.rules.conditions import from_json
from apps.benefits.rules.engine import BenefitTerms, StandardTerms
from apps.units.choices import Level
from apps.units.models import Unit


@dataclass(frozen=True)
class Terms:
    """All that entitlements follow from, beside the people."""

    benefits: tuple[BenefitTerms, ...]
    standards: tuple[StandardTerms, ...]
    figures: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)
    """By series and year."""
    places: Mapping[int, str] = field(default_factory=dict)
    """Names of the county-level areas."""

    def benefit(self, key: int) -> BenefitTerms:
        """The benefit with a key; KeyError where it is not among them."""
        return {one.key: one for one in self.benefits}[key]

    def instead(self, standards: Iterable[StandardTerms]) -> "Terms":
        """The same with other standards: what would be if."""
        return replace(self, standards=tuple(standards))


def benefit_terms(benefit: Benefit) -> BenefitTerms:
    """A row as the engine takes it."""
    return BenefitTerms(
        key=benefit.pk,
        name=benefit.name,
        cycle=benefit.cycle,
        group=benefit.group,
        pay_month=benefit.pay_month,
        pays_death_month=benefit.pays_death_month,
        state_day=benefit.state_day,
        precedence=benefit.precedence,
        needs_approval=benefit.needs_approval,
        sort=benefit.sort,
    )


def standard_terms(standard: Standard) -> StandardTerms:
    """A row as the engine takes it; its paper is read along. Raises BadConditions where the stored ones are none."""
    return StandardTerms(
        key=standard.pk or 0,
        benefit=standard.benefit_id,
        label=standard.label,
        paper=standard.paper.number + (standard.clause.label if standard.clause else ""),
        starts=standard.during.lower,
        ends=standard.during.upper,
        level=standard.level,
        county=standard.county_id,
        conditions=from_json(standard.conditions),
        amount=standard.amount,
        months=standard.months,
        times=standard.times,
        series=standard.series,
    )


def terms_in_use(*, audience: str = Audience.CADRE, benefits: Iterable[int] = ()) -> Terms:
    """Benefits in use, of those keys where some are given, with their published standards; of all offices: the engine
    leaves out those of other counties. Benefits of one exclusion group are weighed against each other, so that asking
    for one brings the others of its group."""
    rows = Benefit.objects.filter(is_active=True, audience=audience)
    wanted = set(benefits)
    if wanted:
        groups = set(rows.filter(pk__in=wanted).exclude(group="").values_list("group", flat=True))
        found = [one for one in rows if one.pk in wanted or one.group in groups]
    else:
        found = list(rows)
    standards = Standard.objects.in_use().filter(benefit__in=found).select_related("paper", "clause")
    return Terms(
        benefits=tuple(benefit_terms(one) for one in found),
        standards=tuple(standard_terms(one) for one in standards),
        figures=published(),
        places=place_names(),
    )


def published() -> dict[tuple[str, int], Decimal]:
    """All published figures, by series and year."""
    return {(one.series, one.year): one.value for one in PublishedFigure.objects.all()}


def place_names() -> dict[int, str]:
    """Names of the county-level areas, by key."""
    rows: Any = Unit.objects.filter(level=Level.COUNTY)
    return {one.pk: one.label for one in rows}


def by_manner(terms: Terms) -> dict[tuple[bool, str, bool], list[BenefitTerms]]:
    """Benefits by what decides whom they reach: brought by death or not, the day whose state counts, whether the month
    of death is paid. One exclusion group is of one manner (rules/checks.py)."""
    found: dict[tuple[bool, str, bool], list[BenefitTerms]] = {}
    for one in terms.benefits:
        manner = (one.cycle == Cycle.DEATH, one.state_day, one.pays_death_month)
        found.setdefault(manner, []).append(one)
    return found
