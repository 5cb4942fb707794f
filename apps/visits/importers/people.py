"""Whom a row of a log means: by ID number, else by name and unit, else by what the clerk decided."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from apps.core.cells import error, fold, name_key, warning
from apps.core.scope import Actor
from apps.imports.choices import Decision
from apps.imports.rules import Place, StagedRow
from apps.retirees.choices import VOID, LifeState
from apps.retirees.models import PrivateDetails, Retiree, RetireeQuerySet, TakenId
from apps.retirees.models.private import id_index
from apps.units.models import Unit

CHUNK = 5000
MOST_CANDIDATES = 6


def find_people(rows: Sequence[StagedRow], place: Place, actor: Actor) -> dict[int, Retiree]:
    """Row index → the person of this place; what cannot be settled becomes an error of the row, with candidates."""
    found = _by_number(rows, place, actor)
    named = _by_name(rows, place, actor)
    units = _Units(place)
    for index, row in enumerate(rows):
        same = named.get(name_key(row.entry.get("name", "")), [])
        row.candidates = [person.pk for person in same][:MOST_CANDIDATES]
        if index in found or row.has_error():
            continue
        if row.decision == Decision.UPDATE:
            chosen = next((one for one in same if one.pk == row.decided_id), None)
            if chosen is None:
                row.add("name", error("decided-gone", "选定的人已不在您的管理范围内。请重新选择。"))
        else:
            chosen = _one_of(row, same, units)
        if chosen is not None:
            found[index] = chosen
    return found


def _people(place: Place, actor: Actor) -> RetireeQuerySet:
    people = Retiree.objects.visible_to(actor).filter(county_id=place.county_id).exclude(state__in=VOID)
    return people if place.is_county else people.filter(unit_id=place.unit_id)


def _by_number(rows: Sequence[StagedRow], place: Place, actor: Actor) -> dict[int, Retiree]:
    wanted: dict[bytes, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.entry.get("national_id"):
            wanted[id_index(row.entry["national_id"])].append(index)
    found: dict[int, Retiree] = {}
    indexes = list(wanted)
    for start in range(0, len(indexes), CHUNK):
        part = indexes[start : start + CHUNK]
        private = PrivateDetails.objects.filter(national_id_index__among=part)
        keys = {pk: bytes(one) for one, pk in private.values_list("national_id_index", "pk")}
        here = _people(place, actor).select_related("unit").in_bulk(list(keys))
        for key, person in here.items():
            for index in wanted[keys[key]]:
                found[index] = person
                _same_name(rows[index], person)
        taken = TakenId.objects.filter(national_id_index__among=part)
        elsewhere = {bytes(one) for one in taken.values_list("national_id_index", flat=True)}
        for number in elsewhere - {keys[key] for key in here}:
            for index in wanted[number]:
                text = "这个身份证号的人不在这里的名册里，不能登记。请交由管理他的县市区或单位导入。"
                rows[index].add("national_id", error("registered-elsewhere", text))
    return found


def _same_name(row: StagedRow, person: Retiree) -> None:
    if name_key(row.entry.get("name", "")) not in (person.name_key, person.former_key):
        row.add("name", error("other-name", f"这个身份证号在名册里是{person.name}。请核对。"))


def _by_name(rows: Sequence[StagedRow], place: Place, actor: Actor) -> dict[str, list[Retiree]]:
    names = sorted({name_key(row.entry["name"]) for row in rows if row.entry.get("name")})
    found: dict[str, list[Retiree]] = defaultdict(list)
    for start in range(0, len(names), CHUNK):
        people = _people(place, actor).filter(name_key__among=names[start : start + CHUNK])
        for person in people.select_related("unit").order_by("pk"):
            found[person.name_key].append(person)
    return found


class _Units:
    """The units of a county by their names without the county's: 南岭县财政局, 南岭财政局, 县财政局 and 财政局 are
    one, and logs write whichever is shortest."""

    def __init__(self, place: Place) -> None:
        county = fold(Unit.objects.get(pk=place.county_id).name)
        self.starts = (county, county[:-1], county[-1:])
        self.names = {
            unit.pk: {self.bare(name) for name in (unit.name, unit.short_name) if name}
            for unit in Unit.objects.filter(area_id=place.county_id)
        }

    def bare(self, name: str) -> str:
        plain = fold(name)
        for start in self.starts:
            if start and len(plain) > len(start) + 1:
                plain = plain.removeprefix(start)
        return plain

    def is_of(self, person: Retiree, name: str) -> bool:
        return bool(name) and self.bare(name) in self.names.get(person.unit_id, ())


def _one_of(row: StagedRow, same: Sequence[Retiree], units: _Units) -> Retiree | None:
    if not same:
        row.add("name", error("unknown-person", "这里的名册里没有这个人。请核对姓名，或先登记这个人。"))
        return None
    said = row.entry.get("unit", "")
    here = [one for one in same if units.is_of(one, said)]
    if len(here) == 1:
        return here[0]
    some = here or _alive_then(row, same)
    if len(some) == 1:
        if said and not here:
            row.add(
                "unit",
                warning("unit-differs", f"名册里他的单位是{some[0].unit.label}，请核对是不是同一个人。"),
            )
        return some[0]
    text = f"名册里有{len(some)}个同名的人。请点“是不是同一个人”选择，或补填身份证号、单位。"
    row.add("name", error("ambiguous-person", text))
    return None


def _alive_then(row: StagedRow, same: Sequence[Retiree]) -> list[Retiree]:
    """Namesakes who had not died before that day; all, where that leaves none."""
    day = row.entry.get("visited_on")
    if not day:
        return list(same)
    return [one for one in same if not died_before(one, date.fromisoformat(day))] or list(same)


def died_before(person: Retiree, day: date) -> bool:
    """Whether he was dead on that day; a death known to the month counts from its last day, so that a visit in the
    month of the death is not refused."""
    return person.state == LifeState.DEAD and person.died_on is not None and person.died_on.latest < day
