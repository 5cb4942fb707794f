"""Hardship aid: four eyes, limits, once a year, budgets; yearly items; who sees what."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.audit.models import Event
from apps.benefits.actions import aid as actions
from apps.benefits.actions.aid import AidError
from apps.benefits.models import AidCase, AidScheme
from apps.benefits.queries import aid as queries
from apps.benefits.rules.aid import days_words, feast_day
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from apps.retirees.models import Retiree
from tests.benefits.aid import (
    LIXIU,
    TODAY,
    again,
    applied,
    approved,
    checked,
    paid,
    scheme_of,
    signed,
    yearly,
)
from tests.factories.city import actor_of, make_person


@pytest.fixture
def aided(city):
    """A scheme of county A and people of both counties."""
    city.scheme = scheme_of(city.clerk_a)
    city.person = make_person(city.clerk_a, city.a1, name="周一平")
    city.other = make_person(city.clerk_a, city.a2, name="周二平", **LIXIU)
    city.far = make_person(city.clerk_b, city.b1, name="吴五平")
    return city


@pytest.mark.parametrize(
    ("feast", "year", "day"),
    [
        ("spring", 2026, date(2026, 2, 17)),
        ("spring", 2027, date(2027, 2, 6)),
        ("dragon_boat", 2026, date(2026, 6, 19)),
        ("party_day", 2026, date(2026, 7, 1)),
        ("mid_autumn", 2026, date(2026, 9, 25)),
        ("national_day", 2026, date(2026, 10, 1)),
        ("double_ninth", 2026, date(2026, 10, 18)),
    ],
)
def test_feasts_fall_on_their_days(feast, year, day):
    assert feast_day(feast, year) == day


def test_days_to_a_feast_in_words():
    day = date(2026, 2, 17)
    found = [days_words(day, day - timedelta(days=left)) for left in (14, 0, -3)]
    assert found == ["还有14天", "今天到期", "已过3天"]


def test_from_the_application_to_the_money(aided):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    assert (case.state, case.only_once, case.name) == ("applied", True, "周一平")
    checked(aided.clerk_a, case)
    approved(aided.chief_a, case, "同意")
    done = paid(aided.clerk_a, case)
    assert (done.state, done.granted, done.limit, done.voucher) == ("paid", 1500, 3000, "记-12")
    with scope(actor_of(aided.clerk_a)) as actor:
        sums = queries.sums_of([aided.scheme], actor)[aided.scheme.pk]
        assert (sums.applied, sums.approved, sums.paid_cases) == (1, 1, 1)
        assert (sums.granted, sums.paid) == (1500, 1500)
    assert again(case).reason.same("老伴重病住院，自费部分重")
    with scope(system_actor()):
        told = list(Event.objects.filter(subject_id=str(case.pk)).values_list("summary", flat=True))
        steps = {"登记申请", "核查1,500.00元", "审批", "发放1,500.00元"}
        assert {one.split("：")[0] for one in told} == steps
        assert not any("老伴" in one for one in told)


def test_who_entered_or_checked_does_not_approve(aided):
    mine = applied(aided.chief_a, aided.scheme, aided.person)
    checked(aided.clerk_a, mine)
    with pytest.raises(AidError, match="由别人审批"):
        approved(aided.chief_a, mine)
    looked = checked(aided.chief_a, applied(aided.clerk_a, aided.scheme, aided.other))
    with pytest.raises(AidError, match="由别人审批"):
        approved(aided.chief_a, looked)
    with pytest.raises(AidError, match="审批"):
        approved(aided.clerk_a, looked)
    assert approved(aided.city_chief, looked).state == "approved"
    with scope(system_actor()), pytest.raises(IntegrityError, match="aid_four_eyes"), transaction.atomic():
        AidCase.objects.filter(pk=mine.pk).update(state="approved", approved_by=mine.made_by)


def test_the_city_approves_its_own_scheme(aided):
    scheme = scheme_of(aided.city_clerk, name="市级帮扶")
    case = checked(aided.clerk_a, applied(aided.clerk_a, scheme, aided.person))
    with pytest.raises(AidError, match="由市本级审批"):
        approved(aided.chief_a, case)
    with scope(actor_of(aided.chief_a)) as chief, pytest.raises(AidError, match="市本级"):
        actions.refuse_case(case=case, words="不符合", by=chief)
    assert approved(aided.city_clerk, case).state == "approved"


def test_once_a_year_is_kept_by_the_database(aided):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    with pytest.raises(AidError, match="今年已经申请过"):
        applied(aided.clerk_a, aided.scheme, aided.person)
    with scope(system_actor()):
        row = AidCase.objects.get(pk=case.pk)
        row.pk, row.reason = uuid.uuid4(), "再申请一次"
        with pytest.raises(IntegrityError, match="aid_once_a_year"), transaction.atomic():
            row.save(force_insert=True)
    with scope(actor_of(aided.clerk_a)) as actor:
        actions.withdraw_case(case=case, words="家属放弃", by=actor)
    assert applied(aided.clerk_a, aided.scheme, aided.person).state == "applied"
    next_year = scheme_of(aided.clerk_a, year=TODAY.year + 1)
    assert applied(aided.clerk_a, next_year, aided.person).state == "applied"


def test_a_county_that_does_not_see_the_first_application_is_refused_too(aided):
    """Somebody entered by A who then moved to B: B sees no case, the database knows."""
    scheme = scheme_of(aided.city_clerk, name="市级帮扶")
    applied(aided.clerk_a, scheme, aided.person)
    with scope(system_actor()):
        AidCase.objects.update(retiree_id=aided.far.pk)
    with pytest.raises(AidError, match="今年已经申请过"):
        applied(aided.clerk_b, scheme, aided.far)


def test_a_record_that_was_merged_counts_as_the_person(aided):
    applied(aided.clerk_a, aided.scheme, aided.person)
    with scope(system_actor()):
        Retiree.objects.filter(pk=aided.person.pk).update(state="merged", merged_into=aided.other)
    with pytest.raises(AidError, match="今年已经申请过"):
        applied(aided.clerk_a, aided.scheme, aided.other)
    with scope(actor_of(aided.clerk_a)) as actor:
        assert len(queries.cases_of(aided.other, actor)) == 1


def test_several_times_a_year_share_one_limit(aided):
    scheme = scheme_of(aided.clerk_a, name="临时救助", times_a_year=2)
    first = checked(aided.clerk_a, applied(aided.clerk_a, scheme, aided.person), 2000)
    second = applied(aided.clerk_a, scheme, aided.person)
    with pytest.raises(AidError, match="每年最多2次"):
        applied(aided.clerk_a, scheme, aided.person)
    second = checked(aided.clerk_a, second, 1500)
    approved(aided.chief_a, first)
    with pytest.raises(AidError, match="最多再核定1,000"):
        approved(aided.chief_a, second)
    checked(aided.clerk_a, second, 1000)
    assert approved(aided.chief_a, second).granted == 1000


def test_a_budget_is_not_overspent(aided):
    scheme = scheme_of(aided.clerk_a, name="小额帮扶", budget=Decimal(2000))
    first = checked(aided.clerk_a, applied(aided.clerk_a, scheme, aided.person), 1500)
    second = checked(aided.clerk_a, applied(aided.clerk_a, scheme, aided.other), 1000)
    approved(aided.chief_a, first)
    with pytest.raises(AidError, match=r"预算只剩500.00元"):
        approved(aided.chief_a, second)
    with scope(actor_of(aided.clerk_a)) as actor:
        with pytest.raises(AidError, match="预算不能比它少"):
            actions.save_scheme(scheme=scheme, values={"budget": Decimal(1000)}, by=actor)
        actions.withdraw_case(case=first, words="家属放弃", by=actor)
    assert approved(aided.chief_a, second).state == "approved"


@pytest.mark.parametrize("granted", [0, -5, "3000.01"])
def test_what_is_over_the_limit_or_nothing_is_refused(aided, granted):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    with pytest.raises((AidError, IntegrityError)):
        checked(aided.clerk_a, case, granted)
    assert again(case).state == "applied"


def test_bad_applications_are_refused_with_words(aided):
    for scheme, person, day, word in (
        (aided.scheme, aided.far, TODAY, "不属于"),
        (aided.scheme, aided.person, TODAY + timedelta(days=1), "不能晚于今天"),
        (aided.scheme, aided.person, date(TODAY.year - 2, 1, 1), "不能早于"),
        (
            scheme_of(aided.clerk_a, name="离休帮扶", people="lixiu"),
            aided.person,
            TODAY,
            "不在这个项目的对象里",
        ),
        (yearly(aided.clerk_a), aided.person, TODAY, "登记报名"),
    ):
        with pytest.raises(AidError, match=word):
            applied(aided.city_clerk, scheme, person, day=day)
    with scope(actor_of(aided.clerk_a)) as actor:
        actions.set_scheme_open(scheme=aided.scheme, is_open=False, today=TODAY, by=actor)
        aided.scheme.refresh_from_db()
    with pytest.raises(AidError, match="已经停止申请"):
        applied(aided.clerk_a, aided.scheme, aided.person)
    gone = aided.other
    with scope(actor_of(aided.clerk_a)) as actor:
        day = TODAY - timedelta(days=3)
        record_death(retiree=gone, died_on=PartialDate.from_date(day), reported_on=day, by=actor)
        gone = Retiree.objects.get(pk=gone.pk)
        actions.set_scheme_open(scheme=aided.scheme, is_open=True, today=TODAY, by=actor)
        aided.scheme.refresh_from_db()
    with pytest.raises(AidError, match="不在册"):
        applied(aided.clerk_a, aided.scheme, gone)


def test_steps_are_taken_in_order(aided):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    with pytest.raises(AidError, match="待核查，不能审批"):
        approved(aided.chief_a, case)
    with pytest.raises(AidError, match="不能登记发放"):
        paid(aided.clerk_a, case)
    approved(aided.chief_a, checked(aided.clerk_a, case))
    with pytest.raises(AidError, match="待发放，不能核查"):
        checked(aided.clerk_a, case)
    with pytest.raises(AidError, match="不能早于"):
        paid(aided.clerk_a, case, day=TODAY - timedelta(days=2))
    paid(aided.clerk_a, case)
    with scope(actor_of(aided.clerk_a)) as actor, pytest.raises(AidError, match="已发放，不能撤回"):
        actions.withdraw_case(case=case, words="错了", by=actor)
    with (
        scope(system_actor()),
        pytest.raises(IntegrityError, match="aid_paid_with_proof"),
        transaction.atomic(),
    ):
        AidCase.objects.filter(pk=case.pk).update(voucher="")


def test_refused_with_words_and_applied_again(aided):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    with scope(actor_of(aided.clerk_a)) as actor:
        assert actions.refuse_case(case=case, words="不属于困难情形", by=actor).state == "refused"
    assert applied(aided.clerk_a, aided.scheme, aided.person).state == "applied"
    with (
        scope(system_actor()),
        pytest.raises(IntegrityError, match="aid_ended_with_words"),
        transaction.atomic(),
    ):
        AidCase.objects.filter(pk=case.pk).update(words="")


def test_yearly_items_are_signed_up_for_and_done(aided):
    scheme = yearly(aided.city_clerk)
    with scope(actor_of(aided.clerk_a)) as actor:
        assert queries.eligible_counts([scheme], actor) == {scheme.pk: 2}
        assert [one.pk for one in queries.unused(scheme, actor)] == [aided.person.pk, aided.other.pk]
    with scope(actor_of(aided.city_clerk)) as actor:
        assert queries.eligible_counts([scheme], actor) == {scheme.pk: 3}
    (first, _) = signed(aided.clerk_a, scheme, aided.person, aided.other)
    with pytest.raises(AidError, match="今年已经申请过"):
        signed(aided.clerk_a, scheme, aided.person)
    with scope(actor_of(aided.clerk_a)) as actor:
        done = actions.note_done(case=first, done_on=TODAY, today=TODAY, by=actor)
        assert (done.state, done.done_on) == ("done", TODAY)
        sums = queries.sums_of([scheme], actor)[scheme.pk]
        assert (sums.signed, sums.done, sums.used) == (1, 1, 2)
        assert not queries.unused(scheme, actor).exists()
    with scope(actor_of(aided.city_clerk)) as actor:
        assert [one.pk for one in queries.unused(scheme, actor)] == [aided.far.pk]
    with pytest.raises(AidError, match="登记申请"):
        signed(aided.clerk_a, aided.scheme, aided.person)


def test_all_are_signed_up_or_none(aided):
    scheme = yearly(aided.city_clerk)
    signed(aided.clerk_a, scheme, aided.other)
    with pytest.raises(AidError, match="周二平"):
        signed(aided.clerk_a, scheme, aided.person, aided.other)
    with scope(system_actor()):
        assert AidCase.objects.count() == 1


def test_a_scheme_keeps_what_was_applied_for(aided):
    applied(aided.clerk_a, aided.scheme, aided.person)
    with scope(actor_of(aided.clerk_a)) as actor:
        with pytest.raises(AidError, match="每人每年次数不能再改"):
            actions.save_scheme(scheme=aided.scheme, values={"times_a_year": 2}, by=actor)
        with pytest.raises(AidError, match="不能删除"):
            actions.remove_scheme(scheme=aided.scheme, by=actor)
        actions.save_scheme(scheme=aided.scheme, values={"limit": Decimal(5000)}, by=actor)
        spare = actions.save_scheme(
            scheme=None,
            values={"kind": "medical", "year": TODAY.year, "name": "医疗补助", "limit": Decimal(1)},
            by=actor,
        )
        actions.remove_scheme(scheme=spare, by=actor)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"limit": None}, "aid_scheme_limited"),
        ({"limit": Decimal(-1)}, "aid_scheme_amounts"),
        ({"times_a_year": 0}, "aid_scheme_times"),
        ({"kind": "rest", "times_a_year": 2}, "aid_scheme_times"),
        ({"name": ""}, "aid_scheme_named"),
    ],
)
def test_a_scheme_that_says_nothing_sound_is_refused(aided, values, name):
    with scope(system_actor()), pytest.raises(IntegrityError, match=name), transaction.atomic():
        AidScheme.objects.filter(pk=aided.scheme.pk).update(**values)


def test_what_waits_for_whom(aided):
    scheme = scheme_of(aided.clerk_a, name="节前帮扶", pay_before=TODAY + timedelta(days=10))
    case = checked(aided.clerk_a, applied(aided.clerk_a, scheme, aided.person))
    waiting = {}
    for user in (aided.clerk_a, aided.chief_a, aided.city_clerk, aided.clerk_b):
        with scope(actor_of(user)) as actor:
            waiting[user.username] = queries.to_approve(actor).count()
    assert waiting == {"clerk_a": 0, "chief_a": 1, "city_clerk": 1, "clerk_b": 0}
    approved(aided.chief_a, case)
    with scope(actor_of(aided.clerk_a)) as actor:
        assert queries.to_pay_soon(actor, TODAY).count() == 1
        assert queries.to_pay_soon(actor, TODAY - timedelta(days=5)).count() == 0
    paid(aided.clerk_a, case)
    with scope(actor_of(aided.clerk_a)) as actor:
        assert queries.to_pay_soon(actor, TODAY).count() == 0


def test_rows_stay_in_their_county(aided):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    with scope(actor_of(aided.clerk_b)) as actor:
        assert not AidCase.objects.filter(pk=case.pk).exists()
        assert aided.scheme not in list(queries.schemes_seen(actor))
    city = scheme_of(aided.city_clerk, name="市级帮扶")
    with scope(actor_of(aided.clerk_a)) as actor:
        assert {one.pk for one in queries.schemes_for(aided.person, actor, TODAY)} == {
            aided.scheme.pk,
            city.pk,
        }
    for user in (aided.unit_a1, aided.leader, aided.leader_a):
        with scope(actor_of(user)), pytest.raises(DatabaseError), transaction.atomic():
            AidCase.objects.count()
