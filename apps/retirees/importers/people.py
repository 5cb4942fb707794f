"""Whom a row means when its ID number does not say it: name and birth month, the unit, and what the clerk decided."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Q

from apps.core.cells import error, name_key, warning
from apps.core.scope import Actor
from apps.imports.choices import Decision
from apps.imports.rules import Place, StagedRow
from apps.retirees.choices import ON_REGISTER
from apps.retirees.importers.alike import tell_alike
from apps.retirees.models import PrivateDetails, Retiree

CHUNK = 5000
MOST_CANDIDATES = 5


class _Known(NamedTuple):
    person: Retiree
    has_number: bool
    by_former_name: bool = False


def match_people(
    rows: Sequence[StagedRow], found: Mapping[int, Retiree], place: Place, actor: Actor
) -> dict[int, Retiree]:
    """Row index → the registered person, for rows that no number settles. Sets candidates and says what is doubtful.

    Without a number, or where the registered person has none, the one person of the same name, birth month and unit
    is taken, with a warning. Others of the same name and birth month are shown as candidates only. The clerk's
    decision wins over both, never over a number.
    """
    open_rows = {index: row for index, row in enumerate(rows) if index not in found and not row.has_error()}
    decided = _decided(open_rows, place, actor)
    known = _known(open_rows.values(), place, actor)
    matched: dict[int, Retiree] = {}
    for index, row in open_rows.items():
        same = known.get((name_key(row.entry.get("name", "")), row.entry.get("birth_date", "")[:7]), [])
        row.candidates = [one.person.pk for one in same][:MOST_CANDIDATES]
        if row.decision == Decision.UPDATE:
            person = decided.get(row.decided_id or 0)
        elif row.decision == Decision.NEW:
            continue
        else:
            person = _match(row, same)
        if person is not None:
            matched[index] = person
        elif row.decision == Decision.UPDATE:
            row.add("name", error("decided-gone", "选定的人已不在册，或已不在您的管理范围内。请重新选择。"))
    fresh = {index: row for index, row in open_rows.items() if index not in matched and not row.has_error()}
    tell_alike(fresh, place, actor, MOST_CANDIDATES)
    return matched


def _match(row: StagedRow, same: Sequence[_Known]) -> Retiree | None:
    here = [
        one for one in same if one.person.unit_id == row.entry.get("unit_id", 0) and not one.by_former_name
    ]
    if row.entry.get("national_id"):
        here = [one for one in here if not one.has_number]
        if len(here) == 1:
            text = "名册里这个人没有身份证号，按姓名、出生年月和单位对上，写入时补上号码，请核对。"
            row.add("name", warning("matched-by-name", text))
            return here[0].person
        if same:
            text = f"名册里有{len(same)}个同名、同出生年月的人，身份证号对不上。请确认是不是同一个人。"
            row.add("name", warning("maybe-registered", text))
        return None
    if len(here) == 1:
        text = "没有身份证号，按姓名、出生年月和单位对上了已登记的人，请核对。"
        row.add("name", warning("matched-by-name", text))
        return here[0].person
    if here:
        text = f"名册里有{len(here)}个同名、同出生年月、同单位的人。请选择是哪一个，或补填身份证号。"
        row.add("name", error("ambiguous-person", text))
    elif same:
        text = f"名册里有{len(same)}个同名（或曾用此名）、同出生年月的人。请确认是不是同一个人。"
        row.add("name", warning("maybe-registered", text))
    return None


def _known(rows: Iterable[StagedRow], place: Place, actor: Actor) -> dict[tuple[str, str], list[_Known]]:
    """(key of the name, birth month) → registered people of the county who have both; variants of a character are one
    character, and who bore the name before is only a candidate."""
    names = sorted(
        {name_key(row.entry["name"]) for row in rows if row.entry.get("name") and row.entry.get("birth_date")}
    )
    known: dict[tuple[str, str], list[_Known]] = defaultdict(list)
    for start in range(0, len(names), CHUNK):
        some = set(names[start : start + CHUNK])
        people = Retiree.objects.visible_to(actor).filter(
            Q(name_key__among=some) | (Q(former_key__among=some) & ~Q(former_name="")),
            county_id=place.county_id,
            state__in=ON_REGISTER,
        )
        found = [person for person in people.select_related("county").order_by("pk") if person.birth_date]
        numbers = PrivateDetails.objects.filter(
            pk__among=[person.pk for person in found], national_id_index__isnull=False
        )
        numbered = set(numbers.values_list("pk", flat=True))
        for person in found:
            assert person.birth_date is not None
            month, has_number = person.birth_date.iso()[:7], person.pk in numbered
            if person.name_key in some:
                known[person.name_key, month].append(_Known(person, has_number))
            elif person.former_key in some:
                known[person.former_key, month].append(_Known(person, has_number, by_former_name=True))
    return known


def _decided(rows: Mapping[int, StagedRow], place: Place, actor: Actor) -> dict[int, Retiree]:
    keys = {row.decided_id for row in rows.values() if row.decided_id}
    people = Retiree.objects.visible_to(actor).filter(county_id=place.county_id, state__in=ON_REGISTER)
    return people.select_related("county").in_bulk(keys) if keys else {}
