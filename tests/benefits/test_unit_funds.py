"""Funds of units: heads of the register, a ledger that never goes below nought, years that carry over."""

import io
from datetime import date
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import openpyxl
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.benefits.actions.unit_funds import (
    FundError,
    add_entries,
    cancel_entry,
    close_funds,
    count_year,
    save_fund_rate,
    set_carried,
)
from apps.benefits.models import FundEntry, FundRate, UnitFund
from apps.benefits.queries.unit_funds import county_sums, funds_seen, total_of, unit_ledger
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from tests.factories.city import actor_of, make_person

TODAY = timezone.localdate()
YEAR = TODAY.year
OLD = {"category": "lixiu", "joined_on": PartialDate(1947, 5), "work_started_on": PartialDate(1947, 5)}


def count(user, year=YEAR, kind="special"):
    with scope(actor_of(user)) as actor:
        return count_year(kind=kind, year=year, today=TODAY, by=actor)


def fund_of(unit, year=YEAR):
    with scope(system_actor()):
        return UnitFund.objects.get(unit=unit, year=year, kind="special")


def spend(user, fund, amount="100", people=(), **more):
    values = {
        "day": min(TODAY, date(fund.year, 12, 31)),
        "purpose": "hardship",
        "words": "住院",
        "voucher": "",
    }
    with scope(actor_of(user)) as actor:
        given = values | {"amount": Decimal(amount)} | more
        return add_entries(fund=fund, values=given, people=list(people), today=TODAY, by=actor)


@pytest.fixture
def shipped(db):
    """The rates that the migration brought; a test that empties the tables takes them away."""
    with scope(system_actor()):
        if not FundRate.objects.exists():
            import_module("apps.benefits.migrations.0006_fund_rates").add(
                apps, SimpleNamespace(connection=connection)
            )


@pytest.fixture
def counted(city, shipped):
    """Three 离休 in A1 and one 退休; one 离休 in B1; counted by their counties."""
    city.old = [make_person(city.clerk_a, city.a1, name=f"周{name}平", **OLD) for name in "一二三"]
    city.young = make_person(city.clerk_a, city.a1, name="王四新")
    city.far = make_person(city.clerk_b, city.b1, name="吴五平", **OLD)
    for user in (city.clerk_a, city.clerk_b):
        count(user)
    return city


def test_heads_of_the_register_times_the_rate_that_was_shipped(counted):
    a1, b1 = fund_of(counted.a1), fund_of(counted.b1)
    assert (a1.headcount, a1.allotted, a1.left) == (3, Decimal(1500), Decimal(1500))
    assert (b1.headcount, b1.allotted) == (1, Decimal(500))
    assert a1.counted[0]["heads"] == [3]
    with scope(system_actor()):
        assert not UnitFund.objects.filter(unit=counted.a2).exists(), "nobody there, no fund"


def test_counting_again_takes_what_changed_until_the_year_is_closed(counted):
    with scope(actor_of(counted.clerk_a)) as actor:
        day = date(YEAR - 1, 12, 20)
        record_death(retiree=counted.old[0], died_on=PartialDate.from_date(day), reported_on=day, by=actor)
    done = count(counted.clerk_a)
    assert (done.made, done.changed, done.short) == (0, 1, ())
    assert fund_of(counted.a1).allotted == 1000
    assert count(counted.clerk_a).changed == 0


def test_a_count_that_would_not_cover_what_was_spent_is_left(counted):
    fund = fund_of(counted.a1)
    spend(counted.clerk_a, fund, "1400")
    with scope(system_actor()):
        FundRate.objects.filter(amount=500).update(amount=400)
    done = count(counted.clerk_a)
    assert (done.changed, done.short) == (0, (counted.a1.pk,))
    assert fund_of(counted.a1).allotted == 1500


