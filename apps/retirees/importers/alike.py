"""Registered people whom a row may mean although name and birth month do not say so: the same sound in the same unit,
the same telephone, a name without a birth. The rules and weights are those of the register (rules/doubles.py)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from apps.core.cells import warning
from apps.core.fields import decode
from apps.core.scope import Actor
from apps.imports.rules import Place, StagedRow
from apps.retirees.actions.doubles import remember_different
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.queries.doubles import COMPARED, Candidate, traits_of, traits_of_values
from apps.retirees.rules.doubles import WARNED, Traits, compare, weigh

CHUNK = 2000


def traits_of_row(row: StagedRow) -> Traits:
    """What is compared of a row."""
    values = {**row.entry, "birth_date": decode(row.entry.get("birth_date", ""))}
    return traits_of_values(values, unit_id=row.entry.get("unit_id"))


def find_alike(rows: Mapping[int, StagedRow], place: Place, actor: Actor) -> dict[int, list[Candidate]]:
    """Row index → people of the county who weigh enough to be asked about, the likeliest first."""
    found: dict[int, list[Candidate]] = {}
    indexes = list(rows)
    for start in range(0, len(indexes), CHUNK):
        traits = {index: traits_of_row(rows[index]) for index in indexes[start : start + CHUNK]}
        known = _near(traits.values(), place, actor)
        rows_of = PrivateDetails.objects.filter(pk__among=[person.pk for person in known])
        private = {row.pk: row for row in rows_of.only("pk", "national_id_index", "phone_index")}
        by_key: dict[object, list[tuple[Retiree, Traits]]] = defaultdict(list)
        for person in known:
            told = traits_of(person, private.get(person.pk))
            for key in {told.name_key, told.former_key, told.pinyin} - {""}:
                by_key[key].append((person, told))
        for index, one in traits.items():
            near = {
                person.pk: (person, other)
                for key in {one.name_key, one.former_key, one.pinyin} - {""}
                for person, other in by_key.get(key, ())
            }
            judged = [
                Candidate(person, private.get(pk), compare(one, other))
                for pk, (person, other) in near.items()
            ]
            strong = [candidate for candidate in judged if candidate.weight >= WARNED]
            if strong:
                found[index] = sorted(strong, key=lambda candidate: (-candidate.weight, candidate.person.pk))
    return found


def _near(traits: Iterable[Traits], place: Place, actor: Actor) -> list[Retiree]:
    """By each index that can find one."""
    some = list(traits)
    names = {key for one in some for key in (one.name_key, one.former_key) if key}
    sounds = {one.pinyin for one in some if one.pinyin}
    units = {one.unit_id for one in some if one.unit_id is not None}
    phones = {one.phone for one in some if one.phone is not None}
    here = (
        Retiree.objects.visible_to(actor).filter(county_id=place.county_id, state__in=ON_REGISTER).order_by()
    )
    here = here.only(*COMPARED)
    found = {person.pk: person for person in here.filter(name_key__among=names)}
    found |= {person.pk: person for person in here.filter(former_key__among=names).exclude(former_name="")}
    found |= {person.pk: person for person in here.filter(unit_id__among=units, name_pinyin__among=sounds)}
    if phones:
        keys = PrivateDetails.objects.visible_to(actor).filter(phone_index__among=phones)
        found |= {person.pk: person for person in here.filter(pk__in=keys.values_list("pk", flat=True))}
    return list(found.values())


def tell_alike(rows: Mapping[int, StagedRow], place: Place, actor: Actor, most: int) -> None:
    """Add to the candidates of rows that are taken for new people, and say why."""
    for index, people in find_alike(rows, place, actor).items():
        row = rows[index]
        more = [one for one in people if one.person.pk not in row.candidates]
        is_told = bool(row.candidates) or bool(row.decision)
        row.candidates = [*row.candidates, *(one.person.pk for one in more)][:most]
        if more and not is_told:
            reasons = "、".join(str(reason.label) for reason in more[0].reasons if weigh((reason,)))
            text = f"名册里有很像的人（{reasons}）。请确认是不是同一个人。"
            row.add("name", warning("alike", text))


def remember_decided(rows: Mapping[int, StagedRow], actor: Actor) -> None:
    """Person registered → the row that the clerk called another person: its candidates are no doubles of him."""
    told = {pk: row for pk, row in rows.items() if row.candidates}
    people = Retiree.objects.visible_to(actor).in_bulk(
        {*told, *(key for row in told.values() for key in row.candidates)}
    )
    private = PrivateDetails.objects.visible_to(actor).in_bulk(list(people))
    for pk, row in told.items():
        own = traits_of(people[pk], private.get(pk))
        others = [
            Candidate(people[key], private.get(key), compare(own, traits_of(people[key], private.get(key))))
            for key in row.candidates
            if key in people
        ]
        remember_different(person=people[pk], others=others, why="导入时核对过", by=actor)
