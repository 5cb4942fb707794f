"""Milliseconds of the question on saving, and seconds and memory of the nightly search for doubles.

    python -m benchmarks.doubles      (in the environment that benchmarks/homes.py makes; prints JSON)

The other side is the plain way: each person asked through the ORM for others of the same name and birth date, on a
sample and reckoned up. It knows neither variants nor sounds, telephones or former names.
"""

import json
import time
from pathlib import Path
from typing import Any

import django

SAVES = 200
SAMPLE = 2000


class Measured(Exception):
    """Ends the transaction: the search leaves nothing behind."""


def main() -> None:
    from django.db import connections

    from apps.accounts.models import Grant
    from apps.retirees.models import Retiree
    from benchmarks.build import walls

    with connections["plain"].cursor() as cursor:
        walls(cursor, "NO FORCE")
    found: dict[str, Any] = {}
    for username in ("nanling_clerk", "city_clerk"):
        actor = Grant.objects.select_related("user", "unit").get(user__username=username).actor()
        found[username] = _saves(actor)
    found["search"] = _search()
    found["plain"] = _plain(Retiree)
    print(json.dumps(found))


def _saves(actor: Any) -> dict[str, float]:
    """The question for people like those on the register, as it is asked while a new one is saved."""
    from apps.core.scope import scope
    from apps.retirees.models import Retiree
    from apps.retirees.queries.doubles import candidates

    times = []
    with scope(actor):
        keys = Retiree.objects.visible_to(actor).order_by("pk").values_list("pk", flat=True)
        first, last = keys.first(), keys.last()
        wanted = range(first, last, max(1, (last - first) // (SAVES * 20)))
        some = list(Retiree.objects.visible_to(actor).filter(pk__in=list(wanted))[:SAVES])
        for person in some:
            values = {
                "name": person.name,
                "former_name": person.former_name,
                "birth_date": person.birth_date,
                "sex": person.sex,
                "phone": f"139{person.pk:08d}",
            }
            started = time.perf_counter()
            candidates(actor, values, unit_id=person.unit_id)
            times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {
        "p50": round(times[len(times) // 2], 1),
        "p95": round(times[int(len(times) * 0.95)], 1),
        "max": round(times[-1], 1),
        "times": len(times),
    }


def _search() -> dict[str, Any]:
    """The nightly job's steps, county by county; the pairs are written and rolled back."""
    from django.db import connection
    from django.utils import timezone

    from apps.core.scope import scope
    from apps.jobs.rules import system_actor
    from apps.retirees.actions.search_doubles import (
        counties_to_search,
        fill_phone_keys,
        finish_search,
        search_county,
    )
    from apps.retirees.models import Retiree

    found: dict[str, Any] = {}
    with scope(system_actor()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        found["people"] = Retiree.objects.count()
        started = time.perf_counter()
        found["keys_filled"] = fill_phone_keys()
        found["fill_seconds"] = round(time.perf_counter() - started, 1)
    try:
        with scope(system_actor()):
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            began, slowest, started = timezone.now(), 0.0, time.perf_counter()
            for county in counties_to_search():
                one = time.perf_counter()
                search_county(county)
                slowest = max(slowest, time.perf_counter() - one)
            found["pairs"] = finish_search(since=began)
            found["seconds"] = round(time.perf_counter() - started, 1)
            found["slowest_county"] = round(slowest, 1)
            raise Measured
    except Measured:
        found["peak_mb"] = _high_water() // 1024
    return found


def _plain(people: Any) -> dict[str, Any]:
    """Person by person through the ORM, as the owner, without walls."""
    plain = people.objects.using("plain")
    some = list(plain.order_by("pk").only("pk", "name", "birth_date")[:SAMPLE])
    started = time.perf_counter()
    pairs = 0
    for person in some:
        alike = plain.filter(name=person.name, birth_date=person.birth_date, pk__gt=person.pk)
        pairs += len(list(alike.values_list("pk", flat=True)))
    seconds = time.perf_counter() - started
    everybody = plain.count()
    return {
        "sample": len(some),
        "seconds": round(seconds, 1),
        "reckoned_seconds": round(seconds / len(some) * everybody),
        "pairs": pairs,
    }


def _high_water() -> int:
    """Peak resident memory of this process in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    django.setup()
    main()
