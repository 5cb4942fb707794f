"""Standards of the invented city: the shipped central ones confirmed, the bureau's own papers, figures to reckon with.
Amounts of the city and all figures are invented."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.accounts.models import Grant
from apps.benefits.actions.standards import (
    add_standard,
    publish_standard,
    publish_standards,
    submit_standard,
)
from apps.benefits.choices import Series, StandardState
from apps.benefits.models import Benefit, PublishedFigure, Standard
from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor, scope
from apps.library.choices import PaperLevel
from apps.library.models import Clause, Paper

INVENTED = "演示值，不是公布的数据"
FIGURES = {Series.URBAN_INCOME: (51000, 53500, 56000), Series.LOCAL_WAGE: (6600, 6900, 7200)}
"""The last three years, the latest last."""
RESISTANCE = ["resistance_early", "resistance_late"]
Row = tuple[str, str, str, dict[str, Any], int]
"""Benefit, clause, label, conditions, yuan."""
PAPERS: tuple[tuple[str, str, tuple[Row, ...]], ...] = (
    (
        "关于调整离休干部护理费的通知",
        "从今年1月起执行，数额为虚构。",
        (
            ("nursing", "第一条", "红军时期1600元", {"period": ["red_army"]}, 1600),
            ("nursing", "第一条", "抗日战争时期1000元", {"period": RESISTANCE}, 1000),
            ("nursing", "第一条", "解放战争时期500元", {"period": ["liberation"]}, 500),
            ("own_carer", "第二条", "自雇费2800元", {}, 2800),
        ),
    ),
    (
        "关于离退休干部丧葬费的通知",
        "不分级别，数额为虚构。",
        (("funeral", "第一条", "丧葬费5000元", {}, 5000),),
    ),
    (
        "关于去世离休干部遗属生活补助的通知",
        "数额为虚构。",
        (
            (
                "survivor",
                "第一条",
                "红军、抗战时期，配偶1500元",
                {"period": ["red_army", *RESISTANCE], "relation": ["spouse"]},
                1500,
            ),
            (
                "survivor",
                "第一条",
                "解放战争时期，配偶1200元",
                {"period": ["liberation"], "relation": ["spouse"]},
                1200,
            ),
            ("survivor", "第二条", "父母1000元", {"relation": ["parent"]}, 1000),
            ("survivor", "第二条", "其他供养亲属900元", {"relation": ["other"]}, 900),
        ),
    ),
)


def load_standards(demo: Demo) -> str:
    """Figures, papers and standards; return a line that says what was made."""
    clerk, chief = _actor("city_clerk"), _actor("city_chief")
    year = demo.as_of.year
    with scope(clerk):
        figures = [
            PublishedFigure(
                series=series, year=year - 3 + number, value=value, source=INVENTED, is_example=True
            )
            for series, values in FIGURES.items()
            for number, value in enumerate(values)
        ]
        for figure in figures:
            figure.save()
    with scope(chief):
        waiting = Standard.objects.filter(state=StandardState.WAITING, county=None)
        shipped, left = publish_standards(picked=[(one, one.version) for one in waiting], by=chief)
    if left:
        raise ValueError(f"not published: {left}")
    own = 0
    for number, (title, summary, rows) in enumerate(PAPERS, start=1):
        paper = _paper(clerk, f"云溪老干〔{year}〕演示{number}号", title, summary, year)
        own += len([_published(clerk, chief, paper, row, date(year, 1, 1)) for row in rows])
    paper = _paper(
        clerk, f"云溪老干〔{year}〕演示{len(PAPERS) + 1}号", "关于提高护理费的通知", "数额为虚构。", year
    )
    raised: Row = ("nursing", "第一条", "解放战争时期600元", {"period": ["liberation"]}, 600)
    _submitted(clerk, paper, raised, date(year + 1, 1, 1), replaces="解放战争时期500元")
    county_clerk, county_chief = _actor("nanling_clerk"), _actor("nanling_chief")
    paper = _paper(county_clerk, f"南岭老干〔{year}〕演示1号", "关于护理费的通知", "数额为虚构。", year)
    row: Row = ("nursing", "第一条", "南岭，解放战争时期550元", {"period": ["liberation"]}, 550)
    _published(county_clerk, county_chief, paper, row, date(year, 1, 1))
    return f"待遇标准：确认{len(shipped)}条，本市{own}条，县里1条；公布数据{len(figures)}项"


def _actor(username: str) -> Actor:
    grant = Grant.objects.select_related("user", "unit").get(user__username=username)
    return grant.actor("load-demo")


def _paper(by: Actor, number: str, title: str, summary: str, year: int) -> Paper:
    with scope(by):
        paper = Paper.objects.create(
            county_id=by.county_id,
            number=number,
            title=f"{title}（演示）",
            issuer=f"{by.place}委老干部局",
            level=PaperLevel.CITY if by.county_id is None else PaperLevel.COUNTY,
            issued_on=PartialDate(year - 1, 12, 20),
            starts_on=date(year, 1, 1),
            summary=summary,
            source="演示数据",
            is_example=True,
        )
        for place, label in enumerate(("第一条", "第二条")):
            text = "标准见各行。（演示）"
            Clause.objects.create(county_id=by.county_id, paper=paper, label=label, text=text, sort=place)
    return paper


def _submitted(by: Actor, paper: Paper, row: Row, starts: date, *, replaces: str = "") -> Standard:
    code, clause, label, conditions, amount = row
    benefit = Benefit.objects.get(code=code)
    people = {} if code in ("survivor", "funeral") else {"category": ["lixiu"]}
    with scope(by):
        older = Standard.objects.get(label=replaces, county_id=by.county_id) if replaces else None
        standard = add_standard(
            values={
                "benefit": benefit,
                "paper": paper,
                "clause": paper.clauses.get(label=clause),
                "level": paper.level,
                "label": label,
                "conditions": people | conditions,
                "amount": Decimal(amount),
                "during": DateRange(starts, None),
                "replaces": older,
                "note": "演示，数额为虚构",
            },
            by=by,
        )
        return submit_standard(standard=standard, version=standard.version, by=by)


def _published(clerk: Actor, chief: Actor, paper: Paper, row: Row, starts: date) -> Standard:
    standard = _submitted(clerk, paper, row, starts)
    with scope(chief):
        return publish_standard(standard=standard, version=standard.version, by=chief)
