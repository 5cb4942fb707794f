"""Schedules of the invented city: the half-year's briefing is on, the others wait to be switched on."""

from apps.core.demo import Demo
from apps.core.scope import scope
from apps.reports.choices import PeriodKind
from apps.reports.models import Schedule


def load_schedules(demo: Demo) -> str:
    """The four kinds, from the beginning of the year; the half that has ended is made as soon as a worker is up."""
    start = demo.as_of.replace(month=1, day=1)
    with scope(demo.loader("city_clerk", "s_city")):
        Schedule.objects.bulk_create(
            Schedule(
                name=f"{kind.label}工作简报", kind=kind, starts_on=start, is_active=kind == PeriodKind.HALF
            )
            for kind in PeriodKind
        )
    return "简报计划：4个，启用“半年工作简报”"
