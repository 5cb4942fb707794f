"""Hardship aid and yearly items in the invented city. Amounts are invented and named so: no paper says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.benefits.choices import AidKind, AidState, Feast, MechanismKind
from apps.benefits.models import AidCase, AidScheme, CountyMechanism
from apps.benefits.queries.aid import categories_of
from apps.benefits.rules.aid import feast_day
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree
from apps.units.models import Unit

NOTE = "演示项目，限额和预算是虚构的"
REASONS = (
    "本人长期住院，自费部分较重",
    "老伴瘫痪在床，雇人护理",
    "独子残疾，没有收入来源",
    "房屋受灾，需要修缮",
    "突发大病手术，家庭负担重",
)
FINDINGS = ("入户核实，情况属实", "核对住院票据，情况属实", "向社区了解，情况属实")
WHO = ("李经办", "王经办", "张经办")
CHIEF = "陈局长"
UNDER_WAY = (AidState.APPLIED, AidState.CHECKED, AidState.APPROVED, AidState.PAID, AidState.REFUSED)
OVER = (AidState.PAID, AidState.PAID, AidState.PAID, AidState.PAID, AidState.REFUSED)


@dataclass(frozen=True)
class _Plan:
    """A scheme to be made, and which share of those eligible applied."""

    kind: str
    name: str
    people: str
    limit: int | None
    feast: str
    share: float


CITY = (
    _Plan(AidKind.HARDSHIP, "春节困难帮扶（演示）", "both", 3000, Feast.SPRING, 0.012),
    _Plan(AidKind.MEDICAL, "重病医疗补助（演示）", "both", 5000, "", 0.004),
    _Plan(AidKind.CHECKUP, "年度体检（演示）", "both", None, "", 0.55),
    _Plan(AidKind.REST, "离休干部疗养（演示）", "lixiu", None, "", 0.3),
)
COUNTY = _Plan(AidKind.SHARING, "共享发展成果（演示）", "both", 1200, Feast.DOUBLE_NINTH, 0.02)
COUNTIES = 2
"""As many have a scheme of their own."""

Person = tuple[int, int, int, str, str]
"""County, unit, key, name, category."""


def load_aid(demo: Demo) -> str:
    """Make schemes and cases; return a line that says what was made."""
    dice = demo.dice("aid")
    with scope(demo.loader("city_clerk", "s_city")):
        rows = Retiree.objects.filter(state__in=ON_REGISTER).order_by("pk")
        people = list(rows.values_list("county_id", "unit_id", "pk", "name", "category"))
        counties = list(Unit.objects.counties().order_by("sort", "pk")[:COUNTIES])
        this = demo.as_of.year
        wanted: list[tuple[_Plan, int, Unit | None]] = [(plan, this, None) for plan in CITY]
        wanted += [(plan, this + 1, None) for plan in CITY if plan.feast]
        wanted += [(COUNTY, this, county) for county in counties]
        for place, county in enumerate(Unit.objects.counties().order_by("sort", "pk")):
            _mechanisms(demo, county, place)
        cases = sum(_fill(demo, dice, plan, year, county, people) for plan, year, county in wanted)
    return f"困难帮扶和体检疗养：{len(wanted)}个项目，{cases}人次"


def _mechanisms(demo: Demo, county: Unit, place: int) -> None:
    """Most counties have both, some one, one has said nothing."""
    for number, kind in enumerate(MechanismKind):
        if place % 5 == 4:
            continue
        is_there = (place + number) % 4 != 3
        CountyMechanism.objects.create(
            county=county,
            kind=kind,
            is_there=is_there,
            since=demo.days_ago(200 + 40 * place + 90 * number) if is_there else None,
            proof=f"{county.label}{kind.label}实施办法（演示）" if is_there else "正在起草（演示）",
            set_by_name=WHO[place % len(WHO)],
        )


def _fill(
    demo: Demo, dice: Random, plan: _Plan, year: int, county: Unit | None, people: Sequence[Person]
) -> int:
    scheme = AidScheme(
        county=county,
        kind=plan.kind,
        year=year,
        name=plan.name,
        people=plan.people,
        limit=plan.limit,
        feast=plan.feast,
        pay_before=feast_day(plan.feast, year) if plan.feast else None,
        note=NOTE,
    )
    meant = [
        one for one in people if one[4] in categories_of(scheme) and (county is None or one[0] == county.pk)
    ]
    chosen = dice.sample(meant, int(len(meant) * plan.share))
    if plan.limit:
        scheme.budget = Decimal(plan.limit * max(len(chosen), 1))
    scheme.save()
    make = _sign_up if scheme.is_yearly else _application
    AidCase.objects.bulk_create([make(demo, dice, scheme, one) for one in chosen], batch_size=1000)
    return len(chosen)


def _plain(dice: Random, scheme: AidScheme, person: Person, day: date) -> dict[str, Any]:
    county, unit, key, name, _ = person
    return {
        "id": UUID(int=dice.getrandbits(128), version=4),
        "county_id": county,
        "unit_id": unit,
        "scheme": scheme,
        "retiree_id": key,
        "name": name,
        "applied_on": day,
        "made_by": 0,
        "made_by_name": dice.choice(WHO),
    }


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def _sign_up(demo: Demo, dice: Random, scheme: AidScheme, person: Person) -> AidCase:
    day = demo.days_ago(dice.randrange(20, 60))
    case = AidCase(**_plain(dice, scheme, person, day), state=AidState.SIGNED)
    if dice.random() < 0.6:
        done = day + timedelta(days=dice.randrange(1, 20))
        case.state, case.done_on = AidState.DONE, done
        case.ended_by_name, case.ended_at = dice.choice(WHO), _moment(done)
    return case


def _application(demo: Demo, dice: Random, scheme: AidScheme, person: Person) -> AidCase:
    """Of a feast that is over everything is settled; else it is under way."""
    is_over = scheme.pay_before is not None and scheme.pay_before <= demo.as_of
    last = scheme.pay_before if is_over and scheme.pay_before else demo.as_of
    day = last - timedelta(days=dice.randrange(15, 40))
    limit = int(scheme.limit or 0)
    case = AidCase(
        **_plain(dice, scheme, person, day),
        state=dice.choice(OVER if is_over else UNDER_WAY),
        asked=Decimal(dice.randrange(5, limit // 100 + 1) * 100),
        reason=dice.choice(REASONS),
    )
    if case.state == AidState.REFUSED:
        case.words, case.ended_by_name, case.ended_at = (
            "不属于困难情形",
            CHIEF,
            _moment(day + timedelta(days=3)),
        )
    elif case.state != AidState.APPLIED:
        _decided(dice, case, scheme, day)
    return case


def _decided(dice: Random, case: AidCase, scheme: AidScheme, day: date) -> None:
    case.limit, case.granted, case.findings = scheme.limit, case.asked, dice.choice(FINDINGS)
    case.checked_by, case.checked_by_name = 0, case.made_by_name
    case.checked_at = _moment(day + timedelta(days=3))
    if case.state == AidState.CHECKED:
        return
    case.approved_by, case.approved_by_name = 1, CHIEF
    case.approved_at = _moment(day + timedelta(days=6))
    if case.state == AidState.PAID:
        case.paid_on, case.voucher = day + timedelta(days=10), f"记-{dice.randrange(1, 400)}"
        case.ended_by_name, case.ended_at = case.made_by_name, _moment(day + timedelta(days=10))
