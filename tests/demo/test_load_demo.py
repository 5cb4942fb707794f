"""The invented city: whole, lifelike, the same each time, and nobody's real numbers."""

import hashlib
import io
from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.accounts.choices import Role
from apps.accounts.management.demo import PASSWORD, SHOWN
from apps.accounts.models import Grant, User
from apps.core import private_files
from apps.core.chinese import age_on
from apps.core.demo import Demo
from apps.core.national_id import parse_national_id
from apps.core.scope import scope
from apps.retirees.choices import ON_REGISTER, REQUIRED_FIELDS, Category, EntryKind, LifeState, Period
from apps.retirees.management.demo import _invented, lives
from apps.retirees.models import (
    CareerEntry,
    FamilyMember,
    GroupMark,
    Honour,
    LifeFact,
    Membership,
    PersonNote,
    Portrait,
    PossibleDouble,
    PrivateDetails,
    Retiree,
    Spell,
)
from apps.retirees.rules import period_of
from apps.units.management.demo import AREAS, CODE_CHARACTERS
from apps.units.models import Unit, UnitChange, UnitName

AS_OF = date(2026, 3, 1)
CITY = Demo(as_of=AS_OF, people=1).loader("city_clerk", "s_city")
pytestmark = pytest.mark.django_db


def load(people: int) -> str:
    out = io.StringIO()
    call_command("load_demo", people=people, as_of=AS_OF, stdout=out)
    return out.getvalue()


def digest() -> str:
    """Of what was invented, in plain, without keys and times of writing."""
    found: list[object] = []
    with scope(CITY):
        for person in Retiree.objects.select_related("unit", "private").order_by("pk"):
            private = person.private
            sealed = [private.national_id, private.phone, private.address, private.medical_card]
            found += [secret.for_processing() for secret in sealed if secret]
            found += [person.name, person.unit.code, person.birth_date, person.joined_on, person.retired_on]
            found += [person.state, person.died_on, person.treatment, person.health, person.missing]
        spells = Spell.objects.order_by("retiree_id", "starts_on")
        found += spells.values_list(
            "starts_on", "ends_on", "enters", "leaves", "treatment", "helpless", "filled"
        )
        for model, name in ((CareerEntry, "organisation"), (Honour, "name"), (PersonNote, "text")):
            found += sorted(model.objects.values_list("retiree__name", name))
        found += sorted(Portrait.objects.values_list("digest", flat=True))
        for member in FamilyMember.objects.order_by("retiree_id", "sort"):
            found += [member.name, member.phone.for_processing()]
    return hashlib.sha256("|".join(map(str, found)).encode()).hexdigest()


def test_same_day_gives_the_same_city():
    digests = []
    for _ in range(2):
        with transaction.atomic():
            load(120)
            digests.append(digest())
            transaction.set_rollback(True)
    assert digests[0] == digests[1]


def test_city_has_its_units_and_somebody_in_every_role():
    said = load(20)
    assert "9个县级地区，100个乡镇和单位" in said
    with scope(CITY):
        areas = list(Unit.objects.counties().values_list("code", "name"))
        assert areas[:2] == [("shizhi", "市直"), ("nanling", "南岭县")]
        names = set(Unit.objects.filter(area__code="nanling").values_list("short_name", flat=True))
        assert {"县财政局", "县水利局", "县人大办", "城关镇"} <= names
        assert Unit.objects.get(code="nanling-caizhengju").name == "南岭县财政局"
        assert not Unit.objects.filter(is_demo=False).exists()
        assert UnitChange.objects.count() == 2
        assert UnitName.objects.filter(name="南岭县水利电力局").exists()
    assert {grant.role for grant in Grant.objects.valid()} == set(Role)
    assert User.objects.get(username="baishi_clerk").check_password(PASSWORD)


def test_accounts_are_printed_one_line_a_role():
    out = io.StringIO()
    call_command("demo_accounts", stdout=out)
    assert "load_demo" in out.getvalue()
    load(20)
    User.objects.filter(username="audit_admin").update(password="!")
    out = io.StringIO()
    call_command("demo_accounts", stdout=out)
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert len(lines) == 1 + len(SHOWN)
    assert ["县局经办", "nanling_clerk", PASSWORD, "南岭县"] in lines
    assert ["审计管理员", "audit_admin", "（已改过）", "云溪市"] in lines


