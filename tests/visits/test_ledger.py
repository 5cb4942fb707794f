"""The ledger: sums that check, one's own place alone, budgets, and what to look into."""

import io
import uuid
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import Budget, BudgetHistory, Campaign, FundSource, Occasion, Visit
from apps.visits.queries.ledger import ledger
from tests.factories.city import actor_of, make_person

TODAY = timezone.localdate()
PAGE, SHEET, NEW = reverse("visits:funds"), reverse("visits:funds-sheet"), reverse("visits:budget-create")


def give(person, money, goods="0", **more):
    with scope(system_actor()):
        return Visit.objects.create(
            **person.row_keys(),
            occasion=Occasion.objects.get(code="spring"),
            visited_on=TODAY,
            way="home",
            money=money,
            goods="大米" if goods != "0" else "",
            goods_value=goods,
            recorded_by=1,
            recorded_by_name="经办",
            **more,
        )


@pytest.fixture
def given(city):
    """Two gifts in A (one in a campaign, signed), one in B over the limit; a visit without a gift; one of last year."""
    a, b = (
        make_person(city.clerk_a, city.a1, name="周一平"),
        make_person(city.clerk_b, city.b1, name="吴二平"),
    )
    with scope(system_actor()):
        source = FundSource.objects.create(name="市级专项")
        campaign = Campaign.objects.create(
            title="春节走访",
            occasion=Occasion.objects.get(code="spring"),
            starts_on=TODAY,
            ends_on=TODAY + timedelta(days=9),
            made_by_name="市经办",
        )
    give(a, "500.50", source=source, campaign=campaign, signed_by="self", signed_name="周一平")
    give(a, "0", "99.50", source=source)
    give(b, "1000", source=source, over_limit_reason="病重，经批准")
    give(b, "0")
    old = give(b, "7", source=source)
    with scope(system_actor()):
        Visit.objects.filter(pk=old.pk).update(visited_on=TODAY.replace(year=TODAY.year - 1, day=1))
    return city, source, campaign


def of(user, year=TODAY.year):
    with scope(actor_of(user)) as actor:
        return ledger(actor, year)


def test_sums_check_and_are_those_of_the_place(given):
    city, _, _ = given
    whole = of(city.city_clerk)
    assert [(line.campaign, line.amounts.spent) for line in whole.lines] == [
        ("春节走访", Decimal("500.50")),
        ("", Decimal("1099.50")),
    ]
    assert (whole.total.spent, whole.check, whole.is_sound) == (Decimal("1600.00"), Decimal("1600.00"), True)
    assert [(line.label, line.amounts.spent) for line in whole.places] == [
        (city.a.label, Decimal("600.00")),
        (city.b.label, Decimal("1000.00")),
    ]
    assert of(city.clerk_a).total.spent == Decimal("600.00")
    assert of(city.clerk_b).total.spent == Decimal("1000.00")
    assert of(city.city_clerk, TODAY.year - 1).total.spent == Decimal("7.00")


def test_what_to_look_into(given):
    city, _, _ = given
    whole = of(city.city_clerk)
    assert (whole.over_limit.count, whole.unsigned.count, list(whole.twice)) == (1, 2, [])
    assert whole.over_limit.rows[0].retiree.name == "吴二平"
    assert of(city.clerk_a).over_limit.count == 0
    with scope(system_actor()):
        Occasion.objects.filter(code="spring").update(money_limit=400)
    assert of(city.clerk_a).over_limit.count == 1, "a limit that came later counts"


def test_planned_left_and_overspent(given, sign_in):
    city, source, campaign = given
    with scope(system_actor()):
        Budget.objects.create(source=source, campaign=campaign, year=TODAY.year, amount="400")
        Budget.objects.create(source=source, year=TODAY.year, amount="2000")
    first, second = of(city.city_clerk).lines
    assert (first.amounts.left, first.amounts.rate) == (Decimal("-100.50"), Decimal("125.1"))
    assert (second.amounts.left, second.amounts.rate) == (Decimal("900.50"), Decimal("54.9"))
    text = sign_in(city.city_clerk).get(PAGE).text
    assert "支出超过计划" in text
    assert "超支100.50元" in text
    assert "一致" in text
    assert "不一致" not in text
    assert of(city.clerk_a).total.planned is None, "the city's budgets are the city's"