def test_months_make_a_mean(counted):
    with scope(actor_of(counted.clerk_a)) as actor:
        values = {"kind": "special", "people": "lixiu", "headcount": "monthly", "amount": Decimal("600")}
        basis = {"paper_text": "县里的规定", "during": DateRange(date(YEAR, 1, 1), None)}
        save_fund_rate(rate=None, values=values | basis, by=actor)
    count(counted.clerk_a)
    fund = fund_of(counted.a1)
    assert len(fund.counted[0]["heads"]) == 12
    assert fund.allotted == 1800
    assert fund_of(counted.b1).allotted == 500, "a county's rate is its own"


def test_rates_of_one_time_do_not_overlap(counted, sign_in):
    sent = {
        "kind": "special",
        "people": "lixiu",
        "headcount": "year_start",
        "amount": "600",
        "starts_on": "2026-01-01",
        "paper_text": "市里的规定",
        "token": "00000000-0000-4000-8000-000000000001",
    }
    answer = sign_in(counted.city_clerk).post(reverse("benefits:fund-rate-create"), sent)
    assert answer.status_code == 422
    assert "同一时期已有这项标准" in answer.text
    sent["token"] = "00000000-0000-4000-8000-000000000003"
    assert sign_in(counted.clerk_a).post(reverse("benefits:fund-rate-create"), sent).status_code == 302
    with scope(system_actor()):
        assert list(FundRate.objects.filter(county=counted.a).values_list("amount", flat=True)) == [600]


def test_spending_never_goes_below_nought(counted):
    fund = fund_of(counted.a1)
    spend(counted.clerk_a, fund, "1400.50")
    with pytest.raises(FundError, match=r"只剩99\.50元"):
        spend(counted.clerk_a, fund, "99.51")
    spend(counted.clerk_a, fund, "99.50", purpose="activity")
    assert fund_of(counted.a1).left == 0
    with scope(system_actor()), pytest.raises(DatabaseError), transaction.atomic():
        UnitFund.objects.filter(pk=fund.pk).update(spent=2000)


def test_a_line_is_taken_back_by_another_and_never_deleted(counted):
    fund = fund_of(counted.a1)
    (entry,) = spend(counted.clerk_a, fund, "300", people=counted.old[:1])
    with scope(actor_of(counted.clerk_a)) as actor:
        against = cancel_entry(entry=entry, words="重复登记", today=TODAY, by=actor)
        assert (against.amount, against.name) == (-300, "周一平")
        with pytest.raises(FundError, match="已经冲销"):
            cancel_entry(entry=entry, words="再来", today=TODAY, by=actor)
        with pytest.raises(FundError, match="已经冲销"):
            cancel_entry(entry=against, words="再来", today=TODAY, by=actor)
        found = unit_ledger(UnitFund.objects.get(pk=fund.pk))
        assert [line.money.left for line in found.lines] == [1200, 1500]
        assert found.is_sound
        with pytest.raises(DatabaseError), transaction.atomic():
            entry.delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            FundEntry.objects.filter(pk=entry.pk).update(amount=1)


def test_what_came_in_and_was_spent_is_not_taken_back(counted):
    fund = fund_of(counted.a1)
    (came,) = spend(counted.clerk_a, fund, "200", purpose="added")
    spend(counted.clerk_a, fund, "1600")
    with scope(actor_of(counted.clerk_a)) as actor, pytest.raises(FundError, match="不能冲销"):
        cancel_entry(entry=came, words="记错", today=TODAY, by=actor)


def test_the_same_for_all_is_refused_in_the_words_of_the_rule(counted):
    fund = fund_of(counted.a1)
    with pytest.raises(FundError, match="特需经费不得平均分配或挪用"):
        spend(counted.clerk_a, fund, "100", people=counted.old)
    spend(counted.clerk_a, fund, "100", people=counted.old[:2])
    with pytest.raises(FundError, match="特需经费不得平均分配或挪用"):
        spend(counted.clerk_a, fund, "100", people=counted.old[2:])
    spend(counted.clerk_a, fund, "150", people=counted.old[2:])
    assert fund_of(counted.a1).spent == 350


