"""Leaving the register: death with its consequences, moving out of the city, records entered by mistake; taken back."""

from datetime import date

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import (
    NotPossible,
    add_family_member,
    record_death,
    record_left,
    record_state,
    remove_mistake,
    restore_mistake,
    retract_exit,
)
from apps.retirees.choices import LifeState
from apps.retirees.figures.counts import register_counts, register_flows
from apps.retirees.models import FamilyMember, LifeFact, Membership, PrivateDetails, Retiree, Spell
from apps.retirees.rules import Follower, may_follow
from apps.retirees.rules import life as life_rules
from tests.factories.city import actor_of, make_person
from tests.retirees.conftest import PRIVATE

TODAY = date(2026, 6, 10)


def url(name, person):
    return reverse(f"retirees:{name}", args=[person.pk])


def heads(city, day=TODAY):
    with scope(actor_of(city.clerk_a)) as actor:
        return register_counts(actor, day).total()


def test_which_state_may_follow():
    assert may_follow("alive", "dead")
    assert may_follow("missing", "critical")
    assert not may_follow("alive", "alive")
    assert not may_follow("dead", "critical")
    assert not may_follow("left", "dead")
    assert not may_follow("mistake", "alive")
    assert set(life_rules.FOLLOWS) == set(LifeState)


# --- death


DEATH = {
    "died_on": "2026-06-01",
    "reported_on": "2026-06-03",
    "place": "县人民医院",
    "funeral": "family",
    "note": "",
}


def test_death_with_survivors_and_funeral(city, known, sign_in):
    client = sign_in(city.clerk_a)
    with scope(actor_of(city.clerk_a)):
        member = FamilyMember.objects.get()
    sent = DEATH | {"survivors": str(member.pk)}
    page = client.post(url("death", known), sent)
    assert page.status_code == 200
    assert "登记为遗属：邓金丝（子女）" in page.text
    assert "丧事办理：家属自行办理" in page.text
    assert "停发待遇" in page.text
    token = page.context["token"]
    answer = client.post(url("death", known), sent | {"confirmed": token})
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_a)) as actor:
        assert FamilyMember.objects.get().is_survivor
        assert LifeFact.objects.get().funeral == "family"
        retract_exit(retiree=known, reason="登记错了人", by=actor)
        assert not FamilyMember.objects.get().is_survivor
        assert Retiree.objects.get().state == "alive"


def test_nobody_on_file_to_choose_from(city, sign_in):
    """Without family the form has no choice of 遗属, and is laid out without it."""
    alone = make_person(city.clerk_a, city.a1)
    page = sign_in(city.clerk_a).get(url("death", alone))
    assert page.status_code == 200
    assert "survivors" not in page.context["form"].fields
    assert "new_1_name" in page.content.decode()


def test_the_token_confirms_just_what_was_shown(city, known, sign_in):
    client = sign_in(city.clerk_a)
    with scope(actor_of(city.clerk_a)):
        member = FamilyMember.objects.get()
    token = client.post(url("death", known), DEATH).context["token"]
    again = client.post(url("death", known), DEATH | {"survivors": str(member.pk), "confirmed": token})
    assert again.status_code == 200  # asked again, since something else was typed
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get().state == "alive"


def test_a_foreign_family_member_is_no_choice(city, known, sign_in):
    other = make_person(city.clerk_a, city.a2, name="田玉兰")
    with scope(actor_of(city.clerk_a)) as actor:
        member = add_family_member(
            retiree=other, values={"relation": "spouse", "name": "别人", "phone": None}, by=actor
        )
    page = sign_in(city.clerk_a).post(url("death", known), DEATH | {"survivors": str(member.pk)})
    assert page.status_code == 422


def test_whoever_follows_deaths_tells_and_acts(city, known, sign_in, monkeypatch):
    done = []
    follower = Follower(
        tell=lambda person, state, off, actor: [f"从{off.month}月{off.day}日起停止走访安排。"],
        do=lambda person, state, off, actor: done.append(("do", state, person.pk, off)),
        undo=lambda person, state, off, actor: done.append(("undo", state, person.pk, off)),
    )
    monkeypatch.setattr(life_rules, "_followers", [follower])
    page = sign_in(city.clerk_a).post(url("death", known), DEATH)
    assert "从6月1日起停止走访安排。" in page.text
    assert "本系统不会自动通知" not in page.text
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=known, died_on=PartialDate(2026, 6, 1), reported_on=date(2026, 6, 3), by=actor)
        retract_exit(retiree=known, reason="错了", by=actor)
    assert done == [
        ("do", "dead", known.pk, date(2026, 6, 1)),
        ("undo", "dead", known.pk, date(2026, 6, 1)),
    ]
    done.clear()
    sent = {"left_on": "2026-06-02", "reported_on": "2026-06-03", "place": "某省某市", "note": ""}
    page = sign_in(city.clerk_a).post(url("left", known), sent, follow=True)
    assert "从6月2日起停止走访安排。" in page.text
    with scope(actor_of(city.clerk_a)) as actor:
        retract_exit(retiree=known, reason="错了", by=actor)
    assert done == [
        ("do", "left", known.pk, date(2026, 6, 2)),
        ("undo", "left", known.pk, date(2026, 6, 2)),
    ]


