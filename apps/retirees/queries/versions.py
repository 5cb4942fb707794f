"""A person as he stood at an earlier version, for setting two edits beside each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.core.secret import Secret
from apps.retirees.models import (
    AffiliationHistory,
    PrivateDetails,
    PrivateDetailsHistory,
    Retiree,
    RetireeHistory,
)
from apps.retirees.queries.person import TYPED_SEALED, sealed_values, typed_values
from apps.retirees.rules.custom import is_custom


@dataclass(frozen=True)
class Snapshot:
    """Values of a person's form at one moment; ``sealed`` are Secrets."""

    values: dict[str, Any]
    sealed: dict[str, Any]


@dataclass(frozen=True)
class Save:
    """Who saved, and when."""

    who: str
    at: datetime


def snapshot_at(person: Retiree, version: int) -> Snapshot | None:
    """The person at ``version``; None where that history is not in view.

    Private values and units have no version of their own: theirs is what no later version's request has written.
    """
    rows = RetireeHistory.objects.filter(pgh_obj_id=person.pk)
    then = rows.filter(version=version).order_by("-pgh_id").first()
    later = set(rows.filter(version__gt=version).values_list("pgh_request", flat=True))
    private = (
        PrivateDetailsHistory.objects.filter(pgh_obj_id=person.pk)
        .exclude(pgh_request__in=later)
        .order_by("-pgh_id")
        .first()
    )
    if then is None or private is None:
        return None
    history = AffiliationHistory.objects.filter(retiree_id=person.pk).exclude(pgh_request__in=later)
    latest = {row.pgh_obj_id: row for row in history.order_by("pgh_id")}
    alive = [row for row in latest.values() if row.pgh_label != "delete"]
    return Snapshot(typed_values(then, private, alive), dict(sealed_values(private)))


def saves_since(person: Retiree, version: int) -> list[Save]:
    """Who saved the person after ``version``, latest first; the walls decide what history is seen."""
    rows = (
        RetireeHistory.objects.filter(pgh_obj_id=person.pk, version__gt=version)
        .order_by("-pgh_id")
        .values_list("pgh_actor", "pgh_created_at")
    )
    names = dict(
        User.objects.filter(pk__in={actor_id for actor_id, _ in rows}).values_list("pk", "full_name")
    )
    return [Save(names.get(actor_id, "系统"), at) for actor_id, at in rows]


def last_save(history: Any, row_pk: Any) -> Save | None:
    """Who saved a row of a person's file last; None where that is not in view. ``history``: its history model."""
    rows = history.objects.filter(pgh_obj_id=row_pk).order_by("-pgh_id")
    found = rows.values_list("pgh_actor", "pgh_created_at").first()
    if found is None:
        return None
    user = User.objects.filter(pk=found[0]).first()
    return Save(user.full_name if user else "系统", found[1])


def value_at(person: Retiree, version: int, name: str) -> Any:
    """A field as it was at ``version``, comparable with ``value_now``; None where that history is not in view."""
    then = snapshot_at(person, version)
    if then is None:
        return _UNSEEN
    if name in then.sealed:
        return _comparable(then.sealed[name])
    if name in then.values:
        return _comparable(then.values[name])
    row = RetireeHistory.objects.filter(pgh_obj_id=person.pk, version=version).order_by("-pgh_id").first()
    return _comparable(getattr(row, name, None))


def value_now(person: Retiree, name: str) -> Any:
    """A field of the person as it stands, private ones too (compared, never shown)."""
    if name in TYPED_SEALED:
        return _comparable(getattr(PrivateDetails.objects.get(pk=person.pk), name))
    if is_custom(name):
        return _comparable(person.custom.get(name))
    return _comparable(getattr(person, name))


_UNSEEN = object()


def _comparable(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.for_processing()
    return None if value == "" else value