def test_people_are_registered_with_all_that_follows_from_it():
    load(300)
    with scope(CITY):
        assert Retiree.objects.count() == PrivateDetails.objects.count() == 300
        assert Retiree.objects.values("county").distinct().count() == len(AREAS)
        assert Membership.objects.values("retiree_id").distinct().count() == 300
        dead = Retiree.objects.filter(state=LifeState.DEAD)
        assert LifeFact.objects.filter(state=LifeState.DEAD).count() == dead.count() > 8
        assert Membership.objects.exclude(exit="").filter(exit="died").count() == dead.count()
        assert not Spell.objects.filter(starts_on__gt=AS_OF).exists()
        assert not Spell.objects.filter(ends_on__gt=AS_OF).exists()


def test_a_register_with_people_is_left_alone():
    load(20)
    with pytest.raises(CommandError, match="已有人员"):
        load(20)


def test_numbers_are_right_by_checksum_and_belong_to_nobody():
    load(300)
    with scope(CITY):
        private = list(PrivateDetails.objects.all())
        codes = list(Unit.objects.exclude(credit_code="").values_list("credit_code", flat=True))
    numbers = [row.national_id.for_processing() for row in private if row.national_id]
    assert len(numbers) == len(set(numbers)) > 250
    divisions = {parse_national_id(number, today=AS_OF).address_code for number in numbers}
    assert divisions <= {area.division for area in AREAS}
    assert all(division.startswith("4299") for division in divisions)
    assert all(row.phone.for_processing().startswith("154") for row in private if row.phone)
    assert len(codes) == len(set(codes)) == 100
    for code in codes:
        weighed = (CODE_CHARACTERS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
        assert CODE_CHARACTERS[-sum(weighed) % 31] == code[17]


def test_twelve_thousand_are_spread_as_in_life():
    """The whole city, invented and not stored: ages, periods, gaps, precisions, deaths."""
    load(1)
    demo = Demo(as_of=AS_OF, people=12_000)
    with scope(CITY):
        people = list(_invented(demo))
    died = lives.deaths(demo, people)
    years = Counter((AS_OF - death.day).days // 365 for death in died.values())
    assert all(150 <= count <= 210 for count in years.values()), years
    lixiu = [person for person in people if person.lixiu]
    assert 185 <= sum(person.number not in died for person in lixiu) <= 215
    assert min(age_on(person.birth, AS_OF) for person in lixiu) >= 90
    ages = Counter(age_on(person.birth, AS_OF) // 10 for person in people if not person.lixiu)
    assert set(ages) == {5, 6, 7, 8, 9, 10}
    values = [person.entry.values for person in people]
    for name, label in REQUIRED_FIELDS:
        assert name == "name" or any(not row.get(name) for row in values), label
    assert {row["birth_date"].precision for row in values if "birth_date" in row} == {"year", "month", "day"}
    periods = Counter(period_of(person.entry.values["joined_on"]) for person in lixiu)
    assert periods[Period.LIBERATION] > 150
    assert {Period.RESISTANCE_EARLY, Period.RESISTANCE_LATE, Period.NEEDS_RULING} <= set(periods)
    written = {str(row["joined_on"]) for row in values if row["joined_on"]}
    assert {"1945年9月", "1937年7月"} <= written
    assert any("䶮" in row["name"] for row in values)
    assert sum("·" in row["name"] for row in values) > 10
    assert {row["category"] for row in values} == set(Category)
    assert {person.entry.entry for person in people} == {EntryKind.RETIRED}


def test_the_files_of_some_people_are_filled():
    said = load(600)
    assert "疑似重复" in said
    with scope(CITY):
        for model in (CareerEntry, Honour, GroupMark, PersonNote, Portrait):
            assert model.objects.exists(), model
        assert not CareerEntry.objects.exclude(retiree__state__in=ON_REGISTER).exists()
        portrait = Portrait.objects.first()
        assert private_files.read("portraits", portrait.file_ref)[:3] == b"\xff\xd8\xff"
        assert private_files.read("portraits", portrait.thumb_ref)[:3] == b"\xff\xd8\xff"
        assert PossibleDouble.objects.filter(county__code="nanling").exists()
        assert not CareerEntry.objects.filter(from_on="").exists()
