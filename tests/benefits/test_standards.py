"""Standards step by step: what each step does and refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.audit.models import Event
from apps.benefits.actions import standards as actions
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import StandardState
from apps.benefits.models import Benefit, Standard
from apps.benefits.queries.standards import faults, gaps_beside, seen_by
from apps.benefits.queries.terms import benefit_terms, standard_terms
from apps.benefits.rules.publishing import back_dated, force_words, months_back
from apps.core.scope import scope
from apps.library.models import Paper
from tests.benefits.steps import DAY, again, drafted, published, refusal, submitted, values
from tests.factories.city import actor_of, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Any:
    return make_city()


# ---- the road of one


def test_drafted_submitted_and_published_by_another_person(city: Any) -> None:
    standard = published(city)
    assert standard.state == StandardState.PUBLISHED
    assert (standard.made_by, standard.confirmed_by) == (city.city_clerk.pk, city.city_chief.pk)
    assert standard.confirmed_at is not None
    with scope(actor_of(city.city_chief)):
        told = Event.objects.filter(subject="benefits.standard", subject_id=str(standard.pk))
        assert sorted(told.values_list("kind", flat=True)) == ["create", "state", "state"]


def test_nobody_publishes_his_own(city: Any) -> None:
    standard = submitted(city)
    with scope(actor_of(city.city_clerk)) as clerk, pytest.raises(NotPossible, match="另一个人"):
        actions.publish_standard(standard=standard, version=standard.version, by=clerk)
    with scope(actor_of(city.city_clerk)), pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.filter(pk=standard.pk).update(state="published", confirmed_by=city.city_clerk.pk)


def test_whoever_changed_it_last_does_not_publish_it(city: Any) -> None:
    standard = drafted(city)
    with scope(actor_of(city.city_chief)) as chief:
        actions.change_standard(standard=standard, values={"amount": Decimal(1)}, version=1, by=chief)
        actions.submit_standard(standard=standard, version=2, by=chief)
        with pytest.raises(NotPossible, match="另一个人"):
            actions.publish_standard(standard=standard, version=3, by=chief)
    with scope(actor_of(city.city_clerk)) as clerk:
        actions.publish_standard(standard=standard, version=3, by=clerk)


def test_what_is_shipped_waits_for_one_person_and_is_no_example_once_worked_on(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as clerk:
        central = Standard.objects.get(paper__number="组通字〔2008〕48号", label="解放战争时期200元")
        actions.publish_standard(standard=central, version=1, by=clerk)
        example = Standard.objects.get(label="丧葬费1000元")
        assert example.is_example
        changed = actions.change_standard(
            standard=example, values={"amount": Decimal(2)}, version=1, by=clerk
        )
        assert (changed.is_example, changed.made_by) == (False, city.city_clerk.pk)


def test_given_back_with_words_changed_and_deleted(city: Any) -> None:
    standard = submitted(city)
    with scope(actor_of(city.city_chief)) as chief:
        back = actions.return_standard(standard=standard, version=2, words="数额请核对", by=chief)
    assert (back.state, back.words) == (StandardState.DRAFT, "数额请核对")
    with scope(actor_of(city.city_clerk)) as clerk:
        assert actions.submit_standard(standard=standard, version=3, by=clerk).words == ""
        with pytest.raises(NotPossible, match="只有草稿可以删除"):
            actions.delete_standard(standard=standard, version=4, by=clerk)
        actions.return_standard(standard=standard, version=4, words="不要了", by=clerk)
        actions.delete_standard(standard=standard, version=5, by=clerk)
        assert not Standard.objects.filter(pk=standard.pk).exists()


def test_what_was_changed_meanwhile_is_refused(city: Any) -> None:
    standard = drafted(city)
    with scope(actor_of(city.city_clerk)) as clerk:
        actions.change_standard(standard=standard, values={"note": "甲"}, version=1, by=clerk)
        for step in (
            lambda: actions.change_standard(standard=standard, values={"note": "乙"}, version=1, by=clerk),
            lambda: actions.submit_standard(standard=standard, version=1, by=clerk),
            lambda: actions.delete_standard(standard=standard, version=1, by=clerk),
        ):
            with pytest.raises(NotPossible, match="别人刚改动过"):
                step()
    assert again(city, standard).note == "甲"


def test_steps_out_of_order_are_refused(city: Any) -> None:
    draft, waiting, done = drafted(city), submitted(city, starts=date(2030, 1, 1)), None
    with scope(actor_of(city.city_chief)) as chief:
        for words, step in (
            ("只有待复核的可以发布", lambda: actions.publish_standard(standard=draft, version=1, by=chief)),
            (
                "只有待复核的可以退回",
                lambda: actions.return_standard(standard=draft, version=1, words="x", by=chief),
            ),
            ("只有草稿可以提交", lambda: actions.submit_standard(standard=waiting, version=2, by=chief)),
            (
                "只有草稿可以修改",
                lambda: actions.change_standard(standard=waiting, values={}, version=2, by=chief),
            ),
            (
                "只有已发布的可以停用",
                lambda: actions.withdraw_standard(standard=waiting, version=2, reason="x", by=chief),
            ),
            (
                "只有已发布的可以填写",
                lambda: actions.end_standard(standard=waiting, version=2, last_day=DAY, reason="x", by=chief),
            ),
        ):
            with pytest.raises(NotPossible, match=words):
                step()
        done = actions.publish_standard(standard=waiting, version=2, by=chief)
        with pytest.raises(NotPossible, match="只有草稿可以修改"):
            actions.change_standard(standard=done, values={}, version=3, by=chief)


def test_an_office_keeps_its_own_alone(city: Any) -> None:
    with scope(actor_of(city.clerk_a)) as clerk:
        own = actions.add_standard(values=values(paper=Paper.objects.first()), by=clerk)
        assert own.county_id == city.a.pk
        assert own in seen_by(clerk)
    with scope(actor_of(city.city_chief)) as chief:
        assert own not in seen_by(chief), "a county's draft is its own matter"
        with pytest.raises(NotPossible, match="别的单位"):
            actions.submit_standard(standard=own, version=1, by=chief)
    standard = drafted(city)
    with scope(actor_of(city.clerk_a)) as clerk:
        assert standard not in seen_by(clerk)
        with pytest.raises(Standard.DoesNotExist):
            actions.submit_standard(standard=standard, version=1, by=clerk)


# ---- what speaks against publishing


def test_overlaps_are_named_with_paper_and_clause(city: Any) -> None:
    one = published(city)
    told = refusal(city, drafted(city, amount=500, starts=date(2027, 1, 1)))
    assert one.paper.number in told
    assert "解放战争时期" in told
    assert "重叠" in told


def test_neighbours_do_not_overlap(city: Any) -> None:
    published(city, ends=date(2027, 1, 1))
    published(city, starts=date(2027, 1, 1))
    published(city, conditions={"category": ["lixiu"], "period": ["red_army"]})
    with scope(actor_of(city.clerk_a)) as clerk:
        own = actions.add_standard(values=values(paper=Paper.objects.first()), by=clerk)
        assert faults(own) == [], "a county's own stands beside the city's"


def test_a_monthly_one_begins_on_the_first_of_a_month(city: Any) -> None:
    assert "某月1日起" in refusal(city, drafted(city, starts=date(2026, 7, 15)))
    published(city, code="gratuity", months=Decimal(20), amount=0, starts=date(2026, 7, 15))


def test_a_group_takes_amounts_alone(city: Any) -> None:
    assert "只能写金额" in refusal(city, drafted(city, months=Decimal(1)))


def test_a_benefit_out_of_use_has_no_new_standards(city: Any) -> None:
    standard = drafted(city)
    with scope(actor_of(city.city_clerk)):
        Benefit.objects.filter(code="nursing").update(is_active=False)
    assert "已停用" in refusal(city, standard)


def test_conditions_that_are_none_are_told(city: Any) -> None:
    assert "没有这种条件" in refusal(city, drafted(city, conditions={"height": [1]}))


def test_the_database_refuses_what_no_standard_can_be(city: Any) -> None:
    for wrong in (
        {"amount": -1},
        {"amount": 0},
        {"times": Decimal(2)},
        {"during": DateRange(None, DAY)},
        {"during": DateRange(DAY, DAY)},
    ):
        with (
            scope(actor_of(city.city_clerk)) as clerk,
            pytest.raises(IntegrityError),
            transaction.atomic(),
        ):
            Standard.objects.create(**(values() | wrong), made_by=clerk.user_id, made_by_name="试")


def test_gaps_are_a_hint(city: Any) -> None:
    standard = drafted(city)
    with scope(actor_of(city.city_clerk)):
        told = gaps_beside(Standard.objects.get(pk=standard.pk))
    assert len(told) == 3
    assert any("红军时期" in one for one in told)


@pytest.mark.parametrize(
    ("starts", "today", "number"),
    [
        (date(2026, 7, 1), date(2026, 7, 31), 0),
        (date(2026, 8, 1), date(2026, 7, 31), 0),
        (date(2026, 6, 1), date(2026, 7, 1), 1),
        (date(2025, 7, 1), date(2026, 7, 1), 12),
    ],
)
def test_months_back(starts: date, today: date, number: int) -> None:
    assert months_back(starts, today) == number


def test_a_back_dated_start_is_told(city: Any) -> None:
    standard = drafted(city, starts=date(2026, 1, 1))
    with scope(actor_of(city.city_clerk)):
        terms, benefit = standard_terms(standard), benefit_terms(standard.benefit)
    assert back_dated(terms, benefit, date(2026, 7, 9)) == "比今天早6个月，发布后要补发。"
    assert back_dated(terms, benefit, date(2026, 1, 9)) == ""
    assert force_words(date(2026, 1, 1), date(2027, 1, 1)) == "2026年1月1日至2026年12月31日"
