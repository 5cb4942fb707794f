"""The log as pages: the form, several people at once, the list, one visit, the person page."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.concerns.models import Concern
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from apps.retirees.models import Retiree
from apps.visits.models import Leader, Occasion, Visit
from tests.factories.city import actor_of, make_person
from tests.visits.test_log_actions import campaign, due_of, logged

DAY = timezone.localdate() - timedelta(days=3)
HOSTILE = ("=1+1", "<script>alert(1)</script>", "'; DROP TABLE visits_visit; --")
UNREADABLE = ("张" * 10_000, "甲\x00乙", "甲\x07乙")


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1, name="周一平")


@pytest.fixture
def other(city):
    return make_person(city.clerk_b, city.b1, name="王四平")


def typed(**more):
    with scope(actor_of_city()):
        occasion = Occasion.objects.get(code="routine").pk
    return {
        "token": str(uuid.uuid4()),
        "visited_on": DAY.isoformat(),
        "occasion": occasion,
        "way": "home",
        "target": "self",
        "others": "陈立新（局长）、李华",
        "others_level": "3",
        **more,
    }


def actor_of_city():
    from apps.jobs.rules import system_actor

    return system_actor()


def count():
    with scope(actor_of_city()):
        return Visit.objects.count()


def address(person):
    return reverse("visits:record", args=[person.pk])


def test_a_visit_is_logged_and_stands_everywhere(city, person, sign_in):
    client = sign_in(city.clerk_a)
    page = client.get(address(person))
    assert page.status_code == 200
    assert "还没有走访记录" in page.text
    answer = client.post(address(person), typed(summary="精神很好", health_seen="1"))
    assert answer.status_code == 302
    shown = client.get(answer.url)
    for words in ("陈立新，局长", "李华", "精神很好", "日常", "上门"):
        assert words in shown.text
    assert "陈立新（局长）等2人" in client.get(reverse("visits:log")).text
    tab = client.get(reverse("retirees:detail", args=[person.pk]), {"tab": "visits"})
    assert "精神很好" in tab.text
    assert "上次走访" in tab.text
    assert "陈立新（局长）等2人" in client.get(reverse("retirees:detail", args=[person.pk])).text
    again = client.get(address(person))
    assert "陈立新（局长）、李华" in again.text, "who went last is offered again"
    assert "上次走访：" in again.text


def test_sent_twice_is_one_visit(city, person, sign_in):
    client, data = sign_in(city.clerk_a), typed()
    first, again = client.post(address(person), data), client.post(address(person), data)
    assert first.url == again.url
    assert count() == 1


def test_what_was_asked_for_becomes_concerns_once(city, person, sign_in):
    client, values = sign_in(city.clerk_a), typed(wants="申请护工补助\n\n想看新的学习材料")
    for _ in range(2):
        answer = client.post(address(person), values)
    page = client.get(answer["Location"]).text
    assert "申请护工补助" in page
    with scope(actor_of(city.clerk_a)):
        found = list(Concern.objects.order_by("number"))
    assert [one.title for one in found] == ["申请护工补助", "想看新的学习材料"]
    assert {(one.source, one.raised_on, one.retiree_id) for one in found} == {("visit", DAY, person.pk)}
    assert "未结诉求2件" in client.get(address(person)).text
    refused = client.post(address(person), typed(wants="字" * 81))
    assert refused.status_code == 422
    assert "不超过80字" in refused.text


def test_wrong_input_is_said_at_its_field_and_changes_nothing(city, person, sign_in):
    client = sign_in(city.clerk_a)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for wrong, words in (
        ({"visited_on": tomorrow}, "还没有到这一天"),
        ({"others": ""}, "请选择走访领导，或写明其他走访人"),
        ({"others": "王强（科长"}, "读不出姓名和职务"),
        ({"money": "500"}, "请选择资金来源"),
        ({"money": "-5"}, "大于或等于"),
        ({"goods_value": "50"}, "写明是什么慰问品"),
        ({"target": "survivor"}, "没有去世登记"),
        ({"token": "7"}, "已过期"),
        ({"way": "rocket"}, "选择"),
        *(({"others": text}, "没有登记") for text in UNREADABLE),
        *(({"summary": text}, "没有登记") for text in UNREADABLE),
    ):
        page = client.post(address(person), typed(**wrong))
        assert page.status_code == 422, wrong
        assert words in page.text or words == "没有登记", wrong
    assert count() == 0


def test_hostile_words_are_kept_as_words(city, person, sign_in):
    client = sign_in(city.clerk_a)
    for text in HOSTILE:
        answer = client.post(address(person), typed(summary=text))
        page = client.get(answer.url)
        assert "<script>alert" not in page.text
    assert count() == len(HOSTILE)


def test_another_countys_person_and_visit_are_not_there(city, person, other, sign_in):
    theirs = logged(city, other, who="clerk_b")
    client = sign_in(city.clerk_a)
    for name, key in (
        ("record", other.pk),
        ("visit", theirs.pk),
        ("visit-edit", theirs.pk),
        ("visit-remove", theirs.pk),
    ):
        assert client.get(reverse(f"visits:{name}", args=[key])).status_code == 404
    assert client.post(address(other), typed()).status_code == 404
    picked = {**typed(), "ids": [other.pk], "sent": "1"}
    assert client.post(reverse("visits:record-many"), picked).status_code == 302
    assert count() == 1


def test_leaders_read_and_do_not_write(city, person, sign_in):
    visit = logged(city, person)
    client = sign_in(city.leader)
    assert client.get(reverse("visits:visit", args=[visit.pk])).status_code == 200
    assert client.get(reverse("visits:log")).status_code == 200
    assert client.get(address(person)).status_code == 403
    assert client.post(address(person), typed()).status_code == 403
    assert client.get(reverse("visits:visit-edit", args=[visit.pk])).status_code == 403


def test_a_due_row_fills_the_form(city, person, sign_in):
    with scope(actor_of_city()):
        spring = campaign()
        due = due_of(person, campaign=spring, planned_money=500)
    client = sign_in(city.clerk_a)
    page = client.get(address(person), {"due": due.pk})
    assert re.search(rf'<option value="{spring.pk}" selected', page.text)
    assert "500" in page.text
    for nonsense in ("x", "9" * 30, "-1"):
        assert client.get(address(person), {"due": nonsense}).status_code == 200


def test_leaders_of_the_list_go_with_their_post(city, person, sign_in):
    with scope(actor_of(city.clerk_a)):
        leader = Leader.objects.create(county=city.a, name="赵县长", post="县长", level="1")
    with scope(actor_of(city.clerk_b)):
        foreign = Leader.objects.create(county=city.b, name="钱县长", post="县长", level="1")
    client = sign_in(city.clerk_a)
    assert "钱县长" not in client.get(address(person)).text
    assert client.post(address(person), typed(leaders=[foreign.pk])).status_code == 422
    assert client.post(address(person), typed(leaders=[leader.pk], others="")).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Visit.objects.get().visitors_text == "赵县长（县长）"
        Leader.objects.filter(pk=leader.pk).update(post="县委书记")
        visit = Visit.objects.get()
    page = reverse("visits:visit-edit", args=[visit.pk])
    same = typed(leaders=[leader.pk], others="", others_level="5", way="phone", version="1")
    assert client.post(page, same).status_code == 302
    with scope(actor_of(city.clerk_a)):
        visit = Visit.objects.get()
        assert (visit.way, visit.visitors_text) == ("phone", "赵县长（县长）"), "the post of that day stays"
    assert client.post(page, same).status_code == 422, "an old page"


def test_the_same_visit_of_several(city, person, sign_in):
    second = make_person(city.clerk_a, city.a1, name="吴二平")
    client, where = sign_in(city.clerk_a), reverse("visits:record-many")
    picked = {"ids": [person.pk, second.pk]}
    page = client.post(where, picked)
    assert page.status_code == 200
    assert "周一平" in page.text
    assert "吴二平" in page.text
    data = typed(**picked, sent="1")
    assert client.post(where, data).status_code == 302
    assert client.post(where, data).status_code == 302
    assert count() == 2
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=Retiree.objects.get(pk=second.pk),
            died_on=PartialDate.from_date(DAY - timedelta(days=1)),
            reported_on=DAY,
            by=actor,
        )
    page = client.post(where, typed(**picked, sent="1"))
    assert page.status_code == 422
    assert "吴二平已于" in page.text
    assert count() == 2


def test_somebody_is_found_by_reading_also_after_his_death(city, person, other, sign_in):
    client = sign_in(city.clerk_a)
    page = client.post(reverse("visits:new"), {"q": "zyp"})
    assert "周一平" in page.text
    assert "没有找到" in client.post(reverse("visits:new"), {"q": "王四平"}).text
    for text in (*HOSTILE, *UNREADABLE):
        assert client.post(reverse("visits:new"), {"q": text}).status_code == 200


def test_a_removal_wants_a_reason(city, person, sign_in):
    visit = logged(city, person)
    client, where = sign_in(city.clerk_a), reverse("visits:visit-remove", args=[visit.pk])
    assert client.post(where, {"reason": ""}).status_code == 422
    assert count() == 1
    assert client.post(where, {"reason": "登记错人"}).status_code == 302
    assert count() == 0


def test_the_list_filters_and_sums(city, person, other, sign_in):
    logged(city, person, way="phone")
    logged(city, other, who="clerk_b")
    client, where = sign_in(city.clerk_a), reverse("visits:log")
    assert "1次，1人" in client.get(where).text
    assert "2次，2人" in sign_in(city.city_clerk).get(where).text
    assert "周一平" not in client.get(where, {"way": "home"}).text
    assert "周一平" in client.get(where, {"way": "phone", "gift": "no", "end": DAY.isoformat()}).text
    for wrong in ({"x": "1"}, {"way": "rocket"}, {"begin": "never"}, {"county": "1"}):
        assert client.get(where, wrong).status_code == 400
