"""Reading the log: the list under conditions, one visit, what a form starts from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from apps.accounts.models import User
from apps.concerns.models import Concern
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.retirees.queries.search import search_names
from apps.visits.choices import LED, LED_CHOICE
from apps.visits.models import Due, RaisedConcern, Visit, VisitHistory, Visitor

LAST_VISITORS = "visits_last_visitors"
"""Where a user's preferences keep whom he logged last: {leaders: [keys], others: text, level}."""
FOUND = 20


def people_to_visit(actor: Actor, text: str) -> list[Retiree]:
    """People whose name or its reading begins like the text; also the dead, whose survivors are visited."""
    people: RetireeQuerySet = Retiree.objects.visible_to(actor).select_related("county", "unit")
    kept = people.exclude(state__in=(LifeState.MERGED, LifeState.MISTAKE))
    return list(search_names(kept, text)[:FOUND])


def visits_of(actor: Actor, person: Retiree) -> Any:
    """A person's visits, newest first."""
    rows = Visit.objects.visible_to(actor).filter(retiree_id=person.pk)
    return rows.select_related("occasion", "campaign", "source").order_by("-visited_on", "-pk")


def last_visit(actor: Actor, person: Retiree) -> Visit | None:
    """The newest of a person's visits, whoever of the household was seen."""
    found: Visit | None = visits_of(actor, person).first()
    return found


def open_concerns(actor: Actor, person: Retiree) -> list[Concern]:
    """What the person asked for and what is not finished."""
    rows = Concern.objects.visible_to(actor).open().filter(retiree_id=person.pk)
    return list(rows.order_by("due_on")[:10])


@dataclass(frozen=True)
class VisitChange:
    """Who changed a visit when, and the labels of what he changed; empty for the first state."""

    at: datetime
    who: str
    labels: tuple[str, ...]


SILENT = {"version", "import_batch_id", "recorded_by", "recorded_at", "retiree", "county", "unit"}


def changes_of(visit: Visit) -> list[VisitChange]:
    """The states of a visit, newest first, as far as the reader's scope holds them."""
    rows = list(VisitHistory._default_manager.filter(pgh_obj_id=visit.pk).order_by("pgh_id"))
    names = dict(User.objects.filter(pk__in={row.pgh_actor for row in rows}).values_list("pk", "full_name"))
    fields = [field for field in Visit._meta.concrete_fields if field.name not in SILENT]
    found = []
    for before, row in zip([None, *rows], rows, strict=False):
        labels = (
            str(field.verbose_name)
            for field in fields
            if before is not None and getattr(before, field.attname) != getattr(row, field.attname)
        )
        found.append(VisitChange(row.pgh_created_at, names.get(row.pgh_actor, "系统"), tuple(labels)))
    return found[::-1]


def concerns_raised(actor: Actor, visit: Visit) -> list[Concern]:
    """The concerns that came out of a visit."""
    links = RaisedConcern.objects.visible_to(actor).filter(visit_id=visit.pk).values("concern_id")
    return list(Concern.objects.visible_to(actor).filter(pk__in=links))


def last_visitors(user_id: int) -> Mapping[str, Any]:
    """Whom a user logged last, as it was kept."""
    user = User.objects.filter(pk=user_id).first()
    kept = user.preferences.get(LAST_VISITORS) if user else None
    return kept if isinstance(kept, dict) else {}


def due_in_hand(actor: Actor, person: Retiree, key: str) -> Due | None:
    """A due row of the person that waits, by the number in an address."""
    if not (key.isascii() and key.isdecimal() and len(key) <= 18):
        return None
    rows = Due.objects.visible_to(actor).waiting().filter(retiree_id=person.pk, pk=int(key))
    return rows.select_related("occasion", "campaign", "planned_source", "team").first()


@dataclass(frozen=True)
class Sums:
    """Of the visits under some conditions."""

    visits: int
    people: int
    money: Decimal
    goods_value: Decimal


def visits_under(actor: Actor, conditions: Mapping[str, Any]) -> Any:
    """Visits of the actor's scope under the list's conditions, newest first. The county's own condition is repeated,
    so that its index answers behind the row policy."""
    rows = Visit.objects.visible_to(actor)
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    simple = {
        "occasion": "occasion",
        "campaign": "campaign",
        "way": "way",
        "target": "target",
        "begin": "visited_on__gte",
        "end": "visited_on__lte",
        "county": "county_id",
        "unit": "unit_id",
    }
    for name, lookup in simple.items():
        if conditions.get(name):
            rows = rows.filter(**{lookup: conditions[name]})
    if conditions.get("level"):
        rows = rows.filter(level__in=LED if conditions["level"] == LED_CHOICE else [conditions["level"]])
    if conditions.get("leader"):
        rows = rows.filter(
            pk__in=Visitor.objects.visible_to(actor).filter(leader=conditions["leader"]).values("visit_id")
        )
    if conditions.get("gift") == "yes":
        rows = rows.filter(Q(money__gt=0) | ~Q(goods="") | Q(goods_value__gt=0))
    if conditions.get("gift") == "no":
        rows = rows.filter(money=0, goods="", goods_value=0)
    if conditions.get("wants"):
        rows = rows.filter(pk__in=RaisedConcern.objects.visible_to(actor).values("visit_id"))
    return rows.order_by("-visited_on", "-pk")


def sums_of(rows: Any) -> Sums:
    """Count the visits, heads and amounts of ``visits_under``."""
    told = rows.order_by().aggregate(
        visits=Count("pk"),
        people=Count("retiree_id", distinct=True),
        money=Sum("money"),
        goods=Sum("goods_value"),
    )
    return Sums(told["visits"], told["people"], told["money"] or Decimal(0), told["goods"] or Decimal(0))
