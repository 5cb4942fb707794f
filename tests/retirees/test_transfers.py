"""A person goes from one county to another: proposed, delivered, answered, carried over by the city's hand."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.retirees.actions import NotPossible, add_family_member, record_death
from apps.retirees.actions.transfers import (
    accept_transfer,
    ask_for_due,
    carry,
    propose_transfer,
    refuse_transfer,
    transfer_at_once,
    withdraw_transfer,
)
from apps.retirees.choices import TransferState
from apps.retirees.figures.counts import register_counts, register_flows
from apps.retirees.models import FamilyMember, Membership, PrivateDetails, Retiree, Spell, Transfer
from apps.retirees.tasks import transfers_due
from tests.factories.city import actor_of, make_person

TODAY = date(2026, 6, 10)
DAY = date(2026, 6, 1)


def propose(city, person, **more):
    with scope(actor_of(city.clerk_a)) as actor:
        values = {"to_county": city.b, "effective_on": DAY, "reason": "随子女迁居", "today": TODAY} | more
        return propose_transfer(retiree=person, **values, by=actor)


def hand(pair, today=TODAY):
    """What the job does."""
    with scope(system_actor()) as actor:
        carry(pair=pair, today=today, by=actor)


def side(city, name):
    with scope(actor_of(getattr(city, f"clerk_{name}"))):
        return Transfer.objects.get()


def accept(city, unit=None):
    with scope(actor_of(city.clerk_b)) as actor:
        return accept_transfer(transfer=Transfer.objects.get(), unit=unit or city.b1, by=actor)


def heads(user, day):
    with scope(actor_of(user)) as actor:
        return register_counts(actor, day).total()


@pytest.fixture
def person(city):
    found = make_person(city.clerk_a, city.a1, phone="13912251394")
    with scope(actor_of(city.clerk_a)) as actor:
        add_family_member(
            retiree=found, values={"relation": "child", "name": "邓小云", "phone": "13877771234"}, by=actor
        )
    return found


def test_from_proposal_to_the_other_register(city, person):
    row = propose(city, person)
    with scope(actor_of(city.clerk_b)):
        assert not Transfer.objects.exists()  # not before the city's hand has carried it
        assert not Retiree.objects.exists()
    hand(row.pair)
    there = side(city, "b")
    assert (there.state, there.side, there.person["name"]) == ("delivered", "in", "邓忠永")
    assert (there.person["birth"], there.person["unit"]) == ("1934年7月", "南岭财政局")
    accept(city)
    hand(row.pair)
    assert (side(city, "a").state, side(city, "b").state) == ("done", "done")
    with scope(actor_of(city.clerk_b)):
        now = Retiree.objects.get()
        assert (now.county_id, now.unit_id) == (city.b.pk, city.b1.pk)
        assert PrivateDetails.objects.get(pk=now.pk).phone.same("13912251394")
        assert FamilyMember.objects.get(retiree=now).phone.same("13877771234")
        stay = Membership.objects.get()
        assert (stay.entry, stay.during.lower, stay.during.upper) == ("moved_in", DAY, None)
    with scope(actor_of(city.clerk_a)):
        assert not Retiree.objects.exists()
        assert not FamilyMember.objects.exists()
        stay = Membership.objects.get()
        assert (stay.exit, stay.during.upper) == ("moved_out", DAY)
        words = [event.summary for event in Event.objects.filter(kind="move")]
        assert any("已转往石桥县" in text for text in words)
        assert not any("转入" in text for text in words)


def test_both_counts_are_right_on_the_day(city, person):
    row = propose(city, person)
    hand(row.pair)
    accept(city)
    hand(row.pair)
    before = DAY - timedelta(days=1)
    assert (heads(city.clerk_a, before), heads(city.clerk_b, before)) == (1, 0)
    assert (heads(city.clerk_a, DAY), heads(city.clerk_b, DAY)) == (0, 1)
    assert (heads(city.city_clerk, before), heads(city.city_clerk, DAY)) == (1, 1)
    with scope(actor_of(city.city_clerk)) as actor:
        flows = register_flows(actor, before, TODAY)
    assert flows["leaves:moved_out"] == {city.a.pk: 1}
    assert flows["enters:moved_in"] == {city.b.pk: 1}


def test_the_sender_s_past_list_says_whom_it_does_not_show(city, person, sign_in):
    other = make_person(city.clerk_a, city.a1, name="田玉兰")
    row = propose(city, person)
    hand(row.pair)
    accept(city)
    hand(row.pair)
    client = sign_in(city.clerk_a)
    page = client.get(reverse("retirees:list"), {"on": "2026-05-01"})
    assert other.name in page.text
    assert "邓忠永" not in page.text
    assert "另有 1 人那时计在内" in page.text
    with scope(actor_of(city.clerk_a)) as actor:
        assert register_counts(actor, date(2026, 5, 1)).total() == 2
    left = client.get(
        reverse("retirees:list"), {"flow": "transferred_out", "from": "2026-01-01", "to": "2026-12-31"}
    )
    assert "另有 1 人" in left.text
    assert "另有" not in client.get(reverse("retirees:list")).text
    assert "另有" not in sign_in(city.city_clerk).get(reverse("retirees:list"), {"on": "2026-05-01"}).text


def test_the_hand_may_come_as_often_as_it_likes(city, person):
    row = propose(city, person)
    for _ in range(3):
        hand(row.pair)
    accept(city)
    for _ in range(3):
        hand(row.pair)
    with scope(actor_of(city.city_clerk)):
        assert Transfer.objects.count() == 2
        assert Membership.objects.count() == 2
        assert Spell.objects.count() == 2
        assert Event.objects.filter(kind="move", summary__contains="已转往").count() == 1


def test_a_double_acceptance_counts_once(city, person):
    row = propose(city, person)
    hand(row.pair)
    accept(city, city.b1)
    with pytest.raises(NotPossible, match="已同意"):
        accept(city, city.b2)
    hand(row.pair)
    with scope(actor_of(city.clerk_b)):
        assert Retiree.objects.get().unit_id == city.b1.pk
    with pytest.raises(NotPossible, match="已转移"):
        accept(city, city.b2)


def test_withdrawn_while_the_answer_was_on_its_way(city, person):
    row = propose(city, person)
    hand(row.pair)
    accept(city)  # the receiver said yes, the sender does not know yet
    with scope(actor_of(city.clerk_a)) as actor:
        withdraw_transfer(transfer=row, by=actor)
    hand(row.pair)
    assert (side(city, "a").state, side(city, "b").state) == ("withdrawn", "withdrawn")
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get().county_id == city.a.pk


def test_withdrawn_before_it_was_delivered(city, person):
    row = propose(city, person)
    with scope(actor_of(city.clerk_a)) as actor:
        withdraw_transfer(transfer=row, by=actor)
        with pytest.raises(NotPossible, match="已撤回"):
            withdraw_transfer(transfer=row, by=actor)
    hand(row.pair)
    with scope(actor_of(city.clerk_b)):
        assert not Transfer.objects.exists()
    propose(city, person)  # may be proposed again


def test_refused_with_a_reason(city, person):
    row = propose(city, person)
    hand(row.pair)
    with scope(actor_of(city.clerk_b)) as actor:
        refuse_transfer(transfer=Transfer.objects.get(), note="住址不在我县", by=actor)
    hand(row.pair)
    out = side(city, "a")
    assert (out.state, out.answer) == ("refused", "住址不在我县")
    assert heads(city.clerk_a, TODAY) == 1


def test_agreed_for_a_day_to_come(city, person):
    coming = TODAY + timedelta(days=20)
    row = propose(city, person, effective_on=coming)
    hand(row.pair)
    accept(city)
    hand(row.pair)
    assert (side(city, "a").state, side(city, "b").state) == ("accepted", "accepted")
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(NotPossible, match="联系市局"):
        withdraw_transfer(transfer=row, by=actor)
    with scope(system_actor()):
        assert ask_for_due(today=TODAY) == 0
        assert ask_for_due(today=coming) == 1
        assert ask_for_due(today=coming) == 1
    assert Job.objects.filter(dedupe_key__contains="due").count() == 1
    hand(row.pair, today=coming)
    assert side(city, "b").state == "done"
    assert (heads(city.clerk_a, coming), heads(city.clerk_b, coming)) == (0, 1)


def test_who_died_meanwhile_is_not_carried_over(city, person):
    row = propose(city, person)
    hand(row.pair)
    accept(city)
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=person, died_on=PartialDate(2026, 6, 2), reported_on=date(2026, 6, 3), by=actor)
    hand(row.pair)
    out = side(city, "a")
    assert (out.state, side(city, "b").state) == ("failed", "failed")
    assert "已去世" in out.problem


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"effective_on": date(1990, 1, 1)}, "晚于进入现单位"),
        ({"effective_on": TODAY + timedelta(days=400)}, "最多提前一年"),
        ({"to_county": "a"}, "变动管理单位"),
        ({"to_county": "b1"}, "请选择接收的县市区"),
    ],
)
def test_what_does_not_fit_is_refused(city, person, more, why):
    if isinstance(more.get("to_county"), str):
        more = {"to_county": getattr(city, more["to_county"])}
    with pytest.raises(NotPossible, match=why):
        propose(city, person, **more)


def test_one_at_a_time_and_a_unit_of_the_own_county(city, person):
    row = propose(city, person)
    with pytest.raises(NotPossible, match="已有一份转移"):
        propose(city, person)
    hand(row.pair)
    with pytest.raises(NotPossible, match="本县市区的单位"):
        accept(city, city.a2)


def test_a_forged_side_moves_nobody(city, person):
    """A county writes an accepted row into its own wall: without the sender's side there is nothing to carry."""
    row = propose(city, person)
    with scope(actor_of(city.clerk_b)):
        Transfer.objects.create(
            pair=row.pair,
            side="in",
            county=city.b,
            other=city.a,
            retiree_id=person.pk,
            summary='{"name": "x"}',
            to_unit=city.b1,
            effective_on=DAY,
            state=TransferState.ACCEPTED,
            proposed_by=1,
            proposed_at=timezone.now(),
        )
    with scope(actor_of(city.clerk_a)) as actor:
        withdraw_transfer(transfer=row, by=actor)
    hand(row.pair)
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get().county_id == city.a.pk