def test_only_people_of_the_unit_and_of_the_kind_are_helped(counted):
    fund = fund_of(counted.a1)
    with pytest.raises(FundError, match="本单位的人"):
        spend(counted.city_clerk, fund, "10", people=[counted.far])
    with pytest.raises(FundError, match="不在这项经费的范围"):
        spend(counted.clerk_a, fund, "10", people=[counted.young])
    with pytest.raises(FundError, match="不选帮扶对象"):
        spend(counted.clerk_a, fund, "10", purpose="added", people=counted.old[:1])
    with pytest.raises(FundError, match="日期要在"):
        spend(counted.clerk_a, fund, "10", day=date(YEAR - 1, 12, 31))


def test_a_closed_year_carries_over_and_holds(counted):
    count(counted.clerk_a, YEAR - 1)
    before, now = fund_of(counted.a1, YEAR - 1), fund_of(counted.a1)
    assert (before.left, now.carried) == (1500, 0)
    with scope(actor_of(counted.clerk_a)) as actor:
        with pytest.raises(FundError, match="还没有过完"):
            close_funds(funds=[now], today=TODAY, by=actor)
        with pytest.raises(FundError, match="由上年结账得出"):
            set_carried(fund=now, amount=Decimal(1), words="旧账", by=actor)
        set_carried(fund=before, amount=Decimal("20.50"), words="手工台账", by=actor)
        assert close_funds(funds=[before], today=TODAY, by=actor) == 1
        assert close_funds(funds=[before], today=TODAY, by=actor) == 0
    now = fund_of(counted.a1)
    assert (now.carried, now.left) == (Decimal("1520.50"), Decimal("3020.50"))
    with pytest.raises(FundError, match="已经结账"):
        spend(counted.clerk_a, fund_of(counted.a1, YEAR - 1), "1")
    with scope(system_actor()):
        FundRate.objects.filter(amount=500).update(amount=900)
    assert count(counted.clerk_a, YEAR - 1).closed == 1
    assert fund_of(counted.a1, YEAR - 1).allotted == 1500, "closed years stay as they were"


def test_years_are_closed_in_their_order_and_a_new_one_takes_what_was_left(counted):
    for year in (YEAR - 2, YEAR - 1):
        count(counted.clerk_a, year)
    first, second = fund_of(counted.a1, YEAR - 2), fund_of(counted.a1, YEAR - 1)
    with scope(actor_of(counted.clerk_a)) as actor:
        with pytest.raises(FundError, match="请先结以前年度的账"):
            close_funds(funds=[second], today=TODAY, by=actor)
        close_funds(funds=[first], today=TODAY, by=actor)
        close_funds(funds=[second], today=TODAY, by=actor)
        UnitFund.objects.filter(unit=counted.a1, year=YEAR).delete()
    count(counted.clerk_a)
    assert fund_of(counted.a1).carried == 3000


def test_each_sees_the_funds_of_his_place(counted):
    for user, labels in (
        (counted.city_clerk, [counted.a.label, counted.b.label]),
        (counted.clerk_a, [counted.a.label]),
        (counted.unit_b1, [counted.b.label]),
    ):
        with scope(actor_of(user)) as actor:
            funds = funds_seen(actor, "special", YEAR)
            assert [one.label for one in county_sums(funds)] == labels
            assert total_of(funds).funds == len(labels)
            assert set(FundEntry.objects.all()) == set()
    with scope(actor_of(counted.unit_a1)), pytest.raises(DatabaseError), transaction.atomic():
        UnitFund.objects.update(carried=1)


