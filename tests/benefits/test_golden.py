"""Golden cases: what the papers themselves say (domain facts 2.1 to 2.5), row by row, and at every boundary.

Each case is a person on a day, the papers that the office has confirmed, and what he gets. The papers are those of
shipped.toml, so that a wrong figure in the data fails here, too."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from apps.benefits.rules.conditions import Facts, ages_on
from apps.benefits.rules.engine import BenefitTerms, Outcome, StandardTerms, judge, worth
from apps.core.partial_date import PartialDate
from apps.retirees.rules import period_of
from tests.benefits.terms import ALL, BENEFITS, ended, of

CENTRAL_2008, HELPLESS_2017 = "组通字〔2008〕48号", "组通字〔2017〕37号"
DANDONG, GANSU, GUANGDONG = "辽组通字〔2007〕42号", "甘老字〔2010〕39号", "粤组通〔2009〕58号"
CHENGDE, SHANGHAI = "承德市2014年通知（文号待核）", "沪委老〔1999〕17号"
SUBSIDY_1982, SUBSIDY_1989, SUBSIDY_2011 = (
    "国发〔1982〕62号",
    "国发〔1989〕82号",
    "2011年生活补贴通知（文号待核）",
)
GRATUITY_2007, GRATUITY_2011, INSTITUTIONS = "民发〔2007〕64号", "民发〔2011〕192号", "人社部发〔2008〕42号"
SHANDONG, ZHEJIANG = "鲁人社〔2009〕47号", "浙江某县2013年遗属补助（文号待核）"
LIXIU = {"category": "lixiu", "place": 1}
INCOME = {("urban_income", 2010): Decimal("19109"), ("urban_income", 2011): Decimal("21810")}
"""Any two values do: the golden cases are about which year is taken."""


def get(
    standards: Iterable[StandardTerms],
    facts: Facts,
    month: date,
    *,
    died: date | None = None,
    benefits: Iterable[BenefitTerms] = tuple(BENEFITS.values()),
) -> dict[str, str]:
    """What he gets in a month: by name of the benefit, the label of the standard."""
    kept = list(benefits)
    verdicts = judge(kept, standards, {one.key: facts for one in kept}, month, died=died)
    return {one.benefit.name: one.standard.label for one in verdicts if one.outcome is Outcome.WON}


def amounts(standards: Iterable[StandardTerms], facts: Facts, month: date) -> list[Decimal]:
    rows = list(standards)
    won = get(rows, facts, month)
    return sorted(one.amount for one in rows if one.label in won.values())


def joined(text: str) -> dict[str, object]:
    day = PartialDate.from_iso(text)
    return {"joined": day, "period": period_of(day)}


NURSING = [
    # 2.1, a row of the table each: paper, day of joining, month, amount; 0: nothing.
    (SHANGHAI, "1947-01-01", "1999-07", 70),
    (SHANGHAI, "1947-01-01", "1999-06", 0),
    (SHANGHAI, "1944-01-01", "1999-07", 0),
    (DANDONG, "1940-01-01", "2008-01", 100),
    (DANDONG, "1940-01-01", "2007-12", 0),
    (CENTRAL_2008, "1940-01-01", "2009-01", 400),
    (CENTRAL_2008, "1943-01-01", "2009-01", 400),
    (CENTRAL_2008, "1947-01-01", "2009-01", 200),
    (CENTRAL_2008, "1947-01-01", "2008-12", 0),
    (CENTRAL_2008, "1936-01-01", "2009-01", 800),
    (GUANGDONG, "1936-01-01", "2009-01", 900),
    (GUANGDONG, "1940-01-01", "2009-01", 400),
    (GUANGDONG, "1947-01-01", "2009-01", 250),
    (CHENGDE, "1936-01-01", "2014-01", 1800),
    (CHENGDE, "1940-01-01", "2014-01", 1200),
    (CHENGDE, "1947-01-01", "2014-01", 600),
    (CHENGDE, "1947-01-01", "2013-12", 0),
    # 1.1, each boundary day of the periods.
    (CENTRAL_2008, "1921-07-01", "2009-01", 800),
    (CENTRAL_2008, "1937-07-06", "2009-01", 800),
    (CENTRAL_2008, "1937-07-07", "2009-01", 400),
    (CENTRAL_2008, "1942-12-31", "2009-01", 400),
    (CENTRAL_2008, "1943-01-01", "2009-01", 400),
    (CENTRAL_2008, "1945-09-02", "2009-01", 400),
    (CENTRAL_2008, "1945-09-03", "2009-01", 200),
    (CENTRAL_2008, "1949-09-30", "2009-01", 200),
    (CENTRAL_2008, "1949-10-01", "2009-01", 0),
    # Only two months and three years are ambiguous; the archive decides, never a default.
    (CENTRAL_2008, "1937-07", "2009-01", 0),
    (CENTRAL_2008, "1945-09", "2009-01", 0),
    (CENTRAL_2008, "1937", "2009-01", 0),
    (CENTRAL_2008, "1945", "2009-01", 0),
    (CENTRAL_2008, "1949", "2009-01", 0),
    (CENTRAL_2008, "1942-12", "2009-01", 400),
    (CENTRAL_2008, "1949-09", "2009-01", 200),
    (CENTRAL_2008, "1942", "2009-01", 400),
    (CENTRAL_2008, "1943", "2009-01", 400),
]


@pytest.mark.parametrize(("paper", "day", "month", "expected"), NURSING)
def test_nursing_fee_by_period(paper: str, day: str, month: str, expected: int) -> None:
    facts = Facts(**LIXIU, **joined(day), self_care="full")
    first = date.fromisoformat(f"{month}-01")
    assert amounts(of(paper), facts, first) == ([Decimal(expected)] if expected else [])


def test_who_joined_in_time_but_retired_has_no_nursing_fee() -> None:
    """离休 is never computed from the date."""
    facts = Facts(**{**LIXIU, "category": "tuixiu"}, **joined("1948-05-01"), self_care="helpless")
    assert get(of(CENTRAL_2008, HELPLESS_2017), facts, date(2020, 1, 1)) == {}


@pytest.mark.parametrize("day", ["1937-07", "1945-09"])
def test_a_month_that_needs_a_ruling_is_told_as_unknown(day: str) -> None:
    verdicts = judge(
        [BENEFITS["nursing"]],
        of(CENTRAL_2008),
        {BENEFITS["nursing"].key: Facts(**LIXIU, **joined(day))},
        date(2010, 1, 1),
    )
    told = {one.why for one in verdicts if one.standard.benefit == BENEFITS["nursing"].key}
    assert {one.outcome for one in verdicts} == {Outcome.UNKNOWN}
    assert told == {"参加革命工作时期待认定"}


def test_treatment_decides_in_gansu() -> None:
    def gansu(level: str) -> list[Decimal]:
        return amounts(of(GANSU), Facts(**LIXIU, **joined("1947-01-01"), treatment=level), date(2011, 1, 1))

    assert gansu("121") == gansu("122") == gansu("141") == [Decimal(400)]
    assert gansu("112") == []
    assert amounts(of(GANSU), Facts(**LIXIU, **joined("1940-01-01"), treatment="121"), date(2011, 1, 1)) == [
        Decimal(600)
    ]
    unknown = judge(
        [BENEFITS["nursing"]],
        of(GANSU),
        {BENEFITS["nursing"].key: Facts(**LIXIU, **joined("1947-01-01"))},
        date(2011, 1, 1),
    )
    assert ("现享受待遇未填", Outcome.UNKNOWN) in [(one.why, one.outcome) for one in unknown]


DANDONG_CASES = [
    # sex, treatment, birth, month, expected: 周岁 for 地市级, 虚岁 for the others
    ("1", "122", "1938-01-31", "2008-01", 100),
    ("1", "122", "1938-02-01", "2008-01", 0),
    ("1", "122", "1938-02-01", "2008-02", 100),
    ("2", "121", "1943-01-31", "2008-01", 100),
    ("2", "121", "1943-02-01", "2008-01", 0),
    ("1", "131", "1934-12-31", "2008-01", 100),
    ("1", "131", "1935-01-01", "2008-12", 0),
    ("1", "131", "1935-01-01", "2009-01", 100),
    ("2", "142", "1939-12-31", "2008-01", 100),
    ("2", "142", "1940-01-01", "2008-01", 0),
    ("1", "122", "1934-06-01", "2008-01", 100),
]


@pytest.mark.parametrize(("sex", "treatment", "birth", "month", "expected"), DANDONG_CASES)
def test_dandong_counts_full_years_for_one_and_calendar_years_for_the_other(
    sex: str, treatment: str, birth: str, month: str, expected: int
) -> None:
    first = date.fromisoformat(f"{month}-01")
    last = (first.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    full, nominal = ages_on(date.fromisoformat(birth), date.fromordinal(last.toordinal() - 1))
    facts = Facts(
        **LIXIU, **joined("1947-01-01"), sex=sex, treatment=treatment, full_age=full, nominal_age=nominal
    )
    assert amounts(of(DANDONG), facts, first) == ([Decimal(expected)] if expected else [])


def test_the_higher_of_a_group_and_it_changes_by_month() -> None:
    """护理费: one of 时期, 不能自理 and 自雇费, the highest."""
    papers = of(CHENGDE)
    able = Facts(**LIXIU, **joined("1940-01-01"), self_care="full")
    helpless = Facts(**LIXIU, **joined("1940-01-01"), self_care="helpless")
    liberation = Facts(**LIXIU, **joined("1947-01-01"), self_care="helpless")
    assert get(papers, able, date(2014, 3, 1)) == {"时期护理费": "抗日战争时期1200元"}
    assert get(papers, helpless, date(2014, 3, 1)) == {"时期护理费": "抗日战争时期1200元"}
    assert get(papers, liberation, date(2014, 3, 1)) == {"不能自理护理费": "完全不能自理1000元"}
    both = ended(papers, "完全不能自理1000元", date(2017, 7, 1)) + of(HELPLESS_2017)
    assert get(both, helpless, date(2017, 6, 1)) == {"时期护理费": "抗日战争时期1200元"}
    assert get(both, helpless, date(2017, 7, 1)) == {"不能自理护理费": "完全不能自理2500元"}
    lost = {
        one.standard.label: one.why
        for one in judge(
            list(BENEFITS.values()),
            both,
            {one.key: helpless for one in BENEFITS.values()},
            date(2017, 7, 1),
        )
        if one.outcome is Outcome.EXCLUDED
    }
    assert lost == {
        "抗日战争时期1200元": "2017年7月与不能自理护理费不重复享受，就高执行组通字〔2017〕37号（每月2,500.00元）"
    }


def test_a_paper_that_raises_one_tier_leaves_the_others() -> None:
    """组通字〔2017〕37号 raises 完全不能自理 only."""
    rows = of(CENTRAL_2008, HELPLESS_2017)
    resistance = Facts(**LIXIU, **joined("1940-01-01"), self_care="full")
    assert amounts(rows, resistance, date(2017, 6, 1)) == amounts(rows, resistance, date(2017, 7, 1))


def test_a_benefit_of_approval_is_nobody_s_without_one() -> None:
    own = BENEFITS["own_carer"]
    row = StandardTerms(1, own.key, "自雇费900元", "演示1号", date(2010, 1, 1), amount=Decimal(900))
    facts = Facts(**LIXIU, **joined("1947-01-01"), self_care="full")
    rows = [*of(CENTRAL_2008), row]
    assert get(rows, facts, date(2010, 1, 1)) == {"时期护理费": "解放战争时期200元"}
    approved = Facts(**LIXIU, **joined("1947-01-01"), self_care="full", approved=frozenset({own.key}))
    assert get(rows, approved, date(2010, 1, 1)) == {"自雇费": "自雇费900元"}


def test_the_nearest_paper_holds_and_a_higher_one_farther_away_does_not() -> None:
    """Never "latest document wins": the nearest office's row, here the city's beside the centre's."""
    facts = Facts(**LIXIU, **joined("1940-01-01"), self_care="full")
    local = StandardTerms(
        1, BENEFITS["nursing"].key, "本市350元", "演示2号", date(2009, 1, 1), level="3", amount=Decimal(350)
    )
    rows = [*of(CENTRAL_2008), local]
    assert get(rows, facts, date(2010, 1, 1)) == {"时期护理费": "本市350元"}
    from dataclasses import replace

    highest = [replace(BENEFITS["nursing"], precedence="highest")]
    assert get(rows, facts, date(2010, 1, 1), benefits=highest) == {"时期护理费": "抗日战争时期400元"}


