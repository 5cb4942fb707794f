"""What leaves the list is the list as it stands: columns of the saved view, order, and the columns of one's role."""

import re
from typing import Any

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.scope import scope
from apps.retirees.actions.views import keep_view
from apps.retirees.choices import Audience
from apps.retirees.models import SavedView
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

LIST, NEW, PAPER = (reverse(name) for name in ("retirees:list", "exports:new", "retirees:print-list"))


def kept(user: Any, *columns: str, **values: Any) -> SavedView:
    values = {"name": "我的", "query": "", "audience": Audience.PRIVATE, "columns": list(columns)} | values
    with scope(actor_of(user)) as actor:
        return keep_view(values=values, by=actor)


def posted_by_bar(page: str) -> dict[str, str]:
    """What the list's selection bar posts, everybody meant."""
    bar = page[page.index('id="selection"') :]
    bar = bar[: bar.index("</form>")]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', bar)
    return {**{name: value for name, value in hidden if name != "csrfmiddlewaretoken"}, "all": "1"}


def ticked(page: str) -> list[str]:
    return re.findall(r'name="columns" value="(\w+)" checked', page)


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page)


def test_a_view_s_columns_and_order_go_into_the_sheet_and_onto_paper(city, people):
    view = kept(city.clerk_a, "name", "post", "birth")
    browser = signed_in(city.clerk_a)
    posted = posted_by_bar(browser.get(f"{LIST}?view={view.pk}&sort=-birth").text)
    assert posted == {"query": "", "all": "1", "view": str(view.pk), "sort": "-birth"}
    page = browser.post(NEW, posted).text
    assert ticked(page) == ["name", "post", "birth"]
    assert '<option value="-birth" selected>' in page
    paper = browser.post(PAPER, posted).text
    assert heads(paper) == ["姓名", "退休时职务", "出生年月"]
    assert [paper.index(name) for name in ("孙三", "钱二", "赵一")] == sorted(
        paper.index(name) for name in ("孙三", "钱二", "赵一")
    )


def test_rows_picked_keep_the_order_too(city, people):
    posted = {"ids": [str(people[0].pk), str(people[1].pk)], "sort": "filled"}
    assert '<option value="filled" selected>' in signed_in(city.clerk_a).post(NEW, posted).text


def test_the_city_has_the_county_without_having_chosen(city, people):
    page = signed_in(city.city_clerk).post(NEW, {"all": "1"}).text
    assert "county" in ticked(page)
    assert "县市区" in heads(signed_in(city.city_clerk).post(PAPER, {"all": "1"}).text)
    assert "county" not in ticked(signed_in(city.clerk_a).post(NEW, {"all": "1"}).text)


@pytest.mark.parametrize("view", ["abc", "0", "9" * 40, "甲", "", "\ud800"])
def test_a_view_that_is_none_is_passed_over(city, people, view):
    for address in (NEW, PAPER):
        answer = signed_in(city.clerk_a).post(address, {"all": "1", "view": view.encode("utf-8", "replace")})
        assert answer.status_code == 200


def test_somebody_else_s_view_is_passed_over(city, people):
    view = kept(city.clerk_b, "name", "post")
    posted = {"all": "1", "view": str(view.pk)}
    assert "unit" in ticked(signed_in(city.clerk_a).post(NEW, posted).text)
    assert "管理单位" in heads(signed_in(city.clerk_a).post(PAPER, posted).text)


def test_more_than_twenty_go_on_paper_by_a_request(city, people):
    """As in a file (security.md D8): the selection goes on to the form; who may not export prints no more than that."""
    for number in range(18):
        make_person(city.clerk_a, city.a1, name=f"周{'一二三四五六七八九'[number % 9]}{'甲乙'[number // 9]}")
    browser, posted = signed_in(city.clerk_a), {"all": "1", "query": "", "sort": "-birth"}
    answer = browser.post(PAPER, posted)
    assert (answer.status_code, answer.url) == (307, NEW)
    form = browser.post(PAPER, posted, follow=True).text
    assert "21人" in form
    assert '<option value="-birth" selected>' in form
    refused = signed_in(city.leader_a).post(PAPER, posted, follow=True).text
    assert "要经审批才能打印" in refused
    few = [person.pk for person in people[:2]]
    assert browser.post(PAPER, {"ids": few}).status_code == 200
    with scope(actor_of(city.audit_admin)):
        assert [event.data["people"] for event in Event.objects.filter(kind="export")] == [2]
