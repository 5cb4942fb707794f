"""Two records become one person, and two again: nothing is lost on either way."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.core.figures import Span, figure_values
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import (
    NotPossible,
    StaleEdit,
    add_family_member,
    edit_retiree,
    move_unit,
    record_death,
    record_ruling,
    record_state,
)
from apps.retirees.actions.merge import merge_people
from apps.retirees.actions.merge_rows import moved_models
from apps.retirees.actions.transfers import propose_transfer
from apps.retirees.actions.unmerge import outlook, undo_merge
from apps.retirees.models import (
    CareerEntry,
    ChangeRequest,
    Condition,
    FamilyMember,
    LevelFact,
    Merge,
    PossibleDouble,
    PrivateDetails,
    Retiree,
    TakenId,
)
from apps.retirees.models.private import id_index
from apps.retirees.queries.search import by_national_id
from tests.factories.city import SEEN, actor_of, make_person
from tests.retirees.conftest import FAMILY, PRIVATE

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
OTHER_ID = "420106193407026490"[:17]
OTHER_ID += "10X98765432"[
    sum(
        int(a) * b
        for a, b in zip(OTHER_ID, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    % 11
]
TABLES = ["retirees_retiree", "retirees_privatedetails", "retirees_membership", "retirees_spell"]
NOT_COMPARED = {"version", "updated_at"}


def everything(*people):
    """All stored rows of these people, as texts."""
    found = {}
    tables = TABLES + [model._meta.db_table for model in moved_models()] + ["retirees_ruling"]
    with connection.cursor() as cursor:
        for table in tables:
            key = "id" if table == "retirees_retiree" else "retiree_id"
            cursor.execute(
                f"SELECT to_jsonb(t)::text FROM {table} t WHERE {key} = ANY(%s)",
                [[person.pk for person in people]],
            )
            rows = [json.loads(text) for (text,) in cursor.fetchall()]
            found[table] = sorted(
                json.dumps({k: v for k, v in row.items() if k not in NOT_COMPARED}, sort_keys=True)
                for row in rows
            )
    return found


def figures(actor, day=TODAY):
    values = figure_values(actor, Span(date(day.year, 1, 1), day), ["headcount", "additions", "completeness"])
    return {name: value.value for name, value in values.items()}


def merge(user, keep, other, **sides):
    with scope(actor_of(user)) as actor:
        keep, other = Retiree.objects.get(pk=keep.pk), Retiree.objects.get(pk=other.pk)
        return merge_people(
            keep=keep,
            other=other,
            versions=(keep.version, other.version),
            sides=sides,
            why="电话核实是同一个人",
            today=TODAY,
            by=actor,
        )


def undo(user, made):
    with scope(actor_of(user)) as actor:
        return undo_merge(merge=Merge.objects.get(pk=made.pk), today=TODAY, by=actor)


@pytest.fixture
def second(city):
    """The same man once more, of 南岭水利局: another number, other facts, a daughter."""
    person = make_person(
        city.clerk_a,
        city.a2,
        name="鄧忠永",
        category="lixiu",
        birth_date=PartialDate(1924, 7, 2),
        joined_on=PartialDate(1948, 2),
        retired_on=PartialDate(1990, 1),
        treatment="132",
        treatment_on=PartialDate(1995, 1),
        medical_treatment="131",
        health="2",
        self_care="partial",
        national_id=OTHER_ID,
        phone="13700001111",
        highest_post="水利局副局长",
    )
    with scope(actor_of(city.clerk_a)) as actor:
        add_family_member(retiree=person, values=FAMILY | {"name": "邓银花"}, by=actor)
        CareerEntry.objects.create(
            retiree=person, county_id=person.county_id, unit_id=person.unit_id, organisation="水利局"
        )
    return person


def test_one_person_is_left_who_has_what_both_had(city, known, second):
    made = merge(city.city_clerk, known, second, treatment="other", birth_date="other")
    with scope(actor_of(city.clerk_a)) as actor:
        keep, gone = Retiree.objects.get(pk=known.pk), Retiree.objects.get(pk=second.pk)
        assert (gone.state, gone.merged_into_id) == ("merged", keep.pk)
        assert (gone.county_id, gone.unit_id) == (keep.county_id, keep.unit_id)
        assert (keep.name, keep.treatment, keep.medical_treatment) == ("邓忠永", "132", "131")
        assert (keep.treatment_on, keep.highest_post) == (PartialDate(1995, 1), "水利局副局长")
        assert keep.birth_date == PartialDate(1924, 7, 2)
        assert {row.name for row in FamilyMember.objects.filter(retiree=keep)} == {"邓金丝", "邓银花"}
        assert CareerEntry.objects.filter(retiree=keep).count() == 1
        now = LevelFact.objects.get(retiree=keep, kind="treatment")
        assert now.level == "132"
        assert Condition.objects.get(retiree=keep, kind="health").value == "3"
        assert figures(actor)["headcount"] == 1
        assert by_national_id(actor, OTHER_ID) is None
        assert by_national_id(actor, PRIVATE["national_id"]) == keep
        assert Retiree.objects.on_register().count() == 1
        assert Event.objects.filter(subject_id=str(second.pk), summary__contains="并入").count() == 1
        assert Event.objects.filter(subject_id=str(known.pk), summary__contains="合并").count() == 1
        assert PossibleDouble.objects.get().state == "merged"
        assert made.snapshot.masked != made.snapshot.for_processing()


def test_the_number_of_the_other_is_taken_over_and_the_own_becomes_free(city, known, second):
    merge(city.city_clerk, known, second, national_id="other", phone="other")
    with scope(actor_of(city.clerk_a)) as actor:
        assert by_national_id(actor, OTHER_ID).pk == known.pk
        assert PrivateDetails.objects.get(pk=known.pk).phone.same("13700001111")
        taken = {bytes(index) for index in TakenId.objects.values_list("pk", flat=True)}
        assert taken == {id_index(OTHER_ID)}


FACTS = ("rank", "treatment", "medical_treatment", "health", "self_care", "living")
FIELDS = (*FACTS, "name", "birth_date", "retired_on", "national_id", "phone", "category", "sex")
SIDES = st.fixed_dictionaries({}, optional={name: st.sampled_from(["keep", "other"]) for name in FIELDS})


@pytest.fixture
def lives(city, known, second):
    """More that happened to both."""
    with scope(actor_of(city.clerk_a)) as actor:
        for person, value in ((known, "partial"), (second, "helpless")):
            edit_retiree(
                retiree=person,
                values={"self_care": value, "living": "alone", "health": "6"},
                version=person.version,
                seen_on=SEEN + timedelta(days=30),
                by=actor,
            )
        record_state(
            retiree=second,
            state="critical",
            happened_on=PartialDate(2026, 4),
            reported_on=date(2026, 4, 20),
            by=actor,
        )
        move_unit(retiree=second, unit=city.a1, moved_on=date(2026, 5, 1), by=actor)
    with scope(actor_of(city.chief_a)) as actor:
        record_ruling(
            retiree=second,
            joined_on=PartialDate(1947, 3),
            basis="简历",
            approved_by="县委组织部",
            document="",
            decided_on=date(2026, 5, 2),
            reason="档案",
            by=actor,
        )
    return known, second


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sides=SIDES, turned=st.booleans())
def test_merging_and_undoing_leaves_everything_as_it_was(city, lives, sides, turned):
    keep, other = lives[::-1] if turned else lives
    with scope(actor_of(city.clerk_a)) as actor:
        before, counted = everything(keep, other), figures(actor)
    made = merge(city.city_clerk, keep, other, **sides)
    with scope(actor_of(city.clerk_a)) as actor:
        after = everything(keep, other)
        assert {table: len(rows) for table, rows in after.items() if table != "retirees_spell"} == {
            table: len(rows) for table, rows in before.items() if table != "retirees_spell"
        }
        assert figures(actor)["headcount"] == counted["headcount"] - 1
    assert undo(city.clerk_a, made).kept_changes == []
    with scope(actor_of(city.clerk_a)) as actor:
        now = everything(keep, other)
        for table, rows in before.items():
            assert _plain(table, now[table]) == _plain(table, rows), table
        assert figures(actor) == counted


def _plain(table, rows):
    """Spells are written anew: their keys say nothing."""
    if table != "retirees_spell":
        return rows
    return sorted(json.dumps(json.loads(row) | {"id": 0}, sort_keys=True) for row in rows)


def test_what_is_reviewed_waits_for_review(city, known, second):
    made = merge(city.clerk_a, known, second, treatment="other", health="other", national_id="other")
    with scope(actor_of(city.clerk_a)):
        keep = Retiree.objects.get(pk=known.pk)
        assert (keep.treatment, keep.medical_treatment, keep.health) == ("131", "", "2")
        assert not LevelFact.objects.filter(retiree=keep, kind="medical").exists()
        asked = ChangeRequest.objects.get()
        assert asked.retiree_id == keep.pk
        assert {"treatment", "treatment_on", "medical_treatment", "national_id"} <= set(asked.names)
        assert PrivateDetails.objects.get(pk=keep.pk).national_id.same(PRIVATE["national_id"])
    undo(city.clerk_a, made)


def test_who_is_being_transferred_is_not_merged(city, known, second):
    with scope(actor_of(city.clerk_a)) as actor:
        propose_transfer(
            retiree=second,
            to_county=city.b,
            effective_on=date(2026, 7, 1),
            reason="随子女居住",
            today=TODAY,
            by=actor,
        )
    with pytest.raises(NotPossible, match="转移"):
        merge(city.clerk_a, known, second)


def test_two_counties_are_merged_by_the_city_into_the_kept_ones_county(city, known):
    other = make_person(city.clerk_b, city.b1, name="邓忠永", birth_date=PartialDate(1924, 7))
    with scope(actor_of(city.city_clerk)):
        before = everything(known, other)
    with pytest.raises((NotPossible, Retiree.DoesNotExist)):
        merge(city.clerk_a, known, other)
    made = merge(city.city_clerk, known, other)
    with scope(actor_of(city.clerk_b)):
        assert not Retiree.objects.filter(pk=other.pk).exists()
        assert Event.objects.filter(subject_id=str(other.pk), summary__contains="并入").exists()
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=other.pk).merged_into_id == known.pk
    with pytest.raises(NotPossible, match="请市局撤销"):
        undo(city.clerk_a, made)
    undo(city.city_clerk, made)
    with scope(actor_of(city.clerk_b)):
        assert Retiree.objects.get(pk=other.pk).state == "alive"
    with scope(actor_of(city.city_clerk)):
        now = everything(known, other)
        assert {table: _plain(table, rows) for table, rows in now.items()} == {
            table: _plain(table, rows) for table, rows in before.items()
        }


def test_what_was_changed_since_stays_and_is_told(city, known, second):
    made = merge(city.clerk_a, known, second, post="keep")
    with scope(actor_of(city.clerk_a)) as actor:
        keep = Retiree.objects.get(pk=known.pk)
        edit_retiree(
            retiree=keep,
            values={"highest_post": "副县长", "note": "新的备注"},
            version=keep.version,
            seen_on=TODAY,
            by=actor,
        )
        FamilyMember.objects.get(name="邓银花").delete()
    found = undo(city.clerk_a, made)
    assert any("曾任最高职务" in line for line in found.kept_changes)
    assert any("家庭成员" in line for line in found.kept_changes)
    with scope(actor_of(city.clerk_a)):
        keep = Retiree.objects.get(pk=known.pk)
        assert (keep.highest_post, keep.note) == ("副县长", "新的备注")
        assert Retiree.objects.get(pk=second.pk).state == "alive"


def test_undoing_is_refused_with_every_reason(city, known, second):
    made = merge(city.clerk_a, known, second)
    make_person(city.clerk_b, city.b1, name="别人", national_id=OTHER_ID)
    third = make_person(city.clerk_a, city.a1, name="邓忠永")
    merge(city.clerk_a, third, known)
    with scope(actor_of(city.clerk_a)) as actor:
        late = timezone.now() + timedelta(days=91)
        reasons = outlook(Merge.objects.get(pk=made.pk), now=late, by=actor).hindrances
    assert [
        word for word in ("90天", "请先撤销那一次", "身份证号") if any(word in one for one in reasons)
    ] == [
        "90天",
        "请先撤销那一次",
        "身份证号",
    ]
    with pytest.raises(NotPossible, match="身份证号"):
        undo(city.clerk_a, made)
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=second.pk).state == "merged"


def test_new_facts_in_the_way_refuse_the_undoing_as_a_whole(city, known, second):
    made = merge(city.clerk_a, known, second, health="other")
    with scope(actor_of(city.clerk_a)) as actor:
        keep = Retiree.objects.get(pk=known.pk)
        edit_retiree(retiree=keep, values={"health": "6"}, version=keep.version, seen_on=SEEN, by=actor)
        before = everything(known, second)
    with pytest.raises(NotPossible, match="重叠"):
        undo(city.clerk_a, made)
    with scope(actor_of(city.clerk_a)):
        assert everything(known, second) == before


def test_who_is_merged_is_not_merged_again_and_old_pages_are_refused(city, known, second):
    merge(city.clerk_a, known, second)
    with pytest.raises(NotPossible, match="已经并入"):
        merge(city.clerk_a, second, known)
    third = make_person(city.clerk_a, city.a1, name="邓忠永")
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(StaleEdit):
        merge_people(
            keep=known, other=third, versions=(1, third.version), sides={}, why="", today=TODAY, by=actor
        )


def test_a_dead_record_that_is_kept_stays_dead(city, known, second):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=second, died_on=PartialDate(2026, 4), reported_on=date(2026, 4, 9), by=actor)
    made = merge(city.clerk_a, second, known)
    with scope(actor_of(city.clerk_a)) as actor:
        assert Retiree.objects.get(pk=second.pk).state == "dead"
        assert figures(actor)["headcount"] == 0
    undo(city.clerk_a, made)
    with scope(actor_of(city.clerk_a)) as actor:
        assert figures(actor)["headcount"] == 1