def test_pages_of_the_city_a_county_and_a_unit(counted, sign_in):
    fund = fund_of(counted.a1)
    spend(counted.clerk_a, fund, "300", people=counted.old[:1], words="住院自费部分")
    page, one = reverse("benefits:unit-funds"), reverse("benefits:unit-fund", args=[fund.pk])
    city = sign_in(counted.city_clerk)
    text = city.get(page).text
    assert all(word in text for word in (counted.a.label, counted.b.label, "合计", "2,000.00", "1,700.00"))
    assert counted.a1.label in city.get(f"{page}?county={counted.a.pk}").text
    county = sign_in(counted.clerk_a)
    assert counted.a1.label in county.get(page).text
    assert counted.b1.label not in county.get(page).text
    assert county.get(f"{page}?county={counted.b.pk}").status_code == 400
    assert county.get(reverse("benefits:unit-fund", args=[fund_of(counted.b1).pk])).status_code == 404
    text = county.get(one).text
    assert all(
        word in text for word in ("住院自费部分", "周一平", "1,200.00", "冲销", "在册3人，每人每年500.00元")
    )
    unit = sign_in(counted.unit_a1)
    assert "住院自费部分" in unit.get(one).text
    assert "登记流水" not in unit.get(one).text
    assert unit.get(reverse("benefits:unit-fund-add", args=[fund.pk])).status_code == 403
    assert sign_in(counted.leader).get(page).status_code == 403


def test_a_line_is_typed_once_and_what_is_wrong_is_said(counted, sign_in):
    fund = fund_of(counted.a1)
    address = reverse("benefits:unit-fund-add", args=[fund.pk])
    client = sign_in(counted.clerk_a)
    sent = {
        "day": TODAY.isoformat(),
        "purpose": "hardship",
        "amount": "1,000",
        "words": "住院",
        "voucher": "记-12",
        "people": [counted.old[0].pk],
        "token": "00000000-0000-4000-8000-000000000002",
    }
    for field, value, word in (
        ("amount", "9000", "只剩1,500.00元"),
        ("people", [counted.far.pk], "请从列表里选择本单位的人"),
        ("words", "", "请填写摘要"),
        ("amount", "0", "金额要大于0"),
    ):
        answer = client.post(address, sent | {field: value})
        assert answer.status_code == 422
        assert word in answer.text
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    with scope(system_actor()):
        assert FundEntry.objects.get().voucher == "记-12"
        assert Event.objects.filter(summary__contains="登记特殊困难1,000.00元").count() == 1


def test_counting_and_closing_from_the_list(counted, sign_in):
    client = sign_in(counted.clerk_a)
    query = f"?kind=special&year={YEAR - 1}"
    address = reverse("benefits:unit-funds-count") + query
    assert "500.00元" in client.get(address).text
    assert "新建1个单位" in client.post(address, follow=True).text
    close = reverse("benefits:unit-funds-close") + query
    assert "1个单位结账" in client.get(close).text
    assert f"{YEAR - 1}年1个单位" in client.post(close, follow=True).text
    assert fund_of(counted.a1).carried == 1500
    answer = client.post(reverse("benefits:unit-funds-count") + f"?kind=office&year={YEAR}", follow=True)
    assert "请先登记标准" in answer.text


def test_workbooks(counted, sign_in):
    fund = fund_of(counted.a1)
    spend(counted.clerk_a, fund, "300", people=counted.old[:1])
    client = sign_in(counted.clerk_a)
    answer = client.post(reverse("benefits:unit-fund-sheet", args=[fund.pk]))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[3][3:5] == ("周一平", None)
    assert float(rows[3][7]) == 1200
    answer = client.post(reverse("benefits:unit-funds-sheet"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert (rows[1][1], float(rows[1][6]), float(rows[1][7])) == (counted.a1.label, 300, 1200)
    with scope(system_actor()):
        assert Event.objects.filter(kind="export", summary__contains="特需经费").count() == 2


def test_a_page_asks_the_same_of_one_line_as_of_three(counted, sign_in):
    fund = fund_of(counted.a1)
    client = sign_in(counted.clerk_a)
    page = reverse("benefits:unit-fund", args=[fund.pk])
    numbers = []
    for amount, person in ((10, 0), (20, 1), (30, 2)):
        spend(counted.clerk_a, fund, str(amount), people=[counted.old[person]])
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        numbers.append(len(asked))
    assert numbers[0] == numbers[-1]
