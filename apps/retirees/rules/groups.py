"""Special groups (特殊群体): which ones follow from a person's record, and which stand by a mark made by hand."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from apps.core.chinese import age_on
from apps.retirees.choices import Living, Period, Residence, SelfCare, SpecialGroup

AGED_FROM = 80
"""双高期 (high age, high morbidity) is counted from 80 years; the office's own line, no paper sets it."""
EMPTY_NEST = frozenset({Living.WITH_SPOUSE, Living.ALONE, Living.NANNY})
"""空巢: not living with children; with the husband or wife, alone, or alone with a carer."""
AWAY = frozenset({Residence.PROVINCE, Residence.OTHER_PROVINCE, Residence.HK_MACAO_TAIWAN, Residence.ABROAD})
OF_PERIOD = {
    Period.RED_ARMY: SpecialGroup.RED_ARMY,
    Period.RESISTANCE_EARLY: SpecialGroup.RESISTANCE,
    Period.RESISTANCE_LATE: SpecialGroup.RESISTANCE,
    Period.LIBERATION: SpecialGroup.LIBERATION,
}


def groups_of(
    values: Mapping[str, Any], *, today: date, marks: Collection[str] = (), survivors: bool = False
) -> list[SpecialGroup]:
    """Groups of one person on a day, in the order of SpecialGroup.

    values: birth_from (earliest day of birth or None), living, self_care, residence, period as codes; died (truth):
    the dead belong to none of the groups of the living. marks: groups marked by hand that hold that day.
    survivors: somebody of the family is noted as 遗属, which counts after a death only.
    """
    found = {SpecialGroup(mark) for mark in marks}
    if values.get("died"):
        found = {SpecialGroup.SURVIVORS} if survivors else set()
    else:
        found |= {group for group, holds in _by_rule(values, today) if holds}
    if values.get("period") in OF_PERIOD:
        found.add(OF_PERIOD[Period(values["period"])])
    return [group for group in SpecialGroup if group in found]


def _by_rule(values: Mapping[str, Any], today: date) -> list[tuple[SpecialGroup, bool]]:
    age = age_on(values.get("birth_from"), today)
    return [
        (SpecialGroup.AGED, age is not None and age >= AGED_FROM),
        (SpecialGroup.EMPTY_NEST, values.get("living") in EMPTY_NEST),
        (SpecialGroup.HELPLESS, values.get("self_care") == SelfCare.HELPLESS),
        (SpecialGroup.AWAY, values.get("residence") in AWAY),
    ]
