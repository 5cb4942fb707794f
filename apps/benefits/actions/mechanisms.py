"""Saying which mechanisms a county has set up."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.models import CountyMechanism
from apps.core.scope import Actor
from apps.units.models import Unit


@transaction.atomic
def set_mechanism(*, county: Unit, kind: str, values: Mapping[str, Any], by: Actor) -> CountyMechanism:
    """Say of one mechanism whether it is there, since when and by what; what was said before is in the history."""
    said = {**values, "set_by_name": by.name}
    row, _ = CountyMechanism.objects.update_or_create(county=county, kind=kind, defaults=said)
    told = f"填报{county.label}{row}"
    record_event(kind=EventKind.CHANGE, summary=told, by=by, subject=row, reason=row.proof)
    return row
