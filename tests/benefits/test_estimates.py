"""Reckoning ahead says what will be: effects of standards, a year's budget, same condition and different amount."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.estimates import ask_effect, ask_forecast, compute_estimate
from apps.benefits.actions.runs import open_county, open_run
from apps.benefits.models import Estimate, RunLine
from apps.benefits.queries.effects import Amount, effects, sides
from apps.benefits.queries.fairness import unequal
from apps.benefits.queries.forecast import death_rates, forecast
from apps.benefits.queries.terms import terms_in_use
from apps.benefits.rules.months import month_of, months
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from tests.benefits import steps
from tests.benefits.conftest import make_standard
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db
LIXIU = {
    "category": "lixiu",
    "joined_on": PartialDate(1947, 3),
    "retired_on": PartialDate(1985, 1),
    "birth_date": PartialDate(1926, 5, 4),
}
YEAR = list(months(date(2026, 1, 1), date(2026, 12, 1)))


@pytest.fixture
def city() -> SimpleNamespace:
    made = make_city()
    made.people = [
        make_person(made.clerk_a, made.a1, name="王一", **LIXIU),
        make_person(made.clerk_a, made.a1, name="李二", **LIXIU),
        make_person(made.clerk_b, made.b1, name="张三", **LIXIU),
    ]
    return made


def summed(found: list[Any]) -> dict[int, tuple[int, int, Decimal, Decimal]]:
    return {one.county: (one.gaining, one.losing, one.before, one.after) for one in found}


def test_a_draft_that_replaces_one_in_use(city: SimpleNamespace) -> None:
    with scope(actor_of(city.city_clerk)):
        older = make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
    draft = steps.again(city, steps.drafted(city, amount=300, starts=date(2026, 7, 1), replaces=older))
    with scope(actor_of(city.city_clerk)):
        found, doubts = effects(*sides([draft]), YEAR)
        assert summed(found) == {
            city.a.pk: (2, 0, Decimal(4800), Decimal(6000)),
            city.b.pk: (1, 0, Decimal(2400), Decimal(3000)),
        }
        assert doubts == ()
        only_a, _ = effects(*sides([draft]), YEAR, county=city.a.pk)
        assert set(summed(only_a)) == {city.a.pk}


def test_what_was_told_of_a_paper_is_what_its_arrears_pay(city: SimpleNamespace) -> None:
    """A published standard that reaches back: the told difference of a county is the sum of its arrears."""
    with scope(actor_of(city.city_clerk)):
        older = make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        open_county(county=city.a, month=date(2026, 1, 1), by=actor_of(city.city_clerk))
    before = pay_all(city, date(2026, 1, 1), date(2026, 3, 1))
    assert before == Decimal(1200)
    standard = steps.published(city, amount=350, starts=date(2026, 2, 1), replaces=older)
    with scope(actor_of(city.city_clerk)) as clerk:
        row = ask_effect(
            standards=[standard],
            first_month=date(2026, 1, 1),
            last_month=date(2026, 3, 1),
            title="测",
            by=clerk,
        )
        assert row.result is None
    with scope(system_actor()):
        row = compute_estimate(estimate=row, today=date(2026, 4, 1))
        told = {
            one["county"]: Decimal(one["money"][1]) - Decimal(one["money"][0]) for one in row.result["rows"]
        }
    assert told == {city.a.pk: Decimal(600), city.b.pk: Decimal(300)}
    assert pay_all(city, date(2026, 1, 1), date(2026, 3, 1)) == Decimal(600)


def pay_all(city: SimpleNamespace, first: date, last: date) -> Decimal:
    """Have county a's list of a span approved; what it comes to."""
    with scope(actor_of(city.clerk_a)) as clerk:
        run = open_run(
            county=city.a,
            kind="arrears",
            first_month=first,
            last_month=last,
            today=date(2026, 4, 1),
            by=clerk,
        )
    with scope(system_actor()) as portal:
        run = compute_run(run=run, by=portal)
        RunLine.objects.filter(run=run).update(is_checked=True)
        type(run).objects.filter(pk=run.pk).update(state="approved", approved_by=-1)
    return run.total


def test_another_amount_of_one_in_use(city: SimpleNamespace) -> None:
    with scope(actor_of(city.city_clerk)):
        base = make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        terms = sides([], Amount(base.pk, Decimal(150), date(2026, 10, 1)))
        found, _ = effects(*terms, YEAR)
        assert summed(found) == {
            city.a.pk: (0, 2, Decimal(4800), Decimal(4500)),
            city.b.pk: (0, 1, Decimal(2400), Decimal(2250)),
        }