def test_the_city_does_it_in_one_step(city, person):
    with scope(actor_of(city.city_clerk)) as actor:
        row = transfer_at_once(
            retiree=person, unit=city.b2, effective_on=DAY, reason="管理关系调整", today=TODAY, by=actor
        )
        row.refresh_from_db()
        assert row.state == "done"
        back = transfer_at_once(
            retiree=person,
            unit=city.a2,
            effective_on=DAY + timedelta(days=3),
            reason="弄错了",
            today=TODAY,
            by=actor,
        )
        back.refresh_from_db()
        assert back.state == "done"
    assert (heads(city.clerk_a, TODAY), heads(city.clerk_b, TODAY)) == (1, 0)
    assert heads(city.clerk_b, DAY) == 1


# --- pages


def sent(city, **more):
    return {
        "county": str(city.b.pk),
        "effective_on": str(timezone.localdate()),
        "reason": "随子女迁居",
        "token": str(uuid.uuid4()),
        **more,
    }


def run_jobs():
    transfers_due()
    for job in Job.objects.filter(kind="retirees.transfer", state="queued").order_by("sequence"):
        do_job(job.pk)


def test_two_counties_at_their_desks(city, person, sign_in):
    a, b = sign_in(city.clerk_a), sign_in(city.clerk_b)
    address = reverse("retirees:transfer-new", args=[person.pk])
    assert "石桥县" in a.get(address).text
    form = sent(city)
    answer = a.post(address, form)
    assert answer.status_code == 302
    assert a.post(address, form).url == answer.url  # sent twice, made once
    run_jobs()
    row = side(city, "b")
    home = b.get(reverse("dashboards:home"))
    assert "人员转移待答复" in home.text
    assert 'class="menu-count">1<' in home.text
    box = b.get(reverse("retirees:transfers"))
    assert "邓忠永" in box.text
    assert "13912251394" not in box.text
    accepting = reverse("retirees:transfer-accept", args=[row.pk])
    assert b.post(accepting, {"unit": str(city.a1.pk)}).status_code == 422
    assert b.post(accepting, {"unit": str(city.b1.pk), "note": ""}).status_code == 302
    assert b.post(accepting, {"unit": str(city.b2.pk), "note": ""}).status_code == 422
    run_jobs()
    assert b.get(reverse("retirees:detail", args=[person.pk])).status_code == 200
    assert a.get(reverse("retirees:detail", args=[person.pk])).status_code == 404
    done = a.get(f"{reverse('retirees:transfers')}?box=over")
    assert "已转移（新）" in done.text
    out = side(city, "a")
    assert a.post(reverse("retirees:transfer-seen", args=[out.pk])).status_code == 302
    assert "（新）" not in a.get(f"{reverse('retirees:transfers')}?box=over").text
    assert a.get(reverse("retirees:transfer", args=[out.pk])).status_code == 200


