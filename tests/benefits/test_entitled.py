"""Entitlements in sets say what the engine says of each person, and what the papers say."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.models import Approval, Benefit
from apps.benefits.queries.entitled import TABLE, reckoned
from apps.benefits.queries.explained import explain
from apps.benefits.queries.terms import terms_in_use
from apps.benefits.rules.conditions import Facts, ages_on
from apps.benefits.rules.engine import Outcome, judge, worth
from apps.benefits.rules.months import Stay, deciding_day, months, stay_in
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from apps.retirees.choices import Period
from apps.retirees.models import Condition, LevelFact, Membership, PrivateDetails, Retiree
from tests.benefits.conftest import make_standard, put_in_force
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db
YEAR = list(months(date(2026, 1, 1), date(2026, 12, 1)))
LIXIU = {"category": "lixiu", "retired_on": PartialDate(1985, 1), "birth_date": PartialDate(1926, 5, 4)}
CENTRAL_2008, HELPLESS_2017 = "组通字〔2008〕48号", "组通字〔2017〕37号"


@pytest.fixture
def city() -> SimpleNamespace:
    return make_city()


def rows(county: int | None = None, over: list[date] = YEAR) -> dict[tuple[int, str, date], Decimal]:
    """By person, benefit's code and month, what the reckoning says; within a scope."""
    codes = dict(Benefit.objects.values_list("pk", "code"))
    with reckoned(terms_in_use(), over, county=county), connection.cursor() as cursor:
        cursor.execute(f"SELECT retiree_id, benefit_id, month, money FROM {TABLE}")
        found = cursor.fetchall()
    assert (
        max(Counter((person, benefit, month) for person, benefit, month, _ in found).values(), default=1) == 1
    )
    return {(person, codes[benefit], month): money for person, benefit, month, money in found}


def test_a_year_of_nursing_fee(city: SimpleNamespace) -> None:
    wang = make_person(city.clerk_a, city.a1, name="王一", joined_on=PartialDate(1947, 3), **LIXIU)
    li = make_person(city.clerk_a, city.a1, name="李二", joined_on=PartialDate(1940, 3), **LIXIU)
    make_person(city.clerk_a, city.a1, name="张三", joined_on=PartialDate(1945, 9), **LIXIU)
    make_person(city.clerk_a, city.a1, name="赵四")
    with scope(actor_of(city.city_clerk)):
        put_in_force(CENTRAL_2008, HELPLESS_2017, ends={"完全不能自理600元": date(2017, 7, 1)})
        found = rows()
        assert found == {(wang.pk, "nursing", month): Decimal("200.00") for month in YEAR} | {
            (li.pk, "nursing", month): Decimal("400.00") for month in YEAR
        }
        with reckoned(terms_in_use(), YEAR[:1]) as told:
            pass
        assert [(one.why, one.people) for one in told.doubts] == [("参加革命工作时期待认定", 1)]


def test_a_spell_of_not_caring_for_oneself_switches_the_benefit_by_month(city: SimpleNamespace) -> None:
    wang = make_person(city.clerk_a, city.a1, joined_on=PartialDate(1947, 3), self_care="full", **LIXIU)
    with scope(actor_of(city.city_clerk)):
        put_in_force(CENTRAL_2008, HELPLESS_2017, ends={"完全不能自理600元": date(2017, 7, 1)})
        held = Condition.objects.get(retiree=wang, kind="self_care")
        held.during = DateRange(date(2026, 1, 1), date(2026, 4, 15))
        held.save()
        keys = {"county_id": wang.county_id, "unit_id": wang.unit_id, "retiree": wang, "kind": "self_care"}
        Condition.objects.create(
            **keys,
            value="helpless",
            seen_on=date(2026, 4, 15),
            during=DateRange(date(2026, 4, 15), date(2026, 9, 20)),
        )
        Condition.objects.create(
            **keys, value="full", seen_on=date(2026, 9, 20), during=DateRange(date(2026, 9, 20), None)
        )
        found = rows()
        helpless = {month for (_, code, month) in found if code == "helpless"}
        assert helpless == set(YEAR[3:8]), "from the month of the change to the one before it ended"
        assert {month for (_, code, month) in found if code == "nursing"} == set(YEAR) - helpless
        Benefit.objects.filter(group="护理费").update(state_day="first")
        found = rows()
        assert {month for (_, code, month) in found if code == "helpless"} == set(YEAR[4:9])


