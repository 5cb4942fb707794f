"""The list of doubles, a pair, merging in two steps, and the way back."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.retirees.actions.search_doubles import counties_to_search, finish_search, search_county
from apps.retirees.models import Merge, PossibleDouble, Retiree
from tests.factories.city import actor_of, make_person
from tests.retirees.conftest import CANARIES
from tests.retirees.test_merge_action import OTHER_ID
from tests.retirees.test_person_forms import fields_of

pytestmark = pytest.mark.django_db
LIST = reverse("retirees:doubles")


@pytest.fixture
def second(city, known):
    return make_person(
        city.clerk_a,
        city.a2,
        name="邓忠永",
        category="lixiu",
        birth_date=PartialDate(1924, 7, 2),
        joined_on=PartialDate(1948, 2),
        national_id=OTHER_ID,
        phone="13912251394",
        health="2",
    )


def look():
    with scope(system_actor()):
        began = timezone.now()
        for county in counties_to_search():
            search_county(county)
        finish_search(since=began)


@pytest.fixture
def pair(city, known, second):
    look()
    with scope(actor_of(city.clerk_a)):
        return PossibleDouble.objects.get()


def url(name, found):
    return reverse(f"retirees:{name}", args=[found.pk])


def test_the_list_shows_pairs_of_the_own_place(city, sign_in, known, pair):
    page = sign_in(city.clerk_a).get(LIST)
    assert page.text.count("邓忠永 / 邓忠永") == 1
    assert "联系电话相同" in page.text
    assert url("double", pair) in page.text
    assert "现在查找一遍" not in page.text
    assert "现在查找一遍" in sign_in(city.city_clerk).get(LIST).text
    for user in ("clerk_b", "unit_a1", "unit_b1"):
        assert "邓忠永" not in sign_in(getattr(city, user)).get(LIST).text
    for user in ("leader", "leader_a", "system_admin", "audit_admin"):
        assert sign_in(getattr(city, user)).get(LIST).status_code == 403
    home = sign_in(city.clerk_a).get(reverse("dashboards:home")).text
    assert "疑似重复" in home
    assert LIST in home


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("reason=same_phone", 1),
        ("reason=variant", 0),
        ("state=not_double", 0),
        ("reason=%00", 1),
        ("county=several", 1),
        ("page=99999999999999999999", 1),
        ("page=x", 1),
    ],
)
def test_conditions(city, sign_in, pair, query, count):
    page = sign_in(city.clerk_a).get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert page.text.count("邓忠永 / 邓忠永") == count


def test_a_pair_is_compared_in_masks(city, sign_in, pair):
    page = sign_in(city.clerk_a).get(url("double", pair))
    assert page.status_code == 200
    assert "4201**********6490" in page.text
    assert not [text for text in CANARIES if text in page.text and "*" not in text and "," not in text]
    for user in ("clerk_b", "unit_a1"):
        assert sign_in(getattr(city, user)).get(url("double", pair)).status_code == 404
    assert sign_in(city.leader).get(url("double", pair)).status_code == 403


def test_two_people_are_remembered_and_it_can_be_taken_back(city, sign_in, pair):
    client = sign_in(city.clerk_a)
    assert client.post(url("double-different", pair), {"why": "x" * 300}).status_code == 422
    assert client.post(url("double-different", pair), {"why": "=HYPERLINK(1)<b>"}).status_code == 302
    page = client.get(url("double", pair))
    assert "=HYPERLINK(1)&lt;b&gt;" in page.text
    look()
    assert "没有疑似重复" in client.get(LIST).text
    again = client.post(url("double-different", pair), {}, follow=True)
    assert "已经由" in again.text
    assert client.post(url("double-reopen", pair)).status_code == 302
    assert "邓忠永 / 邓忠永" in client.get(LIST).text
    assert sign_in(city.clerk_b).post(url("double-different", pair)).status_code == 404


def hidden_of(page):
    """The hidden fields of a page that only asks whether to go on."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def merged(client, pair, **sent):
    """The two steps; the answer to the second."""
    form = fields_of(client.get(url("merge", pair))) | {"why": "电话问过本人"} | sent
    confirm = client.post(url("merge", pair), form)
    assert confirm.status_code == 200
    assert "还没有写入" in confirm.text
    return client.post(url("merge", pair), hidden_of(confirm) | {"confirmed": "1"})


