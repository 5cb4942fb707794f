"""Three years of what the invented people asked for: most answered in time, some still open, a few overdue."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from apps.accounts.choices import Role
from apps.accounts.models import Grant
from apps.concerns.choices import Result, Satisfaction, Source, State, StepKind, Way
from apps.concerns.management.demo.words import COLLECTIVE, MATTERS, PROGRESS
from apps.concerns.models import Concern, ConcernCounter, ConcernPerson, ConcernStep
from apps.core.bulk import blank_values, insert_many, insert_values, next_keys
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Membership, Retiree

YEARS = 3
SHARE = 1 / 15
"""Concerns of the three years for each person."""
OPEN_SHARE = 1 / 20
"""Of all of them, those on somebody's desk now."""
SOURCES = {
    Source.VISIT: 38, Source.CALL: 20, Source.CAME: 16, Source.EVENT: 10, Source.LETTER: 8, Source.ONLINE: 3,
    Source.PASSED_ON: 5,
}  # fmt: skip
WORKING_DAYS = 15
LONG_AGO = date(1950, 1, 1)


@dataclass
class Desk:
    """What was registered so far: rows, steps, those who stand behind, and the last number of an office and year."""

    dice: Random
    clerks: dict[int, tuple[int, str]]
    concerns: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    numbers: Counter[tuple[int, int]] = field(default_factory=Counter)


