"""Visits settle what was due (rules/matching.py says which), and give it back when they are changed or removed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from apps.core.bulk import batched, update_values
from apps.visits.choices import DueState
from apps.visits.models import Due, Visit
from apps.visits.models.due import DueQuerySet
from apps.visits.rules.matching import OpenDue, Seen, settled_by
from apps.visits.rules.windows import period_span

DUE_FIELDS = (
    "pk",
    "retiree_id",
    "rule_id",
    "campaign_id",
    "window",
    "from_on",
    "due_on",
    "target",
    "family_id",
    "occasion_id",
    "occasion__kind",
    "rule__trigger",
    "who",
    "rule__ways",
)


@transaction.atomic
def settle_dues(visits: Sequence[Visit]) -> int:
    """Mark what these visits were due for as done; return how many rows that are.

    Called after visits were recorded or changed. Called twice it does nothing: a visit settles one due of each rule and
    one of each campaign.
    """
    return sum(_settle(batch) for batch in batched(visits, 2000))


def _settle(visits: Sequence[Visit]) -> int:
    people = {visit.retiree_id for visit in visits}
    open_ones = _open_of(people)
    if not open_ones:
        return 0
    taken = _taken(visits)
    done = []
    for visit in sorted(visits, key=lambda one: (one.visited_on, one.pk)):
        his = open_ones.get(visit.retiree_id, {})
        fresh = [one for one in his.values() if (one.rule, one.campaign) not in taken[visit.pk]]
        for key in settled_by(_seen(visit), fresh):
            del his[key]
            done.append(
                {"id": key, "state": DueState.DONE, "visit_id": visit.pk, "reason": "", "reason_note": ""}
            )
    return update_values(Due, done, ("state", "visit_id", "reason", "reason_note"))


def _open_of(people: Iterable[int]) -> dict[int, dict[int, OpenDue]]:
    """Open dues by person and key, locked: two visits recorded at once do not settle the same row."""
    rows = (
        Due.objects.filter(retiree_id__in=people, state=DueState.OPEN)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list(*DUE_FIELDS)
    )
    found: dict[int, dict[int, OpenDue]] = defaultdict(dict)
    for row in rows:
        (
            key,
            person,
            rule,
            campaign,
            window,
            begin,
            end,
            target,
            family,
            occasion,
            kind,
            trigger,
            who,
            ways,
        ) = row
        found[person][key] = OpenDue(
            key=key,
            rule=rule,
            campaign=campaign,
            window=window,
            from_on=begin,
            due_on=end,
            target=target,
            family=family,
            occasion=occasion,
            occasion_kind=kind,
            trigger=trigger or "",
            who=who,
            ways=tuple(ways or ()),
        )
    return found


def _taken(visits: Sequence[Visit]) -> dict[int, set[tuple[int | None, int | None]]]:
    """(rule, campaign) of what each visit settled before."""
    found: dict[int, set[tuple[int | None, int | None]]] = defaultdict(set)
    rows = Due.objects.filter(visit_id__in=[visit.pk for visit in visits])
    for visit, rule, campaign in rows.values_list("visit_id", "rule_id", "campaign_id"):
        found[visit].add((rule, campaign))
    return found


def _seen(visit: Visit) -> Seen:
    return Seen(
        key=visit.pk,
        on=visit.visited_on,
        way=visit.way,
        level=visit.level,
        target=visit.target,
        family=visit.family_id,
        occasion=visit.occasion_id,
        occasion_kind=visit.occasion.kind,
        campaign=visit.campaign_id,
    )


@transaction.atomic
def release_dues(visits: Sequence[Visit]) -> int:
    """Open again what these visits settled, before they are changed or removed; return how many rows stay open.

    Another visit of the same person that fits takes its place at once.
    """
    keys = [visit.pk for visit in visits]
    rows = list(Due.objects.filter(visit_id__in=keys).values_list("pk", "retiree_id", "from_on"))
    if not rows:
        return 0
    released = [{"id": key, "state": DueState.OPEN, "visit_id": None} for key, _, _ in rows]
    update_values(Due, released, ("state", "visit_id"))
    others = Visit.objects.filter(retiree_id__in={person for _, person, _ in rows}).exclude(pk__in=keys)
    since = min(begin for _, _, begin in rows)
    found = others.filter(visited_on__gte=since.replace(month=1, day=1)).select_related("occasion")
    return len(rows) - settle_dues(list(found))


def settle_fresh(dues: DueQuerySet) -> int:
    """Settle rows of ``dues`` (a queryset of open ones) by visits that were recorded before they were made: somebody
    who comes to meet a rule in the middle of a quarter may have been seen in it. Return how many rows that are."""
    spans = dues.values_list("from_on", "due_on", "window").distinct()
    days = [day for begin, end, window in spans for day in _span(begin, end, window)]
    if not days:
        return 0
    visits = Visit.objects.filter(
        visited_on__gte=min(days), visited_on__lte=max(days), retiree_id__in=dues.values("retiree_id")
    )
    return settle_dues(list(visits.select_related("occasion").order_by("pk")))


def _span(begin: date, end: date, window: str) -> tuple[date, date]:
    named = period_span(window)
    return (min(named[0], begin), end) if named else (begin, end)
