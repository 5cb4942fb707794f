"""Three years of campaigns: lists frozen, groups formed, results and the reasons of the few not seen."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from apps.core.bulk import insert_many, update_many
from apps.visits.choices import CampaignState, DueState, Reason, Recorded, Target, Way
from apps.visits.management.demo.kinds import (
    ALONE,
    OF_COUNTIES,
    OF_THE_CITY,
    CampaignKind,
    alone_and_old,
)
from apps.visits.management.demo.log import Gift, Log, Round, way_to
from apps.visits.management.demo.people import Person
from apps.visits.management.demo.plans import Going, InOffice
from apps.visits.management.demo.words import REASONS_ADDED, REASONS_REMOVED, WHY_NOT
from apps.visits.models import Budget, Campaign, Team, TeamMember

A_TEAM = 30
"""People of a group."""
MISSED = 0.025
CITY_MAKER = "赵敏"
LETTER = (
    "尊敬的老同志：\n{title}之际，谨向您和家人致以亲切的问候和良好的祝愿！\n您为党和人民的事业奉献了大半生，"
    "组织不会忘记。望您保重身体，安享晚年，继续关心和支持家乡的发展。"
)


@dataclass(frozen=True, slots=True)
class Held:
    """One campaign, its people in the order of the routes, and its window."""

    kind: CampaignKind
    row: Campaign
    people: Sequence[Person]
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a campaign with its people."""

    row: Team
    leaders: Sequence[InOffice]
    day: date
    people: Sequence[Person]


def hold_campaigns(log: Log, people: Sequence[Person], first: date) -> int:
    """Plan and hold all campaigns; return how many."""
    held = list(_held(log, people, first))
    insert_many(one.row for one in held)
    groups = {id(one): list(_groups(log, one)) for one in held}
    rows = [group for of_one in groups.values() for group in of_one]
    insert_many(group.row for group in rows)
    insert_many(
        TeamMember(county_id=group.row.county_id, team_id=group.row.pk, leader_id=leader.row.pk)
        for group in rows
        for leader in group.leaders[1:]
    )
    insert_many(_budgets(log, held))
    for one in held:
        _go(log, one, groups[id(one)])
    update_many((one.row for one in held), ["frozen_count"])
    _draft(log).save()
    return len(held) + 1


def _held(log: Log, people: Sequence[Person], first: date) -> Iterator[Held]:
    today = log.demo.as_of
    for year in range(first.year, today.year + 1):
        for kind in OF_THE_CITY:
            yield from _one(log, kind, kind.window(year), None, people, first)
        for kind in OF_COUNTIES:
            for county in log.plans.counties:
                if county != log.plans.direct:
                    of_county = [person for person in people if person.county_id == county]
                    yield from _one(log, kind, kind.window(year), county, of_county, first)
    window = (log.demo.days_ago(12), today + timedelta(days=18))
    title = f"{today.year}年{today.month}月专项走访独居高龄老干部"
    under_way = CampaignKind(
        "routine", title, lambda year: window, alone_and_old, ALONE, 0, "保暖用品", 150, complete=True
    )
    yield from _one(log, under_way, window, None, people, first)


def _one(
    log: Log,
    kind: CampaignKind,
    window: tuple[date, date],
    county: int | None,
    people: Sequence[Person],
    first: date,
) -> Iterator[Held]:
    start, end = window
    if start < first or start > log.demo.as_of:
        return
    frozen_on = start - timedelta(days=4)
    if kind.target == Target.SELF:
        chosen = [one for one in people if one.is_here(frozen_on) and kind.who(one, start)]
    else:
        chosen = [one for one in people if kind.who(one, frozen_on)]
    if not chosen:
        return
    chosen.sort(key=lambda one: (one.county_id, one.unit_id, one.id))
    frozen = _moment(frozen_on)
    closed = end + timedelta(days=10)
    row = Campaign(
        county_id=county,
        title=kind.title.format(start.year),
        occasion_id=log.plans.occasions[kind.occasion],
        starts_on=start,
        ends_on=end,
        query=kind.query,
        target=kind.target,
        state=CampaignState.CLOSED if closed <= log.demo.as_of else CampaignState.PUBLISHED,
        planned_money=kind.money or None,
        planned_goods=kind.goods,
        planned_goods_value=kind.value or None,
        letter=LETTER.format(title=kind.title.format(start.year)[:30]) if kind.occasion == "spring" else "",
        frozen_at=frozen,
        frozen_count=len(chosen),
        published_at=frozen + timedelta(days=1),
        closed_at=_moment(closed) if closed <= log.demo.as_of else None,
        made_by_name=CITY_MAKER if county is None else log.plans.clerks[county][1],
    )
    yield Held(kind, row, chosen, start, end)


def _draft(log: Log) -> Campaign:
    """The next of the city's yearly campaigns, being prepared."""
    today = log.demo.as_of
    coming = [
        (kind.window(year), kind)
        for year in (today.year, today.year + 1)
        for kind in OF_THE_CITY
        if kind.window(year)[0] > today
    ]
    (start, end), kind = min(coming, key=lambda pair: pair[0])
    return Campaign(
        title=kind.title.format(start.year),
        occasion_id=log.plans.occasions[kind.occasion],
        starts_on=start,
        ends_on=end,
        query=kind.query,
        target=kind.target,
        planned_money=kind.money or None,
        planned_goods=kind.goods,
        planned_goods_value=kind.value or None,
        made_by_name=CITY_MAKER,
    )


def _groups(log: Log, held: Held) -> Iterator[Group]:
    """A county's people in groups of its own leaders; those of the city's campaigns go with the city's, except where
    each county sees to its own."""
    if held.kind.who is alone_and_old:
        for county in log.plans.counties:
            people = [person for person in held.people if person.county_id == county]
            yield from _of_office(log, held, log.plans.office(county), people)
    else:
        yield from _of_office(log, held, held.row.county_id, held.people)