def typed(from_source, **values):
    return {
        "source": from_source.pk,
        "campaign": "",
        "year": f"{TODAY.year}",
        "amount": "1,234.50元",
        "token": uuid.uuid4(),
    } | values


def test_a_budget_is_kept_changed_and_removed_with_history(given, sign_in):
    city, source, _ = given
    client = sign_in(city.clerk_a)
    sent = typed(source)
    assert client.post(NEW, sent).status_code == 302
    assert client.post(NEW, sent).status_code == 302, "sent twice"
    with scope(system_actor()):
        row = Budget.objects.get()
    assert (row.county_id, row.amount) == (city.a.pk, Decimal("1234.50"))
    again = client.post(NEW, typed(source))
    assert again.status_code == 422
    assert "已有计划" in again.text
    edit, remove = (reverse(f"visits:budget-{word}", args=[row.pk]) for word in ("edit", "remove"))
    assert client.post(edit, typed(source, amount="2000")).status_code == 302
    assert "1,234.50" not in client.get(f"{PAGE}?year={TODAY.year}").text
    assert f"删除{TODAY.year}年" in client.get(remove).text
    assert client.post(remove).status_code == 302
    with scope(system_actor()):
        assert not Budget.objects.exists()
        assert BudgetHistory.objects.filter(id=row.pk).count() >= 2
        assert Event.objects.filter(summary__startswith=f"删除{TODAY.year}年经费计划").exists()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("amount", "", "请填写计划金额"),
        ("amount", "一千", "金额填成"),
        ("amount", "-1", "大于或等于"),
        ("amount", "9" * 30, "位"),
        ("year", "2001", "请从列表里选择年份"),
        ("year", "二零", "请从列表里选择年份"),
        ("source", "999999", "请从列表里选择"),
        ("campaign", "999999", "请从列表里选择"),
        ("paper", "绝密★10年", "密级"),
    ],
)
def test_wrong_input_changes_nothing_and_says_why(given, sign_in, name, value, word):
    city, source, _ = given
    answer = sign_in(city.city_clerk).post(NEW, typed(source, **{name: value}))
    assert answer.status_code == 422
    assert word in answer.text
    with scope(system_actor()):
        assert not Budget.objects.exists()


def test_others_budgets_sources_and_campaigns_are_not_there(given, sign_in):
    city, source, _ = given
    with scope(system_actor()):
        theirs = Budget.objects.create(county=city.b, source=source, year=TODAY.year, amount=88)
        own = FundSource.objects.create(name="石桥专项", county=city.b)
    client = sign_in(city.clerk_a)
    for word in ("edit", "remove"):
        address = reverse(f"visits:budget-{word}", args=[theirs.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, typed(source)).status_code == 404
    assert client.post(NEW, typed(own)).status_code == 422
    with scope(system_actor()):
        assert Budget.objects.get().amount == 88


def test_the_workbook_says_what_the_page_says(given, sign_in):
    city, _, _ = given
    answer = sign_in(city.city_clerk).post(SHEET)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    )
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("1,600.00" in cell or cell in ("1600", "1600.0") for cell in cells)
    assert not any("周一平" in cell or "吴二平" in cell for cell in cells)
    with scope(system_actor()):
        assert Event.objects.filter(summary=f"导出{TODAY.year}年慰问经费台账").exists()


def test_offices_only(given, sign_in):
    city, _, _ = given
    for user in ("unit_a1", "leader", "leader_a", "system_admin"):
        assert sign_in(city.users[user]).get(PAGE).status_code == 403, user
    assert sign_in(city.clerk_a).get(PAGE, {"year": "1"}).status_code == 400


def test_an_empty_year_says_what_to_do(city, sign_in):
    text = sign_in(city.clerk_a).get(PAGE).text
    assert "这一年还没有计划和支出" in text
    assert NEW in text
