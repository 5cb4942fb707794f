"""What a staged row would do to the register: new, update, same, duplicate or error."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.core.cells import error, notice, warning
from apps.core.cells.text import tidy
from apps.core.fields import decode
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.core.secret import Secret
from apps.imports.choices import Verdict
from apps.imports.rules import Place, RowIssue, StagedRow
from apps.retirees.actions.along import ALONG
from apps.retirees.actions.facts import open_affiliations
from apps.retirees.actions.register import AFFILIATION_FIELDS, MONEY_FIELDS
from apps.retirees.choices import ON_REGISTER
from apps.retirees.importers.cells import SHEET
from apps.retirees.importers.columns import FIELD_LABELS
from apps.retirees.importers.dossier import compare_dossiers
from apps.retirees.importers.keyed import keep_stated
from apps.retirees.importers.keys import by_key, settle_keys
from apps.retirees.importers.own import own_changes, read_own
from apps.retirees.importers.people import match_people
from apps.retirees.importers.units import resolve_units
from apps.retirees.models import PrivateDetails, Retiree, TakenId
from apps.retirees.models.private import id_index
from apps.retirees.queries.custom import CustomFields
from apps.retirees.queries.requests import held_names
from apps.retirees.rules.custom import is_custom

CHUNK = 5000
TRUTHS = {True: "是", False: "否"}
NOT_COMPARED = {"unit_id", "new_unit", "named_unit", "person_key", *AFFILIATION_FIELDS, *ALONG}
DUPLICATES = {"duplicate-in-file", "same-person-in-file", "ambiguous-person"}
DATE_FIELDS = {
    "birth_date",
    "card_birth_date",
    "joined_on",
    "work_started_on",
    "retired_on",
    "joined_party_on",
    "treatment_on",
    "medical_treatment_on",
}
SEALED = ("national_id", "phone", "address", "medical_card")
LABELS = {**FIELD_LABELS, "card_birth_date": "身份证出生日期"}


def judge_rows(
    rows: Sequence[StagedRow], place: Place, actor: Actor, known_units: Sequence[str] = ()
) -> list[str]:
    """Set verdict, target and changes of each row; return the names of units that are not in the tree yet, spelled
    as in ``known_units`` where the batch brings them already."""
    own = read_own(rows)
    without_category = _set_aside(rows, "category:required")
    _duplicates_in_file(rows)
    new_units = resolve_units(rows, place, known_units)
    keyed = by_key(rows, place, actor)
    found = settle_keys(rows, keyed, _by_number(rows, actor))
    found.update(match_people(rows, found, place, actor))
    private = _private(found.values())
    taken: dict[int, StagedRow] = {}
    held = held_names(actor)
    for index, row in enumerate(rows):
        person = found.get(index)
        if person is not None and not row.has_error():
            _one_row_a_person(row, taken.setdefault(person.pk, row))
        if index in without_category and person is None:
            row.issues.append(without_category[index])
        if row.has_error():
            row.verdict = (
                Verdict.DUPLICATE if DUPLICATES & {one.issue.kind for one in row.issues} else Verdict.ERROR
            )
        elif person is None:
            row.verdict = Verdict.NEW
        else:
            if index in keyed:
                keep_stated(row, person, private.get(person.pk))
            _compare(row, person, private.get(person.pk), held)
            _compare_own(row, person, own)
    _compare_units(rows, found)
    compare_dossiers(rows)
    return new_units


def _set_aside(rows: Sequence[StagedRow], key: str) -> dict[int, RowIssue]:
    """Row index → an issue that holds only for new people: taken out until it is known who is new."""
    found: dict[int, RowIssue] = {}
    for index, row in enumerate(rows):
        for one in [one for one in row.issues if one.key == key]:
            row.issues.remove(one)
            found[index] = one
    return found


def _one_row_a_person(row: StagedRow, first: StagedRow) -> None:
    if first is not row:
        message = f"与第{first.number}行对上了同一个已登记的人。请改正，或选择不导入其中一行。"
        row.add("name", error("same-person-in-file", message))


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
                    "duplicate-in-file",
                    f"与第{where.number}行身份证号相同。请选择不导入其中一行，或改正号码。",
                ),
            )
        else:
            first[number] = row


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
        pairs = PrivateDetails.objects.filter(national_id_index__among=part).values_list(
            "national_id_index", "pk"
        )
        keys = {pk: bytes(index) for index, pk in pairs}
        seen = set()
        for person in Retiree.objects.visible_to(actor).select_related("county").in_bulk(list(keys)).values():
            seen.add(keys[person.pk])
            for index in wanted[keys[person.pk]]:
                found[index] = person
        taken = TakenId.objects.filter(national_id_index__among=part).values_list(
            "national_id_index", flat=True
        )
        for number in {bytes(one) for one in taken} - seen:
            for index in wanted[number]:
                rows[index].add(
                    "national_id", error("registered-elsewhere", "该证件号码已登记，请联系市局核实。")
                )
    return found


def _private(people: Iterable[Retiree]) -> dict[int, PrivateDetails]:
    rows = PrivateDetails.objects.filter(pk__among=[person.pk for person in people])
    return {row.pk: row for row in rows}


NEEDS_REVIEW = notice("needs-review", "这项改动要报审，通过后才写入名册。")


def _compare(row: StagedRow, person: Retiree, private: PrivateDetails | None, held: frozenset[str]) -> None:
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
        if name in held:
            row.add(name, NEEDS_REVIEW)
    row.verdict = Verdict.UPDATE if row.before else Verdict.SAME


def _compare_own(row: StagedRow, person: Retiree, own: CustomFields) -> None:
    if row.verdict not in (Verdict.SAME, Verdict.UPDATE):
        return
    for label, before, after in own_changes(row.entry, person, own).values():
        row.before[label], row.after[label] = before, after
    row.verdict = Verdict.UPDATE if row.before else Verdict.SAME


def _compare_units(rows: Sequence[StagedRow], found: Mapping[int, Retiree]) -> None:
    """Other units of the known people, by one query for all."""
    told = {
        index: row
        for index, row in enumerate(rows)
        if row.verdict in (Verdict.SAME, Verdict.UPDATE) and AFFILIATION_FIELDS.keys() & row.entry.keys()
    }
    links = open_affiliations([found[index].pk for index in told])
    for index, row in told.items():
        for name, kind in AFFILIATION_FIELDS.items():
            link = links.get((found[index].pk, kind))
            known = link.organisation_name if link else ""
            if name not in row.entry:
                continue
            if tidy(known) == row.entry[name]:
                del row.entry[name]
                continue
            row.before[LABELS[name]], row.after[LABELS[name]] = known, row.entry[name]
            row.verdict = Verdict.UPDATE


def changes(
    entry: Mapping[str, Any], person: Retiree, private: PrivateDetails | None
) -> dict[str, tuple[str, str]]:
    """Field → (shown before, shown after) for what ``entry`` would change. Private values are shown masked."""
    found: dict[str, tuple[str, str]] = {}
    number = private.national_id if private else None
    same_number = bool(number) and number.same(entry.get("national_id", ""))
    for name, value in entry.items():
        if name == "card_birth_date" and same_number:
            continue  # follows from the number: no difference of the sheet's
        if name == "joined_basis" and value == SHEET:
            continue  # what the sheet does not say
        if name in NOT_COMPARED or is_custom(name) or (name in SEALED and private is None):
            continue
        if name in SEALED:
            secret: Secret | None = getattr(private, name)
            if secret is None or not secret.same(value):
                mask = PrivateDetails._meta.get_field(name).mask  # type: ignore[union-attr]
                found[name] = (str(secret or ""), mask(value))
        elif name in MONEY_FIELDS:
            old = getattr(private, name, None)
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
    if name == "held_leading_post":
        return TRUTHS.get(person.held_leading_post, "")
    return str(display() if display else getattr(person, name))


def _label(name: str, value: Any) -> str:
    if name == "held_leading_post":
        return TRUTHS[value]
    choices = Retiree._meta.get_field(name).choices
    return str(dict(choices).get(value, value)) if choices else str(value)