def _of_office(log: Log, held: Held, office: int | None, people: Sequence[Person]) -> Iterator[Group]:
    leaders = log.plans.leaders[office]
    count = min(math.ceil(len(people) / A_TEAM), len(leaders))
    size = math.ceil(len(people) / max(count, 1))
    span = max((held.end - held.start).days - 3, 1)
    for number in range(count):
        day = _working(held.start + timedelta(days=1 + number * span // max(count, 1)))
        staff = log.plans.staff[people[number * size].county_id]
        row = Team(
            county_id=office,
            campaign=held.row,
            name=f"第{number + 1}组",
            lead_id=leaders[number].row.pk,
            staff=staff[number % len(staff)].name,
            day=day,
            starts_at=time(8, 30),
            ends_at=time(17, 0),
            sort=number,
        )
        others = leaders[-1:] if leaders[number] is not leaders[-1] and number % 2 == 0 else []
        yield Group(row, [leaders[number], *others], day, people[number * size : (number + 1) * size])


def _working(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def _budgets(log: Log, held: Sequence[Held]) -> Iterator[Budget]:
    for one in held:
        each = one.kind.money + one.kind.value
        yield Budget(
            county_id=one.row.county_id,
            source_id=log.plans.source(one.row.county_id),
            campaign=one.row,
            year=one.start.year,
            amount=math.ceil(each * len(one.people) * 1.05 / 1000) * 1000,
            paper="演示数据，数额为虚构",
        )
    for county, sources in log.plans.sources.items():
        for year in range(log.demo.as_of.year - 2, log.demo.as_of.year + 1):
            yield Budget(
                county_id=county,
                source=sources[0],
                year=year,
                amount=max(math.ceil(log.demo.people / 12) * 100, 1000),
                paper="演示数据，数额为虚构",
            )


def _go(log: Log, held: Held, groups: Sequence[Group]) -> None:
    dice, kind = log.dice, held.kind
    source = log.plans.source(held.row.county_id)
    gift = Gift(kind.money, kind.goods, kind.value, source)
    for group in groups:
        what = Round(held.row.occasion_id, held.row.pk, group.row.pk, kind.target, Recorded.TEAM)
        for position, person in enumerate(group.people, start=1):
            due = _due(held, group, position, gift)
            if kind.target == Target.SURVIVOR and person.survivor:
                due["family_id"] = person.survivor[0]
            if dice.random() < 0.003 and held.row.state == CampaignState.CLOSED:
                due |= {"state": DueState.REMOVED, "change_reason": dice.choice(REASONS_REMOVED)}
                log.add_due(
                    person, None, **due, approved_by_name=log.plans.approver(person.county_id, held.start)
                )
                continue
            visit = None
            if kind.complete or dice.random() >= MISSED:
                visit = _seen(log, held, group, person, what, gift)
            if visit is None:
                due |= _why_not(log, held, person)
            elif dice.random() < 0.006:
                held.row.frozen_count -= 1
                due |= {"was_added": True, "change_reason": dice.choice(REASONS_ADDED)}
                due["approved_by_name"] = log.plans.approver(person.county_id, held.start)
            log.add_due(person, visit, **due)


def _due(held: Held, group: Group, position: int, gift: Gift) -> dict[str, Any]:
    return {
        "campaign_id": held.row.pk,
        "occasion_id": held.row.occasion_id,
        "target": held.kind.target,
        "from_on": held.start,
        "due_on": held.end,
        "who": group.leaders[0].row.level,
        "team_id": group.row.pk,
        "position": position,
        "planned_money": gift.money or None,
        "planned_goods": gift.goods,
        "planned_goods_value": gift.value or None,
        "planned_source_id": gift.source,
        "made_at": held.row.frozen_at.isoformat(),
    }


def _seen(
    log: Log, held: Held, group: Group, person: Person, what: Round, gift: Gift
) -> dict[str, Any] | None:
    dice = log.dice
    if held.row.state == CampaignState.PUBLISHED:  # under way: some have been seen in these days
        day = held.start + timedelta(days=int(dice.random() * 22))
    else:
        day = min(group.day + timedelta(days=dice.choice((0, 0, 0, 0, 1, 1, 2))), held.end)
    way = Way.HOME if held.kind.target == Target.SURVIVOR else way_to(person, dice)
    going: list[Going] = [one.going(day) for one in group.leaders]
    staff = log.plans.staff[person.county_id]
    if way in (Way.PHONE, Way.VIDEO, Way.ENTRUSTED):
        going = [dice.choice(staff)]
    elif dice.random() < 0.3:
        going.append(dice.choice(staff))
    for later in (0, 1, -1, 2):
        moved = day + timedelta(days=later)
        visit = log.add(person, moved, what, going, way, gift) if held.start <= moved <= held.end else None
        if visit:
            return visit
    return None


def _why_not(log: Log, held: Held, person: Person) -> dict[str, Any]:
    """The reason, where he could have been seen; whoever died before needs none, and whose turn comes, neither."""
    if held.row.state != CampaignState.CLOSED or not (
        person.is_here(held.end) or held.kind.target != Target.SELF
    ):
        return {}
    reason = Reason.ELSEWHERE if person.is_away else log.dice.choice(
        (Reason.AWAY, Reason.AWAY, Reason.DECLINED, Reason.ISOLATED, Reason.UNREACHABLE)
    )  # fmt: skip
    return {"reason": reason, "reason_note": WHY_NOT[reason] if log.dice.random() < 0.6 else ""}
