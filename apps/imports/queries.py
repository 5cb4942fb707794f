"""Reads over staged imports."""

import json
from collections.abc import Mapping
from typing import Any

from apps.core.scope import Actor
from apps.imports.choices import State
from apps.imports.models import Batch, Row


def waiting_batches(actor: Actor) -> int:
    """How many batches wait to be looked through and confirmed."""
    return Batch.objects.visible_to(actor).filter(state=State.CHECKED).count()


def contents_of(row: Row) -> Mapping[str, Any]:
    """What a staged row holds: raw, values, entry, before, after."""
    return json.loads(row.contents.for_processing()) if row.contents else {}


def earlier_batch(batch: Batch, actor: Actor) -> Batch | None:
    """The last batch with the same file that was written, to tell the clerk that it is nothing new."""
    same = Batch.objects.visible_to(actor).filter(digest=batch.digest, state=State.DONE, kind=batch.kind)
    return same.exclude(pk=batch.pk).order_by("-pk").first()


def uploads_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that batches still point to. Asked by the sweeper, in a city scope."""
    return set(Batch.objects.filter(file_ref__in=names).values_list("file_ref", flat=True))
