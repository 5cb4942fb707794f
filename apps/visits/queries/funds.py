"""Reading the sources of money."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.scope import Actor
from apps.visits.models import FundSource, FundSourceHistory

SHOWN = 50


def sources_seen(actor: Actor) -> QuerySet[FundSource]:
    """The city's sources and one's own county's, the city's first; the city sees all."""
    rows = FundSource.objects.visible_to(actor).select_related("county")
    return rows.order_by("county__sort", "county_id", "-is_active", "sort", "pk")


def office_of(row: Any) -> str:
    """Whose plan it is: 市本级 or the county."""
    return row.county.label if row.county_id else "市本级"


@dataclass(frozen=True)
class SourceChange:
    """One state of a source, and who brought it about."""

    at: datetime
    who: str
    name: str
    sort: int
    is_active: bool


def changes_of(source: FundSource) -> list[SourceChange]:
    """The states of a source, newest first, as far as the reader's scope holds them."""
    rows = list(FundSourceHistory._default_manager.filter(pgh_obj_id=source.pk).order_by("-pgh_id")[:SHOWN])
    names = dict(User.objects.filter(pk__in={row.pgh_actor for row in rows}).values_list("pk", "full_name"))
    return [
        SourceChange(row.pgh_created_at, names.get(row.pgh_actor, "系统"), row.name, row.sort, row.is_active)
        for row in rows
    ]
