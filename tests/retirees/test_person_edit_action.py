"""Editing: every kind of value really changes, and a day given for it does not break what was known before."""

from datetime import date
from decimal import Decimal

import pytest

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import StaleEdit, edit_retiree
from apps.retirees.models import Affiliation, Condition, LevelFact, PrivateDetails, Retiree, Spell
from tests.factories.city import SEEN, make_person

ID = "420106192407026490"


def edit(city, person, **values):
    with scope(city.actor(city.clerk_a)) as actor:
        person = Retiree.objects.get(pk=person.pk)
        return edit_retiree(retiree=person, values=values, version=person.version, seen_on=SEEN, by=actor)


@pytest.mark.parametrize(
    ("name", "text", "mask"),
    [
        ("national_id", ID, "4201**********6490"),
        ("phone", "13912251394", "139****1394"),
        ("address", "云溪市南岭县城关镇解放路12号", "云溪市南岭县******"),
        ("medical_card", "A1234567", "******"),
    ],
)
def test_a_private_value_is_written_changed_and_cleared(city, name, text, mask):
    person = make_person(city.clerk_a, city.a1, phone="13800000000" if name != "phone" else None)
    edit(city, person, **{name: text})
    with scope(city.actor(city.clerk_a)):
        row = PrivateDetails.objects.get(pk=person.pk)
        assert str(getattr(row, name)) == mask
        assert getattr(row, name).same(text)
        assert name not in Retiree.objects.get(pk=person.pk).missing
        if name != "phone":
            assert row.phone.same("13800000000")
    edit(city, person, **{name: None})
    with scope(city.actor(city.clerk_a)):
        assert not getattr(PrivateDetails.objects.get(pk=person.pk), name)


def test_no_and_zero_are_values(city):
    person = make_person(city.clerk_a, city.a1)
    edit(city, person, held_leading_post=False, allowance=Decimal("0.00"))
    with scope(city.actor(city.clerk_a)):
        person = Retiree.objects.get(pk=person.pk)
        assert person.held_leading_post is False
        assert "allowance" not in person.missing
    edit(city, person, held_leading_post=None)
    with scope(city.actor(city.clerk_a)):
        assert Retiree.objects.get(pk=person.pk).held_leading_post is None


def test_another_paying_unit_alone_is_a_new_version(city):
    person = make_person(city.clerk_a, city.a1, paying_unit="县财政局")
    edited = edit(city, person, paying_unit="县社保中心")
    assert edited.version == 2
    with scope(city.actor(city.clerk_a)) as actor:
        assert Affiliation.objects.get(retiree=person).organisation_name == "县社保中心"
        with pytest.raises(StaleEdit):
            edit_retiree(retiree=person, values={"paying_unit": "其他"}, version=1, seen_on=SEEN, by=actor)


def test_nothing_changed_is_no_new_version(city):
    person = make_person(city.clerk_a, city.a1, paying_unit="县财政局")
    assert edit(city, person, name="邓忠永", paying_unit="县财政局").version == 1


def test_a_condition_known_since_an_earlier_day_takes_the_place_of_later_ones(city):
    person = make_person(city.clerk_a, city.a1, self_care="full")
    with scope(city.actor(city.clerk_a)) as actor:
        for version, (value, day) in enumerate(
            [("partial", date(2026, 5, 1)), ("full", date(2026, 8, 1)), ("helpless", date(2026, 6, 1))],
            start=1,
        ):
            edit_retiree(
                retiree=person,
                values={"self_care": value},
                version=version,
                seen_on=day,
                today=date(2026, 9, 1),
                by=actor,
            )
        rows = Condition.objects.filter(retiree=person).order_by("during")
        assert [(row.value, row.during.lower, row.during.upper) for row in rows] == [
            ("full", SEEN, date(2026, 5, 1)),
            ("partial", date(2026, 5, 1), date(2026, 6, 1)),
            ("helpless", date(2026, 6, 1), None),
        ]
        helpless = Spell.objects.filter(retiree_id=person.pk, helpless=True)
        assert [(spell.starts_on, spell.ends_on) for spell in helpless] == [(date(2026, 6, 1), None)]


def test_completeness_counts_from_the_day_it_was_filled_not_from_the_day_it_was_true(city):
    person = make_person(city.clerk_a, city.a1)
    with scope(city.actor(city.clerk_a)) as actor:
        edit_retiree(
            retiree=person,
            values={"health": "1"},
            version=1,
            seen_on=date(2026, 4, 1),
            today=date(2026, 9, 1),
            by=actor,
        )
        counts = list(
            Spell.objects.filter(retiree_id=person.pk)
            .order_by("starts_on")
            .values_list("starts_on", "filled")
        )
    assert counts[-1][0] == date(2026, 9, 1)
    assert counts[-1][1] == counts[0][1] + 1


def test_clearing_a_level_and_setting_it_again(city):
    person = make_person(city.clerk_a, city.a1)
    edit(city, person, treatment="", treatment_on=None)
    edited = edit(city, person, treatment="122", treatment_on=PartialDate(2001))
    assert (edited.treatment, str(edited.treatment_on)) == ("122", "2001年")


def levels_of(city, person, kind):
    with scope(city.actor(city.clerk_a)):
        rows = LevelFact.objects.filter(retiree_id=person.pk, kind=kind).order_by("during")
        return [(row.level, str(row.since or ""), row.approval_number) for row in rows]


def test_each_level_has_its_own_day_and_paper(city):
    person = make_person(city.clerk_a, city.a1)
    edit(
        city,
        person,
        rank="131",
        rank_number="组干〔1988〕1号",
        medical_treatment="121",
        medical_treatment_on=PartialDate(1999, 5),
        medical_number="卫保〔1999〕7号",
    )
    assert levels_of(city, person, "rank")[-1][2] == "组干〔1988〕1号"
    assert levels_of(city, person, "medical") == [("121", "1999年5月", "卫保〔1999〕7号")]
    edit(city, person, medical_number="卫保〔1999〕8号")
    assert levels_of(city, person, "medical") == [("121", "1999年5月", "卫保〔1999〕8号")]
    edit(
        city,
        person,
        medical_treatment="112",
        medical_treatment_on=PartialDate(2006, 1),
        medical_number="卫保〔2006〕2号",
    )
    assert levels_of(city, person, "medical") == [
        ("121", "1999年5月", "卫保〔1999〕8号"),
        ("112", "2006年1月", "卫保〔2006〕2号"),
    ]
    edit(city, person, medical_treatment="", medical_treatment_on=None, medical_number="")
    assert levels_of(city, person, "medical") == [("121", "1999年5月", "卫保〔1999〕8号")]
