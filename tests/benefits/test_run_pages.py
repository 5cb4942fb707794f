"""Pages of lists: a county's clerk and chief bring one from opening to reconciled; what is wrong is told."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.run_files import make_file, title_of
from apps.benefits.actions.runs import open_county, open_run
from apps.benefits.models import Claim, Opening, PayAccount, Payment, Run, RunLine
from apps.benefits.rules.months import month_of
from apps.benefits.rules.paid import BadPaidList, read_paid
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.retirees.models import Membership
from tests.benefits.conftest import put_in_force
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db
LIXIU = {"category": "lixiu", "retired_on": PartialDate(1985, 1), "birth_date": PartialDate(1926, 5, 4)}


@pytest.fixture
def city() -> SimpleNamespace:
    made = make_city()
    made.people = [
        make_person(made.clerk_a, made.a1, name=name, joined_on=PartialDate(year, 3), **LIXIU)
        for name, year in (("王一", 1947), ("李二", 1940))
    ]
    with scope(actor_of(made.city_clerk)) as actor:
        put_in_force("组通字〔2008〕48号")
        for county in (made.a, made.b):
            open_county(county=county, month=date(2020, 1, 1), by=actor)
    return made


def token_of(client: Client, address: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(address).content.decode())
    assert found
    return found[1]


def this_month() -> date:
    return month_of(timezone.localdate())


def computed(run: Run) -> Run:
    with scope(system_actor()) as portal:
        return compute_run(run=run, by=portal)


def opened(city: SimpleNamespace, sign_in: Callable[..., Client]) -> Run:
    """This month's list, opened on its page by the clerk and computed."""
    clerk = sign_in(city.clerk_a)
    address = reverse("benefits:run-open")
    body = {"county": city.a.pk, "month": this_month().isoformat(), "token": token_of(clerk, address)}
    answer = clerk.post(address, body)
    assert answer.status_code == 302
    assert clerk.post(address, body).url == answer.url, "sent twice, opened once"
    with scope(system_actor()):
        run = Run.objects.get()
        assert Job.objects.filter(kind="benefits.run").count() == 1
    page = clerk.get(answer.url).content.decode()
    assert "正在计算" in page
    assert clerk.get(answer.url, headers={"X-Portal-Poll": "1"}).status_code == 204
    run = computed(run)
    assert clerk.get(answer.url, headers={"X-Portal-Poll": "1"}).headers["HX-Refresh"] == "true"
    return run


