"""Ranks, posts, treatments and pensions by kind of unit."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from apps.retirees.choices import Level
from apps.units.choices import Kind
from apps.units.models import Unit

LADDER = [Level(code) for code in "199 160 150 142 141 132 131 122 121 112".split()]
"""From below upwards, as far as a city goes."""
RANKS = {
    ("city", Kind.ORGAN): "121:1 122:4 131:15 132:22 141:30 142:17 150:9 160:1 199:1",
    ("city", Kind.INSTITUTION): "131:3 132:8 141:20 142:22 150:25 160:2 199:20",
    ("city", Kind.ENTERPRISE): "132:4 141:15 142:25 150:33 160:8 199:15",
    ("county", Kind.ORGAN): "122:0.3 131:3 132:14 141:32 142:28 150:17 160:4 199:1.7",
    ("county", Kind.INSTITUTION): "132:2 141:12 142:20 150:32 160:8 199:26",
    ("county", Kind.ENTERPRISE): "141:9 142:19 150:38 160:14 199:20",
    ("county", Kind.TOWNSHIP): "132:2 141:22 142:30 150:32 160:9 199:5",
}
"""Weights of the rank at retirement, by whose unit it is and what kind."""
SHARE = {Kind.ORGAN: 1.0, Kind.INSTITUTION: 1.4, Kind.ENTERPRISE: 0.9, Kind.TOWNSHIP: 0.9}
"""How many people a unit has, against others."""
HEADS = (
    ("医院", "院长", "主治医师 主管护师 药师 医师"),
    ("学", "校长", "高级教师 一级教师 教师"),
    ("校", "校长", "高级讲师 讲师 教师"),
    ("中", "校长", "高级教师 一级教师 教师"),
    ("所", "所长", "农艺师 高级农艺师 技术员"),
    ("公司", "经理", "工程师 会计 工人"),
    ("厂", "厂长", "工程师 技术员 工人"),
    ("镇", "镇长", "民政助理 农技员 干事"),
    ("乡", "乡长", "民政助理 农技员 干事"),
    ("街道", "办事处主任", "民政助理 干事"),
    ("部", "部长", "干事"),
    ("局", "局长", "工程师 会计师 干事"),
    ("办公室", "主任", "干事 秘书"),
    ("办", "主任", "干事 秘书"),
)
"""Ending of the unit's name, title of its head, titles of those without rank."""
BASIC_FEES = dict(zip(LADDER, (3650, 3900, 4350, 4900, 5500, 6300, 7100, 8200, 9300, 11000), strict=True))


@dataclass(frozen=True)
class Career:
    """Where a working life ended."""

    rank: Level
    treatment: Level
    treatment_was_raised: bool
    medical: str
    post: str
    highest_post: str
    basic_fee: Decimal
    allowance: Decimal


def invent(dice: Random, unit: Unit, *, lixiu: bool) -> Career:
    """A career ended at ``unit``; 离休 people were raised more often."""
    place = "city" if unit.area.kind == Kind.DIRECT else "county"
    codes, weights = zip(*(pair.split(":") for pair in RANKS[place, Kind(unit.kind)].split()), strict=True)
    rank = Level(dice.choices(codes, [float(weight) for weight in weights])[0])
    if lixiu and rank == Level.UNRANKED:
        rank = Level.STAFF
    steps = dice.choices((0, 1, 2), (35, 50, 15) if lixiu else (84, 15, 1))[0]
    treatment = LADDER[min(LADDER.index(rank) + steps, len(LADDER) - 2)]
    head = Level.COUNTY_CHIEF if place == "city" else Level.SECTION_CHIEF
    post = f"{unit.label}{_title(dice, unit, LADDER.index(rank) - LADDER.index(head))}"
    money = BASIC_FEES[treatment] * (1.18 if lixiu else 1) * dice.uniform(0.92, 1.08)
    return Career(
        rank=rank,
        treatment=treatment,
        treatment_was_raised=steps > 0,
        medical=_medical(dice, treatment, lixiu),
        post=post,
        highest_post=post if dice.random() < 0.5 else "",
        basic_fee=Decimal(round(money)),
        allowance=Decimal(dice.randrange(900, 3200, 10)),
    )


def _medical(dice: Random, treatment: Level, lixiu: bool) -> str:
    """离休 people and 厅级 have a medical treatment of their own; some of 正厅级 that of 副省级."""
    if treatment == Level.BUREAU_CHIEF and dice.random() < 0.4:
        return Level.PROVINCE_DEPUTY
    return treatment if lixiu or treatment in (Level.BUREAU_CHIEF, Level.BUREAU_DEPUTY) else ""


def _title(dice: Random, unit: Unit, above_head: int) -> str:
    head, others = next(
        ((head, others) for end, head, others in HEADS if unit.label.endswith(end)), ("主任", "干事")
    )
    if above_head > 0:
        return f"党组书记、{head}" if dice.random() < 0.5 else f"原{head}"
    if above_head == 0:
        return dice.choice((head, head, "党委书记", "主任科员"))
    if above_head == -1:
        return dice.choice((f"副{head}", f"副{head}", "纪委书记", "工会主席"))
    if above_head == -2 and unit.kind == Kind.ORGAN:
        return dice.choice(("股长", "科长", "副主任科员"))
    return dice.choice(others.split())
