"""Lists, arrears and claims: people are paid what they are entitled to, no month twice; nothing past is changed."""

import random
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Sum

from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.runs import (
    approve_run,
    check_lines,
    drop_run,
    open_county,
    open_run,
    pay_as_approved,
    recompute_run,
    reconcile_run,
    record_earlier,
    return_run,
    settle_claim,
    submit_run,
)
from apps.benefits.models import Benefit, Claim, Payment, Run, RunLine, Standard
from apps.benefits.queries.explained import explain
from apps.benefits.queries.terms import terms_in_use
from apps.benefits.rules.months import months
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.library.models import Paper
from apps.retirees.actions import record_death
from apps.retirees.choices import LifeState
from apps.retirees.models import Condition, Membership, Retiree
from apps.units.models import Unit
from tests.benefits.conftest import make_standard, put_in_force
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db
LIXIU = {"category": "lixiu", "retired_on": PartialDate(1985, 1), "birth_date": PartialDate(1926, 5, 4)}
CENTRAL_2008 = "组通字〔2008〕48号"
TODAY = date(2026, 7, 10)
JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)


@pytest.fixture
def city() -> SimpleNamespace:
    """Two counties that pay by the portal since January, with the papers of 2008 in force."""
    made = make_city()
    with scope(actor_of(made.city_clerk)) as actor:
        put_in_force(CENTRAL_2008)
        for county in (made.a, made.b):
            open_county(county=county, month=JANUARY, by=actor)
    return made


def person(city: SimpleNamespace, name: str = "王一", unit: Unit | None = None, **values: Any) -> Retiree:
    user = city.clerk_b if unit is not None and unit.area_id == city.b.pk else city.clerk_a
    return make_person(
        user, unit or city.a1, name=name, **({"joined_on": PartialDate(1947, 3)} | LIXIU | values)
    )


def drafted(
    city: SimpleNamespace, kind: str = "month", first: date = JUNE, last: date | None = None, **more: Any
) -> Run:
    """A computed list of county a, opened by its clerk."""
    county = more.pop("county", city.a)
    user = more.pop("user", city.clerk_a)
    with scope(actor_of(user)) as actor:
        run = open_run(
            county=county,
            kind=kind,
            first_month=first,
            last_month=last or first,
            today=TODAY,
            by=actor,
            **more,
        )
    return computed(run)


def computed(run: Run) -> Run:
    with scope(system_actor()) as portal:
        return compute_run(run=run, by=portal)


def lines(run: Run) -> list[tuple[str, str, str, str]]:
    """Name, amount, difference and why of each line, in order of month."""
    with scope(system_actor()):
        found = RunLine.objects.filter(run=run).order_by("month", "name", "benefit__sort")
        return [(one.name, str(one.amount), one.difference, one.why) for one in found]


def approved(city: SimpleNamespace, run: Run) -> Run:
    with scope(actor_of(city.clerk_a)) as actor:
        check_lines(
            run=run, lines=list(RunLine.objects.filter(run=run).values_list("pk", flat=True)), by=actor
        )
        submit_run(run=run, by=actor)
    with scope(actor_of(city.chief_a)) as chief:
        return approve_run(run=run, by=chief)


def paid_months(city: SimpleNamespace, first: date, last: date) -> None:
    """Approved and paid month by month."""
    for month in months(first, last):
        run = approved(city, drafted(city, first=month))
        with scope(actor_of(city.clerk_a)) as actor:
            pay_as_approved(run=run, paid_on=date(2030, 1, 1), by=actor)