def test_a_list_from_opening_to_reconciled(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    run = opened(city, sign_in)
    clerk, chief = sign_in(city.clerk_a), sign_in(city.chief_a)
    address = reverse("benefits:run", args=[run.pk])
    page = clerk.get(address).content.decode()
    assert "600.00" in page
    assert "组通字〔2008〕48号" in page
    assert "送审" in page
    assert clerk.post(reverse("benefits:run-submit", args=[run.pk])).status_code == 302
    assert "审批通过" not in clerk.get(address).content.decode()
    assert clerk.post(reverse("benefits:run-approve", args=[run.pk])).status_code == 403
    assert "审批通过" in chief.get(address).content.decode()
    assert chief.get(reverse("dashboards:home")).status_code == 200
    chief.post(reverse("benefits:run-approve", args=[run.pk]))
    page = clerk.get(address).content.decode()
    assert "对账" in page
    paid = reverse("benefits:run-reconcile", args=[run.pk])
    with scope(system_actor()):
        wang, li = RunLine.objects.get(run=run, name="王一"), RunLine.objects.get(run=run, name="李二")
    body = {
        "paid_on": timezone.localdate().isoformat(),
        "as_approved": "no",
        "rows": f"编号\t姓名\t实发金额\n{wang.pk}\t王一\t200.00\n{li.pk}\t王二\t400",
        "token": token_of(clerk, paid),
    }
    refused = clerk.post(paid, body)
    assert refused.status_code == 422
    assert f"第3行：编号{li.pk}是李二，不是王二" in refused.content.decode()
    body["rows"] = f"{wang.pk}\t王一\t200.00\n{li.pk}\t李二\t350"
    assert clerk.post(paid, body).status_code == 302
    with scope(system_actor()):
        run.refresh_from_db()
        assert run.state == "reconciled"
        assert sorted(Payment.objects.values_list("name", "amount")) == [
            ("李二", Decimal(350)),
            ("王一", Decimal(200)),
        ]
    assert "有1条与审批的不同" in clerk.get(address).content.decode()


def test_differences_are_ticked_one_by_one_or_by_kind(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    with scope(actor_of(city.city_clerk)):
        Membership.objects.update(during=DateRange(this_month(), None))
    run = opened(city, sign_in)
    clerk = sign_in(city.clerk_a)
    address = reverse("benefits:run", args=[run.pk])
    page = clerk.get(address).content.decode()
    assert page.count("本月起在本县名册") == 2
    assert "全部核对：新增2条" in clerk.get(f"{address}?show=new").content.decode()
    clerk.post(reverse("benefits:run-submit", args=[run.pk]))
    assert "还有2条变化没有核对" in clerk.get(address).content.decode()
    with scope(system_actor()):
        first = RunLine.objects.filter(run=run).order_by("pk")[0]
    check = reverse("benefits:run-check", args=[run.pk])
    clerk.post(check, {"ids": [first.pk]})
    clerk.post(check, {})
    assert "请先勾选核对过的人" in clerk.get(address).content.decode()
    clerk.post(check, {"difference": "new"})
    clerk.post(reverse("benefits:run-submit", args=[run.pk]))
    with scope(system_actor()):
        run.refresh_from_db()
        assert run.state == "waiting"


def test_a_list_comes_back_with_words_and_is_dropped(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    run = opened(city, sign_in)
    clerk, chief = sign_in(city.clerk_a), sign_in(city.chief_a)
    clerk.post(reverse("benefits:run-submit", args=[run.pk]))
    back = reverse("benefits:run-return", args=[run.pk])
    assert chief.post(back, {"words": "", "token": token_of(chief, back)}).status_code == 422
    chief.post(back, {"words": "李二的时期请核对", "token": token_of(chief, back)})
    assert "李二的时期请核对" in clerk.get(reverse("benefits:run", args=[run.pk])).content.decode()
    drop = reverse("benefits:run-drop", args=[run.pk])
    assert "作废这份名单？" in clerk.get(drop).content.decode()
    clerk.post(drop)
    assert clerk.get(drop).status_code == 404
    with scope(system_actor()):
        run.refresh_from_db()
        assert run.state == "dropped"


def test_who_sees_lists(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    run = opened(city, sign_in)
    address = reverse("benefits:run", args=[run.pk])
    for user, status in (
        (city.clerk_b, 404),
        (city.unit_a1, 403),
        (city.leader, 403),
        (city.city_clerk, 200),
        (city.chief_a, 200),
    ):
        assert sign_in(user).get(address).status_code == status
    assert sign_in(city.clerk_b).post(reverse("benefits:run-submit", args=[run.pk])).status_code == 404
    other = sign_in(city.clerk_a)
    form = reverse("benefits:run-open")
    body = {"county": city.b.pk, "month": this_month().isoformat(), "token": token_of(other, form)}
    assert other.post(form, body).status_code == 422, "another county's list is not to be chosen"
    with scope(system_actor()):
        assert Run.objects.count() == 1


def test_opening_months(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    clerk = sign_in(city.clerk_a)
    assert "2020年1月" in clerk.get(reverse("benefits:openings")).content.decode()
    address = reverse("benefits:opening", args=[city.a.pk])
    body = {"county": city.a.pk, "month": this_month().isoformat(), "token": token_of(clerk, address)}
    assert clerk.post(address, body).status_code == 302
    assert clerk.get(reverse("benefits:opening", args=[city.b.pk])).status_code == 404
    with scope(system_actor()):
        assert Opening.objects.get(county=city.a).month == this_month()


def test_files_of_an_approved_list(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    run = opened(city, sign_in)
    clerk, chief = sign_in(city.clerk_a), sign_in(city.chief_a)
    clerk.post(reverse("benefits:run-submit", args=[run.pk]))
    chief.post(reverse("benefits:run-approve", args=[run.pk]))
    with scope(actor_of(city.clerk_a)) as actor:
        wang = city.people[0]
        PayAccount.objects.create(
            retiree=wang,
            county_id=wang.county_id,
            unit_id=wang.unit_id,
            bank="云溪农商银行",
            holder="王一",
            number="6222000011112222",
        )
        run.refresh_from_db()
        bank = make_file(run=run, what="bank", today=date(2026, 3, 5), by=actor).decode("utf-8-sig")
        month = f"{this_month().year}年{this_month().month}月"
        assert bank.splitlines() == [
            "户名,账号,开户行,金额,附言",
            f"王一,6222000011112222,云溪农商银行,200.00,{month}时期护理费",
        ]
        assert make_file(run=run, what="sheet", today=date(2026, 3, 5), by=actor)[:2] == b"PK"
        assert make_file(run=run, what="signatures", today=date(2026, 3, 5), by=actor)[:4] == b"%PDF"
        assert title_of(run) == f"南岭县{month}待遇发放"


def test_a_claim_is_settled_on_its_page(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    with scope(actor_of(city.clerk_a)) as actor:
        run = open_run(
            county=city.a,
            kind="arrears",
            first_month=date(2026, 1, 1),
            last_month=date(2026, 1, 1),
            today=date(2026, 2, 1),
            by=actor,
        )
        run = Run.objects.get(pk=run.pk)
    with scope(system_actor()):
        line = RunLine.objects.create(
            run=run,
            county=city.a,
            unit=city.a1,
            retiree_id=city.people[0].pk,
            name="王一",
            benefit_id=1,
            month=date(2026, 1, 1),
            entitled=0,
            settled=200,
            amount=-200,
        )
        keys: dict[str, Any] = {
            "county": city.a,
            "unit": city.a1,
            "retiree_id": line.retiree_id,
            "name": "王一",
        }
        claim = Claim.objects.create(
            **keys, benefit_id=1, month=line.month, line=line, amount=200, note="去世迟报"
        )
    clerk = sign_in(city.clerk_a)
    assert "去世迟报" in clerk.get(reverse("benefits:claims")).content.decode()
    assert "还有1笔多发的待遇没有追回，共200.00元" in clerk.get(reverse("benefits:runs")).content.decode()
    address = reverse("benefits:claim", args=[claim.pk])
    body = {"state": "waived", "settled_on": "2026-03-01", "note": "", "token": token_of(clerk, address)}
    refused = clerk.post(address, body)
    assert refused.status_code == 422
    assert "写明理由" in refused.content.decode()
    assert (
        clerk.post(address, body | {"note": "局务会同意", "token": token_of(clerk, address)}).status_code
        == 302
    )
    assert sign_in(city.clerk_b).get(address).status_code == 404
    assert "局务会同意" in clerk.get(f"{reverse('benefits:claims')}?state=waived").content.decode()


LINES = {11: ("王一", Decimal(200)), 12: ("李二", Decimal(400))}


def test_reading_the_paid_list() -> None:
    found = read_paid("编号,姓名,实发金额\n11,王一,200\n\n12\t李二\t399.50元\n", LINES)
    assert [(row.line, row.money) for row in found] == [(11, Decimal(200)), (12, Decimal("399.50"))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有读到发放明细"),
        ("11 王一", "要有编号、姓名、实发金额三列"),
        ("13 张三 1", "编号13不在这份名单里"),
        ("12 王一 200", "编号12是李二，不是王一，请检查是否错行"),
        ("11 王一 200\n11 王一 200", "第2行：编号11出现了两次"),
        ("11 王一 二百", "金额“二百”读不出来"),
        ("11 王一 -5", "金额“-5”不对"),
        ("11 王一 1.005", "最多两位小数"),
        ("11 王一 NaN", "不对"),
        ("١١ 王一 5", "不在这份名单里"),
    ],
)
def test_what_is_wrong_with_a_paid_list_is_told_by_row(text: str, words: str) -> None:
    with pytest.raises(BadPaidList) as refusal:
        read_paid(text, LINES)
    assert words in str(refusal.value)
