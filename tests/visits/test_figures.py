"""Figures of visits and concerns: counted by hand in a small city, in each one's own scope, by place."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.concerns.models import Concern
from apps.core.figures import Span, figure_values
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.dashboards import views
from apps.retirees.actions import record_death
from apps.retirees.models import Retiree
from apps.visits.actions.leaders import name_leader, save_leader
from apps.visits.figures.lines import category_lines, leader_lines
from apps.visits.models import Due, FundSource, Occasion, Visit, Visitor
from tests.factories.city import actor_of, make_person

TODAY = timezone.localdate()
YEAR = Span.year_to(TODAY)
BOARD = reverse("dashboards:visits")
NAMES = (
    "visits_made",
    "visits_led",
    "people_visited",
    "lixiu_visited",
    "visited_rate",
    "due_rate",
    "due_missing",
    "never_visited",
    "days_since_visit",
    "gifts_money",
    "gifts_goods",
    "concerns_received",
    "concerns_waiting",
    "concerns_overdue",
    "concerns_in_time",
    "concerns_satisfied",
)


@pytest.fixture
def people(city):
    """Three in county A, of whom two were seen (one twice) and one never; one in county B, seen."""
    found = {
        name: make_person(who, unit, name=name, category="lixiu" if name == "王四平" else "tuixiu")
        for name, who, unit in (
            ("周一平", city.clerk_a, city.a1),
            ("吴二平", city.clerk_a, city.a1),
            ("郑三平", city.clerk_a, city.a1),
            ("王四平", city.clerk_b, city.b1),
        )
    }
    with scope(actor_of(city.city_clerk)):
        source = FundSource.objects.create(name="财政专项")
        for name, days, money, goods in (
            ("周一平", 0, "500", "0"),
            ("周一平", 0, "0", "99.50"),
            ("吴二平", 4, "300.50", "0"),
            ("王四平", 2, "0", "0"),
        ):
            visit(found[name], days, money, goods, source)
        for name, state, days in (
            ("周一平", "done", 0),
            ("吴二平", "done", 0),
            ("郑三平", "open", 0),
            ("王四平", "removed", 0),
            ("王四平", "open", -3),
        ):
            due(found[name], state, days)
    return found


def visit(person, days, money, goods, source):
    day = TODAY - timedelta(days=days)
    Visit.objects.create(
        **person.row_keys(),
        occasion=Occasion.objects.get(code="routine"),
        visited_on=day,
        way="home",
        level="2" if money == "300.50" else "5",
        money=money,
        goods="大米" if goods != "0" else "",
        goods_value=goods,
        source=source,
        recorded_by=1,
        recorded_by_name="市经办",
    )
    Retiree.objects.filter(pk=person.pk).update(visited_on=day)


def due(person, state, days):
    Due.objects.create(
        **person.row_keys(),
        occasion=Occasion.objects.get(code="routine"),
        from_on=TODAY - timedelta(days=30),
        due_on=TODAY - timedelta(days=days),
        state=state,
        change_reason="本人不愿" if state == "removed" else "",
    )


def ask(user, span=YEAR, names=NAMES):
    with scope(actor_of(user)) as actor:
        return figure_values(actor, span, list(names))


def test_each_number_is_that_of_the_place(city, people):
    whole = {name: value.value for name, value in ask(city.city_clerk).items()}
    assert whole["visits_made"] == 4
    assert whole["people_visited"] == 3
    assert (whole["visits_led"], whole["lixiu_visited"]) == (1, 1)
    assert whole["visited_rate"] == Decimal("75.0")
    assert (whole["due_rate"], whole["due_missing"]) == (Decimal("66.7"), 1)
    assert whole["never_visited"] == 1
    assert whole["days_since_visit"] == Decimal("2.0")
    assert (whole["gifts_money"], whole["gifts_goods"]) == (Decimal("800.50"), Decimal("99.50"))
    mine = {name: value.value for name, value in ask(city.clerk_a).items()}
    assert (mine["visits_made"], mine["people_visited"], mine["never_visited"]) == (3, 2, 1)
    other = {name: value.value for name, value in ask(city.clerk_b).items()}
    assert (other["visits_made"], other["due_rate"], other["never_visited"]) == (1, None, 0)


def test_parts_are_the_counties_and_add_up(city, people):
    value = ask(city.city_clerk)["visits_made"]
    assert [(part.label, part.value) for part in value.parts] == [
        (city.a.label, 3),
        (city.b.label, 1),
    ]
    assert sum(part.value for part in value.parts) == value.value
    units = ask(city.clerk_a)["visits_made"].parts
    assert [(part.label, part.value) for part in units] == [(city.a1.label, 3)]
    assert ask(city.unit_a1)["visits_made"].parts == ()


def test_who_died_before_he_was_seen_is_not_due_and_not_unseen(city, people):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=people["郑三平"], died_on=PartialDate.from_date(TODAY), reported_on=TODAY, by=actor
        )
    whole = {name: value.value for name, value in ask(city.city_clerk).items()}
    assert (whole["due_rate"], whole["due_missing"], whole["never_visited"]) == (Decimal("100.0"), 0, 0)
    assert whole["visits_made"] == 4, "what was done for the dead stays done"


def test_of_days_gone_by_the_last_visit_is_not_known(city, people):
    values = ask(city.city_clerk, YEAR.year_before())
    assert values["visits_made"].value == 0
    assert (values["never_visited"].value, values["days_since_visit"].value) == (None, None)
    assert values["due_rate"].value is None


def test_concerns(city, people):
    with scope(actor_of(city.city_clerk)):
        for number, (name, due_in, answered, state, word) in enumerate(
            (
                ("周一平", 5, None, "working", ""),
                ("吴二平", -1, None, "received", ""),
                ("郑三平", 0, TODAY, "closed", "yes"),
                ("王四平", -2, TODAY, "closed", "no"),
                ("王四平", 3, None, "declined", ""),
            ),
            start=1,
        ):
            person = people[name]
            Concern.objects.create(
                **person.row_keys(),
                office_id=person.county_id,
                year=TODAY.year,
                number=number,
                source="visit",
                topic="medical",
                title="看病",
                raised_on=TODAY,
                received_on=TODAY,
                received_by_name="经办",
                owner_unit_id=person.county_id,
                working_days=15,
                due_on=TODAY + timedelta(days=due_in),
                state=state,
                answered_on=answered,
                closed_on=TODAY if state in ("closed", "declined") else None,
                satisfaction=word,
                result="solved" if state == "closed" else "",
                touched_at=timezone.now(),
            )
    found = {name: value.value for name, value in ask(city.city_clerk).items()}
    assert found["concerns_received"] == 5
    assert (found["concerns_waiting"], found["concerns_overdue"]) == (2, 1)
    assert (found["concerns_in_time"], found["concerns_satisfied"]) == (Decimal("50.0"), Decimal("50.0"))


@pytest.mark.parametrize("user", ["city_clerk", "clerk_a", "unit_a1", "leader", "leader_a"])
def test_the_board_opens_and_its_links_too(city, people, sign_in, user):
    browser = sign_in(city.users[user])
    answer = browser.get(BOARD)
    assert answer.status_code == 200
    assert "走访情况" in answer.text
    with scope(actor_of(city.users[user])) as actor:
        values = figure_values(actor, YEAR, NAMES)
    for value in values.values():
        for link in [value.href, *(part.href for part in value.parts)]:
            assert not link or browser.get(link).status_code == 200, link


def test_the_board_by_category_and_by_leader(city, people, sign_in):
    with scope(actor_of(city.city_clerk)) as actor:
        leader = save_leader(
            leader=None,
            values={"name": "陈市长", "post": "副市长", "level": "2", "starts_on": TODAY},
            by=actor,
        )
        name_leader(people=[people["吴二平"], people["郑三平"]], leader=leader, since=TODAY, by=actor)
        for seen in Visit.objects.filter(retiree__in=[people["吴二平"], people["王四平"]]):
            Visitor.objects.create(
                **seen.retiree.row_keys(), visit=seen, leader=leader, name="陈市长", level="2"
            )
        rates = {
            line.key: line.values["visited_rate"]
            for line in category_lines(actor, YEAR, NAMES[:5], today=TODAY)
        }
        assert rates == {"lixiu": Decimal("100.0"), "tuixiu": Decimal("66.7")}
        (line,) = leader_lines(actor, YEAR, today=TODAY)
        assert (line.visits, line.people, line.named, line.named_seen) == (2, 2, 2, 1)
        (line,) = leader_lines(actor, YEAR.year_before(), today=TODAY)
        assert (line.visits, line.named_seen) == (0, None)
    with scope(actor_of(city.clerk_a)) as actor:
        (line,) = leader_lines(actor, YEAR, today=TODAY)
        assert (line.visits, line.people, line.named) == (1, 1, 2)
    browser = sign_in(city.city_clerk)
    text = browser.get(BOARD).text
    for words in ("按类别", "按走访领导", "陈市长", "走访覆盖率"):
        assert words in text
    for link in re.findall(r'href="(/visits[^"]*|/people[^"]*)"', text.partition("<main")[2]):
        assert browser.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "陈市长" in sign_in(city.leader).get(BOARD).text


def test_the_board_of_a_county_does_not_know_the_other(city, people, sign_in):
    text = sign_in(city.clerk_a).get(BOARD).text
    assert "800.50" in text
    assert city.b1.label not in text
    assert city.b.label not in text.partition("<main")[2]


def test_years_and_nonsense(city, people, sign_in):
    browser = sign_in(city.city_clerk)
    assert browser.get(BOARD, {"year": TODAY.year - 1}).status_code == 200
    for wrong in ({"year": "1900"}, {"year": "<b>"}, {"county": "1"}):
        assert browser.get(BOARD, wrong).status_code == 400
    assert sign_in(city.system_admin).get(BOARD).status_code == 403


def test_a_count_that_takes_too_long_says_so(city, people, sign_in, monkeypatch):
    def slow(actor, span):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(views, "visits_board", slow)
    monkeypatch.setattr(views, "PATIENCE", 50)
    answer = sign_in(city.city_clerk).get(BOARD)
    assert answer.status_code == 200
    assert "现在数不出来" in answer.text
