"""Family and contacts: added once, changed, put in order, verified, taken off; never another's."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.retirees.actions import add_family_member
from apps.retirees.models import FamilyMember, FamilyMemberHistory
from tests.factories.city import actor_of, make_person
from tests.retirees.conftest import FAMILY
from tests.retirees.test_person_forms import fields_of


def url(name, person, *more):
    return reverse(f"retirees:family-{name}", args=[person.pk, *more])


def tab(person):
    return reverse("retirees:detail", args=[person.pk]) + "?tab=family"


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1)


@pytest.fixture
def three(city, person):
    """Three members: 甲, 乙, 丙."""
    with scope(actor_of(city.clerk_a)) as actor:
        for name in ("邓小甲", "邓小乙", "邓小丙"):
            add_family_member(retiree=person, values=FAMILY | {"name": name}, by=actor)
    return person


def members(city, person):
    with scope(actor_of(city.clerk_a)):
        return list(FamilyMember.objects.filter(retiree_id=person.pk).order_by("sort"))


def typed(**more):
    return {"relation": "spouse", "name": "孙玉梅", "phone": "", "token": str(uuid.uuid4()), **more}


def test_a_member_is_added_once_however_often_the_form_is_sent(city, sign_in, person):
    client = sign_in(city.unit_a1)
    page = client.get(url("add", person))
    assert page.status_code == 200
    assert "⚠" not in page.text
    data = typed(phone="0722-3312345", birth_date="1936.5", is_emergency="on", kinship="老伴", political="01")
    for _ in range(2):
        answer = client.post(url("add", person), data)
        assert (answer.status_code, answer.url) == (302, tab(person))
    (member,) = members(city, person)
    assert (member.name, member.sort, member.is_emergency) == ("孙玉梅", 1, True)
    assert member.phone.same("0722-3312345")
    shown = client.get(tab(person)).text
    assert "老伴 孙玉梅" in shown
    assert "中共党员" in shown
    assert "0722-3312345" not in shown


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"relation": ""}, "请选择与本人的关系"),
        ({"relation": "boss"}, "选择"),
        ({"political": "99"}, "选择"),
        ({"kinship": "长" * 21}, "20"),
        ({"kinship": "长\x01子"}, "称谓"),
        ({"name": ""}, "请填写姓名"),
        ({"phone": "不知道号码"}, "电话号码里有读不出的部分"),
        ({"birth_date": "1936.13"}, "月份是13"),
        ({"token": "x"}, "本页：已过期"),
        ({"token": ""}, "本页：已过期"),
    ],
)
def test_wrong_members_are_refused_with_reasons(city, sign_in, person, more, words):
    page = sign_in(city.clerk_a).post(url("add", person), typed(**more))
    assert page.status_code == 422
    assert words in page.text
    assert members(city, person) == []


def test_a_member_is_changed_and_the_telephone_kept_or_cleared(city, sign_in, three):
    client = sign_in(city.clerk_a)
    member = members(city, three)[0]
    page = client.get(url("edit", three, member.pk))
    sent = fields_of(page)
    assert (sent["name"], sent["phone"], sent["work"]) == ("邓小甲", "", "金丝雀医院医生")
    assert FAMILY["phone"] not in page.text
    assert "现为 138****1234，不改请留空" in page.text
    sent |= {"relation": "child", "work": "已退休"}
    assert client.post(url("edit", three, member.pk), sent).status_code == 302
    changed = members(city, three)[0]
    assert (changed.work, changed.is_emergency) == ("已退休", True)
    assert changed.phone.same(FAMILY["phone"])
    sent = fields_of(client.get(url("edit", three, member.pk))) | {"relation": "child", "clear_phone": "on"}
    assert client.post(url("edit", three, member.pk), sent).status_code == 302
    assert members(city, three)[0].phone is None


def test_the_order_of_calling(city, sign_in, three):
    client = sign_in(city.clerk_a)
    first, _, last = members(city, three)
    client.post(url("shift", three, last.pk), {"direction": "up"})
    assert [m.name for m in members(city, three)] == ["邓小甲", "邓小丙", "邓小乙"]
    client.post(url("shift", three, first.pk), {"direction": "down"})
    assert [m.name for m in members(city, three)] == ["邓小丙", "邓小甲", "邓小乙"]
    client.post(url("shift", three, last.pk), {"direction": "up"})  # is first already
    assert [m.sort for m in members(city, three)] == [1, 2, 3]
    assert client.post(url("shift", three, last.pk), {"direction": "sideways"}).status_code == 400


def test_deleting_asks_first_closes_up_and_leaves_its_history(city, sign_in, three):
    client = sign_in(city.clerk_a)
    first = members(city, three)[0]
    page = client.get(url("delete", three, first.pk))
    assert "子女邓小甲吗" in page.text
    assert len(members(city, three)) == 3
    assert client.post(url("delete", three, first.pk)).status_code == 302
    assert [(m.name, m.sort) for m in members(city, three)] == [("邓小乙", 1), ("邓小丙", 2)]
    with scope(actor_of(city.clerk_a)):
        assert FamilyMemberHistory.objects.filter(pgh_label="delete").count() == 1
    history = client.get(reverse("retirees:detail", args=[three.pk]) + "?tab=history")
    assert "子女 邓小甲" in history.text
    assert client.post(url("delete", three, first.pk)).status_code == 404


def test_verified_today(city, sign_in, three):
    client = sign_in(city.unit_a1)
    first = members(city, three)[0]
    answer = client.post(url("verify", three, first.pk), follow=True)
    assert "今天核实无误" in answer.text
    assert members(city, three)[0].verified_on == timezone.localdate()


@pytest.mark.parametrize("name", ["add", "edit", "delete", "shift", "verify"])
def test_who_may_touch_a_family(city, sign_in, client, three, name):
    more = () if name == "add" else (members(city, three)[0].pk,)
    address = url(name, three, *more)
    before = [(m.name, m.sort, m.verified_on) for m in members(city, three)]
    data = typed(direction="down")
    assert client.post(address, data).status_code == 302
    for user, status in (
        ("leader", 403),
        ("leader_a", 403),
        ("audit_admin", 403),
        ("clerk_b", 404),
        ("unit_b1", 404),
    ):
        assert sign_in(getattr(city, user)).post(address, data).status_code == status, user
    assert sign_in(city.clerk_a).put(address).status_code == 405
    if name in ("shift", "verify"):
        assert sign_in(city.clerk_a).get(address).status_code == 405
    if more:
        other = make_person(city.clerk_a, city.a1, name="周文")
        assert sign_in(city.clerk_a).post(url(name, other, *more), data).status_code == 404
        assert sign_in(city.clerk_a).post(url(name, three, uuid.uuid4()), data).status_code == 404
    assert [(m.name, m.sort, m.verified_on) for m in members(city, three)] == before
