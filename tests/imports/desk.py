"""A clerk's table as a file, and the way through upload, check and writing without the jobs."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace

from apps.accounts.models import User
from apps.core.scope import Actor, scope
from apps.imports import actions
from apps.imports.choices import Mode
from apps.imports.models import Batch, Row
from apps.imports.queries import chosen_columns, contents_of, remembered_columns
from apps.imports.rules import importers
from apps.units.models import Unit

TODAY = date(2026, 3, 31)
HEADER = ("姓名", "性别", "出生年月", "身份证号码", "离退休类别", "参加工作时间", "单位", "联系电话")


def table(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """A csv with these rows under ``header``."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def person(name: str = "王建国", **values: str) -> tuple[str, ...]:
    """One good row in the order of HEADER."""
    row = dict(
        zip(
            HEADER,
            (name, "男", "1940-05", "", "退休", "1960-03", "县财政局", "13912251394"),
            strict=True,
        )
    )
    return tuple((row | values).values())


def staged(
    city: SimpleNamespace, content: bytes, user: User | None = None, unit: Unit | None = None
) -> Batch:
    """Uploaded and checked, as the job does it."""
    place = unit or city.a
    with scope(city.actor(user or city.clerk_a)) as actor:
        batch = actions.upload_batch(
            kind="roster", file_name="花名册.csv", content=content, unit=place, by=actor
        )
        check(batch, content, actor)
    return batch


def check(batch: Batch, content: bytes, actor: Actor) -> None:
    """What the check job does with the stored file, in the caller's scope."""
    importer = importers[batch.kind]
    columns = actions.Columns(remembered_columns(batch, actor), chosen_columns(batch))
    typed = actions.type_content(content, importer, today=TODAY, columns=columns)
    typed = actions.carry_over(typed, actions.kept_corrections(batch), importer, TODAY)
    place = actions.place_of(batch.unit)
    actions.stage(batch, actions.judge_typed(typed, importer, place=place, actor=actor))
    batch.refresh_from_db()


def written(city: SimpleNamespace, batch: Batch, user: User | None = None) -> Batch:
    """Confirmed and written."""
    with scope(city.actor(user or city.clerk_a)) as actor:
        actions.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
        batch.refresh_from_db()
        actions.apply_staged(batch, seen_on=TODAY, by=actor)
        batch.refresh_from_db()
    return batch


def rows_of(batch: Batch) -> list[Row]:
    """Its people, in the order of the file."""
    return list(Row.objects.filter(batch=batch).exclude(verdict="skipped").order_by("position"))


def says(row: Row) -> dict[str, str]:
    """What the cells of a row say now."""
    return dict(contents_of(row)["raw"])


def issues(row: Row) -> set[str]:
    return {f"{one['field']}:{one['kind']}" for one in row.issues}
