"""Twenty thousand rows of twenty columns: our check and commit, django-import-export's, and bare COPY.

    python -m benchmarks.imports check|commit|theirs|theirs-bulk|copy FILE     (prints JSON)

Each in a process of its own, so that peak memory is that of one way only: of the process and the helpers that it has
at that moment, looked at fifty times a second.
Everything is rolled back at the end. import-export does what its manual shows: a dry run for the preview, then the
import; it fills the person and the private values, and neither dated facts nor figures, which ours does too.
"""

import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import psutil
from django.db import connection, transaction

from apps.core.collector import look_seldom

ROWS = 20_000
UNIT = "nanling"
DIVISION = "429925"
"""Of the ID numbers; nobody in the database has it."""
CLERK = "nanling_clerk"
HEADERS = (
    "单位 姓名 性别 民族 出生日期 籍贯 政治面貌 入党时间 学历 婚姻状况 类别 参加工作时间 离退休时间 退休时职务"
    " 退休时职级 现享受待遇 身份证号码 健康状况 联系电话 家庭住址"
).split()


class Peak(threading.Thread):
    """Watches the memory of this process and its children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self.over = threading.Event()

    def run(self) -> None:
        here = psutil.Process()
        while not self.over.wait(0.02):
            self.bytes = max(self.bytes, _memory(here) + sum(map(_memory, here.children())))


def _memory(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def write_roster(path: Path, rows: int = ROWS) -> None:
    """A neat roster of invented people, none of whom is on the register."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, HEADERS)
    for number, cells in enumerate(_rows(rows), start=1):
        for column, text in enumerate(cells):
            sheet.write_string(number, column, text)
    book.close()


def _rows(count: int) -> Any:
    from django.utils import timezone

    from apps.core.demo import Demo
    from apps.retirees.choices import NATION_CHOICES, Education, Health, Level, Marriage, Political, Sex
    from apps.retirees.management.demo.people import invent
    from apps.units.models import Unit

    demo, ids = Demo(timezone.localdate(), count), set[str]()
    units = list(
        Unit.objects.using("plain")
        .filter(area__code=UNIT, level="unit", closed_on=None)
        .select_related("area")
    )
    for number in range(count):
        unit = units[number % len(units)]
        values = invent(demo, 10_000_000 + number, unit, DIVISION, lixiu=False, ids=ids).entry.values
        get = values.get

        def day(name: str, get: Callable[[str], Any] = get) -> str:
            return get(name).iso().replace("-", ".") if get(name) else ""

        yield (
            *(unit.label, get("name"), _word(Sex, get("sex")), dict(NATION_CHOICES).get(get("nation"), "")),
            *(
                day("birth_date"),
                get("native_place", ""),
                _word(Political, get("political")),
                day("joined_party_on"),
            ),
            *(
                _word(Education, get("education")),
                _word(Marriage, get("marriage")),
                "退休",
                day("work_started_on"),
            ),
            *(day("retired_on"), get("post", ""), _word(Level, get("rank")), _word(Level, get("treatment"))),
            *(get("national_id", ""), _word(Health, get("health")), get("phone", ""), get("address", "")),
        )


def _word(choices: Any, code: str | None) -> str:
    return str(choices(code).label) if code else ""


def ours(path: Path, *, commit: bool) -> Callable[[], int]:
    """The shell command, which runs the same code as the upload page; return what counts the rows it judged, since
    reading its report again is no part of the import."""
    from django.core.management import call_command

    report = path.with_suffix(".json")
    flags = ["--commit"] if commit else []
    with transaction.atomic():
        call_command(
            "import_roster",
            str(path),
            "--unit",
            UNIT,
            "--as",
            CLERK,
            "--json",
            str(report),
            *flags,
            stdout=io.StringIO(),
        )
        transaction.set_rollback(True)
    return lambda: len(json.loads(report.read_text())["rows"])


def theirs(path: Path, *, bulk: bool) -> Callable[[], int]:
    """import-export: dry run, then the import; ``bulk``: its fast way, which cannot write the private values. It works
    as the owner with the walls down, because it sets sequences at its end."""
    import tablib

    from apps.units.models import Unit
    from benchmarks.build import walls
    from benchmarks.resource import BulkRetireeResource, RetireeResource

    data = tablib.Dataset().load(path.read_bytes(), format="xlsx")
    with connection.cursor() as cursor:
        walls(cursor, "NO FORCE")
        cursor.execute("SELECT set_config('app.actor', '0', false)")
    county = Unit.objects.get(code=UNIT)
    with transaction.atomic():
        for dry_run in (True, False):
            made = BulkRetireeResource(county) if bulk else RetireeResource(county)
            result = made.import_data(data, dry_run=dry_run, raise_errors=True)
        transaction.set_rollback(True)
    total: int = result.total_rows
    return lambda: total


def bare_copy(path: Path) -> Callable[[], int]:
    """COPY of the same texts into a table without keys, indexes or triggers: what the machine can do."""
    import psycopg
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]
    columns = ", ".join(f"c{number} text" for number in range(len(HEADERS)))
    with psycopg.connect(os.environ["PORTAL_OWNER_DATABASE_URL"]) as owner, owner.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_copy ({columns})")
        started = time.perf_counter()
        with cursor.copy("COPY bench_copy FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        bare_copy.seconds = time.perf_counter() - started
        owner.rollback()
    return lambda: len(rows)


def main(what: str, path: Path) -> None:
    ways: dict[str, Callable[[], Callable[[], int]]] = {
        "check": lambda: ours(path, commit=False),
        "commit": lambda: ours(path, commit=True),
        "theirs": lambda: theirs(path, bulk=False),
        "theirs-bulk": lambda: theirs(path, bulk=True),
        "copy": lambda: bare_copy(path),
    }
    if what == "write":
        write_roster(path)
        return
    with connection.cursor() as cursor:  # signed in beforehand and settled, as a worker is; all ways alike
        cursor.execute("SELECT 1")
    look_seldom()
    peak = Peak()
    peak.start()
    started = time.perf_counter()
    judged = ways[what]()
    seconds = getattr(bare_copy, "seconds", None) or time.perf_counter() - started
    peak.over.set()
    print(
        json.dumps({"way": what, "rows": judged(), "seconds": round(seconds, 2), "peak_mb": peak.bytes >> 20})
    )


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], Path(sys.argv[2]))
