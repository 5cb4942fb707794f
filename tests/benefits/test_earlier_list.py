"""What many people were paid before, pasted: all rows or none, every wrong row by its number, never twice."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.runs import open_county, open_run
from apps.benefits.models import Benefit, Payment
from apps.benefits.rules.earlier import read_earlier
from apps.benefits.rules.paid import BadPaidList
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.benefits import steps
from tests.benefits.conftest import make_standard
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db
ONE, TWO = "420106193407026490", "110101194901010010"
LIXIU = {
    "category": "lixiu",
    "joined_on": PartialDate(1947, 3),
    "retired_on": PartialDate(1985, 1),
    "birth_date": PartialDate(1926, 5, 4),
}
ADDRESS = "benefits:earlier-list"
THIS_YEAR = timezone.localdate().year


@pytest.fixture
def city() -> SimpleNamespace:
    made = make_city()
    made.one = make_person(made.clerk_a, made.a1, name="王一", national_id=ONE, **LIXIU)
    made.two = make_person(made.clerk_b, made.b1, name="张三", national_id=TWO, **LIXIU)
    return made


def sent(client: Client, rows: str, **more: object) -> object:
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(reverse(ADDRESS)).content.decode())
    assert token
    body = {
        "benefit": Benefit.objects.get(code="nursing").pk,
        "paid_on": timezone.localdate().isoformat(),
        "note": "财务发放表",
        "rows": rows,
        "token": token[1],
    }
    client.post(reverse(ADDRESS), body | more)
    return client.post(reverse(ADDRESS), body | more)


@pytest.mark.parametrize("month", ["2025-03", "2025.3", "2025/03", "2025年3月", "202503", "2025-03-01"])
def test_months_as_people_write_them(month: str) -> None:
    (row,) = read_earlier(f"身份证号\t姓名\t月份\t金额\n\n{ONE}\t王一\t{month}\t1200.50元")
    assert (row.place, row.month, row.money, row.name) == (3, date(2025, 3, 1), Decimal("1200.50"), "王一")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{ONE} 王一 2025-13 5", "月份读不出来"),
        (f"{ONE} 王一 三月 5", "月份读不出来"),
        (f"{ONE} 王一 2025-03 五元", "金额读不出来"),
        (f"{ONE} 王一 2025-03 -5", "大于0"),
        (f"{ONE} 王一 2025-03 0", "大于0"),
        (f"{ONE} 王一 2025-03 1.005", "两位小数"),
        (f"{ONE} 王一 2025-03 NaN", "大于0"),
        (f"{ONE} 王一 2025-03", "四列"),
        ("42010619340702649 王一 2025-03 5", "不是15位或18位"),
        ("", "没有读到"),
    ],
)
def test_rows_that_cannot_be_read(row: str, told: str) -> None:
    with pytest.raises(BadPaidList, match=told) as problem:
        read_earlier(row)
    assert ONE not in str(problem.value)


def test_a_list_is_taken_once_and_counts_as_settled(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        open_county(county=city.a, month=date(THIS_YEAR - 1, 1, 1), by=actor)
    rows = "\n".join(f"{ONE}\t王一\t{THIS_YEAR - 1}-{month:02}\t150" for month in (1, 2, 3))
    answer = sent(sign_in(city.clerk_a), rows)
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_a)):
        made = Payment.objects.order_by("month")
        assert [(one.month.month, one.amount, one.source, one.unit_id) for one in made] == [
            (month, Decimal(150), "earlier", city.a1.pk) for month in (1, 2, 3)
        ]
        assert not Event.objects.filter(summary__contains=ONE).exists()
    with scope(actor_of(city.city_clerk)) as actor:
        run = open_run(
            county=city.a,
            kind="arrears",
            first_month=date(THIS_YEAR - 1, 1, 1),
            last_month=date(THIS_YEAR - 1, 3, 1),
            today=timezone.localdate(),
            by=actor,
        )
    with scope(system_actor()) as portal:
        assert compute_run(run=run, by=portal).total == Decimal(150), "3 x (200 - 150)"
    again = sent(sign_in(city.clerk_a), rows)
    assert again.status_code == 422
    assert "第3行：王一" in again.content.decode()
    assert "已经有发放记录" in again.content.decode()
    with scope(actor_of(city.clerk_a)):
        assert Payment.objects.count() == 3


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{ONE} 王二 2025-03 5", "是王一，不是王二"),
        (f"{TWO} 张三 2025-03 5", "名册里没有这个身份证号的人"),
        (f"{ONE} 王一 2025-03 5\n{ONE} 王一 2025-03 6", "第3行：王一2025年3月在名单里出现了两次"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(
    city: SimpleNamespace, sign_in: Callable[..., Client], row: str, told: str
) -> None:
    good = f"{ONE} 王一 2025-01 5\n"
    answer = sent(sign_in(city.clerk_a), good + row)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with scope(system_actor()):
        assert not Payment.objects.exists()


def test_what_falls_due_by_the_year_or_by_death_has_its_month(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    clerk = sign_in(city.clerk_a)
    answer = sent(clerk, f"{ONE} 王一 2025-03 5", benefit=Benefit.objects.get(code="gratuity").pk)
    assert answer.status_code == 422
    assert "2025年3月没有应发的一次性抚恤金" in answer.content.decode()
    assert sign_in(city.unit_a1).get(reverse(ADDRESS)).status_code == 403