def test_taking_a_death_back_unmarks_only_whom_it_marked(city, known):
    with scope(actor_of(city.clerk_a)) as actor:
        before = add_family_member(
            retiree=known,
            values={"relation": "spouse", "name": "早已是", "phone": None, "is_survivor": True},
            by=actor,
        )
        child = FamilyMember.objects.exclude(pk=before.pk).get()
        record_death(
            retiree=known,
            died_on=PartialDate(2026, 6, 1),
            reported_on=date(2026, 6, 3),
            survivors=[before.pk, child.pk],
            new_survivors=[{"name": "新添的", "relation": "sibling", "phone": "13800000000"}],
            by=actor,
        )
        assert FamilyMember.objects.filter(is_survivor=True).count() == 3
        known.refresh_from_db()
        retract_exit(retiree=known, reason="错了", by=actor)
        assert [member.name for member in FamilyMember.objects.filter(is_survivor=True)] == ["早已是"]
        assert FamilyMember.objects.count() == 3


def test_survivors_typed_with_the_death(city, known, sign_in):
    client = sign_in(city.clerk_a)
    sent = DEATH | {"new_1_name": "田玉兰", "new_1_relation": "spouse", "new_1_phone": "13800138000"}
    page = client.post(url("death", known), sent)
    assert "登记为遗属：田玉兰（配偶）" in page.text
    assert client.post(url("death", known), sent | {"confirmed": page.context["token"]}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        member = FamilyMember.objects.get(name="田玉兰")
        assert (member.is_survivor, member.relation) == (True, "spouse")
        assert member.phone.for_processing() == "13800138000"
        assert LifeFact.objects.get().survivors == [member.pk]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"new_1_name": "田玉兰"}, "请选择田玉兰与本人的关系"),
        ({"new_2_phone": "13800138000"}, "请填写这位遗属的姓名"),
        ({"new_1_name": "田玉兰", "new_1_relation": "king"}, "king"),
        ({"new_1_name": "田" * 10_000, "new_1_relation": "spouse"}, "60"),
        ({"new_1_name": "田\x00玉", "new_1_relation": "spouse"}, ""),
        ({"new_1_name": "田玉兰", "new_1_relation": "spouse", "new_1_phone": "=1+1"}, ""),
    ],
)
def test_a_survivor_that_is_no_name_changes_nothing(city, known, sign_in, typed, why):
    page = sign_in(city.clerk_a).post(url("death", known), DEATH | typed)
    assert page.status_code == 422
    assert why in page.text
    with scope(actor_of(city.clerk_a)):
        assert FamilyMember.objects.count() == 1
        assert not LifeFact.objects.exists()


# --- out of the city


def test_moving_out_of_the_city_and_back(city, known, sign_in):
    client = sign_in(city.clerk_a)
    sent = {"left_on": "2026-06-01", "reported_on": "2026-06-02", "place": "某省某市", "note": ""}
    assert client.get(url("left", known)).status_code == 200
    assert client.post(url("left", known), sent).status_code == 302
    with scope(actor_of(city.clerk_a)) as actor:
        assert Retiree.objects.get().state == "left"
        assert Membership.objects.get().exit == "outside"
        assert register_flows(actor, date(2026, 1, 1), TODAY)["leaves:outside"] == {city.a.pk: 1}
    assert (heads(city, date(2026, 5, 31)), heads(city)) == (1, 0)
    page = client.get(url("detail", known))
    assert "撤回转出登记" in page.text
    assert client.post(url("left", known), sent).status_code == 302  # refused with a message, nothing twice
    assert client.post(url("death-retract", known), {"reason": "没有转走"}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get().state == "alive"
        assert Membership.objects.get().during.upper is None
        assert not LifeFact.objects.exists()
    assert heads(city) == 1


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("place", "", "请写明转往哪里"),
        ("place", "长" * 10_000, "80"),
        ("left_on", "2999-01-01", "还没有到"),
        ("left_on", "2026-06-05", "不能晚于报告日期"),
        ("left_on", "1980-01-01", "早于进入名册"),
        ("note", "坏\x07", "控制字符"),
    ],
)
def test_a_wrong_moving_out_changes_nothing(city, known, sign_in, field, value, why):
    sent = {"left_on": "2026-06-01", "reported_on": "2026-06-02", "place": "某省", "note": "", field: value}
    page = sign_in(city.clerk_a).post(url("left", known), sent)
    assert page.status_code == 422
    assert why in page.text
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get().state == "alive"
        assert Membership.objects.get().exit == ""


