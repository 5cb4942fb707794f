"""Quality rules: whom each finds, the counts behind the board, the worklist a click away, the trend."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import years_before
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.core.trends import line_chart
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death, verify_retiree
from apps.retirees.actions.refresh import refresh_cells
from apps.retirees.models import QualityCell, QualityMonth, Retiree
from apps.retirees.queries.listing import register_list
from apps.retirees.queries.quality import quality_by, rule_conditions, together, trend
from apps.retirees.rules.quality import QUALITY_RULES, RULES_BY_NAME
from tests.factories.city import actor_of, make_person

BOARD = reverse("retirees:quality")
TODAY = timezone.localdate()
GOOD = {
    "national_id": "420106192407026490",
    "phone": "13912251394",
    "birth_date": PartialDate(1934, 7, 2),
    "card_birth_date": PartialDate(1934, 7, 2),
    "treatment": "131",
    "treatment_on": PartialDate(1994, 8),
}
"""What the fewest rules find anything about; each case below breaks one thing."""


def found_by(city, person, user="clerk_a"):
    """Names of the rules whose list holds the person."""
    with scope(actor_of(getattr(city, user))) as actor:
        return {
            rule.name
            for rule in QUALITY_RULES
            if register_list(actor, {"issue": rule.name}, TODAY).filter(pk=person.pk).exists()
        }


def count(today=TODAY):
    with scope(system_actor()):
        refresh_cells(today=today)


def test_every_rule_has_a_condition_and_words_what_to_do():
    assert set(rule_conditions(TODAY)) == set(RULES_BY_NAME)
    assert all(rule.label and rule.advice for rule in QUALITY_RULES)


@pytest.mark.parametrize(
    ("values", "rule", "finds"),
    [
        ({"phone": None}, "no_phone", True),
        ({}, "no_phone", False),
        ({"national_id": None}, "no_id", True),
        ({"birth_date": None}, "no_birth", True),
        ({}, "few_fields", True),
        ({}, "not_verified", True),
        ({"verified_on": TODAY}, "not_verified", False),
        ({"verified_on": date(2020, 1, 1)}, "not_verified", True),
        ({"card_birth_date": PartialDate(1936, 1)}, "age_conflict", True),
        ({"card_birth_date": PartialDate(1935, 7, 2)}, "age_conflict", False),
        ({"card_birth_date": PartialDate(1935, 7, 2)}, "birth_differs", True),
        ({"birth_date": PartialDate(1934, 7)}, "birth_differs", False),
        ({"birth_date": PartialDate(1934)}, "birth_differs", False),
        ({"birth_date": PartialDate(1934, 7, raw="34.7")}, "birth_differs", False),
        ({"card_birth_date": None}, "birth_differs", False),
        ({"card_birth_date": PartialDate(1936, 1)}, "birth_differs", False),
        ({"birth_date": PartialDate(1905), "card_birth_date": None}, "very_old", True),
        ({}, "very_old", False),
        ({"birth_date": None}, "very_old", False),
        ({"category": "lixiu", "joined_on": PartialDate(1945, 9)}, "needs_ruling", True),
        ({"category": "tuixiu", "joined_on": PartialDate(1945, 9)}, "needs_ruling", False),
        ({"category": "lixiu", "joined_on": PartialDate(1949, 10)}, "lixiu_late", True),
        ({"category": "lixiu", "joined_on": PartialDate(1949, 9)}, "lixiu_late", False),
        ({"treatment_on": None}, "treatment_undated", True),
        ({"treatment": "", "treatment_on": None}, "treatment_undated", False),
        ({"health": "3"}, "health_stale", False),
    ],
)
def test_whom_a_rule_finds(city, values, rule, finds):
    person = make_person(city.clerk_a, city.a1, **GOOD | values)
    assert (rule in found_by(city, person)) == finds


def test_an_old_word_about_health_is_stale(city):
    person = make_person(city.clerk_a, city.a1, **GOOD, health="3")
    later = years_before(TODAY, -2)
    with scope(actor_of(city.clerk_a)) as actor:
        assert register_list(actor, {"issue": "health_stale"}, later).filter(pk=person.pk).exists()


@pytest.mark.parametrize(("died", "finds"), [(PartialDate(2024, 2), True), (PartialDate(2024, 2, 3), False)])
def test_a_vague_death_is_found_among_the_dead(city, died, finds):
    person = make_person(city.clerk_a, city.a1, **GOOD)
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=person, died_on=died, reported_on=date(2024, 3, 1), by=actor)
    assert found_by(city, person) == ({"death_vague"} if finds else set())


def test_the_board_shows_counts_that_their_lists_have(city, sign_in):
    make_person(city.clerk_a, city.a1, **GOOD | {"phone": None})
    make_person(city.clerk_a, city.a2, **GOOD | {"phone": None, "national_id": None})
    make_person(city.clerk_b, city.b1, name="别县人", national_id=None)
    count()
    with scope(actor_of(city.city_clerk)) as actor:
        for place, user in (("county_id", actor),):
            for key, part in quality_by(user, place).items():
                for rule in QUALITY_RULES:
                    listed = register_list(user, {"issue": rule.name, "county": str(key)}, TODAY).count()
                    assert part.of(rule.name) == listed, rule.name
        whole = together(quality_by(actor, "county_id").values())
        filled = sum(Retiree.objects.values_list("filled", flat=True))
        assert whole.people == 3
        assert whole.completeness == (Decimal(filled) * 100 / 66).quantize(Decimal("0.1"))
    page = sign_in(city.city_clerk).get(BOARD)
    for words in ("缺联系电话", "补填本人或家属的电话", "南岭县", "石桥县", f"?county={city.a.pk}"):
        assert words in page.text, words
    assert f"?county={city.a.pk}&amp;issue=no_phone" in page.text
    county = sign_in(city.clerk_a).get(BOARD)
    assert "南岭水利局" in county.text
    assert "石桥" not in county.text
    assert f"?unit={city.a2.pk}&amp;issue=no_id" in county.text
    drilled = sign_in(city.city_clerk).get(f"{BOARD}?county={city.b.pk}")
    assert "石桥财政局" in drilled.text
    assert "南岭财政局" not in drilled.text
    unit = sign_in(city.unit_a1).get(BOARD)
    assert "缺联系电话" in unit.text
    assert "南岭水利局" not in unit.text


def test_the_board_asks_a_fixed_number_of_queries(city, sign_in, django_assert_max_num_queries):
    make_person(city.clerk_a, city.a1, **GOOD)
    count()
    client = sign_in(city.city_clerk)
    client.get(BOARD)
    with django_assert_max_num_queries(25):
        client.get(BOARD)


def test_who_sees_which_board(city, sign_in, client):
    assert client.get(BOARD).status_code == 302
    assert sign_in(city.clerk_a).get(f"{BOARD}?county={city.b.pk}").status_code == 404
    for user, status in (("leader", 200), ("leader_a", 200), ("unit_a1", 200), ("system_admin", 403)):
        assert sign_in(getattr(city, user)).get(BOARD).status_code == status, user
    for query in ("county=x", "county=99999999999999", "a=1", "county=%00", "county=-1"):
        assert sign_in(city.city_clerk).get(f"{BOARD}?{query}").status_code == 400, query
    assert sign_in(city.city_clerk).get(f"{BOARD}?county=0").status_code == 404
    assert sign_in(city.city_clerk).post(BOARD).status_code == 405


def test_a_worklist_tells_its_condition_and_refuses_unknown_ones(city, sign_in):
    make_person(city.clerk_a, city.a1, name="缺电话的", **GOOD | {"phone": None})
    make_person(city.clerk_a, city.a1, name="不缺的人", **GOOD | {"national_id": None})
    address = f"{reverse('retirees:list')}?issue=no_phone"
    page = sign_in(city.clerk_a).get(address)
    assert "数据问题：缺联系电话" in page.text
    assert "缺电话的" in page.text
    assert "不缺的人" not in page.text
    bad = sign_in(city.clerk_a).get(f"{reverse('retirees:list')}?issue=x")
    assert "不缺的人" not in bad.text


def test_a_change_is_counted_again_and_a_new_day_counts_all(city):
    person = make_person(city.clerk_a, city.a1, **GOOD)
    count()
    with scope(actor_of(city.clerk_a)) as actor:
        assert together(quality_by(actor, "unit_id").values()).of("not_verified") == 1
        verify_retiree(retiree=person, on=TODAY, by=actor)
    count()
    with scope(actor_of(city.clerk_a)) as actor:
        assert together(quality_by(actor, "unit_id").values()).of("not_verified") == 0
    later = years_before(TODAY, -2)
    count(later)
    with scope(actor_of(city.clerk_a)) as actor:
        assert together(quality_by(actor, "unit_id").values()).of("not_verified") == 1
        assert set(QualityCell.objects.values_list("on", flat=True)) == {later}


def test_each_month_keeps_its_last_count(city, sign_in):
    make_person(city.clerk_a, city.a1, **GOOD)
    make_person(city.clerk_b, city.b1, name="别县人")
    count(date(2026, 1, 5))
    count(date(2026, 1, 31))
    count(date(2026, 2, 1))
    with scope(actor_of(city.clerk_a)) as actor:
        months = trend(actor)
        assert [month for month, _ in months] == [date(2026, 1, 1), date(2026, 2, 1)]
        assert {part.people for _, part in months} == {1}
        assert not QualityMonth.objects.exclude(county=city.a).exists()
    assert "资料完整率逐月变化" in sign_in(city.clerk_a).get(BOARD).text
    assert "资料完整率逐月变化" in sign_in(city.leader).get(reverse("dashboards:board")).text
    assert "资料完整率逐月变化" in sign_in(city.clerk_a).get("/").text
    assert "逐月变化" not in sign_in(city.unit_a1).get(BOARD).text


@pytest.mark.parametrize(
    "points",
    [
        [],
        [("1月", None)],
        [("1月", Decimal("80.0"))],
        [("1月", Decimal("80.0")), ("2月", None), ("3月", Decimal("80.0"))],
        [(f"{n}月", Decimal(n)) for n in range(1, 13)],
    ],
)
def test_a_line_is_drawn_of_any_points(points):
    drawn = line_chart("完整率", points, unit="%")
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert all(f"{label}：" in drawn for label, _ in points)


def test_labels_of_a_line_are_text():
    assert "<script>" not in line_chart("<script>", [("<script>", 1)], unit="<b>")