def test_a_county_s_own_row_holds_for_its_people_only() -> None:
    own = StandardTerms(
        1,
        BENEFITS["nursing"].key,
        "本县500元",
        "演示3号",
        date(2009, 1, 1),
        level="4",
        county=7,
        amount=Decimal(500),
    )
    rows = [*of(CENTRAL_2008), own]
    here = Facts(category="lixiu", place=7, **joined("1947-01-01"))
    there = Facts(category="lixiu", place=8, **joined("1947-01-01"))
    assert get(rows, here, date(2010, 1, 1)) == {"时期护理费": "本县500元"}
    assert get(rows, there, date(2010, 1, 1)) == {"时期护理费": "解放战争时期200元"}


SUBSIDY = [
    # 2.2: paper, day of joining, year, months of basic fee
    (SUBSIDY_1982, "1936-01-01", 1985, "2"),
    (SUBSIDY_1982, "1940-01-01", 1985, "1.5"),
    (SUBSIDY_1982, "1944-01-01", 1985, "1"),
    (SUBSIDY_1982, "1947-01-01", 1985, "0"),
    (SUBSIDY_1989, "1936-01-01", 1990, "2"),
    (SUBSIDY_1989, "1940-01-01", 1990, "1.5"),
    (SUBSIDY_1989, "1944-01-01", 1990, "1"),
    (SUBSIDY_1989, "1947-01-01", 1990, "0"),
    (SUBSIDY_2011, "1936-01-01", 2011, "3"),
    (SUBSIDY_2011, "1940-01-01", 2011, "2.5"),
    (SUBSIDY_2011, "1942-12-31", 2011, "2.5"),
    (SUBSIDY_2011, "1943-01-01", 2011, "2"),
    (SUBSIDY_2011, "1947-01-01", 2011, "1"),
    (SUBSIDY_1982, "1940-01-01", 2011, "0"),
    (SUBSIDY_2011, "1940-01-01", 2010, "0"),
]


