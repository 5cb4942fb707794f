"""What the register list shows for a set of conditions."""

import functools
import operator
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.core.chinese import years_before
from apps.core.places import PlaceQuerySet
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, PARTY_MEMBERS, VOID, AgeBand, LevelKind, LifeState, SelfCare
from apps.retirees.models import LevelFact, Retiree, RetireeQuerySet, Spell
from apps.retirees.models.person import PRIVATE_FIELDS
from apps.retirees.queries.changed import touched_since
from apps.retirees.queries.groups import in_group, was_in_group
from apps.retirees.queries.own_conditions import meets_own
from apps.retirees.queries.quality import is_of_dead, prepared, rule_conditions, with_issue
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
    "education",
    "marriage",
    "rank",
    "medical_treatment",
    "unit",
    "county",
    "nation",
)
IN_SPELLS = ("category", "period", "sex", "treatment", "county", "unit")
DATED_LEVELS = {"rank": LevelKind.RANK, "medical_treatment": LevelKind.MEDICAL}
"""Conditions that another day's list asks the facts of that day for; those of EQUAL that are neither here nor in the
spells nobody dates, so that they are the present ones on any day."""
OTHER_FIELDS = (
    ("former_name", "曾用名"),
    ("joined_on", "参加革命工作时间"),
    ("joined_basis", "参加革命工作时间依据"),
    ("work_basis", "参加工作时间依据"),
    ("approval_number", "批准文号"),
    ("highest_post", "曾任最高职务"),
    ("held_leading_post", "担任过实职"),
    ("residence", "居住地"),
    ("party_branch", "所在党支部"),
    ("note", "备注"),
    ("medical_treatment", "医疗待遇"),
    ("self_care", "生活自理"),
    ("living", "居住方式"),
    ("card_birth_date", "出生日期（身份证）"),
    ("verified_on", "核实日期"),
)
"""Fields beside the 22 required ones that can be asked for as 缺少 or 已填."""
FLOWS = {
    "deaths": ("leaves", ("died",), "ends_on"),
    "additions": ("enters", ("retired", "found"), "starts_on"),
    "transferred_in": ("enters", ("moved_in", "outside"), "starts_on"),
    "in_from_city": ("enters", ("moved_in",), "starts_on"),
    "in_from_outside": ("enters", ("outside",), "starts_on"),
    "transferred_out": ("leaves", ("moved_out", "outside"), "ends_on"),
    "out_within_city": ("leaves", ("moved_out",), "ends_on"),
    "out_of_city": ("leaves", ("outside",), "ends_on"),
}
NOT_COUNTED = frozenset(name for name, _ in OTHER_FIELDS)
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
        if conditions.get("changed_since"):
            touched = touched_since(actor, conditions["changed_since"])
            people = people.filter(functools.reduce(operator.or_, (Q(pk__in=keys) for keys in touched)))
    return search_names(people, conditions.get("q") or "")


def _present(people: RetireeQuerySet, conditions: Mapping[str, Any], today: date) -> RetireeQuerySet:
    groups = conditions.get("groups") or ()
    state = _state_asked(conditions)
    of_groups = state is None and any(_state_asked(group) is not None for group in groups)
    if not of_groups:
        people = people.filter(HERE if state is None else state)
    if conditions.get("issue"):
        people = with_issue(people, conditions["issue"], today)
    if conditions.get("batch"):
        people = people.filter(import_batch_id=conditions["batch"])
    people = people.filter(_meets(conditions, today))
    if any(group.get("issue") for group in groups):
        people = prepared(people)
    each = [_in_one(group, today, here=of_groups) for group in groups]
    return people.filter(functools.reduce(operator.or_, each)) if each else people


HERE = Q(state__in=ON_REGISTER)


def _state_asked(conditions: Mapping[str, Any]) -> Q | None:
    """The states that the conditions ask for; None where they say nothing, so that people on the register are meant."""
    state = conditions.get("state")
    if state:
        return ~Q(state__in=VOID) if state == "all" else Q(state=state)
    return Q(state=LifeState.DEAD) if is_of_dead(conditions.get("issue")) else None


def _in_one(group: Mapping[str, Any], today: date, *, here: bool) -> Q:
    """What one group of 符合任一组 asks. ``here``: another group asks for a state of its own, so that a group without
    one says for itself that it means people on the register."""
    found, state = _meets(group, today), _state_asked(group)
    if state is not None or here:
        found &= HERE if state is None else state
    if group.get("issue"):
        found &= Q(rule_conditions(today)[group["issue"]])
    return found


