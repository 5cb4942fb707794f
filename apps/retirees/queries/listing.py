"""What the register list shows for a set of conditions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.core.chinese import years_before
from apps.core.scope import Actor
from apps.retirees.choices import PARTY_MEMBERS, VOID, AgeBand, SelfCare
from apps.retirees.models import Retiree, RetireeQuerySet, Spell
from apps.retirees.models.facts import PersonRowQuerySet
from apps.retirees.queries.search import search_names

SORTS = {"name": "name_sort", "birth": "birth_order", "filled": "filled"}
EQUAL = (
    "category",
    "period",
    "sex",
    "treatment",
    "health",
    "self_care",
    "living",
    "residence",
    "political",
    "unit",
    "county",
    "nation",
)
FLOWS = {
    "deaths": ("leaves", ("died",), "ends_on"),
    "additions": ("enters", ("retired", "found"), "starts_on"),
    "transferred_in": ("enters", ("moved_in",), "starts_on"),
    "transferred_out": ("leaves", ("moved_out",), "ends_on"),
}
COUNTED = {"category", "period", "sex", "treatment", "county", "age_min", "age_band"}
"""Conditions that the counted cells can answer exactly (apps/retirees/figures)."""


def register_list(actor: Actor, conditions: Mapping[str, Any], today: date) -> RetireeQuerySet:
    """People the actor sees under ``conditions`` (cleaned values of the filter form), not yet in order."""
    people = Retiree.objects.visible_to(actor)
    flow, on = conditions.get("flow"), conditions.get("on")
    if flow:
        people = _in_flow(people, flow, conditions)
    elif on and on != today:
        people = _as_of(people, on, conditions)
    else:
        people = _present(people, conditions, today)
    return search_names(people, conditions.get("q") or "")


def _present(people: RetireeQuerySet, conditions: Mapping[str, Any], today: date) -> RetireeQuerySet:
    state = conditions.get("state")
    if state and state != "all":
        people = people.filter(state=state)
    elif state == "all":
        people = people.exclude(state__in=VOID)
    elif not state:
        people = people.on_register()
    for name in EQUAL:
        value = conditions.get(name)
        if value:
            people = people.filter(**{name: "" if value == "none" else value})
    if conditions.get("party"):
        people = people.filter(political__in=PARTY_MEMBERS)
    if conditions.get("incomplete"):
        people = people.filter(filled__lt=22)
    if conditions.get("lacks"):
        people = people.filter(missing__contains=[conditions["lacks"]])
    if conditions.get("batch"):
        people = people.filter(import_batch_id=conditions["batch"])
    return people.filter(_ages(conditions, today, "birth_order"))


def _as_of(people: RetireeQuerySet, on: date, conditions: Mapping[str, Any]) -> RetireeQuerySet:
    """People on the register on another day, with the values that held then (category, period, treatment, county)."""
    return people.filter(Exists(_spells_on(on, conditions).filter(retiree_id=OuterRef("pk"))))


def _spells_on(on: date, conditions: Mapping[str, Any]) -> PersonRowQuerySet:
    spells = Spell.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=on),
        Q(ends_on=None) | Q(ends_on__gt=on),
    ).filter(_ages(conditions, on, "birth_from"))
    for name in ("category", "period", "sex", "treatment", "county", "unit"):
        value = conditions.get(name)
        if value:
            spells = spells.filter(**{name: "" if value == "none" else value})
    if conditions.get("party"):
        spells = spells.filter(party_member=True)
    if conditions.get("self_care") == SelfCare.HELPLESS:
        spells = spells.filter(helpless=True)
    if conditions.get("incomplete"):
        spells = spells.filter(filled__lt=22)
    return spells


def _in_flow(people: RetireeQuerySet, flow: str, conditions: Mapping[str, Any]) -> RetireeQuerySet:
    """People who came or left between two days."""
    return people.filter(Exists(_spells_in_flow(flow, conditions).filter(retiree_id=OuterRef("pk"))))


def _spells_in_flow(flow: str, conditions: Mapping[str, Any]) -> PersonRowQuerySet:
    column, kinds, day = FLOWS[flow]
    spells = Spell.objects.filter(**{f"{column}__in": kinds})
    if conditions.get("from"):
        spells = spells.filter(**{f"{day}__gte": conditions["from"]})
    if conditions.get("to"):
        spells = spells.filter(**{f"{day}__lte": conditions["to"]})
    for name in ("category", "county", "unit"):
        if conditions.get(name):
            spells = spells.filter(**{name: conditions[name]})
    return spells


def moved_away(actor: Actor, conditions: Mapping[str, Any], today: date) -> int:
    """How many people the list of another day or of a movement counts, but does not show: they have gone to another
    county (or unit) since, behind its wall. The figure is the list and these together."""
    flow, on = conditions.get("flow"), conditions.get("on")
    if actor.county_id is None or conditions.get("q") or not (flow or (on and on != today)):
        return 0
    spells = _spells_in_flow(flow, conditions) if flow else _spells_on(on, conditions)
    seen = Retiree.objects.visible_to(actor).filter(pk=OuterRef("retiree_id"))
    gone = spells.visible_to(actor).exclude(Exists(seen))
    return gone.values("retiree_id").distinct().count()


def _ages(conditions: Mapping[str, Any], on: date, column: str) -> Q:
    """周岁 limits as limits of the birthday, so that an index can answer them."""
    found = Q()
    low, high = conditions.get("age_min"), conditions.get("age_max")
    band = conditions.get("age_band")
    if band == "none":
        return Q(birth_from=None)
    if band:
        low = int(band) or None
        high = {AgeBand.UNDER_60: 59, AgeBand.FROM_100: None}.get(band, int(band) + 9)
    if low is not None:
        found &= Q(**{f"{column}__lte": years_before(on, low)})
    if high is not None:
        found &= Q(**{f"{column}__gt": years_before(on, high + 1)})
    return found


def is_counted(conditions: Mapping[str, Any]) -> bool:
    """Whether the counted cells answer how many people there are under these conditions."""
    return all(name in COUNTED for name, value in conditions.items() if value) and conditions.get(
        "age_min"
    ) in (
        None,
        60,
        70,
        80,
        90,
        100,
    )