def load_concerns(demo: Demo) -> str:
    """Write them; return a line that says what was made."""
    with scope(demo.loader("city_clerk", "s_city")):
        desk = Desk(demo.dice("concerns"), _clerks())
        people = _people()
        days = sorted(_days(demo, desk.dice, len(people)))
        still_open = set(desk.dice.sample(range(len(days))[-len(days) // 6 :], round(len(days) * OPEN_SHARE)))
        for number, day in enumerate(days):
            person = desk.dice.choice(people)
            if person.came <= day:
                _register(demo, desk, people, person, day, is_open=number in still_open)
        _write(desk)
    count = sum(row["closed_on"] is None for row in desk.concerns)
    return f"诉求：{len(desk.concerns)}件，在办{count}件"


@dataclass(frozen=True, slots=True)
class Asker:
    keys: dict[str, int]
    came: date


def _people() -> list[Asker]:
    came: dict[int, date] = {}
    for key, during in Membership.objects.values_list("retiree_id", "during"):
        start = during.lower or LONG_AGO  # unknown
        came[key] = min(came.get(key, start), start)
    rows = (
        Retiree.objects.filter(state__in=ON_REGISTER).order_by("pk").values_list("pk", "county_id", "unit_id")
    )
    return [
        Asker({"retiree_id": key, "county_id": county, "unit_id": unit}, came[key])
        for key, county, unit in rows
    ]


def _clerks() -> dict[int, tuple[int, str]]:
    grants = Grant.objects.filter(role=Role.COUNTY_CLERK).select_related("user").order_by("pk")
    return {grant.unit_id: (grant.user_id, grant.user.full_name) for grant in grants}


def _days(demo: Demo, dice: Random, people: int) -> Iterator[date]:
    for _ in range(round(people * SHARE)):
        yield demo.days_ago(1 + int((YEARS * 365 - 2) * dice.random()))


def _register(
    demo: Demo, desk: Desk, people: Sequence[Asker], person: Asker, day: date, *, is_open: bool
) -> None:
    dice = desk.dice
    collective = dice.random() < 0.03
    kind, topic, title, body, answer, result = dice.choice(COLLECTIVE if collective else MATTERS)
    source = dice.choices(list(SOURCES), SOURCES.values())[0]
    received = min(day + timedelta(days=dice.choice((0, 0, 0, 1, 2))), demo.as_of)
    county = person.keys["county_id"]
    clerk, clerk_name = desk.clerks[county]
    desk.numbers[county, received.year] += 1
    row = {
        **blank_values(Concern),
        **person.keys,
        "id": UUID(int=dice.getrandbits(128), version=4),
        "office_id": county,
        "year": received.year,
        "number": desk.numbers[county, received.year],
        "kind": kind,
        "source": source,
        "topic": topic,
        "title": title,
        "body": body,
        "raised_on": day,
        "received_on": received,
        "received_by_name": clerk_name,
        "owner_unit_id": person.keys["unit_id"] if dice.random() < 0.45 else county,
        "owner_id": clerk if dice.random() < 0.9 else None,
        "working_days": WORKING_DAYS,
        "due_on": deadline(received, WORKING_DAYS),
        "created_at": _moment(received, 9),
    }
    if is_open:
        _still_open(demo, desk, row, answer)
    else:
        _finish(demo, desk, row, answer, result)
    if collective:
        _stand_behind(desk, row, people)
    elif dice.random() < 0.04:
        _again(desk, row)
    desk.concerns.append(row)


def deadline(day: date, count: int) -> date:
    """So many weekdays later."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _finish(demo: Demo, desk: Desk, row: dict[str, Any], answer: str, result: Result) -> None:
    dice = desk.dice
    received = row["received_on"]
    late = dice.random() < 0.07
    answered = received + timedelta(days=dice.randint(24, 40) if late else dice.randint(2, 20))
    closed = answered + timedelta(days=dice.randint(0, 9))
    if closed > demo.as_of:
        _still_open(demo, desk, row, answer)
        return
    ended = dice.choices(("closed", "declined", "withdrawn"), (95, 3, 2))[0]
    _steps(desk, row, received + timedelta(days=dice.randint(0, 2)))
    if ended != "closed":
        row |= {"state": State(ended), "closed_on": answered, "touched_at": _moment(answered, 16)}
        _step(
            desk,
            row,
            StepKind(ended),
            answered,
            "不属于本部门职权范围，已告知本人。" if ended == "declined" else "本人撤回。",
        )
        return
    _answer(desk, row, answer, answered)
    happy = result != Result.NOT_POSSIBLE
    row |= {
        "state": State.CLOSED,
        "result": result,
        "closed_on": closed,
        "satisfaction": dice.choices(list(Satisfaction), (80, 12, 2, 6) if happy else (20, 40, 30, 10))[0],
        "touched_at": _moment(closed, 16),
    }
    _step(desk, row, StepKind.CLOSED, closed, "")


def _still_open(demo: Demo, desk: Desk, row: dict[str, Any], answer: str) -> None:
    dice = desk.dice
    received = row["received_on"]
    state = dice.choices((State.RECEIVED, State.WORKING, State.ANSWERED), (25, 55, 20))[0]
    started = min(received + timedelta(days=dice.randint(0, 2)), demo.as_of)
    row |= {"state": state, "touched_at": _moment(received, 9)}
    _step(desk, row, StepKind.RECEIVED, received, "")
    if state == State.RECEIVED:
        return
    _step(desk, row, StepKind.ASSIGNED, started, "")
    touched = min(started + timedelta(days=dice.randint(1, 8)), demo.as_of)
    _step(desk, row, StepKind.NOTE, touched, dice.choice(PROGRESS))
    row["touched_at"] = _moment(touched, 15)
    if state == State.ANSWERED:
        _answer(desk, row, answer, min(touched + timedelta(days=dice.randint(0, 6)), demo.as_of))


def _steps(desk: Desk, row: dict[str, Any], started: date) -> None:
    _step(desk, row, StepKind.RECEIVED, row["received_on"], "")
    _step(desk, row, StepKind.ASSIGNED, started, "")
    if desk.dice.random() < 0.5:
        _step(desk, row, StepKind.NOTE, started, desk.dice.choice(PROGRESS))


def _answer(desk: Desk, row: dict[str, Any], answer: str, day: date) -> None:
    row |= {
        "answered_on": day,
        "answer_way": desk.dice.choices(list(Way), (40, 45, 10, 5))[0],
        "answer": answer,
        "touched_at": _moment(day, 15),
    }
    _step(desk, row, StepKind.ANSWERED, day, answer)


def _step(desk: Desk, row: dict[str, Any], kind: StepKind, day: date, text: str) -> None:
    desk.steps.append(
        {
            **blank_values(ConcernStep),
            **{name: row[name] for name in ("retiree_id", "county_id", "unit_id")},
            "concern_id": row["id"],
            "kind": kind,
            "happened_on": day,
            "text": text,
            "by_name": row["received_by_name"],
            "recorded_at": _moment(day, 16),
        }
    )


def _stand_behind(desk: Desk, row: dict[str, Any], people: Sequence[Asker]) -> None:
    """Others of the same unit."""
    near = [
        one.keys
        for one in people
        if one.keys["unit_id"] == row["unit_id"] and one.keys["retiree_id"] != row["retiree_id"]
    ]
    chosen = desk.dice.sample(near, min(desk.dice.randint(3, 12), len(near)))
    row["people_count"] = len(chosen) + 1
    desk.others += [{**blank_values(ConcernPerson), **keys, "concern_id": row["id"]} for keys in chosen]


def _again(desk: Desk, row: dict[str, Any]) -> None:
    """The same person asked for the same before."""
    before = [
        one for one in desk.concerns if one["county_id"] == row["county_id"] and one["people_count"] == 1
    ]
    if before:
        first = desk.dice.choice(before)
        row |= {name: first[name] for name in ("retiree_id", "unit_id", "title", "topic", "kind", "body")}
        row["repeat_of_id"] = first["id"]
        for step in desk.steps:
            if step["concern_id"] == row["id"]:
                step |= {name: row[name] for name in ("retiree_id", "unit_id")}


def _write(desk: Desk) -> None:
    insert_values(Concern, desk.concerns)
    for model, rows in ((ConcernStep, desk.steps), (ConcernPerson, desk.others)):
        for row, key in zip(rows, next_keys(model, len(rows)), strict=True):
            row["id"] = key
        insert_values(model, rows)
    insert_many(
        ConcernCounter(office_id=office, year=year, last=last)
        for (office, year), last in desk.numbers.items()
    )


def _moment(day: date, hour: int) -> str:
    return f"{day}T{hour:02d}:00:00+08:00"