def test_a_month_s_list_says_who_is_new_and_why(city: SimpleNamespace) -> None:
    person(city, "王一")
    run = drafted(city)
    assert lines(run) == [("王一", "200.00", "same", "")], (
        "entitled last month too: nothing new, whatever was paid"
    )
    approved(city, run)
    person(city, "李二", joined_on=PartialDate(1940, 3))
    july = drafted(city, first=date(2026, 7, 1))
    assert lines(july) == [
        ("李二", "400.00", "new", "本月起符合“抗日战争时期400元”"),
        ("王一", "200.00", "same", ""),
    ]
    with scope(actor_of(city.clerk_a)) as actor:
        with pytest.raises(NotPossible, match="还有1条变化没有核对"):
            submit_run(run=july, by=actor)
        assert check_lines(run=july, difference="new", by=actor) == 1
        assert submit_run(run=july, by=actor).state == "waiting"
        with pytest.raises(NotPossible, match="请由别人审批"):
            approve_run(run=july, by=actor)
    with scope(actor_of(city.chief_a)) as chief:
        assert approve_run(run=july, words="同意", by=chief).state == "approved"


def test_differences_to_the_month_before_are_explained_one_by_one(city: SimpleNamespace) -> None:
    dead, moved, raised, group = (
        person(city, name, joined_on=PartialDate(1947, 3)) for name in ("亡一", "迁二", "升三", "护四")
    )
    approved(city, drafted(city, first=JUNE))
    with scope(actor_of(city.city_clerk)) as actor:
        record_death(retiree=dead, died_on=PartialDate(2026, 6, 20), reported_on=date(2026, 7, 1), by=actor)
        Membership.objects.filter(retiree_id=moved.pk).update(during=DateRange(None, date(2026, 7, 1)))
        Membership.objects.create(
            county=city.b,
            unit=city.b1,
            retiree_id=moved.pk,
            during=DateRange(date(2026, 7, 1), None),
            entry="moved_in",
        )
        paper = Paper.objects.create(
            number="演示〔2026〕7号", title="演示", issuer="云溪市委老干部局", level="3"
        )
        make_standard("nursing", 500, date(2026, 7, 1), paper=paper, conditions={"sex": ["2"]})
        Retiree.objects.filter(pk=raised.pk).update(sex="2")
        make_standard(
            "helpless", 2500, date(2017, 7, 1), conditions={"self_care": ["helpless"]}, label="不能自理"
        )
        Condition.objects.create(
            county_id=group.county_id,
            unit_id=group.unit_id,
            retiree=group,
            kind="self_care",
            value="helpless",
            seen_on=date(2026, 7, 5),
            during=DateRange(date(2026, 7, 5), None),
        )
    july = drafted(city, first=date(2026, 7, 1))
    assert sorted(lines(july)) == sorted(
        [
            ("亡一", "0.00", "stopped", "2026年6月20日去世"),
            ("迁二", "0.00", "stopped", "已不在本县名册"),
            ("升三", "500.00", "raised", "标准调整：演示〔2026〕7号"),
            ("护四", "0.00", "stopped", "改享“不能自理”"),
            ("护四", "2500.00", "new", "本月起符合“不能自理”"),
        ]
    )


def test_a_back_dated_paper_makes_arrears_by_month(city: SimpleNamespace) -> None:
    """A paper of July that holds from April: three months of 60 yuan for one, and the estate of who died in May."""
    person(city, "王一")
    dead = person(city, "亡二")
    paid_months(city, JANUARY, JUNE)
    with scope(actor_of(city.city_clerk)) as actor:
        record_death(retiree=dead, died_on=PartialDate(2026, 5, 3), reported_on=date(2026, 5, 8), by=actor)
    with scope(actor_of(city.city_clerk)):
        old = Standard.objects.get(label="解放战争时期200元")
        old.during = DateRange(old.during.lower, date(2026, 4, 1))
        old.save()
        make_standard(
            "nursing",
            260,
            date(2026, 4, 1),
            level="1",
            conditions={"category": ["lixiu"], "period": ["liberation"]},
            replaces=old,
        )
    run = drafted(city, "arrears", JANUARY, JUNE)
    told = lines(run)
    assert [(name, amount, how) for name, amount, how, _ in told] == [
        ("亡二", "60.00", "raised"),
        ("王一", "60.00", "raised"),
        ("亡二", "60.00", "raised"),
        ("王一", "60.00", "raised"),
        ("亡二", "-200.00", "stopped"),
        ("王一", "60.00", "raised"),
    ]
    assert told[4][3] == "2026年5月3日去世，多发"
    assert (run.total, run.claimed, run.people) == (Decimal("300.00"), Decimal("200.00"), 2)
    with scope(system_actor()):
        estates = set(RunLine.objects.filter(run=run, name="亡二").values_list("is_estate", flat=True))
    assert estates == {True}
    approved(city, run)
    with scope(actor_of(city.clerk_a)):
        claim = Claim.objects.get()
        assert (claim.name, claim.amount, claim.note) == ("亡二", Decimal("200.00"), "2026年5月3日去世，多发")
    again = drafted(city, "arrears", JANUARY, JUNE)
    assert lines(again) == [], "what was approved is settled: no month is paid or claimed twice"


