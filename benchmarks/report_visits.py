"""The part of docs/benchmarks.md about visits: bars, pages, freezing."""

from collections.abc import Iterator
from typing import Any

BARS = (("应访名单", "县", 150), ("活动覆盖情况", "市", 300), ("走访情况", "市", 300), ("工作台", "", 150))
"""Page, whose, p95 in milliseconds at 1,000,000 people and 10,000,000 visits; "" for everybody's."""
FREEZE_S = 3


def visits_part(size: int, found: dict[str, Any]) -> Iterator[str]:
    """Lines about one size."""
    yield f"## Visits at {size:,} people"
    yield ""
    yield "Ten visits a person. The log stands beside the Django admin's changelist of the same table; freezing beside"
    yield f"a loop that saves one row a person ({found['freezing'].get('sample', 0)} people, reckoned up)."
    yield ""
    yield "| Bar | Measured | |"
    yield "|---|---|---|"
    for case, place, bar in BARS:
        rows = [row for row in found["pages"] if row["case"] == case and place in ("", row["place"])]
        if rows:
            worst = max(row["ours"]["p95"] for row in rows)
            what = f"{case}（{place}）" if place else case
            yield f"| {what} p95 ≤ {bar} ms | {worst:.0f} ms | {_verdict(worst <= bar)} |"
    freezing = found["freezing"]
    if freezing:
        slowest, plain = freezing["slowest"], freezing["plain_reckoned"]
        what = f"Freezing a list of {freezing['people']:,} ≤ {FREEZE_S} s"
        told = f"{slowest:.1f} s ({freezing['cold']:.1f} s before its people were read once)"
        yield f"| {what} | {told}, {plain / freezing['p50']:.0f}× the loop | {_verdict(slowest <= FREEZE_S)} |"
    yield ""
    yield "| Page | Who | p50 | p95 | Queries | Admin p50 | Admin p95 |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for row in found["pages"]:
        ours, admin = row["ours"], row["admin"]
        theirs = [f"{admin['p50']:,.0f}", f"{admin['p95']:,.0f}"] if admin else ["—", "—"]
        cells = [row["case"], f"{row['place']} · {row['who']}", f"{ours['p50']:.0f}", f"{ours['p95']:.0f}"]
        yield f"| {' | '.join([*cells, str(ours['queries']), *theirs])} |"


def _verdict(good: bool) -> str:
    return "met" if good else "**missed**"
