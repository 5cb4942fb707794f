"""A year of data quality for the trend: counted for today, and invented backwards, a little worse each month."""

from datetime import date

from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.actions.quality import refresh_quality
from apps.retirees.models import QualityMonth
from apps.retirees.rules.quality import EVERYBODY, FILLED

MONTHS = 11
"""Before the present one."""


def load_quality(demo: Demo) -> str:
    """Count today, and put the months before it."""
    dice = demo.dice("quality")
    with scope(demo.loader("city_clerk", "s_city")):
        refresh_quality(today=demo.as_of, units=())
        now = list(QualityMonth.objects.order_by("pk"))
        insert_many(
            QualityMonth(
                county_id=row.county_id,
                month=_months_before(demo, back),
                rule=row.rule,
                people=_then(row, back, dice.random()),
            )
            for back in range(1, MONTHS + 1)
            for row in now
        )
    return f"数据质量：当月统计，往前{MONTHS}个月为虚构"


def _months_before(demo: Demo, back: int) -> date:
    number = demo.as_of.year * 12 + demo.as_of.month - 1 - back
    return demo.as_of.replace(year=number // 12, month=number % 12 + 1, day=1)


def _then(row: QualityMonth, back: int, chance: float) -> int:
    if row.rule == EVERYBODY:
        return row.people
    if row.rule == FILLED:
        return round(row.people * (1 - 0.009 * back - 0.004 * chance))
    return round(row.people * (1 + 0.05 * back + 0.03 * chance))
