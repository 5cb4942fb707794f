"""Reading survivors: the register of them, those who are provided for on a day, those not seen for a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.benefits.choices import SurvivorStateKind
from apps.benefits.models import Survivor, SurvivorHistory
from apps.benefits.rules.survivors import StateSpan, ends_with
from apps.core.chinese import format_date, years_before
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import FamilyMember, Retiree

SHOWN = ("retiree", "county", "unit")
LISTED = 50
"""Versions that the history of one shows."""


def survivors_seen(actor: Actor, asked: Mapping[str, Any], today: date) -> QuerySet[Survivor]:
    """Survivors under conditions (county, unit, relation, state, check), by county, unit and cadre."""
    rows = Survivor.objects.visible_to(actor).select_related(*SHOWN)
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    equal = {"county": "county_id", "unit": "unit_id", "relation": "relation", "state": "state"}
    rows = rows.filter(**{column: asked[name] for name, column in equal.items() if asked.get(name)})
    if asked.get("check"):
        rows = rows.filter(_unchecked(today))
    return rows.order_by("county__sort", "county_id", "unit__sort", "unit_id", "retiree_id", "pk")


def _unchecked(today: date) -> Q:
    late = Q(verified_on=None) | Q(verified_on__lt=years_before(today, 1))
    return (
        late
        & Q(state=SurvivorStateKind.ALIVE)
        & (Q(during__endswith__isnull=True) | Q(during__endswith__gt=today))
    )


def unchecked_survivors(actor: Actor, today: date) -> QuerySet[Survivor]:
    """Those provided for who were not seen alive for more than a year."""
    return survivors_seen(actor, {"check": True}, today)


def survivors_of(actor: Actor, person: Retiree) -> list[Survivor]:
    """Those of one cadre with their states."""
    rows = Survivor.objects.visible_to(actor).filter(retiree=person).order_by("pk")
    return list(rows.prefetch_related("states"))


def members_to_register(actor: Actor, person: Retiree) -> QuerySet[FamilyMember]:
    """Members of a dead cadre's family who are marked as 遗属 and not registered yet."""
    rows = FamilyMember.objects.visible_to(actor).filter(retiree=person, is_survivor=True)
    if person.state != LifeState.DEAD:
        return rows.none()
    known = Survivor.objects.filter(retiree=person, member__isnull=False).values("member_id")
    return rows.exclude(pk__in=known).order_by("sort", "pk")


def spans_of(survivor: Survivor) -> list[StateSpan]:
    """The states of a survivor as rules take them, the first first."""
    rows = sorted(survivor.states.all(), key=lambda row: row.during.lower)
    return [StateSpan(row.state, row.during.lower, row.during.upper) for row in rows]


def end_of(survivor: Survivor) -> date | None:
    """From which day he is not provided for any more; None: no end is known."""
    spans = spans_of(survivor)
    return ends_with(spans[-1], survivor.during.upper) if spans else survivor.during.upper


@dataclass(frozen=True)
class SurvivorChange:
    """One version of a survivor's row, and who made it."""

    at: datetime
    who: str
    words: str


def changes_of(survivor: Survivor) -> list[SurvivorChange]:
    """Versions of the row, newest first."""
    rows = list(SurvivorHistory._default_manager.filter(pgh_obj_id=survivor.pk).order_by("-pgh_id")[:LISTED])
    names = dict(User.objects.filter(pk__in={row.pgh_actor for row in rows}).values_list("pk", "full_name"))
    return [
        SurvivorChange(row.pgh_created_at, names.get(row.pgh_actor, "系统"), _version_words(row))
        for row in rows
    ]


def _version_words(row: Any) -> str:
    first, upper = format_date(row.during.lower), row.during.upper
    parts = (
        row.get_relation_display(),
        row.get_household_display(),
        row.get_state_display(),
        f"{first}至{format_date(upper - timedelta(days=1))}" if upper else f"{first}起",
        f"核实{format_date(row.verified_on)}" if row.verified_on else "",
        row.document,
        row.note,
    )
    return "，".join(part for part in parts if part)
