"""Which concerns somebody sees, what of them waits, and how a place stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from apps.concerns.choices import OPEN, UNANSWERED, Satisfaction, State
from apps.concerns.models import Concern, ConcernPerson, ConcernPersonHistory, ConcernQuerySet
from apps.concerns.rules import AGEING_DAYS, quiet_since
from apps.core.once import counted_once
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.queries.search import search_names
from apps.units.models import Unit

SHOWN = {
    "open": "办理中",
    "overdue": "超期未答复",
    "ageing": "久未办理",
    "mine": "由我经办",
    "closed": "已办结",
    "all": "全部",
}
TIMELY = {"yes": "按期答复", "late": "超期答复", "running": "未到期", "over": "超期未答复"}
IDLE = {"5": "5个工作日", "10": "10个工作日", "20": "20个工作日", "30": "30个工作日", "60": "60个工作日"}
"""Without anything done, for the filter."""
SORTS = {"due_on": "答复期限", "received_on": "受理日期", "touched_at": "最近进展"}
TIES = ("year", "number")
"""What puts matters of the same day in order: the earlier registered has the smaller number."""
SOON = timedelta(days=7)
NAMED = 500
"""People of one name that the list looks for."""


def concern_rows(actor: Actor) -> ConcernQuerySet:
    """All that the actor sees. The county's own condition is repeated, so that its index answers behind the policy."""
    rows: ConcernQuerySet = Concern.objects.visible_to(actor)
    return rows if actor.county_id is None else rows.filter(county_id=actor.county_id)


def ageing_since(today: date) -> date:
    """The day since which nothing may have happened for a matter to be ageing: so many working days ago."""
    return quiet_since(today, AGEING_DAYS)


def _untouched(today: date, working_days: int) -> Q:
    """Open ones to which nothing has happened for so long; a bound on the time itself, which an index answers."""
    after = quiet_since(today, working_days) + timedelta(days=1)
    moment = timezone.make_aware(datetime.combine(after, time()))
    return Q(state__in=OPEN, touched_at__lt=moment)


def shown_q(actor: Actor, show: str, today: date) -> Q:
    """What one tab of the list shows."""
    tabs = {
        "open": Q(state__in=OPEN),
        "overdue": Q(state__in=UNANSWERED, due_on__lt=today),
        "ageing": _untouched(today, AGEING_DAYS),
        "mine": Q(state__in=OPEN, owner_id=actor.user_id),
        "closed": ~Q(state__in=OPEN),
    }
    return tabs.get(show, Q())


def shown_rows(actor: Actor, show: str, today: date) -> ConcernQuerySet:
    """One tab of the list, not yet in order."""
    return concern_rows(actor).filter(shown_q(actor, show, today))


def tab_counts(actor: Actor, rows: ConcernQuerySet, today: date) -> dict[str, int]:
    """How many of ``rows`` each tab shows, out of one reading."""
    counts: dict[str, int] = rows.aggregate(
        **{name: Count("pk", filter=shown_q(actor, name, today)) for name in SHOWN if name != "all"},
        all=Count("pk"),
    )
    return counts


def timely_q(which: str, today: date) -> Q:
    """One of TIMELY."""
    return {
        "yes": Q(answered_on__lte=F("due_on")),
        "late": Q(answered_on__gt=F("due_on")),
        "running": Q(state__in=UNANSWERED, due_on__gte=today),
        "over": Q(state__in=UNANSWERED, due_on__lt=today),
    }[which]


def rows_under(actor: Actor, conditions: Mapping[str, Any], today: date) -> ConcernQuerySet:
    """The conditions of the list's filter line (forms.listing, cleaned), but for the tab."""
    rows = concern_rows(actor)
    for name in ("kind", "topic", "source", "state", "satisfaction"):
        if conditions.get(name):
            rows = rows.filter(**{name: conditions[name]})
    for name in ("county", "unit"):
        if conditions.get(name):
            rows = rows.filter(**{f"{name}_id": int(conditions[name])})
    if conditions.get("collective"):
        rows = rows.filter(people_count__gt=1)
    if conditions.get("repeated"):
        rows = rows.filter(repeat_of__isnull=False)
    if conditions.get("timely"):
        rows = rows.filter(timely_q(conditions["timely"], today))
    if conditions.get("idle"):
        rows = rows.filter(_untouched(today, int(conditions["idle"])))
    if conditions.get("since"):
        rows = rows.filter(received_on__gte=conditions["since"])
    if conditions.get("until"):
        rows = rows.filter(received_on__lte=conditions["until"])
    return rows.filter(_named(actor, conditions["q"])) if conditions.get("q") else rows


def _named(actor: Actor, text: str) -> Q:
    """By number, by words of the title, or by the name of who raised it or stands behind it."""
    year, dash, number = text.strip().partition("-")
    if dash and year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 9:
        return Q(year=int(year), number=int(number))
    titled = Q(title__icontains=text.strip())
    if not text.isprintable():
        return titled
    people = list(search_names(Retiree.objects.visible_to(actor), text).values_list("pk", flat=True)[:NAMED])
    if not people:
        return titled
    behind = ConcernPerson.objects.filter(retiree_id__in=people).values("concern_id")
    return titled | Q(retiree_id__in=people) | Q(pk__in=behind)


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


def neighbours_named(actor: Actor, person: Retiree, text: str, limit: int) -> list[Retiree]:
    """Others of the person's county and on the register, whose name begins like the text."""
    people = Retiree.objects.visible_to(actor).on_register().filter(county_id=person.county_id)
    found = search_names(people.exclude(pk=person.pk), text)
    return list(found.select_related("county", "unit").order_by("name_sort", "pk")[:limit])


def signers_of(one: Concern, actor: Actor) -> list[Retiree]:
    """Who stands behind a matter besides the one who speaks, of those the actor sees."""
    behind = ConcernPerson.objects.filter(concern=one).values("retiree_id")
    people = Retiree.objects.visible_to(actor).filter(pk__in=behind)
    return list(people.select_related("county", "unit").order_by("name_sort", "pk"))


def former_signers(one: Concern, actor: Actor) -> list[Retiree]:
    """Who stood behind it and no longer does, out of the history, of those the actor sees."""
    past = ConcernPersonHistory.objects.filter(concern_id=one.pk, pgh_label="delete").values("retiree_id")
    now = ConcernPerson.objects.filter(concern=one).values("retiree_id")
    people = Retiree.objects.visible_to(actor).filter(pk__in=past).exclude(pk__in=now)
    return list(people.select_related("county", "unit").order_by("name_sort", "pk"))


def due_concerns(actor: Actor, today: date) -> dict[str, int]:
    """What waits: {"overdue", "soon" (within a week), "ageing", "mine"} → how many, each up to 1,000."""
    rows = concern_rows(actor)
    found = {
        "soon": rows.filter(state__in=UNANSWERED, due_on__gte=today, due_on__lte=today + SOON),
        "ageing": shown_rows(actor, "ageing", today),
        "mine": shown_rows(actor, "mine", today),
    }
    counts = {name: part.order_by().values("pk")[:1000].count() for name, part in found.items()}
    return {"overdue": waiting_concerns(actor, today), **counts}


def overdue_concerns(actor: Actor, today: date) -> ConcernQuerySet:
    """What the menu counts: overdue ones of the place."""
    return concern_rows(actor).overdue(today)


@counted_once
def waiting_concerns(actor: Actor, today: date) -> int:
    """How many the menu shows."""
    return overdue_concerns(actor, today).order_by().values("pk")[:1000].count()


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
