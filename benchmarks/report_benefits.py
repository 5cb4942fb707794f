"""The part of docs/benchmarks.md about benefits: bars, the plain ways beside, pages of a list."""

from collections.abc import Iterator
from typing import Any

YEAR_S, YEAR_MIB, ARREARS_S, PERSON_MS, PAGE_MS = 120, 1024, 60, 100, 1000
"""The bars of the issue that asked for them."""


def benefits_part(size: int, found: dict[str, Any]) -> Iterator[str]:
    """Lines about one size."""
    year, loop, arrears, month, person = (
        found[name] for name in ("everybody", "loop", "arrears", "month", "person")
    )
    memory = year["mib"] + year["server_mib"]
    slowest = max(row["ours"]["p95"] for row in month["pages"])
    yield f"## Benefits at {size:,} people"
    yield ""
    yield "A benefit for everybody by age, beside the papers that ship: a row for each person and month. The loop goes"
    yield f"through {loop['sample']} people by the ORM and asks the same engine, reckoned up; the statement by heart"
    yield "knows these three standards and nothing else: no states, no rulings, no exclusion, no reasons."
    yield ""
    yield "| Bar | Measured | |"
    yield "|---|---|---|"
    told = f"{year['seconds']:.0f} s, {loop['reckoned'] / year['seconds']:.0f}× the loop"
    yield f"| 12 months of {year['people']:,} people ≤ {YEAR_S} s | {told} | {_verdict(year['seconds'] <= YEAR_S)} |"
    told = f"{memory} MiB ({year['mib']} here, {year['server_mib']} in the server process)"
    yield f"| in ≤ {YEAR_MIB} MiB | {told} | {_verdict(memory <= YEAR_MIB)} |"
    told = f"{arrears['seconds']:.0f} s for {arrears['months']} months"
    what = f"Who gains by a back-dated paper, {arrears['people']:,} people ≤ {ARREARS_S} s"
    yield f"| {what} | {told} | {_verdict(arrears['seconds'] <= ARREARS_S)} |"
    told = f"p95 {person['p95']:.0f} ms"
    yield f"| One person's year explained ≤ {PERSON_MS} ms | {told} | {_verdict(person['p95'] <= PERSON_MS)} |"
    told = f"p95 {slowest:.0f} ms"
    what = f"A county's month list of {month['lines']:,} lines ≤ {PAGE_MS} ms a page"
    yield f"| {what} | {told} | {_verdict(slowest <= PAGE_MS)} |"
    yield ""
    yield "| Way | Seconds | Rows |"
    yield "|---|--:|--:|"
    yield f"| In sets, with profiles judged once ({year['profiles']:,}) | {year['seconds']:.1f} | {year['rows']:,} |"
    yield f"| One SQL statement that knows them by heart | {year['by_heart']:.1f} | {year['by_heart_rows']:,} |"
    yield f"| Loop by the ORM, reckoned up from {loop['sample']} | {loop['reckoned']:,} | |"
    told = f"{month['seconds']:.1f} ({month['cold']:.1f} the first time)"
    yield f"| That county's list computed, compared and written | {told} | {month['lines']:,} |"
    yield ""
    yield "| Page | p50 ms | p95 ms | Queries |"
    yield "|---|--:|--:|--:|"
    for row in month["pages"]:
        ours = row["ours"]
        yield f"| {row['case']} | {ours['p50']:.0f} | {ours['p95']:.0f} | {ours['queries']} |"


def _verdict(good: bool) -> str:
    return "met" if good else "**missed**"
