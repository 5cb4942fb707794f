"""What stands before the visits of the invented city: leaders in office, pots of money, limits, rules. All invented;
no amount here is that of a paper."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from urllib.parse import urlencode

from apps.accounts.choices import Role
from apps.accounts.models import Grant
from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.retirees.management.demo import names
from apps.units.choices import Kind
from apps.units.models import Unit
from apps.visits.choices import Every, LeaderLevel, Target, Trigger, Way
from apps.visits.management.demo.words import STAFF_POST
from apps.visits.models import FundSource, Leader, Occasion, VisitRule

CITY_POSTS = (
    ("市委书记", "市长", LeaderLevel.CHIEF),
    ("市长", "常务副市长", LeaderLevel.CHIEF),
    ("市人大常委会主任", "", LeaderLevel.LEADER),
    ("市政协主席", "市委副书记", LeaderLevel.LEADER),
    ("市委组织部部长", "", LeaderLevel.LEADER),
    ("副市长", "市财政局局长", LeaderLevel.LEADER),
    ("市委组织部副部长、老干部局局长", "", LeaderLevel.BUREAU),
    ("市委老干部局副局长", "", LeaderLevel.BUREAU),
)
COUNTY_POSTS = (
    ("{0}委书记", "{0}{1}长", LeaderLevel.CHIEF),
    ("{0}{1}长", "{0}委副书记", LeaderLevel.CHIEF),
    ("{0}委组织部部长", "", LeaderLevel.LEADER),
    ("{0}人大常委会主任", "", LeaderLevel.LEADER),
    ("{0}政协主席", "", LeaderLevel.LEADER),
    ("{0}委老干部局局长", "", LeaderLevel.BUREAU),
    ("{0}委老干部局副局长", "", LeaderLevel.BUREAU),
)
"""Post now, the one before (if it changed in these years), level."""
ZONE_POSTS = (
    ("党工委书记", "管委会主任", LeaderLevel.CHIEF),
    ("管委会副主任", "", LeaderLevel.LEADER),
    ("组织人事局局长", "", LeaderLevel.BUREAU),
    ("组织人事局副局长", "", LeaderLevel.BUREAU),
)
LIMITS = {
    "new-year": (500, 300),
    "spring": (1000, 500),
    "july-first": (500, 300),
    "double-ninth": (500, 300),
    "heat": (300, 200),
    "hospital": (500, 300),
    "critical": (1000, 300),
    "birthday": (300, 200),
    "round-birthday": (800, 300),
    "death": (1000, 300),
    "family": (1000, 300),
    "routine": (300, 200),
}
LIMIT_PAPER = "演示数据，数额为虚构"


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who goes, with the post of that day."""

    leader: int | None
    name: str
    post: str
    level: str


@dataclass(frozen=True, slots=True)
class InOffice:
    """A leader, and since when he has been what he is."""

    row: Leader
    before: str
    since: date

    def going(self, day: date) -> Going:
        post = self.before if self.before and day < self.since else self.row.post
        return Going(self.row.pk, self.row.name, post, self.row.level)


@dataclass
class Plans:
    """What was set up, by county (None: the city)."""

    occasions: dict[str, int]
    leaders: dict[int | None, list[InOffice]]
    staff: dict[int, list[Going]]
    sources: dict[int | None, list[FundSource]]
    rules: dict[str, VisitRule]
    clerks: dict[int, tuple[int, str]]
    counties: dict[int, Unit]
    direct: int
    """Key of 市直: its leaders and money are the city's."""

    def office(self, county_id: int) -> int | None:
        """Whose leaders and money serve the people of a county."""
        return None if county_id == self.direct else county_id

    def source(self, county_id: int | None) -> int:
        return self.sources[county_id][0].pk

    def approver(self, county_id: int, day: date) -> str:
        """The head of the office that signs for money."""
        heads = self.leaders[self.office(county_id)]
        return next(one.row.name for one in heads if one.row.level == LeaderLevel.BUREAU)


def make_plans(demo: Demo, first: date) -> Plans:
    """Write leaders, pots, limits and rules; ``first`` is the earliest day of the log."""
    dice = demo.dice("visit plans")
    counties = {unit.pk: unit for unit in Unit.objects.counties().order_by("sort", "pk")}
    direct = next(unit.pk for unit in counties.values() if unit.kind == Kind.DIRECT)
    leaders = _leaders(demo, dice, counties, direct)
    for occasion in (occasions := list(Occasion.objects.all())):
        money, goods = LIMITS[occasion.code]
        occasion.money_limit, occasion.goods_limit = Decimal(money), Decimal(goods)
        occasion.limit_paper = LIMIT_PAPER
    Occasion.objects.bulk_update(occasions, ["money_limit", "goods_limit", "limit_paper"])
    keys = {occasion.code: occasion.pk for occasion in occasions}
    return Plans(
        occasions=keys,
        leaders=leaders,
        staff={key: _staff(dice) for key in counties},
        sources=_sources(counties, direct),
        rules=_rules(keys, counties, first),
        clerks=_clerks(),
        counties=counties,
        direct=direct,
    )


