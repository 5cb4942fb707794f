"""The export of a whole register of twenty columns to xlsx, and openpyxl's write-only mode with the same texts.

    python -m benchmarks.exporting ours|theirs|rows     (prints JSON)

Each in a process of its own, so that peak memory is that of one way only. Ours is the work of the job: people read in
pieces through the walls, private values opened, the file written, sealed and kept. "theirs" is given the same texts
by the same reading and only writes them, and "rows" reads without writing, so that both can be told apart.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
from django.db import connection

from benchmarks.imports import Peak

COLUMNS = (
    "name sex nation birth age native_place political education category work retired unit post rank treatment health"
    " living national_id phone address"
).split()
MOST = 100_000
USER = "city_clerk"


def _pieces(actor: Any) -> tuple[Any, Iterator[list[str]]]:
    """(request being made, its rows), read as the job reads them: each piece in a scope of its own."""
    from django.utils import timezone

    from apps.core.scope import scope
    from apps.exports import actions
    from apps.exports.models import ExportRequest
    from apps.retirees.models import Retiree

    with scope(actor):
        people = Retiree.objects.visible_to(actor).on_register().order_by("name_sort", "pk")
        keys = list(people.values_list("pk", flat=True)[:MOST])
        request = ExportRequest(
            pk=1,
            register="roster",
            words="在册的全部人员",
            keys=keys,
            rows=len(keys),
            columns=COLUMNS,
            order="name",
            format="xlsx",
            mask="plain",
            created_by=actor.user_id,
            created_by_name=actor.name,
            created_at=timezone.now(),
        )
        making = actions.Making.of(request, actor)

    def rows() -> Iterator[list[str]]:
        for some in actions.pieces(keys):
            with scope(actor):
                found = actions.rows_of(making, some, actor)
            yield from found

    return making, rows()


def ours(folder: Path, actor: Any) -> tuple[int, int]:
    """Read, write, seal; return (rows, bytes of the file)."""
    from apps.core.scope import scope
    from apps.exports.actions.files import write_file
    from apps.jobs.actions import keep_file

    making, rows = _pieces(actor)
    made = write_file(folder, making, rows, actor)
    content = made.path.read_bytes()
    with scope(actor):
        keep_file(content, filename="名册.xlsx")
    return making.written, len(content)


def theirs(folder: Path, actor: Any) -> tuple[int, int]:
    """openpyxl's quickest way: write only, plain cells, no formats."""
    import openpyxl

    making, rows = _pieces(actor)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.append([column.label for column in making.columns])
    for row in rows:
        sheet.append(row)
    book.save(path := folder / "theirs.xlsx")
    return making.written, path.stat().st_size


def only_rows(folder: Path, actor: Any) -> tuple[int, int]:
    """Reading alone."""
    making, rows = _pieces(actor)
    for _ in rows:
        pass
    return making.written, 0


def main(what: str) -> None:
    from apps.accounts.models import Grant

    ways: dict[str, Callable[[Path, Any], tuple[int, int]]] = {
        "ours": ours,
        "theirs": theirs,
        "rows": only_rows,
    }
    with connection.cursor() as cursor:  # signed in beforehand, as a worker is
        cursor.execute("SELECT 1")
    actor = Grant.objects.select_related("user", "unit").get(user__username=USER).actor()
    peak = Peak()
    peak.start()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-export-") as folder:
        rows, size = ways[what](Path(folder), actor)
    seconds = time.perf_counter() - started
    peak.over.set()
    print(
        json.dumps(
            {"way": what, "rows": rows, "columns": len(COLUMNS), "seconds": round(seconds, 1),
             "peak_mb": peak.bytes >> 20, "mb": round(size / 2**20, 1)}
        )
    )  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings")
    django.setup()
    main(sys.argv[1])
