"""The engine: which standards a person has in a month, and why the others not. Pure functions on values.

Papers are data (``StandardTerms``); what no paper says is the bureau's setting (``BenefitTerms``). Every way to reckon
entitlements goes through ``judge``: one person's explanation, lists of a million people (queries/entitled.py puts
people with the same facts together and asks once), what-if and forecast.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from apps.benefits.choices import Cycle, Precedence, Series, StateDay
from apps.benefits.rules.conditions import Conditions, Facts
from apps.benefits.rules.months import month_words
from apps.core.chinese import format_date, format_money

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class BenefitTerms:
    """A benefit as the engine needs it; see models.Benefit."""

    key: int
    name: str
    cycle: str = Cycle.MONTH
    group: str = ""
    pay_month: int | None = None
    pays_death_month: bool = True
    state_day: str = StateDay.LAST
    precedence: str = Precedence.NEAREST
    needs_approval: bool = False
    sort: int = 0


@dataclass(frozen=True)
class StandardTerms:
    """A standard as the engine needs it; see models.Standard."""

    key: int
    benefit: int
    label: str
    paper: str
    starts: date
    ends: date | None = None
    """First day on which it no longer holds."""
    level: str = ""
    county: int | None = None
    """Whose people it is for; None: the whole city's."""
    conditions: Conditions = field(default_factory=Conditions)
    amount: Decimal = ZERO
    months: Decimal = ZERO
    times: Decimal = ZERO
    series: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.starts <= day and (self.ends is None or day < self.ends)


class Outcome(StrEnum):
    """What became of a standard in a month, the reasons in the order in which they are asked."""

    WON = "won"
    NOT_IN_FORCE = "not_in_force"
    OTHER_COUNTY = "other_county"
    CONDITION = "condition"
    UNKNOWN = "unknown"
    """The register does not know enough."""
    NOT_APPROVED = "not_approved"
    FARTHER = "farther"
    LOWER = "lower"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Verdict:
    """One standard in one month."""

    standard: StandardTerms
    benefit: BenefitTerms
    outcome: Outcome
    why: str = ""
    """In words; of the winner what it comes from."""


def is_due(benefit: BenefitTerms, month: date, died: date | None) -> bool:
    """Whether a benefit falls due in a month at all. ``died``: the day of death, None of the living."""
    if benefit.cycle == Cycle.YEAR:
        return month.month == benefit.pay_month
    if benefit.cycle == Cycle.DEATH:
        return died is not None and died.replace(day=1) == month
    return True


def force_day(benefit: BenefitTerms, month: date, died: date | None) -> date:
    """The day on which a standard must be in force: the month's first, of what death brings the day of death."""
    return died if benefit.cycle == Cycle.DEATH and died is not None else month


def judge(
    benefits: Collection[BenefitTerms],
    standards: Iterable[StandardTerms],
    facts: Mapping[int, Facts],
    month: date,
    *,
    died: date | None = None,
    places: Mapping[int, str] | None = None,
) -> list[Verdict]:
    """What becomes of every standard of ``benefits`` in ``month``.

    facts: by key of the benefit, on the day that decides for it. Benefits that do not fall due are left out, and so
    are those without facts. At most one standard of a benefit wins, and one of an exclusion group: the nearest or the
    highest by the benefit's setting, of a group the highest, of equals the one with the smaller ``sort`` and key.
    """
    known = {benefit.key: benefit for benefit in benefits}
    verdicts: dict[int, Verdict] = {}
    for standard in sorted(standards, key=lambda one: one.key):
        benefit = known.get(standard.benefit)
        if benefit is None or benefit.key not in facts or not is_due(benefit, month, died):
            continue
        outcome, why = _asked(
            standard, benefit, facts[benefit.key], force_day(benefit, month, died), places or {}
        )
        verdicts[standard.key] = Verdict(standard, benefit, outcome, why)
    for benefit in known.values():
        _choose(verdicts, [one for one in _winners(verdicts) if one.benefit == benefit])
    for group in {benefit.group for benefit in known.values()} - {""}:
        _exclude(verdicts, [one for one in _winners(verdicts) if one.benefit.group == group], month)
    return list(verdicts.values())


def _asked(
    standard: StandardTerms, benefit: BenefitTerms, facts: Facts, day: date, places: Mapping[int, str]
) -> tuple[Outcome, str]:
    if not standard.holds_on(day):
        until = f"至{format_date(standard.ends)}前" if standard.ends else "起"
        return Outcome.NOT_IN_FORCE, f"执行期间为{format_date(standard.starts)}{until}"
    if standard.county is not None and standard.county != facts.place:
        return Outcome.OTHER_COUNTY, "其他县市区的标准"
    failing = standard.conditions.failing(facts, places)
    if failing is not None:
        told, unknown = failing
        return (Outcome.UNKNOWN if unknown else Outcome.CONDITION), told
    if benefit.needs_approval and benefit.key not in facts.approved:
        return Outcome.NOT_APPROVED, f"没有批准享受{benefit.name}"
    return Outcome.WON, f"{standard.paper}：{standard.label}"


