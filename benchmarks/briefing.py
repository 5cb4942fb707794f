"""Seconds and memory of a briefing's PDF in a warm worker: the city's half-year, and one of fifteen pages.

python -m benchmarks.briefing     (prints JSON)
"""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import django
import psutil

PAGES = 15
REPEATS = 7


def main() -> None:
    from apps.accounts.models import Grant
    from apps.core.documents.guarded import warm_up
    from apps.core.scope import scope

    actor = Grant.objects.select_related("user", "unit").get(user__username="city_clerk").actor()
    started = time.perf_counter()
    warm_up()
    found: dict[str, Any] = {"warm_up": round(time.perf_counter() - started, 2)}
    with scope(actor):
        briefing, found["figures"] = _half_year(actor)
    found["half_year"] = _measure(briefing)
    found["long"] = _measure(_stretched(briefing))
    found["peak_mb"] = sum(map(_high_water, psutil.Process().children())) // 1024
    found["worker_mb"] = _high_water(psutil.Process()) // 1024
    print(json.dumps(found))


def _half_year(actor: Any) -> tuple[Any, float]:
    """The briefing of the last half-year, and the seconds its figures took."""
    from django.utils import timezone

    from apps.core.documents.blocks import Briefing, Head
    from apps.reports.actions import compose, freeze
    from apps.reports.rules.frozen import thaw_blocks
    from apps.reports.rules.periods import Period

    period = Period("half", timezone.localdate().year, 1)
    started = time.perf_counter()
    values = freeze(period=period, actor=actor)
    seconds = round(time.perf_counter() - started, 2)
    document = compose(period=period, county=None, values=values)
    head = Head(name="老干部工作简报", office="中共云溪市委老干部局", number=3)
    return Briefing(head=head, title=document.title, blocks=thaw_blocks(document.blocks)), seconds


def _stretched(briefing: Any) -> Any:
    """The same with its text and tables over again until it has PAGES pages."""
    from apps.core.documents.blocks import Notes

    body = [block for block in briefing.blocks if not isinstance(block, Notes)]
    times = 1
    while True:
        times += 1
        longer = dataclasses.replace(briefing, blocks=[*body * times, *briefing.blocks[len(body) :]])
        if _pages(_render(longer)) >= PAGES:
            return longer


def _render(briefing: Any) -> bytes:
    from apps.core.documents.briefing import briefing_pdf

    return briefing_pdf(briefing)


def _pages(pdf: bytes) -> int:
    import io

    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(pdf)).pages)


def _measure(briefing: Any) -> dict[str, Any]:
    pdf = _render(briefing)
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        _render(briefing)
        times.append(time.perf_counter() - started)
    times.sort()
    return {
        "pages": _pages(pdf),
        "kb": len(pdf) // 1024,
        "p50": round(times[len(times) // 2], 2),
        "p95": round(times[-1], 2),
    }


def _high_water(process: psutil.Process) -> int:
    """Peak resident memory in KiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    django.setup()
    main()
