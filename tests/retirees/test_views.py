"""Saved views: kept from the list, opened again at one address, shared with exactly those who are meant."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from apps.accounts.actions import delete_group, save_group
from apps.audit.models import Event
from apps.core.scope import scope
from apps.retirees.actions.views import keep_view
from apps.retirees.choices import Audience
from apps.retirees.models import SavedView
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

TOKEN = "00000000-0000-4000-8000-000000000031"
CREATE = reverse("retirees:view-create")


@pytest.fixture
def people(city: Any) -> None:
    make_person(city.clerk_a, city.a1, name="张建国")
    make_person(city.clerk_a, city.a2, name="李秀英", category="lixiu")
    make_person(city.clerk_b, city.b1, name="王建军", category="lixiu")


def kept(user: Any, **values: Any) -> SavedView:
    values = {"name": "离休", "query": "category=lixiu", "audience": Audience.PRIVATE} | values
    with scope(actor_of(user)) as actor:
        return keep_view(values=values, by=actor)


def posted(**values: Any) -> dict[str, Any]:
    return {"name": "我的离休", "audience": "private", "query": "category=lixiu", "token": TOKEN} | values


def own(user: Any) -> list[SavedView]:
    with scope(actor_of(user)) as actor:
        return list(SavedView.objects.owned_by(actor))


def test_a_view_is_kept_from_the_list_and_opens_it_again(city: Any, people: None) -> None:
    client = signed_in(city.clerk_a)
    form = client.get(f"{CREATE}?category=lixiu&sort=-birth")
    assert form.status_code == 200
    assert "类别：离休" in form.content.decode()
    assert client.post(CREATE, posted(sort="-birth")).status_code == 302
    (view,) = own(city.clerk_a)
    assert (view.query, view.sort) == ("category=lixiu", "-birth")
    answer = client.get(reverse("retirees:view", args=[view.pk]))
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {"category": ["lixiu"], "sort": ["-birth"], "view": [str(view.pk)]}
    page = client.get(answer.headers["Location"]).content.decode()
    assert "李秀英" in page
    assert "张建国" not in page
    assert "我的离休" in page


def test_sent_twice_it_is_one(city: Any) -> None:
    client = signed_in(city.clerk_a)
    for _ in range(2):
        assert client.post(CREATE, posted()).status_code == 302
    assert len(own(city.clerk_a)) == 1


def test_it_shows_each_reader_his_own_register(city: Any, people: None) -> None:
    view = kept(city.city_clerk, audience=Audience.ALL)
    address = reverse("retirees:view", args=[view.pk])
    for user, seen in ((city.clerk_a, "李秀英"), (city.clerk_b, "王建军")):
        page = signed_in(user).get(address, follow=True).content.decode()
        assert seen in page
        assert ("王建军" if seen == "李秀英" else "李秀英") not in page


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.PLACE, Audience.GROUP])
def test_whoever_is_not_meant_does_not_find_it(city: Any, audience: Audience) -> None:
    """Acceptance 7: a view shared with one group is not there for the others, by any address."""
    with scope(actor_of(city.city_clerk)) as actor:
        group = save_group(name="健康专班", members=[city.clerk_a], by=actor)
        other = save_group(name="统计专班", members=[city.clerk_a, city.unit_b1], by=actor)
    view = kept(city.clerk_a, audience=audience, groups=[group, other])
    allowed = {
        Audience.PRIVATE: {"clerk_a"},
        Audience.PLACE: {"clerk_a", "chief_a", "leader_a"},
        Audience.GROUP: {"clerk_a", "unit_b1"},
    }[audience]
    for username in ("clerk_a", "chief_a", "leader_a", "unit_a1", "clerk_b", "unit_b1", "city_clerk"):
        client = signed_in(city.users[username])
        found = username in allowed
        assert client.get(reverse("retirees:view", args=[view.pk])).status_code == (302 if found else 404)
        assert client.get(f"{reverse('retirees:list')}?view={view.pk}").status_code == (200 if found else 404)
        assert client.post(reverse("retirees:view-copy", args=[view.pk])).status_code == (
            302 if found else 404
        )
        assert ("离休" in client.get(reverse("retirees:views")).content.decode()) == found
        for name in ("view-edit", "view-update", "view-delete"):
            if username != "clerk_a":
                assert client.post(reverse(f"retirees:{name}", args=[view.pk])).status_code == 404


def test_nobody_shares_wider_than_he_may(city: Any) -> None:
    client = signed_in(city.clerk_a)
    refused = client.post(CREATE, posted(audience="all"))
    assert refused.status_code == 422
    with scope(actor_of(city.city_clerk)) as actor:
        group = save_group(name="别人的组", members=[city.clerk_b], by=actor)
    assert client.post(CREATE, posted(audience="group", groups=[group.pk])).status_code == 422
    assert own(city.clerk_a) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "请给视图起个名称"),
        ({"name": "长" * 10_000}, "最长 40"),
        ({"name": "控\x07制"}, "视图没有保存"),
        ({"query": "password__startswith=a"}, "条件有误"),
        ({"query": "category=nobody"}, "条件有误"),
        ({"query": "q=a&q=b"}, "条件有误"),
        ({"query": "x" * 10_000}, "视图没有保存"),
        ({"sort": "private__phone"}, "没有这种排序"),
        ({"grouping": "name"}, "视图没有保存"),
        ({"audience": ""}, "视图没有保存"),
    ],
)
def test_what_cannot_be_kept_is_said(city: Any, values: dict[str, str], words: str) -> None:
    answer = signed_in(city.clerk_a).post(CREATE, posted(**values))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert own(city.clerk_a) == []


def test_a_name_of_markup_is_only_text(city: Any) -> None:
    client = signed_in(city.clerk_a)
    client.post(CREATE, posted(name="<script>alert(1)</script>"))
    assert "<script>alert" not in client.get(reverse("retirees:views")).content.decode()


def test_what_no_longer_holds_is_left_out_and_named(city: Any, people: None) -> None:
    view = kept(city.city_clerk, audience=Audience.ALL, query=f"category=lixiu&county={city.b.pk}&gone=1")
    page = signed_in(city.clerk_a).get(reverse("retirees:view", args=[view.pk]), follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert "已略去" in text
    assert "<li>县市区</li>" in text
    assert "<li>gone</li>" in text
    assert "李秀英" in text


def test_changed_conditions_are_said_and_kept_on_demand(city: Any) -> None:
    view = kept(city.clerk_a)
    client = signed_in(city.clerk_a)
    page = client.get(f"{reverse('retirees:list')}?category=tuixiu&view={view.pk}").content.decode()
    assert "条件已改" in page
    client.post(reverse("retirees:view-update", args=[view.pk]), {"query": "category=tuixiu", "sort": ""})
    assert own(city.clerk_a)[0].query == "category=tuixiu"
    bad = client.post(reverse("retirees:view-update", args=[view.pk]), {"query": "x=1"})
    assert bad.status_code == 400


def test_the_register_opens_with_the_default_view(city: Any) -> None:
    view = kept(city.clerk_a)
    client = signed_in(city.clerk_a)
    client.post(reverse("retirees:view-default", args=[view.pk]))
    home = client.get(reverse("dashboards:home")).content.decode()
    assert reverse("retirees:view", args=[view.pk]) in home
    client.post(reverse("retirees:view-delete", args=[view.pk]))
    assert client.get(reverse("retirees:view", args=[view.pk])).status_code == 302


def test_changing_columns_keeps_filters(city: Any, people: None) -> None:
    """Acceptance 7. Also when the columns are those of a view; somebody else's view stays as it is."""
    view = kept(city.clerk_a, audience=Audience.PLACE, columns=["name", "sex"])
    asked = f"{reverse('retirees:list')}?category=lixiu&sort=-name&view={view.pk}"
    for user, still in ((city.clerk_a, True), (city.chief_a, False)):
        client = signed_in(user)
        answer = client.post(reverse("retirees:columns"), {"columns": ["name", "unit"], "next": asked})
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert query["category"] == ["lixiu"]
        assert query["sort"] == ["-name"]
        assert ("view" in query) == still
        assert own(city.clerk_a)[0].columns == ["name", "unit"]


def test_sharing_is_written_to_the_log_and_a_deleted_group_leaves_the_view_private(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        group = save_group(name="健康专班", members=[city.clerk_b], by=actor)
        rest = save_group(name="统计专班", members=[city.clerk_a], by=actor)
    view = kept(city.city_clerk, audience=Audience.GROUP, groups=[group, rest])
    assert signed_in(city.clerk_b).get(reverse("retirees:view", args=[view.pk])).status_code == 302
    with scope(actor_of(city.city_clerk)) as actor:
        delete_group(group=group, by=actor)
    assert signed_in(city.clerk_b).get(reverse("retirees:view", args=[view.pk])).status_code == 404
    assert signed_in(city.clerk_a).get(reverse("retirees:view", args=[view.pk])).status_code == 302
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="setting", summary__contains="离休").exists()
