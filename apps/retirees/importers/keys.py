"""Sheets that this portal wrote: each row carries the key of its person, and proves that it is still his row."""

from collections.abc import Sequence

from apps.core.cells import error, fold
from apps.core.scope import Actor
from apps.imports.choices import Decision
from apps.imports.rules import Place, StagedRow
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.models.private import id_index

CHUNK = 5000
UNKNOWN = "人员编号对应的人不在这里的名册里。请用从这里导出的表，或清空这一格按新的人登记。"
MOVED = "人员编号与这一行的姓名、出生年月、身份证号都对不上，可能是排序时串了行。请核对。"
OTHER = "人员编号是一个人，身份证号是名册里的另一个人。请核对。"


def by_key(rows: Sequence[StagedRow], place: Place, actor: Actor) -> dict[int, Retiree]:
    """Row index → the person whose key the row carries. A key that nobody here has, or that stands in a row which
    agrees with nothing of its person, is an error: whoever sorts some columns of a sheet tears its rows apart."""
    wanted = {
        index: row.entry["person_key"]
        for index, row in enumerate(rows)
        if row.entry.get("person_key") and not row.has_error() and row.decision != Decision.NEW
    }
    keys = sorted(set(wanted.values()))
    found: dict[int, Retiree] = {}
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        people = Retiree.objects.visible_to(actor).filter(county_id=place.county_id)
        known = people.select_related("county").in_bulk(part)
        numbers = dict(
            PrivateDetails.objects.filter(pk__among=list(known)).values_list("pk", "national_id_index")
        )
        for index, key in wanted.items():
            if key in known and _agrees(rows[index], known[key], numbers.get(key)):
                found[index] = known[key]
            elif key in known:
                rows[index].add("person_key", error("key-moved", MOVED))
    for index in wanted.keys() - found.keys():
        if not rows[index].has_error():
            rows[index].add("person_key", error("unknown-key", UNKNOWN))
    return found


def _agrees(row: StagedRow, person: Retiree, number: bytes | None) -> bool:
    """One of name, birth month and ID number is his."""
    own = row.entry.get("national_id")
    if own and number and bytes(number) == id_index(own):
        return True
    if fold(row.entry.get("name", "")) == fold(person.name):
        return True
    born = person.birth_date.iso()[:7] if person.birth_date else ""
    return bool(born) and born == row.entry.get("birth_date", "")[:7]


def settle_keys(
    rows: Sequence[StagedRow], keyed: dict[int, Retiree], numbered: dict[int, Retiree]
) -> dict[int, Retiree]:
    """Both ways of finding a person; where they disagree, an error."""
    for index, person in keyed.items():
        if index in numbered and numbered[index].pk != person.pk:
            rows[index].add("person_key", error("key-and-number", OTHER))
    return numbered | keyed
