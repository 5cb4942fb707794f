"""Career, honours and special groups of a person."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import add_family_member, record_death
from apps.retirees.actions.dossier import add_line, mark_group
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.choices import SpecialGroup
from apps.retirees.models import CareerEntry, CareerEntryHistory, GroupMark, Honour, Retiree
from apps.retirees.queries.dossier import dossier_of, groups_on
from apps.retirees.queries.groups import in_group
from apps.retirees.queries.person import person_file
from apps.retirees.rules import groups_of
from tests.core.test_pictures import picture
from tests.factories.city import actor_of, make_person
from tests.retirees.test_person_forms import fields_of

HOSTILE = ("=1+1", "<script>alert(1)</script>", "{{ 姓名 }}", "'; DROP TABLE x; --")


def url(name, person, *more):
    return reverse(f"retirees:{name}", args=[person.pk, *more])


def tab(person, name):
    return reverse("retirees:detail", args=[person.pk]) + f"?tab={name}"


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1)


def career(city, person):
    with scope(actor_of(city.clerk_a)):
        return list(CareerEntry.objects.filter(retiree_id=person.pk))


def entry(city, person, start, words):
    with scope(actor_of(city.clerk_a)) as actor:
        values = {"from_on": start, "organisation": words}
        return add_line(model=CareerEntry, retiree=person, values=values, by=actor)


def typed(**more):
    return {
        "from_on": "1965.8",
        "until_on": "1968年9月",
        "organisation": "县水利局",
        "post": "技术员",
        "note": "",
        "token": str(uuid.uuid4()),
        **more,
    }


def test_a_line_is_added_once_however_often_the_form_is_sent(city, sign_in, person):
    client = sign_in(city.unit_a1)
    assert "⚠" not in client.get(url("career-add", person)).text
    data = typed()
    for _ in range(2):
        answer = client.post(url("career-add", person), data)
        assert (answer.status_code, answer.url) == (302, tab(person, "career"))
    (line,) = career(city, person)
    assert (str(line.from_on), str(line.until_on), line.organisation) == (
        "1965年8月",
        "1968年9月",
        "县水利局",
    )
    page = client.get(tab(person, "career")).text
    for words in ("1965年8月至1968年9月", "县水利局", "技术员"):
        assert words in page
    assert "1965年8月至1968年9月" in client.get(tab(person, "story")).text
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(summary__startswith="新增履历").count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"organisation": "", "post": ""}, "至少一项"),
        ({"from_on": "1965.13"}, "月份是13"),
        ({"until_on": "1960"}, "结束时间早于开始时间"),
        ({"organisation": "长" * 10_000}, "160"),
        ({"note": "a\x01b"}, "说明"),
        ({"token": ""}, "已过期"),
    ],
)
def test_wrong_lines_are_refused_with_reasons(city, sign_in, person, more, words):
    page = sign_in(city.clerk_a).post(url("career-add", person), typed(**more))
    assert page.status_code == 422
    assert words in page.text
    assert career(city, person) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_stays_text(city, sign_in, person, text):
    client = sign_in(city.clerk_a)
    client.post(url("career-add", person), typed(organisation=text))
    assert career(city, person)[0].organisation == text
    for name in ("career", "story", "history"):
        assert "<script>alert" not in client.get(tab(person, name)).text


def test_lines_take_their_place_by_their_start_and_can_be_moved(city, sign_in, person):
    entry(city, person, PartialDate(1970), "乙")
    entry(city, person, PartialDate(1990), "丁")
    entry(city, person, PartialDate(1965, 8), "甲")
    entry(city, person, PartialDate(1980), "丙")
    entry(city, person, None, "不详")
    assert [line.organisation for line in career(city, person)] == ["甲", "乙", "丙", "丁", "不详"]
    client, last = sign_in(city.clerk_a), career(city, person)[-1]
    client.post(url("career-shift", person, last.pk), {"direction": "up"})
    assert [line.organisation for line in career(city, person)] == ["甲", "乙", "丙", "不详", "丁"]
    assert client.post(url("career-shift", person, last.pk), {"direction": "sideways"}).status_code == 400
    client.post(url("career-delete", person, career(city, person)[0].pk))
    assert [(line.organisation, line.position) for line in career(city, person)] == [
        ("乙", 1),
        ("丙", 2),
        ("不详", 3),
        ("丁", 4),
    ]
    with scope(actor_of(city.clerk_a)):
        assert CareerEntryHistory.objects.filter(pgh_label="delete").count() == 1


def test_honours(city, sign_in, person):
    client = sign_in(city.clerk_a)
    data = {
        "name": "劳动模范",
        "level": "province",
        "awarded_on": "1983",
        "awarded_by": "省人民政府",
        "paper": "",
    }
    token = {"token": str(uuid.uuid4())}
    assert client.post(url("honours-add", person), data | token).status_code == 302
    assert client.post(url("honours-add", person), data | {"name": ""} | token).status_code == 422
    page = client.get(tab(person, "honours")).text
    for words in ("劳动模范", "省部级", "1983年", "省人民政府授予"):
        assert words in page
    with scope(actor_of(city.clerk_a)):
        honour = Honour.objects.get(retiree_id=person.pk)
    sent = fields_of(client.get(url("honours-edit", person, honour.pk))) | {"level": "nation"}
    assert client.post(url("honours-edit", person, honour.pk), sent).status_code == 302
    assert "国家级" in sign_in(city.leader).get(tab(person, "honours")).text
    assert client.post(url("honours-delete", person, honour.pk)).status_code == 302
    assert "还没有荣誉" in client.get(tab(person, "honours")).text


@pytest.mark.parametrize("name", ["career-add", "career-edit", "career-delete", "career-shift", "group-mark"])
def test_who_may_touch_a_dossier(city, sign_in, client, person, name):
    line = entry(city, person, PartialDate(1965), "县水利局")
    more = () if name in ("career-add", "group-mark") else (line.pk,)
    address, data = url(name, person, *more), typed(direction="down")
    assert client.post(address, data).status_code == 302
    for user, status in (("leader", 403), ("audit_admin", 403), ("clerk_b", 404), ("unit_b1", 404)):
        assert sign_in(getattr(city, user)).post(address, data).status_code == status, user
    if more:
        other = make_person(city.clerk_a, city.a1, name="周文")
        assert sign_in(city.clerk_a).post(url(name, other, line.pk), data).status_code == 404
    assert [line.organisation for line in career(city, person)] == ["县水利局"]


# --- special groups

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"birth_from": date(1946, 11, 22)}, ["aged"]),
        ({"birth_from": date(1946, 11, 23)}, []),
        ({"living": "alone"}, ["empty_nest"]),
        ({"living": "spouse"}, ["empty_nest"]),
        ({"living": "children"}, []),
        ({"self_care": "helpless"}, ["helpless"]),
        ({"self_care": "partial"}, []),
        ({"residence": "local"}, []),
        ({"residence": "abroad"}, ["away"]),
        ({"period": "resistance_late"}, ["resistance"]),
        ({"period": "liberation"}, ["liberation"]),
        ({"period": "needs_ruling"}, []),
        ({"birth_from": date(1920, 1, 1), "period": "liberation", "died": True}, ["liberation"]),
    ],
)
def test_groups_follow_from_the_record(values, expected):
    assert groups_of(values, today=TODAY) == expected


def test_marks_and_survivors():
    assert groups_of({}, today=TODAY, marks=["hardship"]) == [SpecialGroup.HARDSHIP]
    assert groups_of({"living": "alone"}, today=TODAY, marks=["empty_nest"]) == [SpecialGroup.EMPTY_NEST]
    assert groups_of({"died": True}, today=TODAY, marks=["hardship"], survivors=True) == ["survivors"]
    assert groups_of({}, today=TODAY, survivors=True) == []


def test_a_mark_stands_in_the_head_card_until_it_is_ended(city, sign_in, person):
    client, today = sign_in(city.clerk_a), timezone.localdate()
    data = {"group": "hardship", "since": "2026-03-01", "reason": "家中失火"}
    assert client.post(url("group-mark", person), data).status_code == 302
    page = client.get(tab(person, "basic")).text
    for words in ("困难", "2026年3月1日起标记：家中失火"):
        assert words in page
    again = client.post(url("group-mark", person), data)
    assert again.status_code == 422
    assert "已经标记过" in again.text
    for wrong in ({"group": "aged"}, {"reason": ""}, {"since": str(today + timedelta(days=1))}):
        assert client.post(url("group-mark", person), data | wrong).status_code == 422
    with scope(actor_of(city.clerk_a)):
        mark = GroupMark.objects.get()
    assert sign_in(city.clerk_b).post(url("group-unmark", person, mark.pk)).status_code == 404
    assert client.post(url("group-unmark", person, mark.pk)).status_code == 302
    assert "家中失火" not in client.get(tab(person, "basic")).text
    with scope(actor_of(city.clerk_a)):
        assert GroupMark.objects.get().during.upper == today


def test_the_story_is_filtered_by_kind_and_names_its_sources(city, sign_in, known):
    entry(city, known, PartialDate(1965), "县水利局履历")
    with scope(actor_of(city.clerk_a)) as actor:
        mark_group(retiree=known, group="alone", reason="无子女", since=date(2026, 1, 2), by=actor)
    client = sign_in(city.clerk_a)
    page = client.get(tab(known, "story")).text
    for words in ("县水利局履历", "列为孤寡：无子女", "享受正县级待遇", "tab=career", "tab=levels"):
        assert words in page, words
    page = client.get(tab(known, "story") + "&kind=履历").text
    assert "县水利局履历" in page
    assert "享受正县级待遇" not in page
    assert client.get(tab(known, "story") + "&kind=没有").status_code == 404


@pytest.mark.parametrize("group", SpecialGroup.values)
def test_the_list_of_a_group_is_just_those_whose_card_says_so(city, sign_in, group):
    """Rules in SQL and rules on values agree, for people of every sort."""
    values = (
        {"birth_date": PartialDate(1946, 11), "living": "alone"},
        {"birth_date": PartialDate(1930), "living": "children", "residence": "abroad"},
        {"birth_date": PartialDate(1960, 2, 3), "self_care": "helpless", "residence": "local"},
        {"category": "lixiu", "joined_on": PartialDate(1944), "living": "nanny"},
        {"category": "lixiu", "joined_on": PartialDate(1948, 2)},
        {"category": "lixiu", "joined_on": PartialDate(1936)},
    )
    people = [
        make_person(city.clerk_a, city.a1, name=f"众{place}", **more) for place, more in enumerate(values)
    ]
    dead = make_person(city.clerk_a, city.a1, name="亡者", living="alone", birth_date=PartialDate(1930))
    today = timezone.localdate()
    with scope(actor_of(city.clerk_a)) as actor:
        mark_group(retiree=people[0], group="hardship", reason="试", since=today, by=actor)
        mark_group(retiree=people[1], group="empty_nest", reason="试", since=today, by=actor)
        mark_group(retiree=people[2], group="alone", reason="试", since=today, by=actor)
        family = {"relation": "spouse", "name": "遗属", "is_survivor": True}
        add_family_member(retiree=dead, values=family, by=actor)
        record_death(retiree=dead, died_on=PartialDate(2026, 1), reported_on=date(2026, 2, 1), by=actor)
        expected = set()
        for person in Retiree.objects.all():
            file, dossier = person_file(person, actor), dossier_of(person, actor)
            survivors = any(member.is_survivor for member in file.family)
            if group in groups_on(person, dossier, today, survivors=survivors):
                expected.add(person.pk)
        found = set(Retiree.objects.filter(in_group(group, today)).values_list("pk", flat=True))
    assert found == expected
    assert expected
    page = sign_in(city.clerk_a).get(reverse("retirees:list"), {"special": group, "state": "all"})
    assert page.status_code == 200
    for person in (*people, dead):
        assert (reverse("retirees:detail", args=[person.pk]) in page.text) == (person.pk in expected)
    leader = sign_in(city.leader).get(reverse("retirees:list"), {"special": group})
    assert leader.status_code == 200


def test_the_list_shows_photographs_where_one_wants_them(city, sign_in, person):
    client = sign_in(city.clerk_a)
    with scope(actor_of(city.clerk_a)) as actor:
        portrait = set_portrait(retiree=person, content=picture(), by=actor)
    client.post(reverse("retirees:columns"), {"columns": ["name", "photo"]})
    assert url("photo-small", person, portrait.digest) in client.get(reverse("retirees:list")).text
