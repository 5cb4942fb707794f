"""Saying what a column means, and having that remembered for the place."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.imports.actions.batches import NotNow, check_again
from apps.imports.choices import State
from apps.imports.models import Batch, ImportMapping
from apps.imports.reading.headers import normalise_header
from apps.imports.rules import importers


class BadColumns(Exception):
    """Two columns of a sheet cannot mean the same; the text names them."""


@transaction.atomic
def choose_columns(*, batch: Batch, fields: Sequence[str | None], by: Actor) -> None:
    """Settle each column of ``batch.columns`` in its order, remember what differs from the reading, read anew.

    Raises NotNow when the batch does not wait in the preview, BadColumns when a field is given twice.
    """
    held = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if held.state != State.CHECKED:
        raise NotNow(f"这一批现在是“{held.get_state_display()}”，不能改列。")
    if len(fields) != len(held.columns):
        raise NotNow("这一批刚被重新读取，请再看一遍。")
    labels = importers[held.kind].labels()
    seen: dict[tuple[str, str], str] = {}
    for column, name in zip(held.columns, fields, strict=True):
        first = seen.setdefault((column["sheet"], name or column["letters"]), column["letters"])
        if first != column["letters"]:
            raise BadColumns(
                f"{first}列和{column['letters']}列都指定成了“{labels[name or '']}”，请只留一列。"
            )
    for column, name in zip(held.columns, fields, strict=True):
        if name != column["field"]:
            _remember(held, column, name, by)
    held.chosen = [
        [column["sheet"], column["number"], name]
        for column, name in zip(held.columns, fields, strict=True)
        if column["header"]
    ]
    held.save(update_fields=["chosen"])
    record_event(kind=EventKind.IMPORT, summary=f"指定 {held.file_name} 的列", by=by, subject=held)
    check_again(held, by=by)


def _remember(batch: Batch, column: Mapping[str, str], name: str | None, by: Actor) -> None:
    key = normalise_header(column["header"])[:200]
    if key:
        ImportMapping.objects.update_or_create(
            county_id=batch.county_id,
            unit_id=by.unit_id or batch.county_id,
            kind=batch.kind,
            header_key=key,
            defaults={"header": column["header"][:200], "field": name or "", "updated_by_name": by.name},
        )


@transaction.atomic
def forget_mapping(*, mapping: ImportMapping, by: Actor) -> None:
    """The header is recognised by its name alone again."""
    record_event(kind=EventKind.IMPORT, summary=f"忘记列“{mapping.header}”的对应关系", by=by, subject=mapping)
    mapping.delete()
