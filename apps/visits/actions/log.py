"""The log of visits: written one by one and by the thousand, changed, removed. ``Retiree.visited_on`` follows it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import delete_many, insert_many, update_many, update_values
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.actions import change_many
from apps.retirees.choices import ON_REGISTER, ConditionKind
from apps.retirees.models import Condition, Retiree
from apps.visits.actions.checking import (
    EntryFault,
    VisitEntry,
    VisitRefused,
    known_of,
    settle_family,
    typed_values,
    visit_faults,
)
from apps.visits.actions.dues import release_dues, settle_dues
from apps.visits.choices import Recorded, Target
from apps.visits.models import Visit, Visitor
from apps.visits.rules import VisitorEntry
from apps.visits.rules.log import Fault, visit_level, visitors_text, without_repeats

FIELDS = (
    *("occasion", "campaign", "team", "visited_on", "way", "place", "target", "family"),
    *("health_seen", "self_care_seen", "mood", "summary"),
    *("money", "goods", "goods_value", "source", "approved_by_name", "over_limit_reason"),
    *("signed_by", "signed_name", "signed_on"),
)
"""What is said of a visit, beside who was seen and who went."""
SEEN = {
    "health_seen": ("health", ConditionKind.HEALTH),
    "self_care_seen": ("self_care", ConditionKind.SELF_CARE),
}
USED = Fault("", "这份登记表已经用来登记过别人，请打开新的一份再填。")


@transaction.atomic
def record_visit(
    *,
    retiree: Retiree,
    values: Mapping[str, Any],
    visitors: Sequence[VisitorEntry],
    by: Actor,
    key: UUID | None = None,
    recorded: str = Recorded.FORM,
) -> Visit:
    """Log one visit. ``values``: FIELDS, at least visited_on and way, and an occasion or a campaign.

    The same key twice gives the first visit, also when both come at once. What was seen of health and self-care
    becomes the person's dated state, unless something newer is known. Raises VisitRefused.
    """
    entry = VisitEntry(retiree, values, visitors, key)
    return record_visits(entries=[entry], by=by, recorded=recorded)[0]


@transaction.atomic
def record_visits(
    *,
    entries: Sequence[VisitEntry],
    by: Actor,
    recorded: str = Recorded.FORM,
    batch_id: int | None = None,
) -> list[Visit]:
    """Log many visits in a few statements, all or none; the visits stand in the order of the entries, those of keys
    that are in the log already as they were logged first. Raises VisitRefused, which names the entries."""
    people = _hold({entry.retiree.pk for entry in entries}, by)
    known_before = _by_key(entries, by)
    visits, fresh, seen = [], [], dict(known_before)
    for index, entry in enumerate(entries):
        person = people.get(entry.retiree.pk)
        if person is None:
            raise _refused(index, entry.retiree.name, Fault("", "此人不在您的名册里。"))
        known = seen.get(entry.key) if entry.key else None
        if known is not None and known.retiree_id != person.pk:
            raise _refused(index, person.name, USED)
        if known is None:
            known = _new(entry, person, by, recorded, batch_id)
            fresh.append((index, known, entry))
            seen[known.key] = known
        visits.append(known)
    if fresh:
        _check([(index, visit, without_repeats(entry.visitors)) for index, visit, entry in fresh], people)
        _write(fresh, people)
        _tell(fresh, people, by)
    return visits


def _refused(index: int, name: str, fault: Fault) -> VisitRefused:
    return VisitRefused([EntryFault(index, name, fault)])


def _hold(keys: Iterable[int], by: Actor) -> dict[int, Retiree]:
    """The people of the actor's scope, locked in one order."""
    rows = Retiree.objects.visible_to(by).filter(pk__among=list(keys))
    return {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk")}


def _by_key(entries: Sequence[VisitEntry], by: Actor) -> dict[UUID, Visit]:
    keys = [entry.key for entry in entries if entry.key]
    rows = Visit.objects.visible_to(by).filter(key__in=keys).select_related("occasion") if keys else ()
    return {row.key: row for row in rows}


def _new(entry: VisitEntry, person: Retiree, by: Actor, recorded: str, batch_id: int | None) -> Visit:
    values = typed_values(entry.values, FIELDS)
    campaign = values.get("campaign")
    if values.get("occasion") is None and campaign is not None:
        values["occasion"] = campaign.occasion
    return Visit(
        **person.row_keys(),
        **values,
        key=entry.key or uuid.uuid4(),
        recorded=recorded,
        recorded_by=by.user_id,
        recorded_by_name=by.name,
        import_batch_id=batch_id,
    )


def _check(rows: Sequence[tuple[int, Visit, Sequence[VisitorEntry]]], people: Mapping[int, Retiree]) -> None:
    """Raises VisitRefused with all that is wrong with all of them."""
    known = known_of([visit for _, visit, _ in rows], people)
    faults: list[EntryFault] = []
    for index, visit, visitors in rows:
        person = people[visit.retiree_id]
        settle_family(visit, known)
        found = visit_faults(visit, person, visitors, known)
        faults.extend(EntryFault(index, person.name, fault) for fault in found)
    if faults:
        raise VisitRefused(faults)


def _write(fresh: Sequence[tuple[int, Visit, VisitEntry]], people: Mapping[int, Retiree]) -> None:
    visits = []
    for _, visit, entry in fresh:
        going = without_repeats(entry.visitors)
        visit.level, visit.visitors_text = visit_level(going), visitors_text(going)
        visits.append(visit)
    try:
        with transaction.atomic():
            insert_many(visits)
    except IntegrityError as error:
        # A key of somebody behind the wall cannot be seen, only met.
        if "visits_visit_key" in str(error):
            raise _refused(fresh[0][0], "", USED) from error
        raise
    insert_many(row for _, visit, entry in fresh for row in _visitors(visit, entry.visitors))
    _follow(visits, people)


def _visitors(visit: Visit, visitors: Sequence[VisitorEntry]) -> Iterable[Visitor]:
    for position, one in enumerate(without_repeats(visitors)):
        yield Visitor(
            retiree_id=visit.retiree_id,
            county_id=visit.county_id,
            unit_id=visit.unit_id,
            visit=visit,
            leader_id=one.leader_id,
            name=one.name,
            post=one.post,
            level=one.level,
            position=position,
        )


def _follow(visits: Sequence[Visit], people: Mapping[int, Retiree]) -> None:
    """What a written visit brings about: dues settled, the last day, health and self-care."""
    settle_dues(visits)
    refresh_visited(people)
    note_conditions(visits, people)


def refresh_visited(people: Mapping[int, Retiree]) -> None:
    """Set the last day on which each of these people was seen himself: no change of the record, and none in its
    history."""
    rows = Visit.objects.filter(retiree_id__in=people.keys(), target=Target.SELF)
    last = dict(rows.order_by().values_list("retiree_id").annotate(Max("visited_on")))
    changed = []
    for key, person in people.items():
        if person.visited_on != last.get(key):
            person.visited_on = last.get(key)
            changed.append({"id": key, "visited_on": person.visited_on})
    update_values(Retiree, changed, ["visited_on"])


def note_conditions(visits: Sequence[Visit], people: Mapping[int, Retiree]) -> None:
    """Health and self-care that were seen hold from that day on, where nothing newer is known and the person is on
    the register."""
    seen = [visit for visit in visits if visit.target == Target.SELF and _seen_values(visit)]
    seen = [visit for visit in seen if people[visit.retiree_id].state in ON_REGISTER]
    if not seen:
        return
    rows = Condition.objects.filter(retiree_id__in={visit.retiree_id for visit in seen})
    newest = {
        (person, kind): day
        for person, kind, day in rows.order_by().values_list("retiree_id", "kind").annotate(Max("seen_on"))
    }
    today = timezone.localdate()
    by_day: dict[date, dict[int, dict[str, str]]] = {}
    for visit in sorted(seen, key=lambda one: (one.visited_on, one.pk)):
        for name, value in _seen_values(visit).items():
            field, kind = SEEN[name]
            known_on = newest.get((visit.retiree_id, kind))
            if known_on is None or known_on <= visit.visited_on:
                by_day.setdefault(visit.visited_on, {}).setdefault(visit.retiree_id, {})[field] = value
    for day, values in by_day.items():
        changes = [(people[key], fields) for key, fields in values.items()]
        change_many(changes=changes, seen_on=day, today=today)


def _seen_values(visit: Visit) -> dict[str, str]:
    return {name: getattr(visit, name) for name in SEEN if getattr(visit, name)}


def _tell(fresh: Sequence[tuple[int, Visit, VisitEntry]], people: Mapping[int, Retiree], by: Actor) -> None:
    first = fresh[0][1]
    if len(fresh) == 1:
        person = people[first.retiree_id]
        summary = f"登记走访：{person.name}，{format_date(first.visited_on)}{first.get_way_display()}"
        record_event(kind=EventKind.CREATE, summary=summary, by=by, subject=person, data={"visit": first.pk})
        return
    record_event(
        kind=EventKind.CREATE,
        summary=f"登记走访{len(fresh)}条",
        by=by,
        data={"count": len(fresh), "visits": [visit.pk for _, visit, _ in fresh][:1000]},
    )


@transaction.atomic
def change_visit(
    *,
    visit: Visit,
    values: Mapping[str, Any],
    visitors: Sequence[VisitorEntry] | None = None,
    by: Actor,
    version: int | None = None,
) -> Visit:
    """Correct a visit; only the ``values`` given are touched, and who went only where ``visitors`` are given.

    ``version``: the one that the form was opened with. Raises VisitRefused (nothing is written then).
    """
    people = _hold([visit.retiree_id], by)
    current = Visit.objects.visible_to(by).select_related("occasion", "campaign", "source", "team", "family")
    found = current.filter(pk=visit.pk).first()
    person = people.get(visit.retiree_id)
    if found is None or person is None:
        raise _refused(0, "", Fault("", "这条走访记录已被他人删除。"))
    if version is not None and found.version != version:
        raise _refused(0, person.name, Fault("", "您打开之后这条记录已被他人修改，请重新打开，核对后再改。"))
    before = {name: getattr(found, name) for name in SEEN}
    for name, value in typed_values(values, FIELDS).items():
        setattr(found, name, value)
    going = list(_entries_of(found)) if visitors is None else without_repeats(visitors)
    _check([(0, found, going)], people)
    found.level, found.visitors_text = visit_level(going), visitors_text(going)
    found.version += 1
    release_dues([found])
    update_many([found], [*FIELDS, "level", "visitors_text", "version"])
    if visitors is not None:
        delete_many(Visitor, [found.pk], column="visit_id")
        insert_many(_visitors(found, going))
    settle_dues([found])
    refresh_visited(people)
    if {name: getattr(found, name) for name in SEEN} != before:
        note_conditions([found], people)
    summary = f"修改走访记录：{person.name}，{format_date(found.visited_on)}"
    record_event(kind=EventKind.CHANGE, summary=summary, by=by, subject=person, data={"visit": found.pk})
    return found


def _entries_of(visit: Visit) -> Iterable[VisitorEntry]:
    for one in visit.visitors.order_by("position", "pk"):
        yield VisitorEntry(one.name, one.post, one.level, one.leader_id)


@transaction.atomic
def remove_visit(*, visit: Visit, reason: str, by: Actor) -> None:
    """Take a visit out of the log; the history keeps it, what it had settled is due again, the concerns raised in it
    stay. Raises VisitRefused without a reason."""
    people = _hold([visit.retiree_id], by)
    found = Visit.objects.visible_to(by).select_related("occasion").filter(pk=visit.pk).first()
    if found is None:
        return
    person = people[found.retiree_id]
    if not reason.strip():
        raise _refused(0, person.name, Fault("reason", "请写明删除原因。"))
    release_dues([found])
    found.delete()
    refresh_visited(people)
    record_event(
        kind=EventKind.CHANGE,
        summary=f"删除走访记录：{person.name}，{format_date(found.visited_on)}",
        reason=reason,
        by=by,
        subject=person,
    )
