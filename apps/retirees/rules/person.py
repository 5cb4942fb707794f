"""Rules of the register on plain values: period of joining, completeness, doubts about a record."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.partial_date import PartialDate
from apps.retirees.choices import PARTY_MEMBERS, REQUIRED_FIELDS, Category, Period

RED_ARMY_FROM = date(1921, 7, 1)
RESISTANCE_FROM = date(1937, 7, 7)
RESISTANCE_LATE_FROM = date(1943, 1, 1)
LIBERATION_FROM = date(1945, 9, 3)
LIBERATION_TO = date(1949, 9, 30)

_PERIODS = (
    (RED_ARMY_FROM, Period.RED_ARMY),
    (RESISTANCE_FROM, Period.RESISTANCE_EARLY),
    (RESISTANCE_LATE_FROM, Period.RESISTANCE_LATE),
    (LIBERATION_FROM, Period.LIBERATION),
    (date(1949, 10, 1), Period.AFTER),
)


def period_on(day: date) -> Period:
    """Period a day falls in, by the boundaries of 国发〔1982〕62号 and 组通字〔2008〕48号.

    Days before 1921-07-01 give NEEDS_RULING: such a date wants a look at the archive, not a tier.
    """
    found = [period for start, period in _PERIODS if day >= start]
    return found[-1] if found else Period.NEEDS_RULING


def period_of(joined: PartialDate | None) -> Period:
    """Period of a date of joining. NEEDS_RULING where its earliest and latest day fall into different periods
    (1937-07, 1945-09, and the years 1937, 1945, 1949): the archive decides, never a default to day 1."""
    if joined is None:
        return Period.UNKNOWN
    first, last = period_on(joined.earliest), period_on(joined.latest)
    return first if first == last else Period.NEEDS_RULING


def missing_fields(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of REQUIRED_FIELDS that ``values`` lacks. 入党时间 is asked of party members only; a treatment counts
    with its date of approval (``treatment_on``)."""
    missing = [name for name, _ in REQUIRED_FIELDS if not values.get(name)]
    political = values.get("political")
    if political and political not in PARTY_MEMBERS and "joined_party_on" in missing:
        missing.remove("joined_party_on")
    if "treatment" not in missing and not values.get("treatment_on"):
        missing.append("treatment")
    return tuple(missing)


@dataclass(frozen=True)
class Doubt:
    """Something to look at again; it never blocks saving. ``kind`` is ``field:what`` without the field."""

    field: str
    kind: str
    message: str


def doubts(values: Mapping[str, Any], *, skip: Collection[str] = ()) -> list[Doubt]:
    """Doubts about a record from its plain values (PartialDate, code strings).

    Keys read: category, joined_on (参加革命工作时间), work_started_on, birth_date, retired_on, joined_party_on.
    """
    birth: PartialDate | None = values.get("birth_date")
    joined: PartialDate | None = values.get("joined_on")
    work: PartialDate | None = values.get("work_started_on")
    retired: PartialDate | None = values.get("retired_on")
    found = []
    lixiu = values.get("category") == Category.LIXIU
    if lixiu and joined and period_of(joined) is Period.NEEDS_RULING:
        found.append(Doubt("joined_on", "needs-ruling", ruling_message(joined)))
    if lixiu and joined and joined.earliest > LIBERATION_TO:
        found.append(
            Doubt(
                "category",
                "date-after-1949-09-30",
                "参加革命工作时间在1949年9月30日之后，一般不属于离休，请核对类别或档案时间",
            )
        )
    if lixiu and joined is None:
        found.append(Doubt("joined_on", "missing", "离休干部应填参加革命工作时间，请按档案补填"))
    for name, label, start in (("joined_on", "参加革命工作", joined), ("work_started_on", "参加工作", work)):
        if birth and start:
            years = start.latest.year - birth.earliest.year
            if start.latest <= birth.earliest:
                found.append(Doubt(name, "before-birth", f"{label}时间早于出生时间，请核对"))
            elif years < 12 or years > 40:
                found.append(Doubt(name, "age-at-joining", f"按出生时间推算，{label}时{years}岁，请核对"))
    if birth and retired and 0 < retired.latest.year - birth.earliest.year < 40:
        found.append(Doubt("retired_on", "age-at-retiring", "离退休时不满40岁，请核对时间"))
    start = joined or work
    if start and retired and retired.latest < start.earliest:
        found.append(Doubt("retired_on", "before-joining", "离退休时间早于参加工作时间，请核对"))
    return [doubt for doubt in found if doubt.kind not in skip]


def ruling_message(joined: PartialDate) -> str:
    """What the archive must decide about an ambiguous date of joining, and where the boundary lies."""
    if joined.earliest <= date(1937, 7, 6) < joined.latest:
        return "1937年7月6日前为红军时期，7月7日起为抗战时期；请按档案认定到日"
    if joined.earliest < LIBERATION_FROM <= joined.latest:
        return "1945年9月2日前为抗战时期，9月3日起为解放战争时期；请按档案认定到日"
    if joined.earliest <= LIBERATION_TO < joined.latest:
        return "1949年9月30日前后待遇不同；请按档案认定到日"
    return "时间早于1921年7月1日，请按档案核对"


def register_from(retired: PartialDate | None) -> date | None:
    """Day from which a person counts on the register: the day of retiring, its earliest when only the month is
    known; None ("always") where it is not known."""
    return retired.earliest if retired else None


def register_until(died: PartialDate, reported_on: date) -> date:
    """Day from which a dead person no longer counts: the day of death itself, the last of the month or year where
    only that is known, and never later than the report, by which he surely had died."""
    return min(died.latest, reported_on)