def test_a_year_under_assumptions(city: SimpleNamespace) -> None:
    """By hand: three at 100 or older in 2027, 200 a month, one tenth dies in a year; from November 2026."""
    today = date(2026, 11, 24)
    with scope(actor_of(city.city_clerk)):
        make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        none, _ = forecast(terms_in_use(), 2027, [Decimal(0)] * 5, today)
        assert {one.county: (one.people, one.undiminished, one.money) for one in none} == {
            city.a.pk: (2, Decimal(4800), Decimal(4800)),
            city.b.pk: (1, Decimal(2400), Decimal(2400)),
        }
        rates = [Decimal(0)] * 4 + [Decimal("0.1")]
        some, deaths = forecast(terms_in_use(), 2027, rates, today)
        by_hand = sum(200 * 0.9 ** ((month + 1) / 12) for month in range(1, 13))
        assert [float(one.money) for one in some if one.county == city.b.pk] == [
            pytest.approx(by_hand, abs=0.01)
        ]
        assert [one.undiminished for one in some if one.county == city.b.pk] == [Decimal(2400)]
        by_county = {one.county: one.deaths for one in deaths}
        assert by_county == {city.a.pk: Decimal("0.2"), city.b.pk: Decimal("0.1")}


def test_rates_come_from_the_register(city: SimpleNamespace) -> None:
    """Three on 1 July 2024 and 2025 each; one of them died in December 2025."""
    for number in range(3):
        make_person(city.clerk_a, city.a1, name=f"赵{number}", **LIXIU)
    with scope(actor_of(city.clerk_a)) as clerk:
        record_death(
            retiree=city.people[0],
            died_on=PartialDate(2025, 12, 3),
            reported_on=date(2025, 12, 5),
            by=clerk,
        )
    with scope(actor_of(city.city_clerk)):
        rates = death_rates(date(2026, 11, 24))
        assert rates[:4] == (None,) * 4
        assert rates[4] == Decimal(1) / 18
        assert death_rates(date(2026, 11, 24), county=city.b.pk)[4] == 0


def test_same_condition_different_amount(city: SimpleNamespace) -> None:
    with scope(actor_of(city.city_clerk)):
        make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        own = make_standard(
            "nursing", 260, date(2026, 1, 1), conditions=steps.LIBERATION, county=city.a, level="4"
        )
        counties = [city.a.pk, city.b.pk]
        assert unequal(terms_in_use(), date(2025, 12, 1), counties) == []
        (row,) = unequal(terms_in_use(), date(2026, 6, 1), counties)
        assert row.gap == Decimal(60)
        assert row.people == {city.a.pk: 2, city.b.pk: 1}
        assert row.standards[city.a.pk] == own.pk
        assert row.gives == {city.a.pk: "每月260.00元", city.b.pk: "每月200.00元"}
        assert "解放战争时期" in row.words


# ---- pages


def token_of(client: Client, address: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(address).content.decode())
    assert found
    return found[1]


def done() -> Estimate:
    with scope(system_actor()):
        return compute_estimate(estimate=Estimate.objects.get(), today=timezone.localdate())