def test_a_claim_is_recovered_or_given_up_and_never_claimed_again(city: SimpleNamespace) -> None:
    dead = person(city, "亡二")
    paid_months(city, JANUARY, JUNE)
    with scope(actor_of(city.city_clerk)) as actor:
        record_death(retiree=dead, died_on=PartialDate(2026, 4, 3), reported_on=date(2026, 7, 8), by=actor)
    approved(city, drafted(city, "arrears", JANUARY, JUNE))
    with scope(actor_of(city.clerk_a)) as actor:
        may, june = Claim.objects.order_by("month")
        with pytest.raises(NotPossible, match="写明理由"):
            settle_claim(claim=may, state="waived", settled_on=TODAY, note=" ", by=actor)
        settle_claim(claim=may, state="waived", settled_on=TODAY, note="局务会同意", by=actor)
        settle_claim(claim=june, state="recovered", settled_on=TODAY, note="家属退回", by=actor)
        with pytest.raises(NotPossible, match="已追回"):
            settle_claim(claim=june, state="waived", settled_on=TODAY, note="再来一次", by=actor)
        assert [str(one.amount) for one in Payment.objects.filter(source="recovery")] == ["-200.00"]
    assert lines(drafted(city, "arrears", JANUARY, JUNE)) == []


def test_what_was_not_paid_comes_back_as_arrears(city: SimpleNamespace) -> None:
    person(city, "王一")
    person(city, "李二", joined_on=PartialDate(1940, 3))
    person(city, "张三")
    run = approved(city, drafted(city, first=JUNE))
    with scope(actor_of(city.clerk_a)) as actor:
        wang, li, zhang = (RunLine.objects.get(run=run, name=name) for name in ("王一", "李二", "张三"))
        with pytest.raises(NotPossible, match="不能是负数"):
            reconcile_run(run=run, paid={wang.pk: Decimal(-1)}, paid_on=date(2030, 1, 1), by=actor)
        with pytest.raises(NotPossible, match="不属于这份名单"):
            reconcile_run(run=run, paid={wang.pk + 10_000: Decimal(1)}, paid_on=date(2030, 1, 1), by=actor)
        with pytest.raises(NotPossible, match="早于审批日期"):
            reconcile_run(run=run, paid={wang.pk: Decimal(1)}, paid_on=date(2020, 1, 1), by=actor)
        reconcile_run(
            run=run, paid={wang.pk: Decimal(200), li.pk: Decimal(350)}, paid_on=date(2030, 1, 1), by=actor
        )
        assert Payment.objects.count() == 2
        assert RunLine.objects.get(pk=zhang.pk).paid == 0
    told = lines(drafted(city, "arrears", JUNE, JUNE))
    assert [(name, amount) for name, amount, _, _ in told] == [("张三", "200.00"), ("李二", "50.00")]


