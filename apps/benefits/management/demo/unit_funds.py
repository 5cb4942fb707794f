"""特需经费 of two years in the invented city: last year's closed but for one county, this year's under way."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from apps.benefits.actions.unit_funds import close_funds, count_year
from apps.benefits.choices import FundKind, FundPurpose
from apps.benefits.models import FundEntry, UnitFund
from apps.core.bulk import update_many
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.choices import ON_REGISTER, Category
from apps.retirees.models import Retiree

HARDSHIPS = (
    "住院自费药品补助",
    "长期卧床护理用品",
    "家中失火受灾救助",
    "老伴病重困难补助",
    "跌伤骨折康复费用",
)
ACTIVITIES = ("老干部读书会", "重阳节座谈会用品", "就近参观学习用车", "离休干部健康讲座", "支部学习资料")
HELP = (300, 400, 500, 600, 800)
WHO = ("李经办", "王经办", "陈会计")
OPEN_COUNTY = "shiqiao"
"""Its last year is not closed yet."""

Person = tuple[int, str]


def load_unit_funds(demo: Demo) -> str:
    """Count, spend, close; return a line that says what was made."""
    dice, this = demo.dice("unit funds"), demo.as_of.year
    with scope(demo.loader("city_clerk", "s_city")) as actor:
        people: dict[int, list[Person]] = defaultdict(list)
        there = Retiree.objects.filter(state__in=ON_REGISTER, category=Category.LIXIU).order_by("pk")
        for unit, key, name in there.values_list("unit_id", "pk", "name"):
            people[unit].append((key, name))
        lines = 0
        for year in (this - 1, this):
            count_year(kind=FundKind.SPECIAL, year=year, today=demo.as_of, by=actor)
            funds = list(UnitFund.objects.filter(kind=FundKind.SPECIAL, year=year).order_by("pk"))
            lines += _spend(demo, dice, funds, people)
            if year < this:
                done = UnitFund.objects.filter(year=year).exclude(county__code=OPEN_COUNTY)
                close_funds(funds=list(done), today=demo.as_of, by=actor)
    return f"特需经费：{this - 1}至{this}年，流水{lines}笔"


def _spend(
    demo: Demo, dice: Random, funds: Sequence[UnitFund], people: Mapping[int, Sequence[Person]]
) -> int:
    entries = []
    for fund in funds:
        for entry in sorted(_lines(demo, dice, fund, people.get(fund.unit_id, ())), key=lambda one: one.day):
            if entry.amount <= fund.left:
                fund.spent += entry.amount
                entries.append(entry)
    FundEntry.objects.bulk_create(entries, batch_size=1000)
    update_many(funds, ["spent"])
    return len(entries)


def _lines(demo: Demo, dice: Random, fund: UnitFund, people: Sequence[Person]) -> Iterator[FundEntry]:
    first, last = date(fund.year, 1, 10), min(demo.as_of, date(fund.year, 12, 25))
    if last <= first:
        return
    helped = dice.sample(people, min(len(people), dice.choice((0, 1, 1, 2))))
    for key, name in [*helped, *[(None, "")] * dice.choice((0, 1, 1, 2))]:
        yield FundEntry(
            county_id=fund.county_id,
            unit_id=fund.unit_id,
            fund=fund,
            day=first + timedelta(days=dice.randrange((last - first).days)),
            purpose=FundPurpose.HARDSHIP if key else FundPurpose.ACTIVITY,
            amount=Decimal(dice.choice(HELP) if key else dice.randrange(120, 600)),
            words=dice.choice(HARDSHIPS if key else ACTIVITIES),
            retiree_id=key,
            name=name,
            voucher=f"记-{dice.randrange(1, 400)}",
            made_by=0,
            made_by_name=dice.choice(WHO),
        )