def _winners(verdicts: Mapping[int, Verdict]) -> list[Verdict]:
    return [one for one in verdicts.values() if one.outcome is Outcome.WON]


def _weight(verdict: Verdict) -> tuple[Decimal, Decimal, Decimal]:
    """Amounts, then months, then multiples: within a group or "the higher" only standards of one kind are let in
    (rules/checks.py), so that one of the three decides."""
    return verdict.standard.amount, verdict.standard.months, verdict.standard.times


def _choose(verdicts: dict[int, Verdict], found: Sequence[Verdict]) -> None:
    """One standard of a benefit: the nearest office's, of one office's the highest."""
    if len(found) < 2:
        return
    nearest = found[0].benefit.precedence == Precedence.NEAREST
    best = max(
        found,
        key=lambda one: (
            one.standard.level if nearest else "",
            one.standard.county is not None if nearest else False,
            _weight(one),
            -one.standard.key,
        ),
    )
    for one in found:
        if one is best:
            continue
        farther = nearest and (one.standard.level, one.standard.county) != (
            best.standard.level,
            best.standard.county,
        )
        outcome = Outcome.FARTHER if farther else Outcome.LOWER
        told = f"按就近执行{_named(best)}" if farther else f"就高执行{_named(best)}"
        verdicts[one.standard.key] = Verdict(one.standard, one.benefit, outcome, told)


def _exclude(verdicts: dict[int, Verdict], found: Sequence[Verdict], month: date) -> None:
    """One benefit of a group: the highest of the month."""
    if len(found) < 2:
        return
    best = max(found, key=lambda one: (_weight(one), -one.benefit.sort, -one.standard.key))
    for one in found:
        if one is not best:
            told = f"{month_words(month)}与{best.benefit.name}不重复享受，就高执行{_named(best)}"
            verdicts[one.standard.key] = Verdict(one.standard, one.benefit, Outcome.EXCLUDED, told)


def _named(verdict: Verdict) -> str:
    return f"{verdict.standard.paper}（{worth_words(verdict.standard, verdict.benefit)}）"


# ---- money


@dataclass(frozen=True)
class Worth:
    """What a standard comes to for one person; None with what is missing in words."""

    money: Decimal | None
    missing: str = ""
    is_provisional: bool = False
    """The figure of the year before is not out; an earlier one stands in until it is."""


def worth(
    standard: StandardTerms,
    month: date,
    *,
    basic_fee: Decimal | None,
    figures: Mapping[tuple[str, int], Decimal],
) -> Worth:
    """``amount + months x basic fee + times x figure of the year before``, rounded once at the end to the cent (half
    up). ``figures``: by series and year. Of a death in January, whose year before has no figure yet, the latest earlier
    one is taken provisionally: 民发〔2011〕192号 asks for last year's national figure, and recomputing settles it."""
    money = standard.amount
    if standard.months:
        if basic_fee is None:
            return Worth(None, "基本离退休费未填")
        money += standard.months * basic_fee
    provisional = False
    if standard.times:
        figure, provisional = figure_for(standard.series, month.year, figures)
        if figure is None:
            return Worth(None, "公布数据未登记")
        money += standard.times * figure
    return Worth(money.quantize(CENT, ROUND_HALF_UP), "", provisional)


def figure_for(
    series: str, year: int, figures: Mapping[tuple[str, int], Decimal]
) -> tuple[Decimal | None, bool]:
    """The figure of the year before ``year``, and whether an earlier one stands in for it."""
    wanted = figures.get((series, year - 1))
    if wanted is not None:
        return wanted, False
    earlier = [known for name, known in figures if name == series and known < year - 1]
    return (figures[series, max(earlier)], True) if earlier else (None, False)


def worth_words(standard: StandardTerms, benefit: BenefitTerms) -> str:
    """每月200.00元; 40个月基本离退休费加2倍全国城镇居民人均可支配收入."""

    parts = []
    if standard.times:
        label = str(Series(standard.series).label).partition("（")[0]
        parts.append(f"上年度{label}的{_plain(standard.times)}倍")
    if standard.months:
        parts.append(f"{_plain(standard.months)}个月基本离退休费")
    if standard.amount:
        parts.append(format_money(standard.amount))
    every = {Cycle.MONTH: "每月", Cycle.YEAR: "每年"}.get(Cycle(benefit.cycle), "")
    return every + "加".join(parts)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def reason(standard: StandardTerms, benefit: BenefitTerms, told: str) -> str:
    """组通字〔2008〕48号：离休干部，解放战争时期参加革命工作，每月200.00元，自2009年1月.

    told: its conditions in words."""
    since = f"{standard.starts.year}年{standard.starts.month}月"
    if standard.starts.day != 1:
        since += f"{standard.starts.day}日"
    return f"{standard.paper}：{told}，{worth_words(standard, benefit)}，自{since}"
