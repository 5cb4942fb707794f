"""Saved views as cards on the home page."""

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from apps.accounts.models import User
from apps.core.patience import TooSlow, answered_within
from apps.core.scope import scope
from apps.retirees.actions.views import HOME_LIMIT, HOME_VIEWS, delete_view, keep_view
from apps.retirees.choices import Audience
from apps.retirees.models import SavedView
from apps.retirees.views import home_cards
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

HOME = reverse("dashboards:home")
VIEWS = reverse("retirees:views")


def kept(user: Any, name: str, query: str = "category=lixiu", **values: Any) -> SavedView:
    with scope(actor_of(user)) as actor:
        made = {"name": name, "query": query, "audience": Audience.PRIVATE} | values
        return keep_view(values=made, by=actor)


def put(client: Any, view: SavedView, home: str = "1") -> Any:
    return client.post(reverse("retirees:view-home", args=[view.pk]), {"home": home}, follow=True)


def chosen(user: Any) -> list[int]:
    return User.objects.get(pk=user.pk).preferences.get(HOME_VIEWS) or []


def test_a_card_counts_in_its_reader_s_own_scope(city: Any) -> None:
    make_person(city.clerk_a, city.a1, name="张建国", category="lixiu")
    make_person(city.clerk_a, city.a2, name="李秀英", political="01")
    make_person(city.clerk_b, city.b1, name="王建军", category="lixiu")
    view = kept(city.city_clerk, "<b>离休</b>", audience=Audience.ALL)
    slow = kept(city.city_clerk, "党员", "party=1&q=李", audience=Audience.ALL)
    for user, numbers in ((city.clerk_a, (1, 1)), (city.clerk_b, (1, 0)), (city.city_clerk, (2, 1)),
                          (city.leader, (2, 1))):  # fmt: skip
        client = signed_in(user)
        assert 'tile-label">&lt;b&gt;' not in client.get(HOME).text
        for each in (view, slow, slow):
            assert put(client, each).status_code == 200
        cards = client.get(HOME).context["cards"]
        assert [(card.label, card.value, card.href) for card in cards] == [
            (view.name, str(numbers[0]), reverse("retirees:view", args=[view.pk])),
            (slow.name, str(numbers[1]), reverse("retirees:view", args=[slow.pk])),
        ]
        assert "&lt;b&gt;离休&lt;/b&gt;" in client.get(HOME).text
        put(client, view, home="0")
        assert chosen(user) == [slow.pk]
    with scope(actor_of(city.city_clerk)) as actor:
        delete_view(view=slow, by=actor)
    assert signed_in(city.clerk_a).get(HOME).context["cards"] == []


def test_six_at_most_and_none_of_a_stranger(city: Any) -> None:
    client = signed_in(city.clerk_a)
    views = [kept(city.clerk_a, f"视图{number}") for number in range(HOME_LIMIT + 1)]
    for view in views[:-1]:
        put(client, view)
    assert "最多放 6 个" in put(client, views[-1]).text
    assert chosen(city.clerk_a) == [view.pk for view in views[:-1]]
    assert client.get(VIEWS).text.count("从首页撤下") == HOME_LIMIT
    with scope(actor_of(city.clerk_a)) as actor:
        delete_view(view=views[0], by=actor)
    put(client, views[-1])  # what is gone takes no place
    assert chosen(city.clerk_a) == [view.pk for view in views[1:]]
    stranger = signed_in(city.clerk_b)
    assert put(stranger, views[1]).status_code == 404
    assert chosen(city.clerk_b) == []
    assert put(signed_in(city.system_admin), views[1]).status_code == 403


def test_what_no_longer_holds_is_told_and_a_slow_number_is_not_waited_for(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(city.clerk_a)
    put(client, kept(city.clerk_a, "旧条件", "category=lixiu&gone=1"))
    [card] = client.get(HOME).context["cards"]
    assert (card.value, card.note) == ("0", "现在用不上：gone")

    def slow(*args: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(home_cards, "people_total", slow)
    monkeypatch.setattr(home_cards, "PATIENCE", 20)
    page = client.get(HOME)
    assert page.status_code == 200
    assert page.context["cards"][0].value == "—"


def test_patience_leaves_the_transaction_and_its_limit_as_they_were(city: Any) -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            return str(cursor.fetchone()[0])

    with scope(actor_of(city.clerk_a)):
        before = limit()
        with answered_within(50):
            assert limit() == "50ms"
        assert limit() == before
        with pytest.raises(TooSlow), answered_within(20), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        assert limit() == before
        assert SavedView.objects.count() == 0
