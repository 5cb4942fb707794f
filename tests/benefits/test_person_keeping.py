"""What is decided about one person's benefits: approvals, how he died, his account, what was paid earlier."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.benefits.actions import person as actions
from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.runs import open_county, open_run
from apps.benefits.management.demo import runs as demo_runs
from apps.benefits.models import Approval, Benefit, DeathRuling, PayAccount, Payment
from apps.benefits.queries.person import person_money
from apps.benefits.rules.months import month_of, months
from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.models import Membership, Retiree
from tests.benefits.conftest import make_standard, put_in_force
from tests.factories.city import actor_of, make_city, make_person
from tests.factories.signed_in import signed_in

pytestmark = pytest.mark.django_db
LIXIU = {"category": "lixiu", "retired_on": PartialDate(1985, 1), "birth_date": PartialDate(1926, 5, 4)}
NUMBER = "62220000111122223"
TODAY = timezone.localdate()
THIS = month_of(TODAY)


@pytest.fixture
def city() -> SimpleNamespace:
    made = make_city()
    made.person = make_person(made.clerk_a, made.a1, name="王一", joined_on=PartialDate(1947, 3), **LIXIU)
    with scope(actor_of(made.city_clerk)) as actor:
        put_in_force("组通字〔2008〕48号")
        open_county(county=made.a, month=date(2020, 1, 1), by=actor)
        Benefit.objects.filter(code="nursing").update(needs_approval=True)
    return made


def page(name: str, city: SimpleNamespace, *more: Any) -> str:
    return reverse(f"benefits:{name}", args=[city.person.pk, *more])


def token_of(client: Client, address: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(address).content.decode())
    assert found
    return found[1]


def send(client: Client, address: str, values: Mapping[str, Any], times: int = 1) -> Any:
    token = token_of(client, address)
    for _ in range(times):
        answer = client.post(address, {**values, "token": token})
    return answer


def tab(city: SimpleNamespace, client: Client) -> str:
    address = reverse("retirees:detail", args=[city.person.pk])
    return client.get(address, {"tab": "benefits"}).content.decode()


def told(city: SimpleNamespace) -> list[str]:
    with scope(actor_of(city.city_clerk)):
        return list(Event.objects.order_by("-pk").values_list("summary", flat=True)[:3])


def approved(city: SimpleNamespace, starts: date = date(2024, 1, 1), ends: date | None = None) -> Approval:
    with scope(actor_of(city.clerk_a)) as actor:
        values = {
            "benefit": Benefit.objects.get(code="nursing"),
            "during": DateRange(starts, ends),
            "document": "演示批文",
            "approved_by_name": "试批准",
            "note": "",
        }
        return actions.approve_benefit(retiree=city.person, values=values, by=actor)


def test_an_approval_makes_him_entitled_from_its_day(city):
    client = signed_in(city.clerk_a)
    assert "200.00元" not in tab(city, client)
    values = {
        "benefit": Benefit.objects.get(code="nursing").pk,
        "starts_on": "2024-01-01",
        "document": "演示批文",
        "approved_by_name": "试批准",
    }
    answer = send(client, page("approval-create", city), values, times=2)
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Approval.objects.count() == 1
    text = tab(city, client)
    assert "200.00元" in text
    assert "演示批文" in text
    assert "特批时期护理费：王一" in told(city)
    again = send(client, page("approval-create", city), values)
    assert again.status_code == 422
    assert "已经批准过" in again.content.decode()


def test_only_benefits_that_need_it_are_approved(city):
    with scope(actor_of(city.city_clerk)):
        Benefit.objects.filter(code="nursing").update(needs_approval=False)
    with pytest.raises(NotPossible, match="不用特批"):
        approved(city)


def test_an_approval_ends_with_a_reason_or_is_taken_back(city):
    row, client = approved(city), signed_in(city.chief_a)
    address = page("approval-end", city, row.pk)
    missing = send(client, address, {"how": "end", "last_day": "2025-06-30"})
    assert missing.status_code == 422
    assert "请写明原因" in missing.content.decode()
    early = send(client, address, {"how": "end", "last_day": "2023-12-31", "reason": "试"})
    assert "截止日期不能早于" in early.content.decode()
    assert send(client, address, {"how": "end", "last_day": "2025-06-30", "reason": "试"}).status_code == 302
    with scope(actor_of(city.clerk_a)) as actor:
        row.refresh_from_db()
        assert row.during == DateRange(date(2024, 1, 1), date(2025, 7, 1))
        with pytest.raises(NotPossible, match="已经在"):
            actions.end_approval(approval=row, last_day=date(2026, 1, 1), reason="试", by=actor)
    assert send(client, address, {"how": "revoke", "reason": "批错"}, times=2).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert not Approval.objects.exists()
    assert client.get(address).status_code == 404


def test_how_somebody_died_is_asked_of_the_dead_only(city):
    client = signed_in(city.clerk_a)
    assert client.get(page("death-ruling", city)).status_code == 302
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(NotPossible, match="没有登记去世"):
        actions.rule_death(retiree=city.person, kind="duty", document="试", by=actor)
    with scope(actor_of(city.clerk_a)):
        Retiree.objects.filter(pk=city.person.pk).update(state="dead", died_on=PartialDate(2026, 1, 5))
    address = page("death-ruling", city)
    assert send(client, address, {"kind": "duty"}).status_code == 422
    assert send(client, address, {"kind": "duty", "document": "演示认定"}, times=2).status_code == 302
    assert "因公牺牲" in tab(city, client)
    no_reason = send(client, address, {"kind": "martyr", "document": "演示认定"})
    assert "请写明原因" in no_reason.content.decode()
    send(client, address, {"kind": "martyr", "document": "演示认定2", "reason": "更正"})
    with scope(actor_of(city.clerk_a)):
        assert DeathRuling.objects.get().kind == "martyr"
    assert send(client, address, {"kind": "revoked", "reason": "认定撤销"}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert not DeathRuling.objects.exists()


def test_the_account_is_masked_and_its_number_stays_out_of_page_and_log(city):
    client = signed_in(city.clerk_a)
    values = {"bank": "演示银行", "holder": "王一", "number": "6222 0000 1111 2222 3"}
    assert send(client, page("account", city), values, times=2).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert PayAccount.objects.get().number.same(NUMBER)
    text = tab(city, client)
    assert "******" in text
    assert "演示银行" in text
    assert NUMBER not in text + client.get(page("account", city)).content.decode()
    assert not [line for line in told(city) if "6222" in line]
    change = send(client, page("account", city), {"bank": "演示二行", "holder": "王一", "number": ""})
    assert "请写明原因" in change.content.decode()
    send(
        client, page("account", city), {"bank": "演示二行", "holder": "王一", "number": "", "reason": "换行"}
    )
    with scope(actor_of(city.clerk_a)):
        row = PayAccount.objects.get()
        assert row.bank == "演示二行"
        assert row.number.same(NUMBER)
    assert send(client, page("account-drop", city), {"reason": "停用"}, times=2).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert not PayAccount.objects.exists()


@pytest.mark.parametrize("number", ["1234567", "abc", "6222-0000x1111", "1" * 33, "6222+0000+1111"])
def test_numbers_that_are_none(city, number):
    client = signed_in(city.clerk_a)
    answer = send(client, page("account", city), {"bank": "演示银行", "holder": "王一", "number": number})
    assert answer.status_code == 422
    with scope(actor_of(city.clerk_a)):
        assert not PayAccount.objects.exists()


def test_the_number_is_shown_for_a_reason_and_the_read_log_tells(city):
    client = signed_in(city.clerk_a)
    send(client, page("account", city), {"bank": "演示银行", "holder": "王一", "number": NUMBER})
    assert client.post(page("account-reveal", city)).status_code == 422
    with scope(actor_of(city.clerk_a)):
        before = Event.objects.filter(kind="reveal").count()
    shown = client.post(page("account-reveal", city), {"reason": "办理待遇"})
    assert NUMBER in shown.content.decode()
    with scope(actor_of(city.city_clerk)):
        assert Event.objects.filter(kind="reveal").count() == before + 1


def earlier(city: SimpleNamespace, **more: Any) -> dict[str, Any]:
    given = {
        "benefit": Benefit.objects.get(code="nursing").pk,
        "first_month": date(TODAY.year - 1, 1, 1).isoformat(),
        "last_month": date(TODAY.year - 1, 6, 1).isoformat(),
        "amount": "150",
        "paid_on": TODAY.isoformat(),
        "note": "工资册",
    }
    return given | more


def test_what_was_paid_earlier_is_a_payment_for_each_month_once(city):
    client = signed_in(city.clerk_a)
    assert send(client, page("earlier", city), earlier(city), times=2).status_code == 302
    with scope(actor_of(city.clerk_a)):
        rows = list(Payment.objects.order_by("month"))
        span = months(date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 6, 1))
        assert [row.month for row in rows] == list(span)
        assert {(row.amount, row.source, row.unit_id) for row in rows} == {
            (Decimal(150), "earlier", city.a1.pk)
        }
    again = send(client, page("earlier", city), earlier(city))
    assert again.status_code == 422
    assert "不能重复登记" in again.content.decode()


def test_what_falls_due_once_a_year_is_paid_once_a_year(city):
    """Three years of a yearly benefit are three payments, and a span without its month is refused."""
    with scope(actor_of(city.city_clerk)):
        yearly = Benefit.objects.get(code="yearly_subsidy")
        Benefit.objects.filter(pk=yearly.pk).update(pay_month=1)
    client = signed_in(city.clerk_a)
    given = {"benefit": yearly.pk, "first_month": date(TODAY.year - 2, 1, 1).isoformat()}
    assert send(client, page("earlier", city), earlier(city, **given)).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert [row.month for row in Payment.objects.order_by("month")] == [
            date(TODAY.year - 2, 1, 1),
            date(TODAY.year - 1, 1, 1),
        ]
    given["first_month"] = date(TODAY.year - 1, 2, 1).isoformat()
    refused = send(client, page("earlier", city), earlier(city, **given))
    assert refused.status_code == 422
    assert "每年1月发放" in refused.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": "0"}, "每月金额要大于0"),
        ({"amount": "-5"}, "每月金额要大于0"),
        ({"note": ""}, "请写明凭什么补记"),
        ({"paid_on": (TODAY + timedelta(days=2)).isoformat()}, "还没有到这一天"),
        ({"last_month": date(TODAY.year - 2, 12, 1).isoformat()}, "截止月份不能早于起始月份"),
    ],
)
def test_earlier_pay_that_cannot_be(city, wrong, words):
    answer = send(signed_in(city.clerk_a), page("earlier", city), earlier(city, **wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with scope(actor_of(city.clerk_a)):
        assert not Payment.objects.exists()


def test_who_may(city):
    for name in ("approval-create", "death-ruling", "account", "account-drop", "earlier"):
        for user in (city.unit_a1, city.leader):
            assert signed_in(user).get(page(name, city)).status_code == 403
        assert signed_in(city.clerk_b).get(page(name, city)).status_code == 404
    assert signed_in(city.unit_a1).post(page("account-reveal", city)).status_code == 403
    assert signed_in(city.clerk_b).post(page("account-reveal", city)).status_code == 404


def test_the_tab_offers_what_can_be_done(city):
    text = tab(city, signed_in(city.clerk_a))
    for name in ("approval-create", "account", "earlier"):
        assert page(name, city) in text
    assert page("death-ruling", city) not in text


def test_others_standards_do_not_matter(city):
    with scope(actor_of(city.city_clerk)):
        make_standard("nursing", 900, date(2015, 1, 1), county=city.b)
    approved(city)
    assert "900.00元" not in tab(city, signed_in(city.clerk_a))


def test_the_invented_city_has_accounts_of_no_bank(city, monkeypatch):
    approved(city)
    with scope(actor_of(city.clerk_a)) as actor:
        run = open_run(county=city.a, kind="month", first_month=THIS, last_month=THIS, today=TODAY, by=actor)
    with scope(system_actor()) as portal:
        compute_run(run=run, by=portal)
    monkeypatch.setattr(demo_runs, "WITH_ACCOUNT", 1.1)
    assert demo_runs._accounts(Demo(as_of=TODAY, people=1)) == 1
    with scope(actor_of(city.clerk_a)):
        row = PayAccount.objects.get()
        assert row.number.same(f"00000000{city.person.pk:011d}")
        assert "虚构" in row.bank


def moved_here(city: SimpleNamespace) -> date:
    """王一 was in county B until January last year."""
    day = date(TODAY.year - 1, 1, 1)
    with scope(actor_of(city.city_clerk)):
        row = Membership.objects.get(retiree_id=city.person.pk)
        Membership.objects.filter(pk=row.pk).update(during=DateRange(day, None))
        Membership.objects.create(
            county=city.b,
            unit=city.b1,
            retiree_id=city.person.pk,
            during=DateRange(date(2010, 1, 1), day),
            entry=row.entry,
            exit="moved",
        )
    return day


def test_months_of_the_county_before_are_its_own(city):
    approved(city, date(2010, 1, 1))
    day = moved_here(city)
    before = date(day.year - 1, 12, 1)
    with scope(actor_of(city.clerk_a)) as actor:
        assert [one.month for one in person_money(city.person, actor, [before, day]).lines] == [day]
    with scope(actor_of(city.city_clerk)) as actor:
        lines = person_money(city.person, actor, [before, day]).lines
        assert [(one.month, one.entitled) for one in lines] == [(day, 200), (before, 200)]
        assert lines[1].difference is None
        assert "还没有启用" in lines[1].notes[0]
    span = {"first_month": before.isoformat(), "last_month": day.isoformat()}
    answer = send(signed_in(city.clerk_a), page("earlier", city), earlier(city, **span))
    assert answer.status_code == 422
    assert "不由本地发放" in answer.content.decode()
    assert send(signed_in(city.city_clerk), page("earlier", city), earlier(city, **span)).status_code == 302
    with scope(actor_of(city.city_clerk)):
        rows = Payment.objects.order_by("month").values_list("month", "county_id")
        assert list(rows) == [(before, city.b.pk), (day, city.a.pk)]


def test_pay_of_a_record_that_was_merged_into_his_counts_as_his(city):
    twin = make_person(city.clerk_a, city.a1, name="王一", joined_on=PartialDate(1947, 3), **LIXIU)
    kept, city.person = city.person, twin
    client = signed_in(city.clerk_a)
    assert send(client, page("earlier", city), earlier(city)).status_code == 302
    city.person = kept
    with scope(actor_of(city.clerk_a)):
        Retiree.objects.filter(pk=twin.pk).update(state="merged", merged_into=kept.pk)
    again = send(client, page("earlier", city), earlier(city))
    assert again.status_code == 422
    assert "不能重复登记" in again.content.decode()
