"""What publishing and withdrawing do to the row that is replaced; the list; benefits and published figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.accounts.choices import Role
from apps.benefits.actions import benefit_settings as settings
from apps.benefits.actions import standards as actions
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import Cycle, RunKind, StandardState
from apps.benefits.models import Benefit, PublishedFigure, Run, RunLine, Standard
from apps.benefits.queries.standards import StandardFilters, standards_listed
from apps.core.scope import scope
from tests.benefits.conftest import make_standard
from tests.benefits.steps import DAY, again, drafted, published, refusal, submitted
from tests.factories.city import actor_of, make_city, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Any:
    return make_city()


# ---- replacing


def test_what_is_replaced_ends_where_the_new_one_begins_and_comes_back(city: Any) -> None:
    older = published(city)
    newer = published(city, amount=500, starts=date(2027, 1, 1), replaces=older)
    assert again(city, older).during == DateRange(DAY, date(2027, 1, 1))
    with scope(actor_of(city.city_chief)) as chief:
        gone = actions.withdraw_standard(standard=newer, version=newer.version, reason="发错了", by=chief)
    assert (gone.state, gone.words) == (StandardState.WITHDRAWN, "发错了")
    assert again(city, older).during == DateRange(DAY, None)


def test_what_had_ended_before_stays_as_it_was(city: Any) -> None:
    older = published(city, ends=date(2026, 12, 1))
    newer = published(city, amount=500, starts=date(2027, 1, 1), replaces=older)
    with scope(actor_of(city.city_chief)) as chief:
        actions.withdraw_standard(standard=newer, version=newer.version, reason="发错了", by=chief)
    assert again(city, older).during == DateRange(DAY, date(2026, 12, 1))


def test_what_would_overlap_when_given_back_keeps_the_newer_one(city: Any) -> None:
    older = published(city)
    newer = published(city, amount=500, starts=date(2027, 1, 1), replaces=older)
    with scope(actor_of(city.city_chief)) as chief:
        newer = actions.end_standard(
            standard=newer, version=newer.version, last_day=date(2027, 12, 31), reason="到期", by=chief
        )
    published(city, amount=600, starts=date(2028, 1, 1))
    with scope(actor_of(city.city_chief)) as chief, pytest.raises(actions.Refused, match="重叠"):
        actions.withdraw_standard(standard=newer, version=newer.version, reason="发错了", by=chief)
    assert again(city, older).during.upper == date(2027, 1, 1)


def test_one_cannot_replace_what_begins_later_or_is_of_another_benefit(city: Any) -> None:
    older = published(city, starts=date(2027, 1, 1))
    assert "不早于这一条" in refusal(city, drafted(city, replaces=older))
    other = published(city, code="helpless", conditions={"self_care": ["helpless"]})
    told = refusal(city, drafted(city, starts=date(2029, 1, 1), replaces=other, conditions={"sex": ["1"]}))
    assert "同一待遇项目" in told


def test_a_circle_is_refused(city: Any) -> None:
    one, other = drafted(city), drafted(city, starts=date(2027, 1, 1))
    with scope(actor_of(city.city_clerk)):
        Standard.objects.filter(pk=one.pk).update(replaces=other)
        Standard.objects.filter(pk=other.pk).update(replaces=one)
    assert "绕成了圈" in refusal(city, again(city, other))


def test_a_replaced_draft_is_not_deleted(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as clerk:
        older = Standard.objects.get(paper__number="国发〔1982〕62号", label="红军时期2个月")
        actions.return_standard(standard=older, version=1, words="试", by=clerk)
        with pytest.raises(NotPossible, match="写明替代它"):
            actions.delete_standard(standard=older, version=2, by=clerk)


# ---- ending and withdrawing


def test_ended_earlier_only(city: Any) -> None:
    standard = published(city)
    with scope(actor_of(city.city_chief)) as chief:
        ended = actions.end_standard(
            standard=standard, version=3, last_day=date(2026, 12, 31), reason="试", by=chief
        )
        assert ended.during.upper == date(2027, 1, 1)
        for last_day, words in ((date(2026, 6, 30), "不能早于起始"), (date(2027, 1, 31), "只能提前")):
            with pytest.raises(NotPossible, match=words):
                actions.end_standard(standard=ended, version=4, last_day=last_day, reason="试", by=chief)


def test_what_a_list_was_made_by_is_not_withdrawn(city: Any) -> None:
    standard = published(city)
    person = make_person(city.clerk_a, city.a1)
    with scope(actor_of(city.city_chief)) as chief:
        run = Run.objects.create(
            county=city.a, kind=RunKind.MONTH, first_month=DAY, last_month=DAY, made_by=1, made_by_name="试"
        )
        RunLine.objects.create(
            run=run,
            county=city.a,
            unit=city.a1,
            retiree_id=person.pk,
            name=person.name,
            benefit=standard.benefit,
            standard=standard,
            month=DAY,
            entitled=300,
            amount=300,
        )
        with pytest.raises(NotPossible, match="已有发放名单"):
            actions.withdraw_standard(standard=standard, version=3, reason="试", by=chief)


def test_several_at_once_the_earliest_first(city: Any) -> None:
    with scope(actor_of(city.city_chief)) as chief:
        picked = [(one, one.version) for one in Standard.objects.filter(state=StandardState.WAITING)]
        done, left = actions.publish_standards(picked=picked, by=chief)
    assert len(done) == len(picked) > 10
    assert left == []
    clashing = submitted(city, code="funeral", conditions={}), submitted(city, code="funeral", conditions={})
    with scope(actor_of(city.city_chief)) as chief:
        done, left = actions.publish_standards(picked=[(one, one.version) for one in clashing], by=chief)
    assert [one.pk for one in done] == [clashing[0].pk]
    assert left[0][0].pk == clashing[1].pk
    assert "重叠" in left[0][1][0]


# ---- the list


def test_the_list_under_conditions(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as clerk:
        make_standard("funeral", 900, date(2020, 1, 1), date(2021, 1, 1))
        funeral = Benefit.objects.get(code="funeral").pk

        def labels(**more: Any) -> list[str]:
            rows = standards_listed(clerk, StandardFilters(benefit=funeral, **more))
            return [one.label for one in rows]

        assert labels() == ["演示900元"]
        assert labels(on=date(2020, 12, 31)) == ["演示900元"]
        assert labels(on=date(2021, 1, 1)) == []
        assert len(labels(state="draft")) == 4
        assert labels(state="draft", examples="no") == []
        assert labels(office="city") == ["演示900元"]
        assert labels(office=str(city.a.pk)) == []


# ---- benefits and figures


def test_a_group_is_changed_as_a_whole(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as clerk:
        nursing = Benefit.objects.get(code="nursing")
        _, along = settings.change_benefit(
            benefit=nursing, values={"pays_death_month": False}, opened=None, by=clerk
        )
        assert [one.code for one in along] == ["helpless", "own_carer"]
        group = Benefit.objects.filter(group="护理费")
        assert set(group.values_list("pays_death_month", flat=True)) == {False}


def test_a_group_is_of_one_kind(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as clerk:
        for code in ("yearly_subsidy", "survivor"):
            with pytest.raises(NotPossible, match="不能放在一组"):
                settings.change_benefit(
                    benefit=Benefit.objects.get(code=code), values={"group": "护理费"}, opened=None, by=clerk
                )
        lone = {"name": "试补贴", "cycle": Cycle.MONTH}
        added, _ = settings.add_benefit(values=lone, by=clerk)
        make_standard(added.code, 0, DAY, months=Decimal(1))
        with pytest.raises(NotPossible, match="无法就高"):
            settings.change_benefit(benefit=added, values={"group": "护理费"}, opened=None, by=clerk)


def test_a_county_keeps_no_benefits(city: Any) -> None:
    with scope(actor_of(city.clerk_a)) as clerk, pytest.raises(Exception, match="permission denied"):
        settings.add_benefit(values={"name": "试", "cycle": Cycle.MONTH}, by=clerk)


def test_a_corrected_figure_is_no_example(city: Any) -> None:
    with scope(actor_of(city.city_chief)) as chief:
        assert chief.role == Role.CITY_CHIEF
        made = PublishedFigure.objects.create(
            series="urban_income", year=2025, value=1, source="演示", is_example=True
        )
        kept = settings.save_figure(figure=made, values={"value": Decimal(2)}, by=chief)
        assert (kept.value, kept.is_example) == (Decimal(2), False)