@pytest.mark.parametrize(("paper", "day", "year", "expected"), SUBSIDY)
def test_yearly_subsidy_in_months(paper: str, day: str, year: int, expected: str) -> None:
    """The boundary of 1943-01-01 matters here and nowhere in nursing fees."""
    rows = of(paper)
    facts = Facts(**LIXIU, **joined(day))
    won = get(rows, facts, date(year, 12, 1))
    assert sum(one.months for one in rows if one.label in won.values()) == Decimal(expected)
    assert get(rows, facts, date(year, 11, 1)) == {}, "once a year, in its month"


def test_half_months_are_rounded_once_at_the_end() -> None:
    (row,) = [one for one in of(SUBSIDY_1982) if one.months == Decimal("1.5")]
    assert worth(row, date(1985, 12, 1), basic_fee=Decimal("333.33"), figures={}).money == Decimal("500.00")
    assert worth(row, date(1985, 12, 1), basic_fee=Decimal("333.35"), figures={}).money == Decimal("500.03")
    assert worth(row, date(1985, 12, 1), basic_fee=None, figures={}).missing == "基本离退休费未填"


GRATUITIES = [
    # 2.4: papers, kind of unit, kind of death, day of death, months, times
    (GRATUITY_2007, "organ", "illness", "2004-10-01", "20", "0"),
    (GRATUITY_2007, "organ", "illness", "2004-09-30", "0", "0"),
    (GRATUITY_2007, "organ", "duty", "2006-07-01", "40", "0"),
    (GRATUITY_2007, "organ", "martyr", "2006-07-01", "80", "0"),
    (GRATUITY_2007, "organ", "illness", "2011-07-31", "20", "0"),
    (GRATUITY_2007, "organ", "illness", "2011-08-01", "0", "0"),
    (GRATUITY_2011, "organ", "illness", "2011-08-01", "40", "2"),
    (GRATUITY_2011, "organ", "illness", "2011-07-31", "0", "0"),
    (GRATUITY_2011, "organ", "duty", "2011-08-01", "40", "20"),
    (GRATUITY_2011, "organ", "martyr", "2011-08-01", "40", "20"),
    (GRATUITY_2011, "township", "illness", "2012-01-15", "40", "2"),
    (INSTITUTIONS, "institution", "illness", "2004-10-01", "20", "0"),
    (INSTITUTIONS, "institution", "illness", "2011-08-01", "20", "0"),
    (INSTITUTIONS, "institution", "duty", "2012-01-01", "40", "0"),
    (INSTITUTIONS, "institution", "martyr", "2012-01-01", "0", "0"),
    (GRATUITY_2011, "institution", "illness", "2012-01-01", "0", "0"),
    (SHANDONG, "enterprise", "illness", "2004-10-01", "20", "0"),
    (SHANDONG, "enterprise", "duty", "2004-10-01", "40", "0"),
    (SHANDONG, "enterprise", "martyr", "2004-10-01", "80", "0"),
    (SHANDONG, "enterprise", "illness", "2004-09-30", "0", "0"),
]


