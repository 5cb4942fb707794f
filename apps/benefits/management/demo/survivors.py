"""Survivors in the invented city: most are provided for and were seen within the year; some remarried, earn or died."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.choices import Household, SurvivorStateKind
from apps.benefits.models import Survivor, SurvivorState
from apps.benefits.rules.months import next_month
from apps.benefits.rules.survivors import relation_of
from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.retirees.choices import Category, LifeState, Relation
from apps.retirees.models import FamilyMember

SHARE = 0.8
"""Of the marked survivors of 离休 cadres who are registered."""
TURNS = ((SurvivorStateKind.DEAD, "死亡证明"), (SurvivorStateKind.INCOME, "参保缴费记录"))
TURNED = 0.12
RECORDED_BY = "李经办"


def load_survivors(demo: Demo) -> str:
    """Register them; return a line that says what was made."""
    dice = demo.dice("survivors")
    with scope(demo.loader("city_clerk", "s_city")):
        made = list(_survivors(demo, dice))
        insert_many(row for row, _ in made)
        insert_many(state for row, states in made for state in _of(row, states))
    return f"遗属：{len(made)}人"


def _survivors(demo: Demo, dice: Random) -> Iterator[tuple[Survivor, list[SurvivorState]]]:
    members = FamilyMember.objects.filter(
        is_survivor=True, retiree__state=LifeState.DEAD, retiree__category=Category.LIXIU
    )
    for member in members.select_related("retiree").order_by("retiree_id", "sort", "pk"):
        person = member.retiree
        starts = next_month(person.died_on.earliest)
        if member.relation == Relation.CHILD or dice.random() > SHARE or starts > demo.as_of:
            continue
        row = Survivor(
            **person.row_keys(),
            member=member,
            name=member.name,
            relation=relation_of(member.relation, member.kinship),
            household=Household.FARMING if dice.random() < 0.3 else Household.TOWN,
            during=DateRange(starts, None),
            document=f"云老干遗〔{starts.year}〕{dice.randrange(1, 60)}号",
            verified_on=max(starts, demo.days_ago(dice.choice((20, 90, 160, 250, 330, 420)))),
        )
        yield row, list(_states(demo, dice, row, starts))


def _states(demo: Demo, dice: Random, row: Survivor, starts: date) -> Iterator[SurvivorState]:
    turned = None
    days = (demo.as_of - starts).days
    if days > 90 and dice.random() < TURNED:
        turned = starts + timedelta(days=dice.randrange(60, days))
    yield _state(row, SurvivorStateKind.ALIVE, DateRange(starts, turned), "登记时在世")
    if turned is not None:
        kind, proof = dice.choice(TURNS)
        row.state = kind
        row.verified_on = min(row.verified_on, turned) if row.verified_on else None
        yield _state(row, kind, DateRange(turned, None), proof)


def _state(row: Survivor, state: str, during: DateRange, proof: str) -> SurvivorState:
    keys = {"county_id": row.county_id, "unit_id": row.unit_id, "retiree_id": row.retiree_id}
    return SurvivorState(**keys, state=state, during=during, proof=proof, recorded_by_name=RECORDED_BY)


def _of(row: Survivor, states: list[SurvivorState]) -> Iterator[SurvivorState]:
    for state in states:
        state.survivor_id = row.pk
        yield state