# --- entered by mistake


def test_a_mistaken_record_goes_and_comes_back(city, known, sign_in):
    """Acceptance 12: what is taken off keeps its log, and can be restored."""
    office = sign_in(city.city_clerk)
    with scope(actor_of(city.clerk_a)) as actor:
        record_state(
            retiree=known,
            state=LifeState.CRITICAL,
            happened_on=PartialDate(2026, 5),
            reported_on=date(2026, 5, 20),
            by=actor,
        )
        events = Event.objects.filter(subject_id=str(known.pk)).count()
    page = office.post(url("mistake", known), {"reason": ""})
    assert (page.status_code, "请写明原因" in page.text) == (422, True)
    assert office.post(url("mistake", known), {"reason": "重复录入"}).status_code == 302
    assert (heads(city), heads(city, date(2020, 1, 1))) == (0, 0)
    with scope(actor_of(city.clerk_a)) as actor:
        assert not Spell.objects.exists()
        assert PrivateDetails.objects.get().national_id_index is None
        assert Event.objects.filter(subject_id=str(known.pk)).count() == events + 1  # the log stays
    clerk = sign_in(city.clerk_a)
    register = reverse("retirees:list")
    assert known.name not in clerk.get(register).text
    assert known.name not in clerk.get(register, {"state": "all"}).text
    assert known.name in clerk.get(register, {"state": "mistake"}).text
    listed = office.get(reverse("retirees:mistakes"))
    assert "重复录入" in listed.text
    assert url("mistake-restore", known) in listed.text
    assert office.post(url("mistake-restore", known), {"reason": "不是重复的"}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        now = Retiree.objects.get()
        assert now.state == "critical"
        assert PrivateDetails.objects.get().national_id_index is not None
        assert Spell.objects.exists()
    assert heads(city) == 1
    assert "没有误登记的记录" in office.get(reverse("retirees:mistakes")).text


def test_the_number_of_a_mistaken_record_may_be_registered_again(city, known):
    with scope(actor_of(city.city_clerk)) as actor:
        remove_mistake(retiree=known, reason="录错了人", today=TODAY, by=actor)
    make_person(city.clerk_a, city.a2, name="田玉兰", national_id=PRIVATE["national_id"])
    with scope(actor_of(city.city_clerk)) as actor:
        with pytest.raises(NotPossible, match="已由另一条记录登记"):
            restore_mistake(retiree=known, reason="又要", today=TODAY, by=actor)
        assert Retiree.objects.get(pk=known.pk).state == "mistake"


def test_a_dead_man_s_record_may_be_a_mistake_too(city, known):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=known, died_on=PartialDate(2026, 5), reported_on=TODAY, by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        remove_mistake(retiree=known, reason="重复", today=TODAY, by=actor)
        with pytest.raises(NotPossible, match="登记有误"):
            remove_mistake(retiree=known, reason="重复", today=TODAY, by=actor)
        restored = restore_mistake(retiree=known, reason="弄错", today=TODAY, by=actor)
    assert (restored.state, restored.died_on) == ("dead", PartialDate(2026, 5))
    assert heads(city, date(2026, 5, 1)) == 1


def test_who_may(city, known, sign_in):
    for user in (city.clerk_a, city.chief_a, city.unit_a1, city.leader, city.system_admin):
        assert sign_in(user).get(url("mistake", known)).status_code == 403
        assert sign_in(user).get(reverse("retirees:mistakes")).status_code == 403
    assert sign_in(city.unit_a1).get(url("left", known)).status_code == 403
    assert sign_in(city.clerk_b).get(url("left", known)).status_code == 404
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(NotPossible, match="转往哪里"):
        record_left(retiree=known, left_on=TODAY, reported_on=TODAY, place=" ", by=actor)


def test_the_dead_with_survivors_have_a_view_of_their_own(city, known, sign_in):
    with scope(city.actor(city.clerk_a)) as actor:
        record_death(
            retiree=known,
            died_on=PartialDate(2026, 6, 1),
            reported_on=date(2026, 6, 3),
            new_survivors=[{"name": "田玉兰", "relation": "spouse", "phone": None}],
            by=actor,
        )
    address = f"{reverse('retirees:list')}?state=dead&special=survivors"
    page = sign_in(city.clerk_a).get(address)
    assert page.status_code == 200
    assert "邓忠永" in page.text
    assert ">有遗属" in page.text.replace(" ", "").replace("\n", "")
    leader = sign_in(city.leader).get(reverse("retirees:list"))
    assert "有遗属" not in leader.text