@pytest.mark.parametrize(("paper", "kind", "death", "day", "months", "times"), GRATUITIES)
def test_gratuity_by_kind_of_unit_and_day_of_death(
    paper: str, kind: str, death: str, day: str, months: str, times: str
) -> None:
    """The day of death decides, not that of the paper (2011-11-15) or of the payment. 2011's formula is not for
    事业单位."""
    rows = of(paper)
    died = date.fromisoformat(day)
    facts = Facts(**LIXIU, **joined("1940-01-01"), unit_kind=kind, death=death)
    won = get(rows, facts, died.replace(day=1), died=died)
    found = [one for one in rows if one.label in won.values()]
    assert (sum(one.months for one in found), sum(one.times for one in found)) == (
        Decimal(months),
        Decimal(times),
    )
    assert get(rows, facts, died.replace(day=1)) == {}, "the living get none"


def test_gratuity_takes_last_year_s_national_figure_and_the_basic_fee() -> None:
    (row,) = [one for one in of(GRATUITY_2011) if "病故" in one.label]
    found = worth(row, date(2011, 8, 1), basic_fee=Decimal("3000"), figures=INCOME)
    assert found.money == 2 * Decimal("19109") + 40 * Decimal("3000")
    assert not found.is_provisional


def test_a_death_in_january_is_provisional_until_the_figure_is_out() -> None:
    (row,) = [one for one in of(GRATUITY_2011) if "病故" in one.label]
    early = {("urban_income", 2010): Decimal("19109")}
    found = worth(row, date(2012, 1, 1), basic_fee=Decimal("3000"), figures=early)
    assert found.is_provisional
    assert found.money == 2 * Decimal("19109") + 40 * Decimal("3000")
    settled = worth(row, date(2012, 1, 1), basic_fee=Decimal("3000"), figures=INCOME)
    assert not settled.is_provisional
    assert settled.money == 2 * Decimal("21810") + 40 * Decimal("3000")
    assert worth(row, date(2012, 1, 1), basic_fee=Decimal("3000"), figures={}).missing == "公布数据未登记"


