"""A year of data quality for the trend: counted for today, people and filled fields for the ends of the months before
as the register had them, and the other rules invented backwards, a little worse each month."""

from datetime import date, timedelta

from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.actions.quality import refresh_quality
from apps.retirees.figures.counts import register_counts
from apps.retirees.models import QualityMonth
from apps.retirees.rules.quality import EVERYBODY, FILLED

MONTHS = 11
"""Before the present one."""
COUNTED = {EVERYBODY: "people", FILLED: "filled"}
"""Measures of the register's cells that are rules of the trend, too."""


def load_quality(demo: Demo) -> str:
    """Count today, and put the months before it."""
    dice = demo.dice("quality")
    with scope(demo.loader("city_clerk", "s_city")) as actor:
        refresh_quality(today=demo.as_of, units=())
        now = list(QualityMonth.objects.order_by("pk"))
        for back in range(1, MONTHS + 1):
            month = _months_before(demo, back)
            counts = register_counts(actor, _end_of(month))
            held = {rule: counts.by("county", measure) for rule, measure in COUNTED.items()}
            insert_many(
                QualityMonth(
                    county_id=row.county_id,
                    month=month,
                    rule=row.rule,
                    people=held[row.rule].get(row.county_id, 0)
                    if row.rule in held
                    else _then(row, back, dice.random()),
                )
                for row in now
            )
    return f"数据质量：当月统计，往前{MONTHS}个月的问题数为虚构"


def _months_before(demo: Demo, back: int) -> date:
    number = demo.as_of.year * 12 + demo.as_of.month - 1 - back
    return demo.as_of.replace(year=number // 12, month=number % 12 + 1, day=1)


def _end_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _then(row: QualityMonth, back: int, chance: float) -> int:
    return round(row.people * (1 + 0.05 * back + 0.03 * chance))