def test_payments_of_before_the_portal_are_not_paid_again(city: SimpleNamespace) -> None:
    wang = person(city, "王一")
    with scope(actor_of(city.clerk_a)) as actor:
        open_county(county=city.a, month=date(2025, 11, 1), by=actor)
        nursing = Benefit.objects.get(code="nursing")
        keys = {
            "county_id": city.a.pk,
            "unit_id": city.a1.pk,
            "retiree_id": wang.pk,
            "name": "王一",
            "benefit": nursing,
        }
        record_earlier(
            rows=[
                {**keys, "month": date(2025, 11, 1), "amount": Decimal(150), "paid_on": date(2025, 11, 20)}
            ],
            by=actor,
        )
    told = lines(drafted(city, "arrears", date(2025, 11, 1), date(2025, 12, 1)))
    assert [(name, amount) for name, amount, _, _ in told] == [("王一", "50.00"), ("王一", "200.00")]


def test_nobody_is_approved_who_died_since_the_list_was_computed(city: SimpleNamespace) -> None:
    wang = person(city, "王一")
    run = drafted(city, first=date(2026, 7, 1))
    with scope(actor_of(city.clerk_a)) as actor:
        check_lines(run=run, difference="same", by=actor)
        submit_run(run=run, by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        record_death(retiree=wang, died_on=PartialDate(2026, 6, 3), reported_on=date(2026, 7, 8), by=actor)
    with scope(actor_of(city.chief_a)) as chief:
        with pytest.raises(NotPossible, match="有1条的情况"):
            approve_run(run=run, by=chief)
        return_run(run=run, words="重新计算", by=chief)
    with scope(actor_of(city.clerk_a)) as actor:
        recompute_run(run=run, by=actor)
        assert Job.objects.filter(kind="benefits.run").count() == 2
    assert lines(computed(run)) == [("王一", "0.00", "stopped", "2026年6月3日去世")]


def test_two_open_lists_cannot_both_pay_the_same_months(city: SimpleNamespace) -> None:
    person(city, "王一")
    first, second = (drafted(city, "arrears", JANUARY, JUNE) for _ in range(2))
    approved(city, first)
    with scope(actor_of(city.clerk_a)) as actor:
        check_lines(run=second, difference="new", by=actor)
        submit_run(run=second, by=actor)
    with scope(actor_of(city.chief_a)) as chief, pytest.raises(NotPossible, match="有6条的情况"):
        approve_run(run=second, by=chief)


def test_a_frozen_list_is_never_changed(city: SimpleNamespace) -> None:
    person(city, "王一")
    run = approved(city, drafted(city))
    with scope(actor_of(city.clerk_a)) as actor:
        line = RunLine.objects.get(run=run)
        for act in (
            lambda: RunLine.objects.filter(run=run).update(entitled=1, amount=1),
            lambda: RunLine.objects.filter(run=run).delete(),
            lambda: RunLine.objects.create(
                run=run,
                county_id=line.county_id,
                unit_id=line.unit_id,
                retiree_id=1,
                name="多一",
                benefit_id=line.benefit_id,
                month=line.month,
                entitled=1,
                amount=1,
            ),
            lambda: Payment.objects.all().update(amount=1),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
        with pytest.raises(NotPossible, match="已审批"):
            drop_run(run=run, by=actor)


def test_refusals_of_opening_a_list(city: SimpleNamespace) -> None:
    person(city, "王一")
    with scope(actor_of(city.clerk_a)) as actor:

        def refused(words: str, **values: Any) -> None:
            given = {"kind": "month", "first_month": JUNE, "last_month": JUNE} | values
            with pytest.raises(NotPossible, match=words):
                open_run(county=city.a, today=TODAY, by=actor, **given)

        refused("起用本系统", first_month=date(2025, 12, 1), last_month=date(2025, 12, 1))
        refused("不能早于", kind="arrears", last_month=JANUARY)
        refused("只能到本月", kind="arrears", last_month=date(2026, 8, 1))
        refused("最多提前一个月", first_month=date(2026, 9, 1), last_month=date(2026, 9, 1))
        open_run(county=city.a, kind="month", first_month=JUNE, last_month=JUNE, today=TODAY, by=actor)
        refused("已经有发放名单")


def test_a_county_settles_its_months_of_who_moved_away(city: SimpleNamespace) -> None:
    """The stay, not the person's record, says who pays: county a pays to June, though the record is county b's now."""
    wang = person(city, "王一")
    with scope(actor_of(city.city_clerk)):
        Membership.objects.filter(retiree_id=wang.pk).update(during=DateRange(None, date(2026, 6, 10)))
        Membership.objects.create(
            county=city.b,
            unit=city.b1,
            retiree_id=wang.pk,
            during=DateRange(date(2026, 6, 10), None),
            entry="moved_in",
        )
        Retiree.objects.filter(pk=wang.pk).update(county=city.b, unit=city.b1)
    run = drafted(city, "arrears", JANUARY, JUNE)
    assert [amount for _, amount, _, _ in lines(run)] == ["200.00"] * 6
    with scope(actor_of(city.clerk_a)):
        assert RunLine.objects.filter(run=run).count() == 6
    assert approved(city, run).state == "approved"
    with scope(actor_of(city.clerk_b)):
        assert not RunLine.objects.exists()
        assert not Run.objects.exists()
    theirs = drafted(city, "arrears", JANUARY, date(2026, 7, 1), county=city.b, user=city.clerk_b)
    assert [amount for _, amount, _, _ in lines(theirs)] == ["200.00"]


def test_what_was_paid_and_arrears_make_what_people_are_entitled_to(city: SimpleNamespace) -> None:
    """Whatever happens in between, drawn by lot: deaths, papers, unpaid lines. At the end paid + arrears = entitled, of
    every person and month, and a second arrears list is empty."""
    lot = random.Random(8)
    people = [
        person(city, f"试{number:02}", joined_on=PartialDate(lot.choice((1940, 1947)), 2))
        for number in range(12)
    ]
    for number, month in enumerate(months(JANUARY, JUNE)):
        run = approved(city, drafted(city, first=month))
        with scope(actor_of(city.clerk_a)) as actor:
            due = dict(RunLine.objects.filter(run=run, amount__gt=0).values_list("pk", "amount"))
            short = {
                key: money - lot.choice((0, 0, 0, 50)) for key, money in due.items() if lot.random() > 0.1
            }
            reconcile_run(run=run, paid=short, paid_on=date(2030, 1, 1), by=actor)
        with scope(actor_of(city.city_clerk)) as actor:
            living = [one for one in people if Retiree.objects.get(pk=one.pk).state == LifeState.ALIVE]
            record_death(
                retiree=lot.choice(living),
                died_on=PartialDate(2026, lot.randint(1, 6), 9),
                reported_on=date(2026, 7, 1),
                by=actor,
            )
            if number == 3:
                make_standard("nursing", 333, date(2026, 2, 1), date(2026, 6, 1), county=city.a, level="4")
    approved(city, drafted(city, "arrears", JANUARY, JUNE))
    assert lines(drafted(city, "arrears", JANUARY, JUNE)) == []
    with scope(actor_of(city.city_clerk)):
        terms = terms_in_use()
        for one in people:
            entitled = {
                month.month: sum((each.worth.money or Decimal(0) for each in month.entitled), Decimal(0))
                for month in explain(one.pk, terms, list(months(JANUARY, JUNE)))
            }
            assert {month: money for month, money in entitled.items() if money} == settled(one.pk)


def settled(retiree_id: int) -> dict[date, Decimal]:
    """By month, payments and approved lines without their paid list: summed by the ORM, apart from the SQL."""
    open_lines = RunLine.objects.filter(
        retiree_id=retiree_id, run__state__in=("approved", "reconciled"), paid=None
    )
    found: dict[date, Decimal] = {}
    for rows in (open_lines, Payment.objects.filter(retiree_id=retiree_id)):
        told: Iterable[Any] = rows.values_list("month").annotate(money=Sum("amount"))
        for month, money in told:
            found[month] = found.get(month, Decimal(0)) + money
    return {month: money for month, money in found.items() if money}
