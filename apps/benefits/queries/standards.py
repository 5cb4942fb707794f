"""Standards as the office lists them, and what speaks against publishing one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from apps.benefits.choices import StandardState
from apps.benefits.models import Benefit, RunLine, Standard
from apps.benefits.models.standards import StandardQuerySet
from apps.benefits.queries.terms import benefit_terms, place_names, standard_terms
from apps.benefits.rules.checks import circle, clashes, gaps, mixes
from apps.benefits.rules.conditions import BadConditions
from apps.benefits.rules.engine import StandardTerms
from apps.benefits.rules.publishing import days_faults
from apps.core.chinese import format_date
from apps.core.scope import Actor

TOLD = (StandardState.PUBLISHED, StandardState.WITHDRAWN)
"""What others than the office itself see."""
JOINED = ("benefit", "paper", "clause", "county")
MOST = 400
"""Rows of one page."""
CITY = "city"


@dataclass(frozen=True)
class StandardFilters:
    """Conditions of the list."""

    benefit: int | None = None
    state: str = ""
    """Empty: published and waiting; on a day, published alone."""
    on: date | None = None
    office: str = ""
    """CITY or the key of a county."""
    examples: str = ""
    """ "no": none, "only": nothing else."""


def seen_by(actor: Actor) -> StandardQuerySet:
    """Those of the actor's places; what another office has not published yet is its own matter."""
    rows = Standard.objects.visible_to(actor)
    if actor.unit_id is not None or actor.db_role not in ("s_city", "s_county"):
        return rows.filter(state__in=TOLD)
    return rows.filter(Q(county_id=actor.county_id) | Q(state__in=TOLD))


def kept_by(actor: Actor) -> StandardQuerySet:
    """Those of the actor's own office: the city keeps its own, a county its own."""
    if actor.unit_id is not None:
        return Standard.objects.none()
    return Standard.objects.filter(county_id=actor.county_id)


def standards_listed(actor: Actor, asked: StandardFilters) -> StandardQuerySet:
    """The rows of the list, by benefit, the newest first."""
    rows = seen_by(actor)
    if asked.benefit is not None:
        rows = rows.filter(benefit_id=asked.benefit)
    if asked.on is not None:
        rows = rows.filter(during__contains=asked.on)
    if asked.state:
        rows = rows.filter(state=asked.state)
    elif asked.on is not None:
        rows = rows.in_use()
    else:
        rows = rows.filter(state__in=[StandardState.PUBLISHED, StandardState.WAITING])
    if asked.office:
        rows = rows.filter(county_id=None if asked.office == CITY else int(asked.office))
    if asked.examples:
        rows = rows.filter(is_example=asked.examples == "only")
    return rows.select_related(*JOINED).order_by(
        "benefit__sort", "benefit", "-during__startswith", "level", "pk"
    )


def same_benefit(standard: Standard) -> list[Standard]:
    """The published ones it has to stand beside, of all offices."""
    rows = Standard.objects.in_use().filter(benefit_id=standard.benefit_id).exclude(pk=standard.pk)
    return list(rows.select_related("paper", "clause"))


def faults(standard: Standard) -> list[str]:
    """Why a standard cannot be published as it stands, in words; none where it can."""
    try:
        terms = standard_terms(standard)
    except BadConditions as problem:
        return [str(problem)]
    benefit = benefit_terms(standard.benefit)
    others = [standard_terms(one) for one in same_benefit(standard)]
    found = days_faults(terms, benefit)
    if not standard.benefit.is_active:
        found.append(f"待遇项目“{benefit.name}”已停用。")
    found += _replacing(standard, terms)
    found += clashes(terms, [_cut(one, standard, terms.starts) for one in others], place_names())
    return found + _mixed(standard, terms)


def _replacing(standard: Standard, terms: StandardTerms) -> list[str]:
    older = standard.replaces
    if older is None:
        return []
    found = []
    if (older.benefit_id, older.county_id) != (standard.benefit_id, standard.county_id):
        found.append("只能替代本单位同一待遇项目的标准。")
    if older.during.lower >= terms.starts:
        found.append(f"被替代的标准从{format_date(older.during.lower)}起执行，不早于这一条。")
    replaced = dict(
        Standard.objects.filter(replaces__isnull=False)
        .exclude(pk=standard.pk)
        .values_list("pk", "replaces_id")
    )
    if circle(standard.pk or 0, older.pk, replaced):
        found.append("替代关系绕成了圈：被替代的标准又替代这一条。")
    return found


def _cut(one: StandardTerms, standard: Standard, starts: date) -> StandardTerms:
    """The replaced row as it will be: it ends where the new one begins."""
    if one.key != standard.replaces_id or (one.ends is not None and one.ends <= starts):
        return one
    return replace(one, ends=starts)


def _mixed(standard: Standard, terms: StandardTerms) -> list[str]:
    group = standard.benefit.group
    if not group:
        return []
    rows = Standard.objects.in_use().filter(benefit__group=group).exclude(pk=standard.pk)
    others = [standard_terms(one) for one in rows.select_related("paper", "clause")]
    return mixes(terms, benefit_terms(standard.benefit), others)


def restored_faults(standard: Standard) -> list[str]:
    """Why the row that ``standard`` replaced cannot have its days back."""
    older = standard.replaces
    if older is None or standard.replaced_during is None:
        return []
    terms = replace(standard_terms(older), ends=standard.replaced_during.upper)
    others = [standard_terms(one) for one in same_benefit(older) if one.pk != standard.pk]
    return clashes(terms, others, place_names())


def gaps_beside(standard: Standard) -> list[str]:
    """Who is left without a standard of the benefit on the day this one begins; a hint."""
    day = standard.during.lower
    rows: Iterable[Standard] = [
        one
        for one in same_benefit(standard)
        if one.pk != standard.replaces_id and one.county_id in (None, standard.county_id)
    ]
    found = [one for one in map(standard_terms, [*rows, standard]) if one.holds_on(day)]
    return gaps(found, place_names())


def gaps_of(benefit: Benefit, day: date, county_id: int | None) -> list[str]:
    """The same of a benefit on a day, as it stands published for a county or the whole city."""
    rows = Standard.objects.in_use().filter(Q(county_id=None) | Q(county_id=county_id), benefit=benefit)
    terms = [standard_terms(one) for one in rows.select_related("paper", "clause")]
    return gaps([one for one in terms if one.holds_on(day)], place_names())


def is_used(standard: Standard) -> bool:
    """Whether some list of payments was made by it; the scope must be that of its office."""
    return RunLine.objects.filter(standard=standard).exists()
