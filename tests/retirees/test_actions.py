"""Registering, editing and what happens in a life, on the real database under the walls."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import (
    HiddenDuplicate,
    NotPossible,
    StaleEdit,
    edit_retiree,
    move_unit,
    record_death,
)
from apps.retirees.models import (
    Condition,
    LevelFact,
    Membership,
    PrivateDetails,
    Retiree,
    RetireeHistory,
    Spell,
)
from tests.factories.city import SEEN, make_person

ID = "420106192407026490"


def test_registering_writes_person_facts_history_and_spell(city):
    person = make_person(city.clerk_a, city.a1, national_id=ID, phone="13912251394", health="1")
    with scope(city.actor(city.clerk_a)):
        person = Retiree.objects.get(pk=person.pk)
        assert (person.name_sort, person.name_initials) == ("deng zhong yong 邓忠永", "dzy")
        assert person.birth_from == date(1934, 7, 1)
        assert str(person.private.national_id) == "4201**********6490"
        assert LevelFact.objects.get(retiree=person).during.lower == date(1994, 8, 1)
        assert Condition.objects.get(retiree=person).value == "1"
        spell = Spell.objects.get(retiree_id=person.pk)
        assert (spell.starts_on, spell.ends_on, spell.treatment) == (date(1994, 8, 1), None, "131")
        event = RetireeHistory.objects.get(pgh_obj_id=person.pk)
        assert (event.pgh_label, event.pgh_actor) == ("insert", city.clerk_a.pk)
    with connection.cursor() as cursor, scope(city.actor(city.clerk_a)):
        cursor.execute("SELECT national_id FROM retirees_privatedetails")
        assert ID.encode() not in bytes(cursor.fetchone()[0])


def test_another_county_sees_nothing_and_a_forgotten_scope_is_refused(city):
    person = make_person(city.clerk_a, city.a1)
    with scope(city.actor(city.clerk_b)):
        assert not Retiree.objects.filter(pk=person.pk).exists()
        assert Retiree.objects.filter(pk=person.pk).update(name="改") == 0
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Retiree.objects.count()
    with scope(city.actor(city.leader)):
        assert Retiree.objects.filter(pk=person.pk).exists()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            PrivateDetails.objects.count()


def test_same_id_number_in_another_county_gets_the_generic_answer(city):
    make_person(city.clerk_b, city.b1, national_id=ID)
    with pytest.raises(HiddenDuplicate, match="请联系市局核实"):
        make_person(city.clerk_a, city.a1, national_id=ID)


def test_editing_needs_the_version_and_writes_only_what_changed(city):
    person = make_person(city.clerk_a, city.a1)
    with scope(city.actor(city.clerk_a)) as actor:
        edited = edit_retiree(
            retiree=person,
            values={"name": "邓忠勇", "treatment": "122", "treatment_on": PartialDate(2001, 1)},
            version=1,
            seen_on=SEEN,
            by=actor,
        )
        assert (edited.version, edited.name_initials) == (2, "dzy")
        levels = LevelFact.objects.filter(retiree=person).order_by("during")
        assert [(fact.level, fact.during.lower, fact.during.upper) for fact in levels] == [
            ("131", date(1994, 8, 1), date(2001, 1, 1)),
            ("122", date(2001, 1, 1), None),
        ]
        assert Spell.objects.filter(retiree_id=person.pk).count() == 2
        with pytest.raises(StaleEdit):
            edit_retiree(retiree=person, values={"name": "邓"}, version=1, seen_on=SEEN, by=actor)


def test_death_ends_the_membership_and_refuses_a_second_one(city):
    person = make_person(city.clerk_a, city.a1, health="1")
    with scope(city.actor(city.clerk_a)) as actor:
        record_death(retiree=person, died_on=PartialDate(2026, 2), reported_on=date(2026, 3, 9), by=actor)
        stay = Membership.objects.get(retiree_id=person.pk)
        assert (stay.during.upper, stay.exit) == (date(2026, 2, 28), "died")
        assert not Condition.objects.filter(during__endswith=None).exists()
        assert Spell.objects.get(retiree_id=person.pk).leaves == "died"
        with pytest.raises(NotPossible):
            record_death(retiree=person, died_on=PartialDate(2026, 2), reported_on=date(2026, 3, 9), by=actor)


def test_moving_to_another_unit_takes_the_rows_along(city):
    person = make_person(city.clerk_a, city.a1, national_id=ID)
    with scope(city.actor(city.clerk_a)) as actor:
        move_unit(retiree=person, unit=city.a2, moved_on=date(2026, 5, 1), by=actor)
        assert PrivateDetails.objects.get(pk=person.pk).unit_id == city.a2.pk
        assert LevelFact.objects.get(retiree=person).unit_id == city.a2.pk
        stays = Membership.objects.filter(retiree_id=person.pk).order_by("during")
        assert [stay.unit_id for stay in stays] == [city.a1.pk, city.a2.pk]
        with pytest.raises(NotPossible, match="本县市区内"):
            move_unit(retiree=person, unit=city.b1, moved_on=date(2026, 6, 1), by=actor)
