"""Units merged or given to another county, with the people in them.

A unit never changes its county: figures and reports of past days count by county and unit. What goes to another county
is closed there and opened anew, the one succeeding the other; names and intervals of before stay what they were.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import Grant
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import insert_many
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.imports.queries import unfinished_batches
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.spells import rebuild_spells, since
from apps.retirees.actions.views import replace_in_views
from apps.retirees.choices import ON_REGISTER, EntryKind, ExitKind, Reorganisation
from apps.retirees.models import Membership, Retiree
from apps.units.actions import NotPossible as UnitNotPossible
from apps.units.actions import change_parent, close_unit, create_unit
from apps.units.choices import Change, Kind, Level
from apps.units.models import Unit

_CLOSE_STAYS = """
UPDATE retirees_membership SET during = daterange(lower(during), %s, '[)'), exit = %s
WHERE retiree_id = ANY(%s) AND upper_inf(during)
"""


@dataclass(frozen=True)
class Effect:
    """What would happen to one unit."""

    unit: Unit
    successor: str
    """Name of the unit that takes over; empty where nobody moves."""
    people: int = 0
    others: int = 0
    """Files of the dead and of those who left, which go along."""


@dataclass
class Preview:
    """Who changes his place, before anything is done."""

    effects: list[Effect] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    batches: int = 0

    @property
    def people(self) -> int:
        return sum(effect.people for effect in self.effects)


def preview_reorganisation(*, kind: Reorganisation, unit: Unit, target: Unit) -> Preview:
    """Units, people, users and unfinished imports that a reorganisation touches. In the city's scope.

    Raises NotPossible where it does not fit the tree.
    """
    check_target(kind, unit, target)
    found = Preview()
    if kind == Reorganisation.PARENT:
        found.effects.append(Effect(unit, ""))
        return found
    for old, name in _named_pairs(kind, unit, target):
        people = Retiree.objects.filter(unit=old)
        here = people.on_register().count()
        found.effects.append(Effect(old, name, here, people.count() - here))
    keys = [effect.unit.pk for effect in found.effects] + [unit.pk]
    grants = Grant.objects.valid().filter(unit__in=keys).select_related("user", "unit").order_by("user_id")
    found.users = [f"{grant.user.full_name}（{grant}）" for grant in grants]
    found.batches = unfinished_batches(keys)
    return found


def check_target(kind: Reorganisation, unit: Unit, target: Unit) -> None:
    """Raise NotPossible unless ``target`` can take ``unit`` in this way."""
    if unit.level == Level.CITY:
        raise NotPossible("市级单位不能撤并。")
    if target.closed_on is not None or target.pk == unit.pk:
        raise NotPossible("请选择另一个没有撤销的单位。")
    below = {child.pk for child in _below(unit)}
    if target.pk in below:
        raise NotPossible("不能并入或归到它自己的下级单位。")
    county = target.level == Level.COUNTY
    fits = {
        Reorganisation.MERGE: target.level == unit.level,
        Reorganisation.MOVE: unit.level == Level.UNIT and county and target.pk != unit.area_id,
        Reorganisation.PARENT: unit.level == Level.UNIT
        and target.area_id == unit.area_id
        and target.pk != unit.parent_id,
    }
    if not fits[kind]:
        raise NotPossible(
            {
                Reorganisation.MERGE: "承接单位应是同一层级的另一个单位。",
                Reorganisation.MOVE: "请选择另一个县市区。",
                Reorganisation.PARENT: "新的上级应在同一县市区内，而且不是现在的上级。",
            }[kind]
        )


def _below(unit: Unit) -> Iterator[Unit]:
    """Units under ``unit`` that are open, parents before children."""
    for child in Unit.objects.filter(parent=unit, closed_on=None).order_by("sort", "pk"):
        yield child
        yield from _below(child)


def _named_pairs(kind: Reorganisation, unit: Unit, target: Unit) -> Iterator[tuple[Unit, str]]:
    """(unit whose people move, name of the one they come to)."""
    same = unit.level == Level.UNIT and target.area_id == unit.area_id
    if unit.level == Level.UNIT:
        yield unit, target.name if kind == Reorganisation.MERGE else f"{target.label}·{unit.name}"
    if not same:
        for child in _below(unit):
            place = target if target.level == Level.COUNTY else target.area
            yield child, f"{place.label if place else ''}·{child.name}"


@transaction.atomic
def reorganise(
    *,
    kind: Reorganisation,
    unit: Unit,
    target: Unit,
    happened_on: date,
    document: str,
    today: date,
    by: Actor,
) -> tuple[Unit, int]:
    """Carry a reorganisation out, in the city's scope and one transaction; return the unit that remains, and how many
    people on the register moved.

    Raises NotPossible where it does not fit the tree, for a day to come, and where somebody came to a unit after it.
    """
    check_target(kind, unit, target)
    if happened_on > today:
        raise NotPossible("日期不能晚于今天，请到那一天再办理。")
    try:
        if kind == Reorganisation.PARENT:
            return change_parent(unit=unit, parent=target, by=by), 0
        pairs = list(_carry_units(kind, unit, target, happened_on, by))
        moved = sum(_move_people(old, new, happened_on, today, by) for old, new in pairs)
        closing = [*reversed(pairs), *([(unit, target)] if unit.level == Level.COUNTY else [])]
        for old, new in closing:
            if old.closed_on is None:
                close_unit(
                    unit=old,
                    kind=Change.MERGED,
                    happened_on=happened_on,
                    successor=new,
                    document=document,
                    by=by,
                )
            name = "county" if old.level == Level.COUNTY else "unit"
            replace_in_views(name=name, before=str(old.pk), after=str(new.pk))
    except UnitNotPossible as reason:
        raise NotPossible(str(reason)) from None
    return (target if kind == Reorganisation.MERGE else pairs[0][1]), moved


def _carry_units(
    kind: Reorganisation, unit: Unit, target: Unit, on: date, by: Actor
) -> Iterator[tuple[Unit, Unit]]:
    """(old, new) of every unit whose people move; units that only get another parent are given it."""
    children = list(Unit.objects.filter(parent=unit, closed_on=None).order_by("sort", "pk"))
    if unit.level == Level.COUNTY:
        new = target
    else:
        new = target if kind == Reorganisation.MERGE else _again(unit, target, on, by)
        yield unit, new
    for child in children:
        if child.area_id == new.area_id:
            change_parent(unit=child, parent=new, by=by)
        else:
            yield from _carry_units(Reorganisation.MOVE, child, new, on, by)


def _again(unit: Unit, parent: Unit, on: date, by: Actor) -> Unit:
    """The same unit, opened under another county."""
    area = parent if parent.level == Level.COUNTY else parent.area
    code = f"{area.code if area else parent.code}-{unit.pk}"[:40]
    return create_unit(
        parent=parent,
        code=code,
        name=unit.name,
        short_name=unit.short_name,
        kind=Kind(unit.kind),
        credit_code=unit.credit_code,
        sort=unit.sort,
        opened_on=on,
        by=by,
    )


def _move_people(old: Unit, new: Unit, on: date, today: date, by: Actor) -> int:
    """Everybody of ``old`` to ``new``: those on the register with their stay, the files of the others alone."""
    people = Retiree.objects.filter(unit=old).select_for_update(of=("self",), no_key=True)
    states = dict(people.values_list("pk", "state"))
    here = [pk for pk, state in states.items() if state in ON_REGISTER]
    late = Membership.objects.filter(
        retiree_id__in=here, during__endswith=None, during__startswith__gte=on
    ).count()
    if late:
        raise NotPossible(
            f"{old.name}有{late}人进入名册的日期在{format_date(on)}当天或以后，请改日期或先核对。"
        )
    area = new.area_id or new.pk
    within = old.area_id == area
    exit_kind, entry = (ExitKind.UNIT, EntryKind.UNIT) if within else (ExitKind.MOVED_OUT, EntryKind.MOVED_IN)
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_STAYS, [on, exit_kind.value, here])
    Retiree.objects.filter(pk__in=list(states)).update(
        county_id=area, unit=new, version=F("version") + 1, updated_at=timezone.now()
    )
    insert_many(
        Membership(retiree_id=pk, county_id=area, unit_id=new.pk, during=since(on), entry=entry)
        for pk in here
    )
    rebuild_spells(here, today=today)
    _tell(old, new, on, len(here), by)
    return len(here)


def _tell(old: Unit, new: Unit, on: date, people: int, by: Actor) -> None:
    places: Sequence[int | None] = sorted({old.area_id, new.area_id}, key=str)
    for county in places:
        record_event(
            kind=EventKind.MOVE,
            summary=f"撤并划转：{old.name}→{new.name}，{people}人（{format_date(on)}起）",
            by=by,
            subject=new,
            county_id=county,
            data={"from": old.pk, "to": new.pk, "people": people},
        )