SURVIVORS = [
    ("red_army", "spouse", "town", 1215, 1400),
    ("resistance_early", "spouse", "town", 1025, 1180),
    ("resistance_late", "spouse", "farming", 1025, 1180),
    ("liberation", "spouse", "town", 930, 1070),
    ("liberation", "parent", "farming", 930, 1070),
    ("liberation", "other", "town", 740, 820),
    ("red_army", "other", "farming", 585, 650),
    ("red_army", "parent", "town", 0, 0),
]


@pytest.mark.parametrize(("period", "relation", "household", "before", "after"), SURVIVORS)
def test_survivors_by_period_relation_and_household(
    period: str, relation: str, household: str, before: int, after: int
) -> None:
    facts = Facts(category="lixiu", period=period, relation=relation, household=household)
    rows = of(ZHEJIANG)
    assert sum(amounts(rows, facts, date(2012, 12, 1))) == before
    assert sum(amounts(rows, facts, date(2013, 1, 1))) == after


def test_every_shipped_row_is_won_by_somebody_above() -> None:
    """Labels that no table of this file asks for are listed, so that a new row brings its case."""
    asked = {
        *(paper for paper, *_ in NURSING),
        *(paper for paper, *_ in SUBSIDY),
        *(paper for paper, *_ in GRATUITIES),
        *(GANSU, DANDONG, ZHEJIANG, HELPLESS_2017),
    }
    assert {one.paper for one in ALL} - asked == {
        "山东丧葬费规定（文号待核）",
        "丧葬费示例一（文号待核）",
        "丧葬费示例二（文号待核）",
    }


def test_funeral_money_is_an_amount_or_a_multiple() -> None:
    died = date(2012, 5, 20)
    facts = Facts(**LIXIU)
    assert get(of("山东丧葬费规定（文号待核）"), facts, date(2012, 5, 1), died=died) == {
        "丧葬费": "丧葬费1000元"
    }
    (six, ten) = of("丧葬费示例二（文号待核）")
    figures = {("local_wage", 2011): Decimal("2500.50")}
    assert worth(six, died, basic_fee=None, figures=figures).money == Decimal("15003.00")
    assert worth(ten, died, basic_fee=None, figures=figures).money == Decimal("25005.00")
    assert get(of("丧葬费示例一（文号待核）"), facts, date(2012, 5, 1), died=died) == {
        "丧葬费": "丧葬费7352元"
    }
