"""Twenty thousand people changed in one go, and taken back; and as many registered, and removed again.

    python -m benchmarks.undo     (prints JSON)

Fields: health, self-care, treatment and its day, note and phone, so that facts, spells and sealed values all change.
Everything is rolled back at the end.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import transaction
from django.utils import timezone

PEOPLE = 20_000


def main() -> None:
    from apps.accounts.models import Grant
    from apps.core.partial_date import PartialDate
    from apps.core.scope import scope
    from apps.retirees.actions import (
        Entry,
        change_recorded,
        open_change_set,
        record_new,
        register_many,
        undo_change_set,
    )
    from apps.retirees.models import Retiree

    today = timezone.localdate()
    grant = Grant.objects.select_related("user", "unit").filter(role="city_clerk").first()
    if grant is None:
        raise SystemExit("benchmarks.build first")
    found = []
    with transaction.atomic(), scope(grant.actor()) as actor:
        people = list(Retiree.objects.on_register().order_by("pk").select_for_update()[:PEOPLE])
        values: dict[str, Any] = {
            "health": "3",
            "self_care": "partial",
            "treatment": "131",
            "treatment_on": PartialDate(2020, 1),
            "note": "成批改动",
            "phone": "13800000000",
        }
        made = open_change_set(kind="bulk", label="bench", by=actor)
        found.append(
            _timed(
                "change",
                lambda: change_recorded(
                    change_set=made, changes=[(person, values) for person in people], seen_on=today
                ),
            )
        )
        found.append(_timed("undo change", lambda: undo_change_set(change_set=made, by=actor)))
        unit = people[0]
        came = open_change_set(kind="import", label="bench", by=actor)
        entry = {"category": "tuixiu", "retired_on": PartialDate(2015, 3), "treatment": "142", "health": "1"}
        entries = [
            Entry(
                county_id=unit.county_id, unit_id=unit.unit_id, values=entry | {"name": f"试验{number:05d}"}
            )
            for number in range(PEOPLE)
        ]
        found.append(
            _timed(
                "register",
                lambda: record_new(
                    change_set=came, people=register_many(entries=entries, seen_on=today, batch_id=None)
                ),
            )
        )
        found.append(_timed("undo register", lambda: undo_change_set(change_set=came, by=actor)))
        transaction.set_rollback(True)
    print(json.dumps(found))


def _timed(way: str, act: Callable[[], object]) -> dict[str, Any]:
    started = time.perf_counter()
    act()
    return {"way": way, "rows": PEOPLE, "seconds": round(time.perf_counter() - started, 2)}


if __name__ == "__main__":
    django.setup()
    main()
