"""What a staged row would do to the register: new, update, same, duplicate or error."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.core.cells import error, fold, notice, warning
from apps.core.fields import decode
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.core.secret import Secret
from apps.imports.choices import Verdict
from apps.imports.rules import Place, StagedRow
from apps.retirees.choices import ON_REGISTER
from apps.retirees.importers.columns import FIELD_LABELS
from apps.retirees.models import PrivateDetails, Retiree, TakenId
from apps.retirees.models.private import id_index
from apps.units.models import Unit

CHUNK = 5000
DATE_FIELDS = {
    "birth_date",
    "card_birth_date",
    "joined_on",
    "work_started_on",
    "retired_on",
    "joined_party_on",
    "treatment_on",
}
SEALED = ("national_id", "phone", "address", "medical_card")
LABELS = {**FIELD_LABELS, "card_birth_date": "身份证出生日期", "joined_basis": "时间依据"}


def judge_rows(rows: Sequence[StagedRow], place: Place, actor: Actor) -> list[str]:
    """Set verdict, target and changes of each row; return the names of units that are not in the tree yet."""
    _duplicates_in_file(rows)
    new_units = _resolve_units(rows, place)
    found = _by_number(rows, actor)
    found.update(_by_name(rows, found, place, actor))
    private = _private(found.values())
    for index, row in enumerate(rows):
        if row.has_error():
            duplicate = any(one.issue.kind in ("duplicate-in-file", "ambiguous-person") for one in row.issues)
            row.verdict = Verdict.DUPLICATE if duplicate else Verdict.ERROR
            continue
        person = found.get(index)
        if person is None:
            row.verdict = Verdict.NEW
            continue
        _compare(row, person, private.get(person.pk))
    return new_units


def _duplicates_in_file(rows: Sequence[StagedRow]) -> None:
    first: dict[str, StagedRow] = {}
    for row in rows:
        number = row.entry.get("national_id")
        if not number:
            continue
        if number in first:
            where = first[number]
            row.add(
                "national_id",
                error(
                    "duplicate-in-file", f"与第{where.number}行身份证号相同。请删去重复的一行，或改正号码。"
                ),
            )
        else:
            first[number] = row


def _resolve_units(rows: Sequence[StagedRow], place: Place) -> list[str]:
    """Put ``unit_id`` into each entry. Rows of another county are refused; unknown names are told and come back."""
    if not place.is_county:
        for row in rows:
            name = row.entry.pop("unit", None)
            if name:
                row.entry["original_unit"] = name
            row.entry["unit_id"] = place.unit_id
        return []
    counties = {unit.pk: unit for unit in Unit.objects.counties()}
    home = counties[place.county_id]
    known: dict[str, int] = {}
    for unit in Unit.objects.filter(area_id=place.county_id).prefetch_related("names"):
        for name in (unit.name, unit.short_name, *(old.name for old in unit.names.all())):
            for spelling in _spellings(name, home):
                known.setdefault(spelling, unit.pk)
    strangers = [
        (fold(name), unit.label)
        for unit in counties.values()
        if unit.pk != home.pk and unit.kind != "direct"
        for name in {unit.name, unit.short_name} - {""}
    ]
    new_units: dict[str, str] = {}
    for row in rows:
        name = row.entry.pop("unit", None)
        if not name:
            row.entry["unit_id"] = place.unit_id
            continue
        key = fold(name)
        if key in known:
            row.entry["unit_id"] = known[key]
            continue
        stranger = next((label for start, label in strangers if key.startswith(start)), None)
        if stranger:
            row.add(
                "unit",
                error(
                    "other-county", f"是{stranger}的单位，不能导入{home.label}的名册。请交由{stranger}导入。"
                ),
            )
        else:
            new_units.setdefault(key, name)
            row.entry["new_unit"] = new_units[key]
            row.add("unit", notice("new-unit", "单位表里还没有这个单位，确认写入时新建。"))
    return list(new_units.values())


def _spellings(name: str, home: Unit) -> Iterable[str]:
    """A unit's name as rosters of its own county write it: with the county's name, without it, with 县 for it."""
    if not name:
        return
    yield fold(name)
    for start in {home.name, home.short_name} - {""}:
        if name.startswith(start) and len(name) > len(start) + 1:
            rest = name.removeprefix(start)
            yield fold(rest)
            yield fold(home.name[-1] + rest)
    if name.startswith(home.name[-1]):
        yield fold(name[1:])
        yield fold(home.name + name[1:])


def _by_number(rows: Sequence[StagedRow], actor: Actor) -> dict[int, Retiree]:
    """Row index → the registered person with its ID number. Numbers registered out of sight become errors."""
    wanted: dict[bytes, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.entry.get("national_id") and not row.has_error():
            wanted[id_index(row.entry["national_id"])].append(index)
    found: dict[int, Retiree] = {}
    indexes = list(wanted)
    for start in range(0, len(indexes), CHUNK):
        part = indexes[start : start + CHUNK]
        pairs = PrivateDetails.objects.filter(national_id_index__in=part).values_list(
            "national_id_index", "pk"
        )
        keys = {pk: bytes(index) for index, pk in pairs}
        seen = set()
        for person in Retiree.objects.visible_to(actor).select_related("county").in_bulk(list(keys)).values():
            seen.add(keys[person.pk])
            for index in wanted[keys[person.pk]]:
                found[index] = person
        taken = TakenId.objects.filter(national_id_index__in=part).values_list("national_id_index", flat=True)
        for number in {bytes(one) for one in taken} - seen:
            for index in wanted[number]:
                rows[index].add(
                    "national_id", error("registered-elsewhere", "该证件号码已登记，请联系市局核实。")
                )
    return found


def _by_name(
    rows: Sequence[StagedRow], found: Mapping[int, Retiree], place: Place, actor: Actor
) -> dict[int, Retiree]:
    """For rows without a number: the one person of the same name, birth month and unit, if there is just one."""
    open_rows = {
        index: row
        for index, row in enumerate(rows)
        if index not in found
        and not row.has_error()
        and not row.entry.get("national_id")
        and row.entry.get("birth_date")
    }
    if not open_rows:
        return {}
    names = {row.entry["name"] for row in open_rows.values()}
    people = Retiree.objects.visible_to(actor).filter(
        county_id=place.county_id, name__in=names, state__in=ON_REGISTER
    )
    known: dict[tuple[str, str, int], list[Retiree]] = defaultdict(list)
    for person in people.select_related("county"):
        if person.birth_date:
            known[person.name, person.birth_date.iso()[:7], person.unit_id].append(person)
    matched = {}
    for index, row in open_rows.items():
        same = known.get((row.entry["name"], row.entry["birth_date"][:7], row.entry.get("unit_id", 0)), [])
        if len(same) == 1:
            matched[index] = same[0]
            row.add(
                "name",
                warning("matched-by-name", "没有身份证号，按姓名、出生年月和单位对上了已登记的人，请核对。"),
            )
        elif same:
            row.add(
                "name",
                error(
                    "ambiguous-person", f"名册里有{len(same)}个同名、同出生年月、同单位的人。请补填身份证号。"
                ),
            )
    return matched


def _private(people: Iterable[Retiree]) -> dict[int, PrivateDetails]:
    return PrivateDetails.objects.in_bulk([person.pk for person in people])


def _compare(row: StagedRow, person: Retiree, private: PrivateDetails | None) -> None:
    """Update or same; what the sheet leaves blank is not a change."""
    if person.state not in ON_REGISTER:
        row.add(
            "name",
            error("off-register", f"这个人在名册里已是“{person.get_state_display()}”，不能由导入修改。"),
        )
        row.verdict = Verdict.ERROR
        return
    row.target_id, row.target_version = person.pk, person.version
    if row.entry.get("unit_id", person.unit_id) != person.unit_id or "new_unit" in row.entry:
        row.add(
            "unit", warning("unit-differs", "与名册里的管理单位不同。导入不改单位，需要时请用“变动单位”。")
        )
    for name, value in changes(row.entry, person, private).items():
        row.before[LABELS.get(name, name)], row.after[LABELS.get(name, name)] = value
    row.verdict = Verdict.UPDATE if row.before else Verdict.SAME


def changes(
    entry: Mapping[str, Any], person: Retiree, private: PrivateDetails | None
) -> dict[str, tuple[str, str]]:
    """Field → (shown before, shown after) for what ``entry`` would change. Private values are shown masked."""
    found: dict[str, tuple[str, str]] = {}
    for name, value in entry.items():
        if name in ("unit_id", "new_unit", "original_unit", "joined_basis") or (
            name in SEALED and private is None
        ):
            continue
        if name in SEALED:
            secret: Secret | None = getattr(private, name)
            if secret is None or not secret.same(value):
                mask = PrivateDetails._meta.get_field(name).mask  # type: ignore[union-attr]
                found[name] = (str(secret or ""), mask(value))
        elif name == "monthly_income":
            old = private.monthly_income if private else None
            if old != Decimal(value):
                found[name] = (str(old or ""), value)
        elif name in DATE_FIELDS:
            old_date: PartialDate | None = getattr(person, name)
            new_date = decode(value)
            if (old_date and old_date.iso()) != (new_date and new_date.iso()):
                found[name] = (str(old_date or ""), str(new_date or ""))
        elif getattr(person, name) != value:
            found[name] = (_shown(person, name), _label(name, value))
    return found


def _shown(person: Retiree, name: str) -> str:
    display = getattr(person, f"get_{name}_display", None)
    return str(display() if display else getattr(person, name))


def _label(name: str, value: Any) -> str:
    choices = Retiree._meta.get_field(name).choices
    return str(dict(choices).get(value, value)) if choices else str(value)