def values_of(conditions: Mapping[str, Any], name: str) -> list[str]:
    """The values of a condition that takes several; one alone may be given as it is."""
    value = conditions.get(name) or []
    return [value] if isinstance(value, str) else list(value)


def _meets(conditions: Mapping[str, Any], today: date) -> Q:
    """What a person's present values must be. Several values of one condition: any of them."""
    found = Q()
    for name in EQUAL:
        if conditions.get(name):
            found &= _any_of(name, values_of(conditions, name))
    if conditions.get("unit_kind"):
        found &= _any_of("unit__kind", values_of(conditions, "unit_kind"))
    if conditions.get("party"):
        found &= Q(political__in=PARTY_MEMBERS)
    if conditions.get("incomplete"):
        found &= Q(filled__lt=22)
    if conditions.get("special"):
        found &= in_group(conditions["special"], today)
    found &= _visited(conditions, today) & _held_post(conditions)
    for name in values_of(conditions, "lacks"):
        found &= _lacks(name)
    for name in values_of(conditions, "has"):
        found &= _has(name)
    return found & meets_own(conditions) & _ages(conditions, today, "birth_order")


def _visited(conditions: Mapping[str, Any], today: date) -> Q:
    """When somebody was last seen (``Retiree.visited_on``, kept by the log of visits). Who was never seen counts as not
    seen for any number of days, but has no last day that could be before another."""
    found = Q()
    if conditions.get("visited_before"):
        found &= Q(visited_on__lt=conditions["visited_before"])
    if conditions.get("visited_after"):
        found &= Q(visited_on__gt=conditions["visited_after"])
    if conditions.get("unvisited_days"):
        last = today - timedelta(days=conditions["unvisited_days"])
        found &= Q(visited_on__lte=last) | Q(visited_on=None)
    if conditions.get("visited"):
        found &= Q(visited_on__isnull=conditions["visited"] == "never")
    return found


HELD_POST = {"1": True, "0": False, "none": None}


def _held_post(conditions: Mapping[str, Any]) -> Q:
    held = conditions.get("held_post")
    return Q(held_leading_post=HELD_POST[held]) if held else Q()


def _any_of(name: str, values: Sequence[str]) -> Q:
    """One of the values; "none" is 未填, "any" whatever is filled in."""
    plain = ["" if value == "none" else value for value in values if value != "any"]
    found = Q(**({name: plain[0]} if len(plain) == 1 else {f"{name}__in": plain})) if plain else Q()
    if "any" in values:
        return Q() if "none" in values else ~Q(**{name: ""})
    return found


def _lacks(name: str) -> Q:
    return ~_there(name) if name in NOT_COUNTED else Q(missing__contains=[name])


def _has(name: str) -> Q:
    """A public field that is filled; of a private one the person's row knows only that it is not missing."""
    return ~Q(missing__contains=[name]) if name in PRIVATE_FIELDS else _there(name)


def _there(name: str) -> Q:
    field = Retiree._meta.get_field(name)
    if name in ("verified_on", "held_leading_post"):
        return Q(**{f"{name}__isnull": False})
    return ~Q(**{name: ""}) & Q(**{f"{name}__isnull": False}) if field.null else ~Q(**{name: ""})


def _as_of(people: RetireeQuerySet, on: date, conditions: Mapping[str, Any]) -> RetireeQuerySet:
    """People on the register on another day, with the values that held then where they are dated."""
    return people.filter(Exists(spells_on(on, conditions).filter(retiree_id=OuterRef("pk"))))


def spells_on(on: date, conditions: Mapping[str, Any]) -> PlaceQuerySet:
    """Spells that hold on a day and meet the conditions (those of the register list that spells can tell)."""
    spells = Spell.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=on),
        Q(ends_on=None) | Q(ends_on__gt=on),
    ).filter(_ages(conditions, on, "birth_from"))
    for name in IN_SPELLS:
        if conditions.get(name):
            spells = spells.filter(_any_of(name, values_of(conditions, name)))
    if conditions.get("unit_kind"):
        spells = spells.filter(_any_of("unit__kind", values_of(conditions, "unit_kind")))
    for name, kind in DATED_LEVELS.items():
        if conditions.get(name):
            spells = spells.filter(_level_on(kind, on, values_of(conditions, name)))
    present = _undated(conditions, on)
    if conditions.get("special"):
        present &= was_in_group(conditions["special"], on)
    if present:
        people = Retiree.objects.filter(present, pk=OuterRef("retiree_id"))
        spells = spells.filter(Exists(people))
    if conditions.get("party"):
        spells = spells.filter(party_member=True)
    if values_of(conditions, "self_care") == [SelfCare.HELPLESS]:
        spells = spells.filter(helpless=True)
    if conditions.get("incomplete"):
        spells = spells.filter(filled__lt=22)
    return spells


