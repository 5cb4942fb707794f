"""What was changed together is taken back together: rows, facts, spells and figures as before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import (
    Entry,
    NotUndoable,
    add_family_member,
    change_recorded,
    edit_retiree,
    open_change_set,
    record_new,
    register_many,
    undo_change_set,
)
from apps.retirees.actions.refresh import refresh_cells
from apps.retirees.models import (
    Affiliation,
    ChangeSet,
    ChangeSetRow,
    Condition,
    FigureCell,
    LevelFact,
    Membership,
    PrivateDetails,
    Retiree,
    RetireeHistory,
    Spell,
    TakenId,
)
from tests.factories.city import SEEN, VALUES, make_person

ID, OTHER_ID = "420106192407026490", "420106193001010010"
MOVING = {"version", "updated_at"}


def state_of(model: Any) -> list[dict[str, Any]]:
    """All rows, without what every write moves on and without keys that are given anew."""
    rows = []
    for row in model.objects.order_by("pk"):
        values = {}
        for field in model._meta.concrete_fields:
            value = getattr(row, field.attname)
            if field.name not in MOVING | ({"id"} if model in (Spell, FigureCell) else set()):
                values[field.attname] = value.for_processing() if hasattr(value, "for_processing") else value
        rows.append(values)
    return sorted(rows, key=str) if model in (Spell, FigureCell) else rows


TABLES = (Retiree, PrivateDetails, LevelFact, Condition, Affiliation, Membership, Spell, TakenId)


def register() -> dict[str, Any]:
    return {model.__name__: state_of(model) for model in TABLES}


def change(actor, people, values, *, seen_on=date(2026, 6, 1), **more) -> ChangeSet:
    changes = open_change_set(kind="bulk", label="试", reason="核对", by=actor, **more)
    held = list(Retiree.objects.filter(pk__in=[person.pk for person in people]).order_by("pk"))
    change_recorded(change_set=changes, changes=[(person, values) for person in held], seen_on=seen_on)
    return changes


@pytest.fixture
def two(city):
    rich = make_person(
        city.clerk_a,
        city.a1,
        national_id=ID,
        phone="13912251394",
        monthly_income="4321.50",
        health="1",
        self_care="full",
        rank="132",
        original_unit="县水利局",
        held_leading_post=False,
        verified_on=date(2026, 2, 3),
    )
    plain = make_person(city.clerk_a, city.a2, name="吴素芬", treatment=None, treatment_on=None)
    return [rich, plain]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["邓忠勇", "吴素芬"]),
        "category": st.sampled_from(["lixiu", "tuixiu"]),
        "political": st.sampled_from(["01", "13", ""]),
        "joined_on": st.sampled_from([None, PartialDate(1948, 2), PartialDate(1945, 9)]),
        "retired_on": st.sampled_from([None, PartialDate(1990, 1), PartialDate(1994, 8, 2)]),
        "rank": st.sampled_from(["", "131", "132"]),
        "treatment": st.sampled_from(["", "122", "131"]),
        "treatment_on": st.sampled_from([None, PartialDate(1994, 8), PartialDate(2001, 1)]),
        "health": st.sampled_from(["", "1", "3"]),
        "self_care": st.sampled_from(["", "full", "helpless"]),
        "living": st.sampled_from(["", "alone"]),
        "held_leading_post": st.sampled_from([None, True, False]),
        "verified_on": st.sampled_from([None, date(2026, 5, 1)]),
        "phone": st.sampled_from([None, "13800000000"]),
        "monthly_income": st.sampled_from([None, "1.00"]),
        "original_unit": st.sampled_from([None, "县农业局", "县水利局"]),
        "paying_unit": st.sampled_from([None, "县社保中心"]),
        "note": st.sampled_from(["", "=1+1", "注" * 900]),
    },
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=CHANGES, seen_on=st.sampled_from([date(2025, 1, 1), SEEN, date(2026, 6, 1)]))
def test_undoing_brings_back_rows_facts_spells_and_private_values(city, two, values, seen_on):
    with scope(city.actor(city.clerk_a)) as actor:
        before = register()
        changes = change(actor, two, values, seen_on=seen_on)
        undone = undo_change_set(change_set=changes, by=actor)
        assert not undone.conflicts
        assert register() == before


def test_figures_are_as_before_and_history_keeps_both(city, two):
    today = timezone.localdate()
    with scope(city.actor(city.city_clerk)) as actor:
        refresh_cells(today=today)
        cells = state_of(FigureCell)
        changes = change(actor, two, {"self_care": "helpless", "treatment": "122", "note": "改"})
        refresh_cells(today=today)
        assert state_of(FigureCell) != cells
        versions = Retiree.objects.get(pk=two[0].pk).version
        undo_change_set(change_set=changes, by=actor)
        refresh_cells(today=today)
        assert state_of(FigureCell) == cells
        assert Retiree.objects.get(pk=two[0].pk).version == versions + 1
        notes = RetireeHistory.objects.filter(pgh_obj_id=two[0].pk).order_by("pgh_id")
        assert [row.note for row in notes] == ["", "改", ""]
        changes.refresh_from_db()
        assert (changes.people, changes.restored, changes.conflicts) == (2, 2, 0)


def test_somebody_changed_since_is_left_alone_and_listed(city, two):
    with scope(city.actor(city.clerk_a)) as actor:
        changes = change(actor, two, {"living": "alone"})
        edit_retiree(
            retiree=two[0],
            values={"post": "局长"},
            version=Retiree.objects.get(pk=two[0].pk).version,
            seen_on=SEEN,
            by=actor,
        )
        undone = undo_change_set(change_set=changes, by=actor)
        assert undone.restored == [two[1].pk]
        assert undone.conflicts == {two[0].pk: "之后又有人改过"}
        assert Retiree.objects.get(pk=two[0].pk).living == "alone"
        assert ChangeSetRow.objects.get(retiree=two[0]).conflict
        with pytest.raises(NotUndoable, match="已经撤销"):
            undo_change_set(change_set=changes, by=actor)


def test_new_people_go_again_unless_something_hangs_on_them(city):
    entries = [
        Entry(county_id=city.a.pk, unit_id=city.a1.pk, values=VALUES | {"national_id": number})
        for number in (ID, OTHER_ID)
    ]
    with scope(city.actor(city.clerk_a)) as actor:
        empty = register()
        changes = open_change_set(kind="import", label="名册.xlsx", batch_id=7, by=actor)
        gone, kept = register_many(entries=entries, seen_on=SEEN, batch_id=7)
        record_new(change_set=changes, people=[gone, kept])
        add_family_member(retiree=kept, values={"relation": "child", "name": "邓女", "phone": None}, by=actor)
        undone = undo_change_set(change_set=changes, by=actor)
        assert (undone.removed, undone.conflicts) == ([gone.pk], {kept.pk: "已有家庭成员与联系人"})
        assert {row.pk for row in Retiree.objects.all()} == {kept.pk}
        assert TakenId.objects.count() == 1
        assert not Spell.objects.filter(retiree_id=gone.pk).exists()
        assert RetireeHistory.objects.filter(pgh_obj_id=gone.pk, pgh_label="delete").exists()
        again = register_many(entries=entries[:1], seen_on=SEEN)  # the number is free again
        assert again[0].pk != gone.pk
        assert empty["Retiree"] == []


def test_the_batch_number_of_before_comes_back(city, two):
    with scope(city.actor(city.clerk_a)) as actor:
        changes = change(actor, two, {"note": "导入"}, batch_id=9)
        assert set(Retiree.objects.values_list("import_batch_id", flat=True)) == {9}
        undo_change_set(change_set=changes, by=actor)
        assert set(Retiree.objects.values_list("import_batch_id", flat=True)) == {None}


def test_an_old_id_number_taken_meanwhile_stays_where_it_is(city, two):
    with scope(city.actor(city.clerk_a)) as actor:
        changes = change(actor, two[:1], {"national_id": OTHER_ID})
    make_person(city.clerk_b, city.b1, national_id=ID)
    with scope(city.actor(city.clerk_a)) as actor:
        undone = undo_change_set(change_set=changes, by=actor)
        assert undone.conflicts == {two[0].pk: "原证件号码已被另一人登记"}


def test_too_old_and_foreign_change_sets_are_refused(city, two):
    with scope(city.actor(city.clerk_a)) as actor:
        changes = change(actor, two, {"living": "alone"})
        old = timezone.now() - timedelta(days=91)
        ChangeSet.objects.filter(pk=changes.pk).update(created_at=old)
        with pytest.raises(NotUndoable, match="期限"):
            undo_change_set(change_set=changes, by=actor)
    with scope(city.actor(city.clerk_b)) as actor:
        assert not ChangeSet.objects.exists()
        with pytest.raises(ChangeSet.DoesNotExist):
            undo_change_set(change_set=changes, by=actor)


def test_old_private_values_are_sealed(city, two):
    with scope(city.actor(city.clerk_a)) as actor:
        change(actor, two, {"phone": "13800000000"})
        row = ChangeSetRow.objects.get(retiree=two[0])
        assert b"13912251394" not in row.before.sealed()
        assert row.opened()["values"]["phone"] == "13912251394"
        assert row.fields == ["phone"]
