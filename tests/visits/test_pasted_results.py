"""Results of a group by pasted block: read, matched by name, laid into the grid, logged once."""

from datetime import date

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.choices import DueState
from apps.visits.models import Due
from apps.visits.rules.pasted import TooMuch, read_block
from tests.factories.city import make_person
from tests.visits.test_log_actions import due_of
from tests.visits.test_results_pages import TODAY, spring, typed, visits

__all__ = ["spring"]
DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("line", "name", "cells"),
    [
        (
            "周一平\t2026/3/5\t入户\t500\t米油\t很好",
            "周一平",
            {"visited_on": "2026-03-05", "way": "home", "money": "500", "goods": "米油", "note": "很好"},
        ),
        ("1\t周一平\t\t电话\t\t\t-", "周一平", {"way": "phone"}),
        (
            "周一平 3月5日 上门 500元 精神很好，想住院检查",
            "周一平",
            {"visited_on": "2026-03-05", "way": "home", "money": "500", "note": "精神很好，想住院检查"},
        ),
        ("3、周 平　昨天 米油两份", "周平", {"visited_on": "2026-03-09", "goods": "米油两份"}),
        ("周一平 12.30 视频", "周一平", {"visited_on": "2025-12-30", "way": "video"}),
        ("周一平 - - 1,000", "周一平", {"money": "1,000"}),
        ("周一平\t2月30日\t骑车", "周一平", {"visited_on": "2月30日", "way": "骑车"}),
        ("周一平", "周一平", {}),
    ],
)
def test_a_line_is_read(line, name, cells):
    (found,) = read_block(line, DAY)
    assert (found.name, found.cells) == (name, cells)


def test_named_columns_stand_in_any_order():
    block = "序号\t姓名\t备注\t金额（元）\n1\t周一平\t很好\t300\n\n2\t吴二平\t\t200"
    first, second = read_block(block, DAY)
    assert (first.name, first.cells) == ("周一平", {"note": "很好", "money": "300"})
    assert (second.number, second.name, second.cells) == (4, "吴二平", {"money": "200"})


@pytest.mark.parametrize("text", ["甲\n" * 500, "甲" * 40_000])
def test_too_much_is_refused(text):
    with pytest.raises(TooMuch):
        read_block(text, DAY)


def pasted(client, made, text, **more):
    data = typed(**more) | {"read": "1", "pasted": text}
    return client.post(reverse("visits:results", args=[made.pk]), data)


def test_a_block_is_shown_in_the_grid_and_logged_once(city, spring, sign_in):
    made, (first, second, foreign) = spring
    client = sign_in(city.clerk_a)
    day = TODAY.isoformat()
    page = pasted(client, made, f"周一平\t{day}\t医院\t300\t水果\t很好\n王四平\t{day}\n没有这人\t{day}")
    assert page.status_code == 200
    assert "还没有登记" in page.text
    assert "“王四平”不在这份名单里" in page.text  # behind the wall he is not there
    assert "“没有这人”不在这份名单里" in page.text
    assert not visits()
    line = next(one for one in page.context["lines"] if one.due.pk == first.pk)
    assert line["done"].value()
    data = typed() | {"token": str(page.context["form"]["token"].value())}
    data |= {
        f"{first.pk}-{name}": line[name].value() for name in ("visited_on", "way", "money", "goods", "note")
    }
    data[f"{first.pk}-done"] = "on"
    where = reverse("visits:results", args=[made.pk])
    for _ in range(2):
        assert client.post(where, data).status_code == 302
    (visit,) = visits()
    assert (visit.retiree_id, visit.way, visit.money, visit.goods) == (
        first.retiree_id,
        "hospital",
        300,
        "水果",
    )
    again = pasted(client, made, "周一平\t今天\n吴二平")
    assert "周一平已经登记过" in again.text
    assert second.pk in again.context["read"].dues
    with scope(system_actor()):
        assert Due.objects.get(pk=foreign.pk).state == DueState.OPEN


def test_namesakes_are_asked_for(city, spring, sign_in):
    made, (first, *_) = spring
    other = make_person(city.clerk_a, city.a2, name="周一平")
    with scope(system_actor()):
        double = due_of(other, campaign=made)
    client = sign_in(city.clerk_a)
    page = pasted(client, made, "周一平 上门 500")
    (asked,) = page.context["read"].asked
    assert {value for value, _ in asked["choices"]} == {str(first.pk), str(double.pk)}
    assert not page.context["read"].dues
    page = pasted(client, made, "周一平 上门 500\n周一平 电话", **{asked["field"]: str(double.pk)})
    assert page.context["read"].dues == [double.pk]
    assert len(page.context["read"].asked) == 1
    page = pasted(client, made, "周一平", **{asked["field"]: "999999"})
    assert page.context["read"].asked  # somebody who is none of them


def test_the_same_person_twice_and_what_cannot_be_read_are_told(city, spring, sign_in):
    made, (first, *_) = spring
    page = pasted(sign_in(city.clerk_a), made, "周一平\t2月30日\t骑车\t五百\n周一平\t\t\t300")
    assert "前面已经有一行" in page.text
    assert "方式“骑车”读不出" in page.text
    assert "日期“2月30日”读不出" in page.text
    line = next(one for one in page.context["lines"] if one.due.pk == first.pk)
    assert line.errors["money"]
    assert not visits()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n\t\n",
        "=HYPERLINK(1)\t<script>alert(1)</script>\t\x00\x1b",
        "甲" * 10_000,
        "周一平\t" * 3000,
        "\udcff",
    ],
)
def test_hostile_blocks_change_nothing(city, spring, sign_in, text):
    made, _ = spring
    page = pasted(sign_in(city.clerk_a), made, text.encode("utf-8", "replace").decode())
    assert page.status_code in (200, 422)
    assert "<script>alert" not in page.text
    assert not visits()


def test_others_may_not(city, spring, sign_in):
    made, _ = spring
    assert pasted(sign_in(city.leader_a), made, "周一平").status_code == 403