def test_the_road_of_a_draft(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    draft = steps.drafted(city, amount=300, starts=date(2026, 1, 1))
    clerk = sign_in(city.city_clerk)
    assert "测算影响" in clerk.get(reverse("benefits:standard", args=[draft.pk])).content.decode()
    address = f"{reverse('benefits:estimate-effect')}?standard={draft.pk}"
    body = {"standards": [draft.pk], "last_month": "2026-12-01", "token": token_of(clerk, address)}
    answer = clerk.post(address, body)
    assert answer.status_code == 302
    assert clerk.post(address, body).url == answer.url, "sent twice, reckoned once"
    assert "正在测算" in clerk.get(answer.url).content.decode()
    assert clerk.get(answer.url, headers={"X-Portal-Poll": "1"}).status_code == 204
    done()
    page = clerk.get(answer.url).content.decode()
    assert "+10,800.00" in page
    assert "草稿 · " in page
    assert "制补发名单" not in page, "not published"
    for other in (city.clerk_a, city.clerk_b):
        assert sign_in(other).get(answer.url).status_code == 404, "the city's own"
    drop = answer.url + "drop/"
    assert "删除这份测算？" in clerk.get(drop).content.decode()
    assert clerk.post(drop).url == reverse("benefits:estimates")
    with scope(system_actor()):
        assert not Estimate.objects.exists()


def test_arrears_are_the_next_step_of_a_published_one(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    this = month_of(timezone.localdate())
    starts = date(this.year - 1, 1, 1)
    standard = steps.published(city, amount=300, starts=starts)
    with scope(actor_of(city.city_clerk)) as actor:
        row = ask_effect(standards=[standard], first_month=starts, last_month=this, title="测", by=actor)
    done()
    clerk = sign_in(city.city_clerk)
    page = clerk.get(reverse("benefits:estimate", args=[row.pk])).content.decode()
    found = re.search(rf'href="([^"]*arrears/\?county={city.a.pk}[^"]*)"', page)
    assert found
    form = clerk.get(found[1].replace("&amp;", "&")).content.decode()
    assert f'value="{city.a.pk}" selected' in form
    assert f'value="{starts.isoformat()}" selected' in form


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"last_month": "2026-12-01"}, "请至少选择一条标准"),
        ({"base": "one", "last_month": "2026-12-01", "starts": "2026-01-01"}, "请填写改为多少元"),
        (
            {"base": "one", "amount": "-5", "last_month": "2026-12-01", "starts": "2026-01-01"},
            "大于",
        ),
        (
            {"base": "one", "amount": "5", "starts": "2026-05-01", "last_month": "2026-02-01"},
            "截止月份不能早于起始月份",
        ),
        ({"standards": ["999999"], "last_month": "2026-12-01"}, "选择"),
    ],
)
def test_what_is_wrong_is_told(
    city: SimpleNamespace, sign_in: Callable[..., Client], body: dict[str, Any], told: str
) -> None:
    with scope(actor_of(city.city_clerk)):
        base = make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
    clerk = sign_in(city.city_clerk)
    address = reverse("benefits:estimate-effect")
    given = {key: base.pk if value == "one" else value for key, value in body.items()}
    answer = clerk.post(address, given | {"token": token_of(clerk, address)})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_county_reckons_its_own(city: SimpleNamespace, sign_in: Callable[..., Client]) -> None:
    """Its people alone, and of the city's drafts it knows nothing."""
    draft = steps.drafted(city, amount=300, starts=date(2026, 1, 1))
    clerk = sign_in(city.clerk_a)
    address = reverse("benefits:estimate-effect")
    body = {"standards": [draft.pk], "last_month": "2026-12-01", "token": token_of(clerk, address)}
    assert clerk.post(address, body).status_code == 422
    published = steps.published(city, amount=320, starts=date(2026, 1, 1))
    answer = clerk.post(address, body | {"standards": [published.pk]})
    assert answer.status_code == 302
    row = done()
    assert {one["county"] for one in row.result["rows"]} == {city.a.pk}
    assert clerk.get(reverse("benefits:estimate-fairness")).status_code == 403


def test_a_budget_and_a_comparison_on_their_pages(
    city: SimpleNamespace, sign_in: Callable[..., Client]
) -> None:
    year = timezone.localdate().year
    with scope(actor_of(city.city_clerk)):
        make_standard("nursing", 200, date(2020, 1, 1), conditions=steps.LIBERATION)
        make_standard("nursing", 260, date(2020, 1, 1), conditions=steps.LIBERATION, county=city.a, level="4")
    clerk = sign_in(city.city_clerk)
    address = reverse("benefits:estimate-forecast")
    token = token_of(clerk, address)
    body = {"year": year + 1, "token": token, **{f"rate_{place}": "0" for place in range(5)}}
    wrong = clerk.post(address, body | {"rate_4": "120"})
    assert wrong.status_code == 422
    answer = clerk.post(address, body)
    done()
    page = clerk.get(answer.url).content.decode()
    assert "8,640.00" in page
    assert "每年去世0.00%" in page
    with scope(system_actor()):
        Estimate.objects.all().delete()
    address = reverse("benefits:estimate-fairness")
    month = month_of(timezone.localdate()).isoformat()
    answer = clerk.post(address, {"month": month, "token": token_of(clerk, address)})
    done()
    page = clerk.get(answer.url).content.decode()
    assert "每月260.00元：" in page
    assert "每月200.00元：" in page
    assert "60.00" in page


def test_estimates_are_not_months_of_other_offices(city: SimpleNamespace) -> None:
    with scope(actor_of(city.clerk_a)) as clerk:
        row = ask_forecast(year=2027, rates=[Decimal(0)] * 5, by=clerk)
        assert row.county_id == city.a.pk
    with scope(actor_of(city.clerk_b)):
        assert not Estimate.objects.exists()
