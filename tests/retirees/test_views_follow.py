"""Saved views go on finding their people when two terms or two units become one."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.retirees.actions.custom import save_custom_field
from apps.retirees.actions.reorganise import reorganise
from apps.retirees.actions.views import keep_view
from apps.retirees.choices import Audience
from apps.retirees.models import SavedView
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in


def kept(user: Any, name: str, query: str) -> SavedView:
    with scope(actor_of(user)) as actor:
        made = {"name": name, "query": query, "audience": Audience.PRIVATE}
        return keep_view(values=made, by=actor)


def queries(city: Any) -> dict[str, str]:
    with scope(actor_of(city.city_clerk)):
        return dict(SavedView.objects.values_list("name", "query"))


def test_terms(city: Any) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        hobby = create_dictionary(label="手艺", by=actor)
        for label in ("书法", "毛笔字", "门球"):
            add_term(dictionary=hobby, label=label, by=actor)
        values = {"label": "手艺", "kind": "choice", "dictionary": hobby.code}
        name = f"custom_{save_custom_field(field=None, values=values, by=actor).key}"
    make_person(city.clerk_a, city.a1, name="张建国", **{name.removeprefix("custom_"): "2"})
    make_person(city.clerk_a, city.a1, name="李秀英")
    group = urlencode([("any", f"{name}=2&sex=1"), ("any", "category=lixiu")])
    view = kept(city.clerk_a, "毛笔字", f"{name}=2&sex=1")
    kept(city.clerk_a, "两样", f"{name}=1&{name}=2")
    kept(city.clerk_b, "组", group)
    others = {"别的": f"{name}=3", "文字": "q=2&age_min=2", "十倍": f"{name}0=2"}
    for label, query in others.items():
        kept(city.clerk_a, label, query)
    said = signed_in(city.city_clerk).post(
        f"/dictionaries/{hobby.code}/terms/2/merge/", {"into": "1"}, follow=True
    )
    assert "1人已改" in said.text
    assert "3个保存的视图" in said.text
    now = queries(city)
    assert now["毛笔字"] == f"{name}=1&sex=1"
    assert now["两样"] == f"{name}=1"
    assert now["组"] == urlencode([("any", f"{name}=1&sex=1"), ("any", "category=lixiu")])
    assert {label: now[label] for label in others} == others
    page = signed_in(city.clerk_a).get(reverse("retirees:view", args=[view.pk]), follow=True).text
    assert "手艺：书法" in page
    assert ">张建国</a>" in page
    assert ">李秀英</a>" not in page


def test_units(city: Any) -> None:
    make_person(city.clerk_a, city.a1, name="张建国")
    make_person(city.clerk_b, city.b1, name="王建军")
    view = kept(city.clerk_a, "财政", f"unit={city.a1.pk}&category=tuixiu")
    both = kept(city.city_clerk, "两县", f"county={city.a.pk}&county={city.b.pk}&unit={city.b1.pk}")
    with scope(actor_of(city.city_clerk)) as actor:
        facts = {"happened_on": date(2026, 6, 1), "document": "", "today": date(2026, 6, 10), "by": actor}
        reorganise(kind="merge", unit=city.a1, target=city.a2, **facts)
    assert queries(city)["财政"] == f"unit={city.a2.pk}&category=tuixiu"
    assert queries(city)["两县"] == both.query
    page = signed_in(city.clerk_a).get(reverse("retirees:view", args=[view.pk]), follow=True).text
    assert ">张建国</a>" in page
    with scope(actor_of(city.city_clerk)) as actor:
        moved, _ = reorganise(kind="merge", unit=city.b, target=city.a, **facts | {"by": actor})
        again = type(moved).objects.get(area=city.a, name=city.b1.name)
    assert queries(city)["两县"] == f"county={city.a.pk}&unit={again.pk}"
    page = signed_in(city.city_clerk).get(reverse("retirees:view", args=[both.pk]), follow=True).text
    assert ">王建军</a>" in page