def _level_on(kind: LevelKind, on: date, values: Sequence[str]) -> Q:
    """A level that held on a day; "none" and "any" as ever."""
    held = LevelFact.objects.filter(retiree_id=OuterRef("retiree_id"), kind=kind, during__contains=on)
    found = Q(Exists(held.filter(level__in=[value for value in values if value not in ("none", "any")])))
    if "any" in values:
        found |= Q(Exists(held))
    return found | ~Q(Exists(held)) if "none" in values else found


def _undated(conditions: Mapping[str, Any], today: date) -> Q:
    """Conditions on what is known of the present only, and therefore of any day; days without a visit are counted up
    to ``today``."""
    found = _visited(conditions, today) & _held_post(conditions)
    for name in EQUAL:
        values = values_of(conditions, name)
        dated = name in IN_SPELLS or name in DATED_LEVELS
        if values and not dated and not (name == "self_care" and values == [SelfCare.HELPLESS]):
            found &= _any_of(name, values)
    return found


def _in_flow(people: RetireeQuerySet, flow: str, conditions: Mapping[str, Any]) -> RetireeQuerySet:
    """People who came or left between two days."""
    return people.filter(Exists(_spells_in_flow(flow, conditions).filter(retiree_id=OuterRef("pk"))))


def _spells_in_flow(flow: str, conditions: Mapping[str, Any]) -> PlaceQuerySet:
    column, kinds, day = FLOWS[flow]
    spells = Spell.objects.filter(**{f"{column}__in": kinds})
    if conditions.get("from"):
        spells = spells.filter(**{f"{day}__gte": conditions["from"]})
    if conditions.get("to"):
        spells = spells.filter(**{f"{day}__lte": conditions["to"]})
    for name in ("category", "county", "unit"):
        if conditions.get(name):
            spells = spells.filter(_any_of(name, values_of(conditions, name)))
    return spells


def moved_away(actor: Actor, conditions: Mapping[str, Any], today: date) -> int:
    """How many people the list of another day or of a movement counts, but does not show: they have gone to another
    county (or unit) since, behind its wall. The figure is the list and these together."""
    flow, on = conditions.get("flow"), conditions.get("on")
    if actor.county_id is None or conditions.get("q") or not (flow or (on and on != today)):
        return 0
    if not flow and (
        _undated(conditions, today) or any(conditions.get(name) for name in ("special", *DATED_LEVELS))
    ):
        return 0  # of those who have gone nobody here can tell, so that no figure counts them
    spells = _spells_in_flow(flow, conditions) if flow else spells_on(on, conditions)
    seen = Retiree.objects.visible_to(actor).filter(pk=OuterRef("retiree_id"))
    gone = spells.visible_to(actor).exclude(Exists(seen))
    return gone.values("retiree_id").distinct().count()


def _ages(conditions: Mapping[str, Any], on: date, column: str) -> Q:
    """周岁 limits as limits of the birthday, so that an index can answer them."""
    found = Q()
    low, high = conditions.get("age_min"), conditions.get("age_max")
    if low is not None:
        found &= Q(**{f"{column}__lte": years_before(on, low)})
    if high is not None:
        found &= Q(**{f"{column}__gt": years_before(on, high + 1)})
    bands = [_band(band, on, column) for band in values_of(conditions, "age_band")]
    return found & functools.reduce(operator.or_, bands) if bands else found


def _band(band: str, on: date, column: str) -> Q:
    if band == "none":
        return Q(birth_from=None)
    found = Q()
    if int(band):
        found &= Q(**{f"{column}__lte": years_before(on, int(band))})
    high = {AgeBand.UNDER_60: 59, AgeBand.FROM_100: None}.get(band, int(band) + 9)
    # An unknown birth date sorts as the year 9999, which is not somebody under 60.
    return (
        found & Q(**{f"{column}__gt": years_before(on, high + 1)}, birth_from__isnull=False)
        if high
        else found
    )


def is_counted(conditions: Mapping[str, Any]) -> bool:
    """Whether the counted cells answer how many people there are under these conditions."""
    return all(
        name in COUNTED and value != "any" and not (isinstance(value, list) and "any" in value)
        for name, value in conditions.items()
        if value
    ) and conditions.get("age_min") in (
        None,
        60,
        70,
        80,
        90,
        100,
    )
