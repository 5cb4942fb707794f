"""Figures as of any day: boundaries, agreement with the list behind each number, kept cells against live counting."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.figures import Span
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from apps.retirees.actions.refresh import refresh_cells
from apps.retirees.figures import FIGURES, compute, register_counts
from apps.retirees.figures.counts import is_summed, people_total
from apps.retirees.models import FigureCell, RegisterChange, Retiree
from apps.retirees.queries.listing import register_list
from apps.retirees.rules import Stay, Stretch, cut
from tests.factories.city import make_person

TODAY = date(2026, 11, 22)
SPAN = Span.year_to(TODAY)


def people(city):
    """Five in A, one in B: ages 92, 80 today, 79, unknown; one 离休 needing a ruling; one dies in May."""
    make_person(city.clerk_a, city.a1, birth_date=PartialDate(1934, 7), political="01")
    make_person(city.clerk_a, city.a1, birth_date=PartialDate(1946, 11, 22))
    make_person(city.clerk_a, city.a2, birth_date=PartialDate(1946, 11, 23), retired_on=PartialDate(2026, 2))
    make_person(city.clerk_a, city.a2, birth_date=None, self_care="helpless")
    dead = make_person(
        city.clerk_a,
        city.a1,
        birth_date=PartialDate(1927, 3),
        category="lixiu",
        joined_on=PartialDate(1945, 9),
        retired_on=PartialDate(1988),
    )
    make_person(city.clerk_b, city.b1)
    with scope(city.actor(city.clerk_a)) as actor:
        record_death(retiree=dead, died_on=PartialDate(2026, 5, 10), reported_on=date(2026, 6, 1), by=actor)


def values(city, user, span=SPAN, names=tuple(FIGURES)):
    with scope(city.actor(user)) as actor:
        return compute(actor, span, names, today=TODAY)


def test_stocks_and_flows_of_a_county(city):
    people(city)
    found = values(city, city.clerk_a)
    numbers = {
        name: found[name].value
        for name in ("headcount", "lixiu", "aged_80", "aged_90", "deaths", "additions")
    }
    assert numbers == {"headcount": 4, "lixiu": 0, "aged_80": 2, "aged_90": 1, "deaths": 1, "additions": 1}
    assert found["headcount"].last_year == 4
    assert found["lixiu"].last_year == 1
    assert found["not_self_caring"].value == 1
    assert found["party_members"].value == 1
    assert isinstance(found["completeness"].value, Decimal)


def test_the_city_sees_counties_apart_and_zero_rows_stay(city):
    people(city)
    parts = values(city, city.city_clerk)["by_county"].parts
    assert [(part.label, part.value, part.last_year) for part in parts] == [
        ("南岭县", 4, 4),
        ("石桥县", 1, 1),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 1, 31), 4), (date(2026, 2, 1), 5), (date(2026, 5, 9), 5), (date(2026, 5, 10), 4)],
)
def test_as_of_a_day_counts_from_the_day_of_retiring_to_the_day_before_death(city, day, expected):
    people(city)
    assert values(city, city.clerk_a, Span(day, day), ("headcount",))["headcount"].value == expected


def test_every_number_equals_the_list_behind_it(city):
    people(city)
    with scope(city.actor(city.clerk_a)) as actor:
        found = compute(actor, SPAN, list(FIGURES), today=TODAY)
        for name, figure in FIGURES.items():
            if not hasattr(figure, "query") or figure.unit != "人":
                continue
            conditions = {
                key: int(value) if key == "age_min" else value for key, value in figure.query.items()
            }
            now = register_list(actor, conditions, TODAY).count()
            before = register_list(actor, conditions | {"on": SPAN.year_before().end}, TODAY).count()
            assert (name, found[name].value, found[name].last_year) == (name, now, before)
        for name in ("deaths", "additions"):
            conditions = {"flow": name, "from": SPAN.start, "to": SPAN.end}
            assert register_list(actor, conditions, TODAY).count() == found[name].value


def test_kept_cells_give_the_same_counts_and_a_change_is_seen_at_once(city):
    people(city)
    with scope(city.actor(city.city_clerk)) as actor:
        live = register_counts(actor, TODAY)
    with scope(system_actor()):
        assert refresh_cells(today=TODAY) > 0
        assert RegisterChange.objects.count() == 0
        assert FigureCell.objects.filter(on=TODAY).exists()
    with scope(city.actor(city.city_clerk)) as actor:
        kept = register_counts(actor, TODAY)
    assert sorted(kept.cells, key=str) == sorted(live.cells, key=str)
    make_person(city.clerk_a, city.a1)
    with scope(city.actor(city.city_clerk)) as actor:
        assert register_counts(actor, TODAY).total() == kept.total() + 1


def test_a_unit_clerk_counts_his_own_unit(city):
    people(city)
    assert values(city, city.unit_a1, names=("headcount",))["headcount"].value == 2
    with scope(city.actor(city.unit_a1)):
        assert Retiree.objects.count() == 3


days = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2030, 1, 1)))


@given(days, days, st.lists(st.tuples(days, days), max_size=3))
def test_pieces_cover_a_stay_without_gap_or_overlap(start, end, track):
    stretches = [
        Stretch(index, *sorted(pair, key=lambda day: day or date.min)) for index, pair in enumerate(track[:1])
    ]
    pieces = cut([Stay(1, 1, start, end, "retired", "died")], stretches)
    if start and end and start >= end:
        assert pieces == []
        return
    assert (pieces[0].start, pieces[-1].end) == (start, end)
    assert all(one.end == two.start for one, two in itertools.pairwise(pieces))
    assert (pieces[0].enters, pieces[-1].leaves) == ("retired", "died")
    assert sum(bool(piece.enters) for piece in pieces) == 1


def test_parts_by_unit_are_those_of_the_lists_and_add_up(city):
    people(city)
    found = values(city, city.clerk_a, names=("headcount", "by_unit", "completeness_by_unit"))
    parts = found["by_unit"].parts
    assert [(part.label, part.value) for part in parts] == [(city.a1.label, 2), (city.a2.label, 2)]
    assert sum(part.value for part in parts) == found["headcount"].value
    with scope(city.actor(city.clerk_a)) as actor:
        for part in parts:
            assert register_list(actor, {"unit": part.key}, TODAY).count() == part.value
    with scope(system_actor()):
        refresh_cells(today=TODAY)
    assert values(city, city.clerk_a, names=("by_unit",))["by_unit"].parts == parts, (
        "from cells as from spells"
    )


def test_the_number_over_a_list_is_that_of_its_rows_from_spells_from_cells_and_half_of_each(city):
    people(city)
    asked = (
        {},
        {"unit": [str(city.a2.pk)]},
        {"unit": [str(city.a1.pk), str(city.a2.pk)], "category": ["tuixiu"]},
        {"unit": [str(city.b1.pk)]},
        {"self_care": ["helpless"]},
        {"self_care": ["helpless"], "unit": [str(city.a1.pk)]},
        {"county": [str(city.b.pk)], "age_min": 80},
        {"age_band": ["none"]},
    )

    def compare():
        for user in (city.city_clerk, city.clerk_a, city.unit_a1, city.clerk_b):
            with scope(city.actor(user)) as actor:
                for conditions in asked:
                    found = register_list(actor, conditions, TODAY)
                    assert is_summed(conditions)
                    assert people_total(actor, conditions, found, TODAY) == (found.count(), False), conditions

    compare()
    with scope(system_actor()):
        refresh_cells(today=TODAY)
    compare()
    make_person(city.clerk_a, city.a2, birth_date=None, self_care="helpless")
    make_person(city.clerk_b, city.b2)
    compare()
    assert not is_summed({"unit": ["any"]})
    assert not is_summed({"self_care": ["helpless", "partly"]})
