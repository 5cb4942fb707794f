"""Keeping the spells (what figures are counted from) true to the facts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.core.bulk import delete_many, insert_many
from apps.retirees.choices import PARTY_MEMBERS, ConditionKind, LevelKind, LifeState, SelfCare
from apps.retirees.models import Condition, LevelFact, Membership, Retiree, Spell
from apps.retirees.rules import Piece, Stay, Stretch, cut, one_after_another

FilledTracks = Mapping[int, Sequence[tuple[date | None, int]]]


def rebuild_spells(
    retiree_ids: Collection[int],
    *,
    today: date,
    known_filled: FilledTracks | None = None,
    known_people: Mapping[int, Retiree] | None = None,
) -> None:
    """Write the spells of these people anew from their facts.

    Spells under another county's wall (before a move) are not seen and stay as they were. ``filled`` is not known for
    the past beyond what the old spells say: what changed today counts from today. ``known_filled``, as
    ``filled_tracks`` gave it, takes the place of what the old spells say, for taking a change back. ``known_people``:
    the people as they are stored now, where the caller has them in hand.
    """
    people = known_people or {person.pk: person for person in Retiree.objects.filter(pk__among=retiree_ids)}
    counted = [pk for pk, person in people.items() if person.state != LifeState.MERGED]
    stays, treatments, helpless = (defaultdict(list) for _ in range(3))
    places = Membership.objects.filter(retiree_id__among=counted).order_by("during")
    for pk, county, unit, during, entry, leaves in places.values_list(
        "retiree_id", "county_id", "unit_id", "during", "entry", "exit"
    ):
        stays[pk].append(Stay(county, unit, during.lower, during.upper, entry, leaves))
    levels = LevelFact.objects.filter(retiree_id__among=people, kind=LevelKind.TREATMENT).order_by()
    for pk, level, during in levels.values_list("retiree_id", "level", "during"):
        treatments[pk].append(Stretch(level, during.lower, during.upper))
    care = Condition.objects.filter(
        retiree_id__among=people, kind=ConditionKind.SELF_CARE, value=SelfCare.HELPLESS
    ).order_by()
    for pk, during in care.values_list("retiree_id", "during"):
        helpless[pk].append(Stretch(True, during.lower, during.upper))
    filled = filled_tracks(people) if known_filled is None else known_filled
    delete_many(Spell, people, column="retiree_id")
    insert_many(
        spell_of(people[pk], piece)
        for pk in people
        if people[pk].state != LifeState.MISTAKE  # counted on no day
        for piece in cut(
            stays[pk],
            treatments[pk],
            helpless[pk],
            _filled_track(filled.get(pk, ()), people[pk].filled, today),
        )
    )


def filled_tracks(retiree_ids: Collection[int]) -> FilledTracks:
    """How complete people's records were from which day on, as their spells say."""
    found: dict[int, list[tuple[date | None, int]]] = defaultdict(list)
    rows = Spell.objects.filter(retiree_id__among=retiree_ids)
    for retiree_id, starts_on, value in rows.values_list("retiree_id", "starts_on", "filled"):
        found[retiree_id].append((starts_on, value))
    return found


def _filled_track(known: Sequence[tuple[date | None, int]], now: int, today: date) -> list[Stretch]:
    if not known:
        return [Stretch(now, None, None)]
    track = one_after_another(known)
    first = track[0]
    history = [(None, first.value), *((stretch.start, stretch.value) for stretch in track[1:])]
    if history[-1][1] != now:
        history = [(day, value) for day, value in history if day is None or day < today]
        history.append((today, now))
    return one_after_another(history)


def spell_of(person: Retiree, piece: Piece) -> Spell:
    """The spell of one piece of a person's time on the register."""
    treatment, helpless, filled = piece.values
    return Spell(
        county_id=piece.stay.county_id,
        unit_id=piece.stay.unit_id,
        retiree_id=person.pk,
        starts_on=piece.start,
        ends_on=piece.end,
        enters=piece.enters,
        leaves=piece.leaves,
        category=person.category,
        period=person.period,
        sex=person.sex,
        birth_from=person.birth_date.earliest if person.birth_date else None,
        treatment=treatment or "",
        party_member=person.political in PARTY_MEMBERS,
        helpless=bool(helpless),
        filled=person.filled if filled is None else filled,
    )


def since(start: date | None, end: date | None = None) -> DateRange:
    """A half-open range of days."""
    return DateRange(start, end, "[)")