@pytest.mark.parametrize(("whole", "last"), [(True, 3), (False, 2)])
def test_death_in_the_middle_of_a_month(city: SimpleNamespace, whole: bool, last: int) -> None:
    wang = make_person(city.clerk_a, city.a1, joined_on=PartialDate(1947, 3), **LIXIU)
    with scope(actor_of(city.city_clerk)) as actor:
        put_in_force(CENTRAL_2008)
        Benefit.objects.filter(group="护理费").update(pays_death_month=whole)
        record_death(
            retiree=wang,
            died_on=PartialDate(2026, 3, 15),
            reported_on=date(2026, 7, 1),
            by=actor,
        )
        assert sorted(month.month for _, _, month in rows()) == list(range(1, last + 1))


def test_a_ruling_counts_from_its_month(city: SimpleNamespace) -> None:
    """1945.09 ruled to be 抗战 instead of 解放: benefits go by it from the ruling's effective month."""
    from apps.retirees.actions import record_ruling

    wang = make_person(city.clerk_a, city.a1, joined_on=PartialDate(1945, 10), **LIXIU)
    with scope(actor_of(city.city_clerk)) as actor:
        put_in_force(CENTRAL_2008)
        record_ruling(
            retiree=wang,
            joined_on=PartialDate(1945, 8, 20),
            basis="自传",
            approved_by="市委组织部",
            document="",
            decided_on=date(2026, 5, 20),
            reason="核对档案",
            benefits_from=date(2026, 6, 1),
            by=actor,
        )
        found = rows()
        assert {found[wang.pk, "nursing", month] for month in YEAR[:5]} == {Decimal("200.00")}
        assert {found[wang.pk, "nursing", month] for month in YEAR[5:]} == {Decimal("400.00")}


def test_who_moves_is_paid_by_the_old_county_to_the_end_of_the_month(city: SimpleNamespace) -> None:
    wang = make_person(city.clerk_a, city.a1, joined_on=PartialDate(1947, 3), **LIXIU)
    with scope(actor_of(city.city_clerk)):
        put_in_force(CENTRAL_2008)
        make_standard("nursing", 260, date(2020, 1, 1), county=city.b, level="4")
        Membership.objects.filter(retiree_id=wang.pk).update(during=DateRange(None, date(2026, 5, 10)))
        Membership.objects.create(
            county=city.b,
            unit=city.b1,
            retiree_id=wang.pk,
            during=DateRange(date(2026, 5, 10), None),
            entry="moved_in",
        )
        assert sorted(rows(city.a.pk).items()) == [
            ((wang.pk, "nursing", month), Decimal("200.00")) for month in YEAR[:5]
        ]
        assert sorted(rows(city.b.pk).items()) == [
            ((wang.pk, "nursing", month), Decimal("260.00")) for month in YEAR[5:]
        ]


def test_an_approval_opens_a_benefit(city: SimpleNamespace) -> None:
    wang = make_person(city.clerk_a, city.a1, joined_on=PartialDate(1947, 3), **LIXIU)
    with scope(actor_of(city.city_clerk)):
        put_in_force(CENTRAL_2008)
        make_standard("own_carer", 900, date(2020, 1, 1))
        Approval.objects.create(
            **wang.row_keys(),
            benefit=Benefit.objects.get(code="own_carer"),
            during=DateRange(date(2026, 3, 1), date(2026, 6, 1)),
            document="批准单",
            approved_by_name="试批准",
        )
        found = rows()
        assert {month for _, code, month in found if code == "own_carer"} == set(YEAR[2:5])
        assert {month for _, code, month in found if code == "nursing"} == set(YEAR) - set(YEAR[2:5])


def test_what_is_reckoned_by_the_basic_fee(city: SimpleNamespace) -> None:
    wang = make_person(city.clerk_a, city.a1, name="王一", joined_on=PartialDate(1947, 3), **LIXIU)
    make_person(city.clerk_a, city.a1, name="李二", joined_on=PartialDate(1940, 3), **LIXIU)
    with scope(actor_of(city.city_clerk)):
        put_in_force("2011年生活补贴通知（文号待核）")
        PrivateDetails.objects.filter(pk=wang.pk).update(basic_fee=Decimal("3210.55"))
        assert rows() == {(wang.pk, "yearly_subsidy", YEAR[11]): Decimal("3210.55")}


