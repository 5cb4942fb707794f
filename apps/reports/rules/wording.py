"""Numbers in words, as offices write them. Rounding is half up, once, at the end."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from apps.core.chinese import format_date

Number = int | Decimal
UNKNOWN = "—"


def as_of(day: date) -> str:
    """截至2026年6月30日."""
    return f"截至{format_date(day)}"


def number(value: Number | None) -> str:
    """12,086 or 93.4; "—" for None."""
    return UNKNOWN if value is None else f"{value:,}"


def counted(value: Number | None, unit: str) -> str:
    """12,086人, 93.4%; "—" for None."""
    return UNKNOWN if value is None else f"{_rounded(value, unit)}{unit}"


def change(value: Number | None, last_year: Number | None, unit: str, *, short: bool = False) -> str:
    """What became of a number within a year, for running text.

    较上年同期增加213人, 较上年同期减少32人, 与上年同期持平; 上年同期为0 where there was nothing to compare with;
    for percentages 较上年同期提高2.1个百分点. ``short``, where the sentence has named the comparison already:
    增加213人, 持平. Empty where either is not known, so that the sentence goes on without it.
    """
    if value is None or last_year is None:
        return ""
    if unit == "%":
        difference, unit = _one_place(Decimal(value)) - _one_place(Decimal(last_year)), "个百分点"
        words = ("提高", "下降")
    else:
        difference, words = Decimal(value - last_year), ("增加", "减少")
        if difference and not last_year:
            return "上年同期为0"
    if not difference:
        return "持平" if short else "与上年同期持平"
    return f"{'' if short else '较上年同期'}{words[difference < 0]}{abs(difference):,}{unit}"


def change_cell(value: Number | None, last_year: Number | None) -> str:
    """The same for a table: +213, −32, 持平; "—" where either is not known."""
    if value is None or last_year is None:
        return UNKNOWN
    difference = value - last_year
    if difference == 0:
        return "持平"
    return f"{'+' if difference > 0 else '−'}{abs(difference):,}"


def growth(value: Number | None, last_year: Number | None) -> str:
    """增长1.8%, 下降13.0%, 持平; "—" against zero or where either is not known."""
    if value is None or not last_year:
        return UNKNOWN
    rate = _one_place(Decimal(value - last_year) * 100 / Decimal(last_year))
    if rate == 0:
        return "持平"
    return f"{'增长' if rate > 0 else '下降'}{abs(rate)}%"


def share(part: Number | None, whole: Number | None) -> str:
    """32.3%; "—" of nothing or where either is not known."""
    if part is None or not whole:
        return UNKNOWN
    return f"{_one_place(Decimal(part) * 100 / Decimal(whole))}%"


def ten_thousands(yuan: Decimal | None) -> str:
    """Money in 万元 with one place, without a useless zero: 81.5万元, 80万元; below 1万元 in 元; "—" for None."""
    if yuan is None:
        return UNKNOWN
    if abs(yuan) < 10_000:
        return f"{yuan.quantize(Decimal('0.01'), ROUND_HALF_UP):,}元".replace(".00元", "元")
    return f"{_one_place(yuan / 10_000):,}万元".replace(".0万元", "万元")


def _rounded(value: Number, unit: str) -> str:
    return f"{_one_place(Decimal(value))}" if unit == "%" else number(value)


def _one_place(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
