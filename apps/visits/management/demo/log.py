"""The log of the invented city while it is planned, and writing it: thousands of rows at a time, in the words of the
database, as ``record_visits`` would leave them (a test compares)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from apps.core.bulk import blank_values, insert_values, next_keys, update_values
from apps.core.demo import Demo
from apps.retirees.choices import Living
from apps.retirees.models import Retiree
from apps.visits.choices import DueState, Mood, Recorded, SignedBy, Target, Way
from apps.visits.management.demo.people import Person
from apps.visits.management.demo.plans import Going, Plans
from apps.visits.management.demo.words import HEARD, HOSPITALS
from apps.visits.models import Due, RaisedConcern, Visit, Visitor

REMOTE = (Way.VIDEO, Way.PHONE)


@dataclass(frozen=True, slots=True)
class Gift:
    """What was brought; ``source`` is the key of the pot."""

    money: int = 0
    goods: str = ""
    value: int = 0
    source: int | None = None


NOTHING = Gift()


@dataclass(frozen=True, slots=True)
class Round:
    """What the visits of one occasion have in common."""

    occasion: int
    campaign: int | None = None
    team: int | None = None
    target: str = Target.SELF
    recorded: str = Recorded.FORM


@dataclass
class Log:
    """Visits and dues so far. Two visits to one person never fall on one day."""

    demo: Demo
    plans: Plans
    dice: Random
    visits: list[dict[str, Any]] = field(default_factory=list)
    visitors: list[tuple[dict[str, Any], Sequence[Going]]] = field(default_factory=list)
    dues: list[dict[str, Any]] = field(default_factory=list)
    raised: list[tuple[dict[str, Any], UUID]] = field(default_factory=list)
    _taken: set[tuple[int, date]] = field(default_factory=set)

    def add(
        self, person: Person, day: date, what: Round, going: Sequence[Going], way: str, gift: Gift = NOTHING
    ) -> dict[str, Any] | None:
        """Log a visit; None (and nothing logged) where it cannot have been: not here yet, dead, in the future, or
        seen on that day already."""
        to_family = what.target == Target.SURVIVOR
        here = day >= person.gone if to_family else person.is_here(day)
        if not here or day > self.demo.as_of or (person.id, day) in self._taken:
            return None
        self._taken.add((person.id, day))
        if way in REMOTE:
            gift = NOTHING
        row = self._row(person, day, what, going, way, gift)
        self.visits.append(row)
        self.visitors.append((row, going))
        return row

    def add_due(self, person: Person, visit: dict[str, Any] | None, **values: Any) -> None:
        """Somebody was due; ``visit`` is the one that settled it."""
        state = values.pop("state", DueState.DONE if visit else DueState.OPEN)
        self.dues.append(DUE | person.keys | values | {"state": state, "visit": visit})

    def _row(
        self, person: Person, day: date, what: Round, going: Sequence[Going], way: str, gift: Gift
    ) -> dict[str, Any]:
        dice = self.dice
        clerk, clerk_name = self.plans.clerks[person.county_id]
        written = min(day + timedelta(days=dice.choice((0, 0, 1, 1, 2, 4))), self.demo.as_of)
        family = person.survivor if what.target == Target.SURVIVOR else None
        alive = what.target == Target.SELF
        recent = alive and (self.demo.as_of - day).days < 300 and way != Way.ENTRUSTED
        row = VISIT | person.keys
        row |= {
            "key": UUID(int=dice.getrandbits(128), version=4),
            "occasion_id": what.occasion,
            "campaign_id": what.campaign,
            "team_id": what.team,
            "visited_on": day,
            "way": way,
            "place": dice.choice(HOSPITALS) if way == Way.HOSPITAL else "",
            "target": what.target,
            "family_id": family[0] if family else None,
            "level": min(one.level for one in going),
            "visitors_text": visitors_text(going),
            "health_seen": person.health if recent and dice.random() < 0.5 else "",
            "self_care_seen": person.self_care if recent and dice.random() < 0.3 else "",
            "mood": dice.choices(list(Mood), (48, 46, 6))[0] if alive and dice.random() < 0.5 else "",
            "summary": dice.choice(HEARD) if alive and dice.random() < 0.4 else "",
            "recorded": what.recorded,
            "recorded_by": clerk,
            "recorded_by_name": clerk_name,
            "recorded_at": f"{written}T{dice.randint(9, 17):02d}:{dice.randint(0, 59):02d}:00+08:00",
        }
        if gift.money or gift.goods:
            row |= self._gift(person, day, gift, family)
        return row

    def _gift(self, person: Person, day: date, gift: Gift, family: tuple[Any, str] | None) -> dict[str, Any]:
        signed = self.dice.choices(list(SignedBy), (76, 19, 5))[0]
        other = family or person.spouse
        if family:
            signed, name = SignedBy.FAMILY, family[1]
        elif signed == SignedBy.SELF or other is None:
            signed, name = SignedBy.SELF, person.name
        else:
            name = other[1]
        missing = self.dice.random() < 0.02
        return {
            "money": gift.money,
            "goods": gift.goods,
            "goods_value": gift.value,
            "source_id": gift.source,
            "approved_by_name": self.plans.approver(person.county_id, day),
            "signed_by": "" if missing else signed,
            "signed_name": "" if missing else name,
            "signed_on": None if missing else day,
        }

    def write(self) -> None:
        """Into the database, in the order of the days; keeps ``Retiree.visited_on``."""
        self.visits.sort(key=lambda row: (row["visited_on"], row["retiree_id"]))
        _number(Visit, self.visits)
        insert_values(Visit, self.visits)
        insert_values(Visitor, _number(Visitor, list(self._visitor_rows())))
        insert_values(RaisedConcern, _number(RaisedConcern, list(self._raised_rows())))
        for row in self.dues:
            visit = row.pop("visit")
            row["visit_id"] = visit["id"] if visit else None
        insert_values(Due, _number(Due, self.dues))
        update_values(Retiree, self._last_days(), ["visited_on"])

    def _visitor_rows(self) -> Iterator[dict[str, Any]]:
        for visit, going in self.visitors:
            for position, one in enumerate(going):
                yield _keys(visit) | {
                    "visit_id": visit["id"],
                    "leader_id": one.leader,
                    "name": one.name,
                    "post": one.post,
                    "level": one.level,
                    "position": position,
                }

    def _raised_rows(self) -> Iterator[dict[str, Any]]:
        for visit, concern in self.raised:
            yield _keys(visit) | {"visit_id": visit["id"], "concern_id": concern}

    def _last_days(self) -> Iterable[dict[str, Any]]:
        last: dict[int, date] = {}
        for row in self.visits:
            if row["target"] == Target.SELF:
                last[row["retiree_id"]] = row["visited_on"]
        return [{"id": key, "visited_on": day} for key, day in last.items()]


def _keys(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("retiree_id", "county_id", "unit_id")}


def _number(model: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row, key in zip(rows, next_keys(model, len(rows)), strict=True):
        row["id"] = key
    return rows


def visitors_text(going: Sequence[Going]) -> str:
    """Who went, as it stands in lists: 王××（副市长）等3人."""
    first = min(going, key=lambda one: one.level)
    words = f"{first.name}（{first.post}）" if first.post else first.name
    return words if len(going) == 1 else f"{words}等{len(going)}人"


def way_to(person: Person, dice: Random) -> str:
    """How somebody is reached at his place."""
    if person.is_away:
        return dice.choices((Way.PHONE, Way.VIDEO, Way.ENTRUSTED), (70, 15, 15))[0]
    if person.living == Living.INSTITUTION:
        return Way.INSTITUTION
    return Way.HOSPITAL if person.living == Living.HOSPITAL else Way.HOME


VISIT, DUE = blank_values(Visit), blank_values(Due)