def test_merging_says_what_will_happen_then_does_it(city, sign_in, known, second, pair):
    client = sign_in(city.clerk_a)
    page = client.get(url("merge", pair))
    assert "身份证号" in page.text
    assert OTHER_ID not in page.text
    refused = client.post(url("merge", pair), fields_of(page) | {"why": ""})
    assert refused.status_code == 422
    assert "请写明怎么核实的" in refused.text
    answer = merged(client, pair, side_health="other")
    assert (answer.status_code, answer.url) == (302, reverse("retirees:detail", args=[known.pk]))
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=known.pk).health == "2"
        assert Retiree.objects.get(pk=second.pk).merged_into_id == known.pk
    kept = client.get(answer.url)
    assert "合并过的记录" in kept.text
    old = client.get(reverse("retirees:detail", args=[second.pk]), follow=True)
    assert old.redirect_chain == [(answer.url, 302)]
    assert "已经并入这一条" in old.text
    assert client.get(reverse("retirees:edit", args=[second.pk])).status_code == 404
    assert client.get(url("merge", pair)).status_code == 302
    assert client.get(f"{reverse('retirees:list')}?state=all").text.count(">邓忠永<") == 1


def test_the_other_may_be_kept(city, sign_in, known, second, pair):
    client = sign_in(city.chief_a)
    form = fields_of(client.get(f"{url('merge', pair)}?keep={second.pk}")) | {"why": "核对档案"}
    assert form["keep"] == str(second.pk)
    confirm = client.post(url("merge", pair), form)
    answer = client.post(url("merge", pair), hidden_of(confirm) | {"confirmed": "1"})
    assert answer.url == reverse("retirees:detail", args=[second.pk])
    assert client.get(f"{url('merge', pair)}?keep=%00abc").status_code == 302


def test_who_changed_in_between_is_looked_at_again(city, sign_in, known, pair):
    client = sign_in(city.clerk_a)
    form = fields_of(client.get(url("merge", pair))) | {"why": "电话问过", "keep_version": "77"}
    answer = client.post(url("merge", pair), form | {"confirmed": "1"}, follow=True)
    assert "请重新核对" in answer.text
    with scope(actor_of(city.clerk_a)):
        assert Merge.objects.count() == 0


def test_who_may_merge(city, sign_in, pair):
    for user in ("unit_a1", "leader_a", "system_admin"):
        assert sign_in(getattr(city, user)).get(url("merge", pair)).status_code == 403
    assert sign_in(city.clerk_b).get(url("merge", pair)).status_code == 404


def test_undoing_on_the_page(city, sign_in, known, second, pair):
    client = sign_in(city.clerk_a)
    merged(client, pair)
    with scope(actor_of(city.clerk_a)):
        made = Merge.objects.get()
    page = client.get(url("merge-undo", made))
    assert "撤销后" in page.text
    assert sign_in(city.clerk_b).get(url("merge-undo", made)).status_code == 404
    assert client.post(url("merge-undo", made)).status_code == 302
    assert client.get(reverse("retirees:detail", args=[second.pk])).status_code == 200
    again = client.post(url("merge-undo", made), follow=True)
    assert "已经撤销" in again.text
    with scope(actor_of(city.clerk_a)):
        assert PossibleDouble.objects.get().state == "open"


def test_a_pair_in_two_counties_is_the_citys(city, sign_in, known):
    other = make_person(city.clerk_b, city.b1, name="邓忠永", birth_date=PartialDate(1924, 7))
    look()
    with scope(actor_of(city.city_clerk)):
        found = PossibleDouble.objects.get()
    assert found.county_id is None
    for user in ("clerk_a", "clerk_b"):
        assert sign_in(getattr(city, user)).get(url("double", found)).status_code == 404
    client = sign_in(city.city_clerk)
    assert "南岭县" in client.get(f"{LIST}?county=several").text
    form = fields_of(client.get(f"{url('merge', found)}?keep={known.pk}")) | {"why": "两县核对过"}
    confirm = client.post(url("merge", found), form)
    assert "石桥县不再看到这个人" in confirm.text
    assert client.post(url("merge", found), hidden_of(confirm) | {"confirmed": "1"}).status_code == 302
    assert sign_in(city.clerk_b).get(reverse("retirees:detail", args=[other.pk])).status_code == 404


def test_the_city_may_search_now(city, sign_in):
    client = sign_in(city.city_clerk)
    assert client.post(reverse("retirees:doubles-search")).status_code == 302
    assert client.post(reverse("retirees:doubles-search")).status_code == 302
    assert Job.objects.filter(kind="retirees.doubles").count() in (1, 2)
    assert sign_in(city.clerk_a).post(reverse("retirees:doubles-search")).status_code == 403