def test_refused_and_withdrawn_at_the_desk(city, person, sign_in):
    a, b = sign_in(city.clerk_a), sign_in(city.clerk_b)
    address = reverse("retirees:transfer-new", args=[person.pk])
    a.post(address, sent(city))
    run_jobs()
    row = side(city, "b")
    refusing = reverse("retirees:transfer-refuse", args=[row.pk])
    assert b.post(refusing, {"note": ""}).status_code == 422
    assert b.post(refusing, {"note": "=1+1<b>不收</b>"}).status_code == 302
    run_jobs()
    out = side(city, "a")
    page = a.get(reverse("retirees:transfer", args=[out.pk]))
    assert "=1+1&lt;b&gt;" in page.text
    a.post(address, sent(city))
    with scope(actor_of(city.clerk_a)):
        newest = Transfer.objects.get(state="proposed")
    withdrawing = reverse("retirees:transfer-withdraw", args=[newest.pk])
    assert a.get(withdrawing).status_code == 200
    assert a.post(withdrawing).status_code == 302
    run_jobs()
    with scope(actor_of(city.clerk_b)):
        assert not Transfer.objects.filter(pair=newest.pair).exists()


def test_the_city_form_and_whose_side_is_whose(city, person, sign_in):
    office = sign_in(city.city_clerk)
    address = reverse("retirees:transfer-new", args=[person.pk])
    answer = office.post(address, sent(city, unit=str(city.b1.pk)))
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_b)):
        assert Retiree.objects.get().unit_id == city.b1.pk
    out, there = side(city, "a"), side(city, "b")
    b = sign_in(city.clerk_b)
    for name in ("transfer", "transfer-accept", "transfer-withdraw"):
        assert b.get(reverse(f"retirees:{name}", args=[out.pk])).status_code == 404
    assert b.get(reverse("retirees:transfer-withdraw", args=[there.pk])).status_code == 403
    for user in (city.leader, city.unit_a1, city.audit_admin):
        assert sign_in(user).get(reverse("retirees:transfers")).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("county", "999999", "选择"),
        ("county", "", "请选择县市区"),
        ("effective_on", "2999-01-01", "最多提前一年"),
        ("effective_on", "昨天", "日期"),
        ("reason", "", "请写明转移原因"),
        ("reason", "长" * 10_000, "200"),
        ("reason", "坏\x07", "控制字符"),
        ("token", "x", "已过期"),
    ],
)
def test_a_wrong_form_changes_nothing(city, person, sign_in, field, value, why):
    client = sign_in(city.clerk_a)
    data = sent(city, **{field: value})
    address = reverse("retirees:transfer-new", args=[person.pk])
    page = client.post(address, data)
    assert page.status_code == 422
    assert why in page.text
    with scope(actor_of(city.clerk_a)):
        assert not Transfer.objects.exists()