def _leaders(
    demo: Demo, dice: Random, counties: dict[int, Unit], direct: int
) -> dict[int | None, list[InOffice]]:
    found: dict[int | None, list[InOffice]] = defaultdict(list)
    for key, unit in [(None, None), *counties.items()]:
        if key == direct:
            continue
        posts = CITY_POSTS if unit is None else ZONE_POSTS if unit.kind == Kind.ZONE else COUNTY_POSTS
        place = unit.name if unit else ""
        for sort, (post, before, level) in enumerate(posts):
            name = names.surname(dice) + names.given(dice, dice.choice("1112"), 1968)
            now, then = (text.format(place, place[-1:]) for text in (post, before))
            row = Leader(county_id=key, name=name, post=now, level=level, sort=sort)
            found[key].append(InOffice(row, then, demo.days_ago(dice.randint(250, 800))))
    insert_many(one.row for group in found.values() for one in group)
    return found


def _staff(dice: Random) -> list[Going]:
    people = [names.surname(dice) + names.given(dice, dice.choice("12"), 1985) for _ in range(4)]
    return [Going(None, name, STAFF_POST, LeaderLevel.STAFF) for name in dict.fromkeys(people)]


def _sources(counties: dict[int, Unit], direct: int) -> dict[int | None, list[FundSource]]:
    found: dict[int | None, list[FundSource]] = {
        key: [
            FundSource(county_id=key, name="财政老干部专项经费", sort=1),
            FundSource(county_id=key, name="党费慰问资金", sort=2),
        ]
        for key in (None, *counties)
        if key != direct
    }
    insert_many(row for rows in found.values() for row in rows)
    return found


def _rules(occasions: dict[str, int], counties: dict[int, Unit], first: date) -> dict[str, VisitRule]:
    nanling = next((key for key, unit in counties.items() if unit.code == "nanling"), None)
    found = {
        "quarter": VisitRule(
            name="离休干部每季度看望一次", occasion_id=occasions["routine"], trigger=Trigger.PERIOD,
            query="category=lixiu", every=Every.QUARTER, who=LeaderLevel.STAFF,
        ),
        "round": VisitRule(
            name="八十、九十、百岁整寿看望", occasion_id=occasions["round-birthday"], trigger=Trigger.BIRTHDAY,
            ages=[80, 90, 100], ahead_days=15, who=LeaderLevel.BUREAU,
        ),
        "hospital": VisitRule(
            name="离休和厅级干部住院一周内看望", occasion_id=occasions["hospital"], trigger=Trigger.HOSPITAL,
            query=urlencode([("any", "category=lixiu"), ("any", "treatment=121&treatment=122")]),
            within_days=7, repeat_every=Every.MONTH, who=LeaderLevel.BUREAU,
        ),
        "critical": VisitRule(
            name="病危随时看望", occasion_id=occasions["critical"], trigger=Trigger.CRITICAL, within_days=1,
            who=LeaderLevel.BUREAU,
        ),
        "death": VisitRule(
            name="逝世后慰问遗属", occasion_id=occasions["death"], trigger=Trigger.DEATH, within_days=7,
            target=Target.SURVIVOR, who=LeaderLevel.BUREAU,
        ),
        "away": VisitRule(
            county_id=nanling, name="异地居住干部每半年联系一次", occasion_id=occasions["routine"],
            trigger=Trigger.PERIOD, query="residence=province&residence=other", every=Every.HALF,
            ways=[Way.PHONE, Way.VIDEO],
        ),
    }  # fmt: skip
    for rule in found.values():
        rule.starts_on = first.replace(month=1, day=1)
        rule.basis = "演示规则"
    insert_many(found.values())
    return found


def _clerks() -> dict[int, tuple[int, str]]:
    """Who keeps the log of each county."""
    grants = Grant.objects.filter(role=Role.COUNTY_CLERK).select_related("user").order_by("pk")
    return {grant.unit_id: (grant.user_id, grant.user.full_name) for grant in grants}