def reference(person: Retiree, month: date, terms: Any) -> dict[int, Decimal]:
    """By benefit, what the pure rules say, read by the ORM, one person at a time."""
    found = {}
    groups: dict[tuple[str, bool], list[Any]] = {}
    for one in terms.benefits:
        groups.setdefault((one.state_day, one.pays_death_month), []).append(one)
    fee = PrivateDetails.objects.get(pk=person.pk).basic_fee
    for (state_day, pays), benefits in groups.items():
        held = Membership.objects.filter(retiree_id=person.pk).select_related("unit")
        stays = [
            Stay(
                one.county_id,
                one.unit_id,
                one.unit.kind,
                one.during.lower,
                one.during.upper,
                has_died=one.exit == "died",
            )
            for one in held
        ]
        regular = [one for one in benefits if one.cycle != "death"]
        stay = stay_in(month, stays, pays_death_month=pays)
        if stay is None or not regular:
            continue
        day = deciding_day(month, state_day, stay.until if stay.has_died else None)
        level = LevelFact.objects.filter(retiree=person, kind="treatment", during__contains=day).first()
        care = Condition.objects.filter(retiree=person, kind="self_care", during__contains=day).first()
        full, nominal = ages_on(person.birth_from, day)
        facts = Facts(
            category=person.category,
            period=person.period,
            sex=person.sex,
            treatment=level.level if level else "",
            self_care=care.value if care else "",
            unit_kind=stay.unit_kind,
            place=stay.county,
            full_age=full,
            nominal_age=nominal,
        )
        for one in judge(regular, terms.standards, {each.key: facts for each in regular}, month):
            money = worth(one.standard, month, basic_fee=fee, figures={}).money
            if one.outcome is Outcome.WON and money is not None:
                found[one.benefit.key] = money
    return found


def test_sets_and_single_people_say_the_same(city: SimpleNamespace) -> None:
    """Forty people whose facts are drawn by lot, with moves and deaths: the sets, the explanation of one person and the
    pure rules agree on every person, benefit and month."""
    lot = random.Random(20260305)
    people = []
    for number in range(40):
        user, unit = lot.choice(((city.clerk_a, city.a1), (city.clerk_a, city.a2), (city.clerk_b, city.b1)))
        people.append(
            make_person(
                user,
                unit,
                name=f"试{number:02}",
                category=lot.choice(("lixiu", "lixiu", "tuixiu")),
                joined_on=PartialDate(lot.choice((1936, 1939, 1944, 1947)), lot.randint(1, 12)),
                retired_on=PartialDate(1985, 1),
                sex=lot.choice("12"),
                birth_date=PartialDate(lot.randint(1920, 1936), lot.randint(1, 12), lot.randint(1, 28)),
                treatment=lot.choice(("121", "131", "141", "")),
                self_care=lot.choice(("full", "helpless", "")),
            )
        )
    with scope(actor_of(city.city_clerk)) as actor:
        put_in_force(
            "辽组通字〔2007〕42号", HELPLESS_2017, "2011年生活补贴通知（文号待核）", "粤组通〔2009〕58号"
        )
        make_standard("nursing", 333, date(2026, 4, 1), date(2026, 8, 1), county=city.b, level="4")
        Condition.objects.update(during=DateRange(date(2026, 2, 10), None))
        for person in people:
            PrivateDetails.objects.filter(pk=person.pk).update(
                basic_fee=lot.choice((None, Decimal("2999.99"), Decimal("4000")))
            )
        for person in lot.sample(people, 8):
            day = date(2026, 1, 1) + timedelta(days=lot.randint(0, 360))
            record_death(
                retiree=person,
                died_on=PartialDate.from_date(day),
                reported_on=date(2026, 12, 31),
                by=actor,
            )
        terms = terms_in_use()
        sets = rows()
        codes = dict(Benefit.objects.values_list("pk", "code"))
        singly, purely = {}, {}
        for person in Retiree.objects.filter(pk__in=[one.pk for one in people]):
            for month in explain(person.pk, terms, YEAR):
                singly |= {
                    (person.pk, codes[one.verdict.benefit.key], month.month): one.worth.money
                    for one in month.entitled
                    if one.worth.money is not None
                }
            for month in YEAR:
                purely |= {
                    (person.pk, codes[key], month): money
                    for key, money in reference(person, month, terms).items()
                }
        assert len(sets) > 100
        assert sets == singly == purely
        assert {person.period for person in people} >= {Period.RED_ARMY, Period.LIBERATION}


def test_reckoning_twice_and_in_any_order_of_papers_says_the_same(city: SimpleNamespace) -> None:
    for number, year in enumerate((1936, 1940, 1947)):
        make_person(
            city.clerk_a,
            city.a1,
            name=f"试{number}",
            joined_on=PartialDate(year, 1),
            self_care="helpless",
            **LIXIU,
        )
    with scope(actor_of(city.city_clerk)):
        put_in_force(CENTRAL_2008, HELPLESS_2017, "承德市2014年通知（文号待核）")
        first = rows()
        assert first == rows()
        terms = terms_in_use()
        backwards = terms.instead(sorted(terms.standards, key=lambda one: -one.key))
        with reckoned(backwards, YEAR), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), sum(money) FROM {TABLE}")
            assert cursor.fetchone() == (len(first), sum(first.values()))
