"""What is looked at before a standard is published: overlaps, gaps, circles. Pure functions on values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from apps.benefits.rules.conditions import CHOICES, Conditions, overlap, sentence
from apps.benefits.rules.engine import BenefitTerms, StandardTerms
from apps.core.chinese import format_date
from apps.retirees.choices import Category, Period

MOST_GAPS = 12
TIERS = (Period.RED_ARMY, Period.RESISTANCE_EARLY, Period.RESISTANCE_LATE, Period.LIBERATION)


def times_overlap(one: StandardTerms, other: StandardTerms) -> bool:
    """Whether both are in force on some day."""
    return (other.ends is None or one.starts < other.ends) and (one.ends is None or other.starts < one.ends)


def clashes(
    standard: StandardTerms, others: Iterable[StandardTerms], places: Mapping[int, str] | None = None
) -> list[str]:
    """Why ``standard`` cannot stand beside those of ``others`` that it clashes with: the same benefit, level and
    county, at the same time, for people who fit both. Each is named with its paper."""
    return [
        f"与“{other.paper} {other.label}”（{sentence(other.conditions, places)}，"
        f"自{format_date(other.starts)}）重叠：请停用它、写明替代它，或改条件、起止"
        for other in others
        if other.key != standard.key
        and (other.benefit, other.level, other.county) == (standard.benefit, standard.level, standard.county)
        and times_overlap(standard, other)
        and overlap(standard.conditions, other.conditions)
    ]


def mixes(standard: StandardTerms, benefit: BenefitTerms, group: Iterable[StandardTerms]) -> list[str]:
    """Within an exclusion group the higher is taken, so all of its standards have to be amounts: what is reckoned by
    months of pay differs from person to person and cannot be weighed against them."""
    if not benefit.group:
        return []
    if standard.months or standard.times:
        return [f"互斥组“{benefit.group}”里的标准只能写金额，否则无法就高。"]
    return [
        f"互斥组“{benefit.group}”里的“{one.label}”不是按金额计的，无法就高。"
        for one in group
        if one.months or one.times
    ]


def circle(standard: int, replaces: int | None, replaced: Mapping[int, int | None]) -> bool:
    """Whether ``standard`` would come to replace itself. ``replaced``: by key, which one each replaces."""
    seen = set()
    while replaces is not None and replaces not in seen:
        if replaces == standard:
            return True
        seen.add(replaces)
        replaces = replaced.get(replaces)
    return False


def gaps(standards: Sequence[StandardTerms], places: Mapping[int, str] | None = None) -> list[str]:
    """Who is left without a standard though others of his kind have one: every combination of the values that the
    standards themselves name, as sentences; at most a dozen. A hint, never an error: a paper may mean it so."""
    names = sorted({name for one in standards for name in one.conditions.choices} - {"place"})
    if not names:
        return []
    return list(_gaps(standards, names, places or {}))[:MOST_GAPS]


def _gaps(
    standards: Sequence[StandardTerms], names: Sequence[str], places: Mapping[int, str]
) -> Iterator[str]:
    for values in product(*(_values(name, standards) for name in names)):
        wanted = Conditions({name: frozenset([value]) for name, value in zip(names, values, strict=True)})
        if not any(overlap(one.conditions, wanted) for one in standards):
            yield sentence(wanted, places)


def _values(name: str, standards: Sequence[StandardTerms]) -> list[str]:
    """All tiers of the period, all other choices as far as some standard names them."""
    named = {value for one in standards for value in one.conditions.choices.get(name, ())}
    if name == "period":
        return [str(one) for one in TIERS]
    if name == "category" and named == {Category.LIXIU}:
        return [str(Category.LIXIU)]
    return [value for value in CHOICES[name][1].values if value in named]
