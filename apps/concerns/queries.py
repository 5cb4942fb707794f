"""Which concerns somebody sees, what of them waits, and how a place stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q

from apps.concerns.choices import OPEN, UNANSWERED, Satisfaction, State
from apps.concerns.models import Concern, ConcernPerson, ConcernQuerySet
from apps.concerns.rules import AGEING_DAYS
from apps.core.scope import Actor
from apps.core.workdays import is_workday
from apps.retirees.models import Retiree
from apps.units.models import Unit

SHOWN = {
    "open": "办理中",
    "overdue": "超期未答复",
    "ageing": "久未办理",
    "mine": "由我经办",
    "closed": "已办结",
    "all": "全部",
}
SOON = timedelta(days=7)


def concern_rows(actor: Actor) -> ConcernQuerySet:
    """All that the actor sees. The county's own condition is repeated, so that its index answers behind the policy."""
    rows: ConcernQuerySet = Concern.objects.visible_to(actor)
    return rows if actor.county_id is None else rows.filter(county_id=actor.county_id)


def ageing_since(today: date) -> date:
    """The day since which nothing may have happened for a matter to be ageing: so many working days ago."""
    left, day = AGEING_DAYS, today
    while left > 0:
        left -= is_workday(day)
        day -= timedelta(days=1)
    return day


def shown_rows(actor: Actor, show: str, today: date) -> ConcernQuerySet:
    """One tab of the list, not yet in order."""
    rows = concern_rows(actor)
    if show == "overdue":
        return rows.overdue(today)
    if show == "ageing":
        return rows.open().filter(touched_at__date__lte=ageing_since(today))
    if show == "mine":
        return rows.open().filter(owner_id=actor.user_id)
    if show == "closed":
        return rows.exclude(state__in=OPEN)
    return rows.open() if show == "open" else rows


def concerns_of(person: Retiree, actor: Actor) -> list[Concern]:
    """What a person raised, the newest first, with what he stood behind."""
    rows = rows_of_person(person, actor).select_related("retiree", "county", "unit", "owner_unit", "owner")
    return list(rows.order_by("-received_on", "-number"))


def rows_of_person(person: Retiree, actor: Actor) -> ConcernQuerySet:
    """What a person raised or stood behind. Keys first, out of two indexes: an OR over the join would read every matter
    of the county."""
    raised = Concern.objects.filter(retiree_id=person.pk).order_by().values("pk")
    behind = ConcernPerson.objects.filter(retiree_id=person.pk).order_by().values("concern_id")
    return concern_rows(actor).filter(pk__in=raised.union(behind, all=True))


def due_concerns(actor: Actor, today: date) -> dict[str, int]:
    """What waits: {"overdue", "soon" (within a week), "ageing", "mine"} → how many, each up to 1,000."""
    rows = concern_rows(actor)
    found = {
        "overdue": rows.overdue(today),
        "soon": rows.filter(state__in=UNANSWERED, due_on__gte=today, due_on__lte=today + SOON),
        "ageing": shown_rows(actor, "ageing", today),
        "mine": shown_rows(actor, "mine", today),
    }
    return {name: part.order_by().values("pk")[:1000].count() for name, part in found.items()}


def waiting_concerns(actor: Actor, today: date) -> int:
    """What the menu shows: overdue ones of the place."""
    return concern_rows(actor).overdue(today).order_by().values("pk")[:1000].count()


def earlier_of(person: Retiree, actor: Actor, since: date) -> list[Concern]:
    """What the person raised or stood behind and is open, or came in since a day: what a new one may repeat."""
    rows = rows_of_person(person, actor).filter(Q(state__in=OPEN) | Q(received_on__gte=since))
    return list(rows.order_by("-received_on", "-number")[:20])


@dataclass(frozen=True)
class Standing:
    """One row of the ranking: a unit (or county) and its numbers of a span."""

    unit: Unit
    people: int
    received: int
    petitions: int
    repeated: int
    collective: int
    open: int
    overdue: int
    answered: int
    satisfied: int
    asked: int

    @property
    def per_hundred(self) -> float:
        """Matters for a hundred people on the register."""
        return round(self.received * 100 / self.people, 1) if self.people else 0.0

    @property
    def satisfied_share(self) -> str:
        """Of those that were asked, in percent."""
        return f"{self.satisfied * 100 / self.asked:.0f}%" if self.asked else "—"


def ranking(
    actor: Actor, start: date, end: date, today: date, *, people: Mapping[int, int], by: str = "unit"
) -> list[Standing]:
    """Units (``by="county"``: counties) with what came in from ``start`` to ``end``, the most first.

    people: heads on the register by the same key.
    """
    key = f"{by}_id"
    rows = concern_rows(actor).filter(received_on__gte=start, received_on__lte=end)
    late = Q(state__in=UNANSWERED, due_on__lt=today)
    asked = ~Q(satisfaction__in=("", Satisfaction.UNASKED))
    counted: Sequence[Mapping[str, Any]] = (
        rows.order_by()
        .values(place=F(key))
        .annotate(
            received=Count("pk"),
            petitions=Count("pk", filter=Q(kind="petition")),
            repeated=Count("pk", filter=Q(repeat_of__isnull=False)),
            collective=Count("pk", filter=Q(people_count__gt=1)),
            open=Count("pk", filter=Q(state__in=OPEN)),
            overdue=Count("pk", filter=late),
            answered=Count("pk", filter=Q(state__in=(State.ANSWERED, State.CLOSED))),
            satisfied=Count("pk", filter=Q(satisfaction__in=(Satisfaction.SATISFIED, Satisfaction.FAIR))),
            asked=Count("pk", filter=asked),
        )
    )
    units = Unit.objects.visible_to(actor).in_bulk([row["place"] for row in counted])
    found = [
        Standing(
            units[row["place"]],
            people.get(row["place"], 0),
            *(row[name] for name in list(row)[1:]),
        )
        for row in counted
        if row["place"] in units
    ]
    return sorted(found, key=lambda one: (-one.received, one.unit.sort, one.unit.pk))
