"""The balance tells what stays in the city from what leaves it; a year that runs is tried, never frozen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import years_before
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import Entry, record_death, record_left, register_retiree
from apps.retirees.actions.leaving import remove_mistake, retract_exit
from apps.retirees.actions.transfers import transfer_at_once
from apps.retirees.choices import EntryKind
from apps.statistics import actions
from apps.statistics.choices import State
from apps.statistics.models import YearTable
from tests.factories.city import SEEN, VALUES, actor_of, make_person
from tests.factories.signed_in import signed_in

ROWS = ("before", "additions", "in", "arrived", "deaths", "out", "left", "end")


def moves(user, year=2025):
    with scope(actor_of(user)) as actor:
        table = actions.make_table(year=year, by=actor)
        if table.state == State.DRAFT:
            table = actions.take_step(table=table, step="recount", note="", by=actor)
    assert [check["text"] for check in table.checks if not check["is_right"]] == []
    return [table.cells[f"moves:{row}:total"] for row in ROWS]


def go_out(user, person, day=date(2025, 6, 1)):
    with scope(actor_of(user)) as actor:
        return record_left(retiree=person, left_on=day, reported_on=day, place="某省某市", by=actor)


@pytest.fixture
def moved(city):
    """One who goes from A to B, one who leaves the city from A, one who comes from outside to B."""
    over = make_person(city.clerk_a, city.a1, name="甲市内")
    gone = make_person(city.clerk_a, city.a1, name="乙出市")
    with scope(actor_of(city.city_clerk)) as actor:
        transfer_at_once(
            retiree=over, unit=city.b1, effective_on=date(2025, 7, 1), reason="随子女迁居",
            today=date(2025, 7, 2), by=actor,
        )  # fmt: skip
    go_out(city.clerk_a, gone)
    entry = Entry(
        city.b.pk, city.b1.pk, VALUES | {"name": "丙进市", "retired_on": PartialDate(2010, 1)},
        entry=EntryKind.OUTSIDE, registered_from=date(2025, 3, 1),
    )  # fmt: skip
    with scope(actor_of(city.clerk_b)) as actor:
        register_retiree(entry=entry, seen_on=SEEN, by=actor)
    return gone


def test_what_stays_in_the_city_cancels_out_for_it(city, moved):
    assert moves(city.clerk_a) == [2, 0, 0, 0, 0, 1, 1, 0]
    assert moves(city.clerk_b) == [0, 0, 1, 1, 0, 0, 0, 2]
    assert moves(city.city_clerk) == [2, 0, 1, 1, 0, 1, 1, 2]


def test_taken_back_and_mistaken_records_leave_the_balance_right(city, moved):
    with scope(actor_of(city.clerk_a)) as actor:
        retract_exit(retiree=moved, reason="登记错了", by=actor)
    assert moves(city.clerk_a) == [2, 0, 0, 0, 0, 1, 0, 1]
    with scope(actor_of(city.clerk_a)) as actor:
        moved.refresh_from_db()
        remove_mistake(retiree=moved, reason="重复", today=date(2025, 9, 1), by=actor)
    assert moves(city.clerk_a) == [1, 0, 0, 0, 0, 1, 0, 0]
    assert moves(city.city_clerk) == [1, 0, 1, 1, 0, 1, 0, 2]


def test_the_lists_of_the_movements_hold_their_own_people(city, moved):
    browser = signed_in(city.city_clerk)
    for flow, there in (
        ("in_from_city", {"甲市内"}),
        ("in_from_outside", {"丙进市"}),
        ("out_within_city", {"甲市内"}),
        ("out_of_city", {"乙出市"}),
        ("transferred_in", {"甲市内", "丙进市"}),
        ("transferred_out", {"甲市内", "乙出市"}),
    ):
        page = browser.get(
            reverse("retirees:list"), {"flow": flow, "from": "2025-01-01", "to": "2025-12-31"}
        ).text
        assert {name for name in ("甲市内", "乙出市", "丙进市") if name in page} == there, flow


def test_the_running_year_is_a_trial_as_of_today_and_is_never_frozen(city):
    make_person(city.clerk_a, city.a1)
    today = timezone.localdate()
    browser, chief = signed_in(city.clerk_a), signed_in(city.chief_a)
    assert "（试算，截至今天）" in browser.get(reverse("statistics:list")).text
    browser.post(reverse("statistics:make"), {"year": str(today.year)})
    with scope(actor_of(city.clerk_a)):
        table = YearTable.objects.get()
    assert (table.is_trial, table.until, table.cells["moves:end:total"]) == (True, today, 1)
    address = reverse("statistics:table", args=[table.pk])
    page = browser.get(address).text
    for words in (
        "试算，不是年报",
        f"（试算，截至{today.year}年{today.month}月{today.day}日）",
        "统计日人数",
    ):
        assert words in page, words
    assert "核对无误" not in page
    assert ">年末人数<" not in page
    for step in ("check", "freeze"):
        answer = chief.post(reverse("statistics:step", args=[table.pk]), {"step": step}, follow=True)
        assert "试算" in answer.text
        assert "才能核对、定稿" in answer.text
    with scope(actor_of(city.clerk_a)):
        assert YearTable.objects.get().state == State.DRAFT
    make_person(city.clerk_a, city.a1, name="后来的")
    browser.post(reverse("statistics:make"), {"year": str(today.year)})
    with scope(actor_of(city.clerk_a)):
        assert YearTable.objects.get().cells["moves:end:total"] == 2


def test_a_trial_compares_movements_with_the_same_stretch_of_the_year_before(city):
    then = years_before(timezone.localdate(), 1)
    for name, day in (("甲去年此前", then), ("乙去年此后", then + timedelta(days=1))):
        person = make_person(city.clerk_a, city.a1, name=name)
        with scope(actor_of(city.clerk_a)) as actor:
            record_death(
                retiree=person, died_on=PartialDate(day.year, day.month, day.day), reported_on=day, by=actor
            )
    with scope(actor_of(city.clerk_a)) as actor:
        table = actions.make_table(year=then.year + 1, by=actor)
    assert table.before["moves:deaths:total"] == 1
    address = reverse("statistics:differences", args=[table.pk])
    page = signed_in(city.clerk_a).get(address, {"cell": "moves:deaths"}).text
    assert "减：去世，上年（1人）" in page
    assert "甲去年此前" in page
    assert "乙去年此后" not in page.split("减：去世，上年", 1)[1]


def test_a_trial_that_was_checked_before_this_rule_is_not_frozen(city):
    with scope(actor_of(city.chief_a)) as actor:
        table = actions.make_table(year=timezone.localdate().year, by=actor)
        YearTable.objects.filter(pk=table.pk).update(state=State.CHECKED)
        with pytest.raises(actions.NotNow, match="试算"):
            actions.take_step(table=table, step="freeze", note="急用", by=actor)


def test_a_trial_is_counted_anew_when_its_year_is_over(city):
    """What was tried in December 2024 becomes the year's table after a new count."""
    make_person(city.clerk_a, city.a1)
    with scope(actor_of(city.chief_a)) as actor:
        table = actions.make_table(year=2024, by=actor)
        YearTable.objects.filter(pk=table.pk).update(counted_at=datetime(2024, 12, 5, 9, tzinfo=UTC))
        table.refresh_from_db()
        assert (table.is_trial, table.until) == (True, date(2024, 12, 5))
        table = actions.make_table(year=2024, by=actor)
        assert (table.is_trial, table.until) == (False, date(2024, 12, 31))
        for step in ("check", "freeze"):
            table = actions.take_step(table=table, step=step, note="", by=actor)
    assert table.state == State.FROZEN
