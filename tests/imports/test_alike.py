"""Doubles on import: found by the register's own rules, and remembered where the clerk says another person."""

import pytest

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.imports import actions
from apps.imports.queries import contents_of
from apps.retirees.models import PossibleDouble, Retiree
from tests.factories.city import make_person
from tests.imports.desk import TODAY, issues, person, rows_of, staged, table, written

ALIKE = {
    "sound": {"name": "王建帼", "birth_date": None},
    "phone": {"name": "王建国", "birth_date": PartialDate(1941, 2), "phone": "13912251394"},
    "birth unknown": {"name": "王建国", "birth_date": PartialDate(1940)},
}
OTHERS = {
    "another unit's sound": {"name": "王建帼", "birth_date": None},
    "another birth": {"name": "王建国", "birth_date": PartialDate(1950, 2)},
    "phone alone": {"name": "李四", "phone": "13912251394"},
}


def row_of(city, batch):
    with scope(city.actor(city.clerk_a)):
        [row] = rows_of(batch)
        return row, contents_of(row)["candidates"]


@pytest.mark.parametrize("case", ALIKE)
def test_somebody_much_alike_is_shown(city, case):
    known = make_person(city.clerk_a, city.a1, **ALIKE[case])
    row, candidates = row_of(city, staged(city, table(person(单位="南岭财政局"))))
    assert (row.verdict, candidates) == ("new", [known.pk])
    assert "name:alike" in issues(row)


@pytest.mark.parametrize("case", OTHERS)
def test_somebody_else_is_not(city, case):
    make_person(city.clerk_a, city.a2, **OTHERS[case])
    make_person(city.clerk_b, city.b1, **ALIKE["birth unknown"])  # another county is not told of
    row, candidates = row_of(city, staged(city, table(person(单位="南岭财政局"))))
    assert (row.verdict, candidates) == ("new", [])
    assert "name:alike" not in issues(row)


def test_another_person_said_once_is_remembered(city):
    known = make_person(city.clerk_a, city.a1, **ALIKE["sound"])
    batch = staged(city, table(person(单位="南岭财政局")))
    row, _ = row_of(city, batch)
    with scope(city.actor(city.clerk_a)) as actor:
        actions.decide_row(batch=batch, row=row, decision="new", person_id=None, by=actor, today=TODAY)
    row, candidates = row_of(city, batch)
    assert candidates == [known.pk]
    assert "name:alike" not in issues(row)
    written(city, batch)
    with scope(city.actor(city.clerk_a)):
        made = Retiree.objects.get(name="王建国")
        pair = PossibleDouble.objects.get()
        assert {pair.first_id, pair.second_id} == {made.pk, known.pk}
        assert (pair.state, pair.why) == ("not_double", "导入时核对过")
