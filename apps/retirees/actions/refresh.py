"""Keeping the counted cells ready, in the background."""

from datetime import date

from django.db import connection

from apps.core.alone import is_alone
from apps.retirees.actions.quality import refresh_quality
from apps.retirees.figures.counts import FILL_CELLS, MARK_EMPTY, STALE_UNITS, day_values, kept_days
from apps.retirees.models import FigureCell


def refresh_cells(*, today: date) -> int:
    """Count again the units whose register changed, for the kept days, and what the quality rules find there; return
    how many units were counted.

    In one transaction under a city scope. A change committed meanwhile leaves its own mark and is counted next time.
    Where another is counting, nothing is done: two would write the same cells.
    """
    if not is_alone("figures"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM retirees_registerchange RETURNING unit_id")
        changed = {unit for (unit,) in cursor.fetchall()}
    FigureCell.objects.filter(unit_id__in=changed).delete()
    FigureCell.objects.exclude(on__in=list(kept_days(today))).delete()
    counted: set[int] = set()
    for day in kept_days(today):
        values = day_values(day)
        with connection.cursor() as cursor:
            cursor.execute(STALE_UNITS.format(place=""), values)
            values["stale"] = [unit for (unit,) in cursor.fetchall()]
            if values["stale"]:
                cursor.execute(FILL_CELLS, values)
                cursor.execute(MARK_EMPTY, values)
                counted.update(values["stale"])
    refresh_quality(today=today, units=changed)
    return len(counted)
