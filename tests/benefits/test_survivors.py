"""Survivors: registered for the dead alone, with states that follow one another, seen alive once a year."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.audit.models import Event
from apps.benefits.actions.survivors import (
    SurvivorError,
    add_survivor,
    edit_survivor,
    record_survivor_state,
    retract_survivor_state,
    verify_survivor,
)
from apps.benefits.exports import SurvivorExporter
from apps.benefits.models import Survivor, SurvivorHistory, SurvivorState
from apps.benefits.queries.survivors import end_of, unchecked_survivors
from apps.benefits.queries.survivors_due import due_to, survivor_terms, survivors_due
from apps.benefits.rules.months import month_of, months
from apps.benefits.views.survivor_parts import survivor_cards
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import add_family_member, record_death, remove_family_member
from apps.retirees.actions.leaving import retract_exit
from apps.retirees.models import Retiree
from tests.benefits.conftest import make_standard
from tests.factories.city import actor_of, make_person

TODAY = timezone.localdate()
START = date(2026, 3, 1)
NAMES = {"category": "lixiu", "joined_on": PartialDate(1940, 5), "work_started_on": PartialDate(1940, 5)}


def make_dead(user, unit, name, *family):
    """A dead cadre with members of his family, each marked as 遗属."""
    person = make_person(user, unit, name=name, **NAMES)
    with scope(actor_of(user)) as actor:
        members = [
            add_family_member(
                retiree=person, values={"relation": relation, "name": who, "is_survivor": True}, by=actor
            )
            for relation, who in family
        ]
        died = date(2026, 2, 10)
        record_death(retiree=person, died_on=PartialDate.from_date(died), reported_on=died, by=actor)
        return Retiree.objects.get(pk=person.pk), members


def register(user, person, member, **values):
    given = {
        "relation": "spouse",
        "household": "town",
        "during": DateRange(START, None),
        "document": "",
        "verified_on": TODAY,
        "note": "",
    }
    with scope(actor_of(user)) as actor:
        return add_survivor(retiree=person, member=member, values=given | values, proof="登记", by=actor)


def change(user, one, state, day, proof="证明"):
    with scope(actor_of(user)) as actor:
        return record_survivor_state(
            survivor=one, state=state, day=day, proof=proof, today=max(TODAY, day), by=actor
        )


@pytest.fixture
def family(city):
    city.person, (city.wife, city.son) = make_dead(
        city.clerk_a, city.a1, "周一平", ("spouse", "刘桂英"), ("child", "周小平")
    )
    city.one = register(city.clerk_a, city.person, city.wife)
    return city


def test_only_marked_members_of_a_dead_cadre_are_registered_and_once(family):
    alive = make_person(family.clerk_a, family.a1, name="王二安", **NAMES)
    with scope(actor_of(family.clerk_a)) as actor:
        friend = add_family_member(
            retiree=family.person, values={"relation": "other", "name": "邻居"}, by=actor
        )
        wife = add_family_member(
            retiree=alive, values={"relation": "spouse", "name": "李三", "is_survivor": True}, by=actor
        )
    for person, member, words in (
        (family.person, friend, "先在家庭成员里标记"),
        (family.person, wife, "先在家庭成员里标记"),
        (alive, wife, "没有登记去世"),
        (family.person, family.wife, "已经登记为遗属"),
    ):
        with pytest.raises(SurvivorError, match=words):
            register(family.clerk_a, person, member)


def test_states_follow_one_another_and_the_last_is_taken_back(family):
    change(family.clerk_a, family.one, "income", date(2026, 5, 4))
    change(family.clerk_a, family.one, "alive", date(2026, 7, 9))
    for state, day, words in (
        ("alive", date(2026, 8, 1), "不能登记为这个状态"),
        ("dead", date(2026, 7, 9), "日期要在2026年7月9日之后"),
    ):
        with pytest.raises(SurvivorError, match=words):
            change(family.clerk_a, family.one, state, day)
    change(family.clerk_a, family.one, "dead", date(2026, 9, 12))
    with scope(actor_of(family.clerk_a)) as actor:
        one = Survivor.objects.get(pk=family.one.pk)
        assert (one.state, end_of(one)) == ("dead", date(2026, 10, 1))
        entitled = [month for month in range(1, 13) if provided(actor, date(2026, month, 1))]
        assert entitled == [3, 4, 5, 8, 9]
        retract_survivor_state(survivor=one, by=actor)
        assert Survivor.objects.get(pk=one.pk).state == "alive"
        assert provided(actor, date(2027, 1, 1))
        spans = [(row.state, row.during.upper) for row in one.states.order_by("during")]
        assert spans == [("alive", date(2026, 5, 4)), ("income", date(2026, 7, 9)), ("alive", None)]


def test_the_first_state_stays(family):
    with scope(actor_of(family.clerk_a)) as actor, pytest.raises(SurvivorError, match="没有可以撤回"):
        retract_survivor_state(survivor=family.one, by=actor)


def test_the_database_keeps_one_state_at_a_time_and_rows_of_the_same_person(family):
    other, (member,) = make_dead(family.clerk_a, family.a1, "孙三", ("spouse", "钱四"))
    with scope(actor_of(family.clerk_a)):
        with pytest.raises(DatabaseError), transaction.atomic():
            SurvivorState.objects.create(
                **family.person.row_keys(),
                survivor=family.one,
                state="dead",
                during=DateRange(START, None),
                proof="重叠",
                recorded_by_name="试",
            )
        with transaction.atomic(), connection.cursor() as cursor:
            Survivor.objects.filter(pk=family.one.pk).update(member=member)
            with pytest.raises(DatabaseError):
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    assert other.pk != family.person.pk


def provided(actor, month):
    """Those provided for in a month, with or without a standard."""
    found = survivors_due(actor, month)
    return [one.survivor for one in found.due] + list(found.without)


def test_what_a_survivor_is_entitled_to(family):
    """By relation, household and the cadre's period; a new standard from its month; nobody's of another county."""
    with scope(actor_of(family.city_clerk)) as actor:
        spouse = {"relation": ["spouse"], "household": ["town"]}
        make_standard("survivor", 800, date(2020, 1, 1), date(2026, 6, 1), conditions=spouse)
        make_standard("survivor", 900, date(2026, 6, 1), conditions=spouse | {"period": ["resistance_early"]})
        make_standard("survivor", 700, date(2020, 1, 1), conditions={"relation": ["parent"]})
        year = list(months(date(2026, 1, 1), date(2026, 12, 1)))
        found = due_to(family.one, survivor_terms(), year)
        assert {(one.month.month, int(one.money)) for one in found} == {
            (month, 800 if month < 6 else 900) for month in range(3, 13)
        }, "from the month after the death"
        assert "每月900.00元，自2026年6月" in found[-1].words
        (listed,) = survivors_due(actor, date(2026, 7, 1)).due
        assert (listed.survivor, listed.money) == (family.one, 900)
    with scope(actor_of(family.clerk_b)) as actor:
        assert provided(actor, month_of(TODAY)) == []


def test_the_pages_of_what_is_due(family, sign_in):
    this = month_of(TODAY)
    clerk = sign_in(family.clerk_a)
    address = reverse("benefits:survivors-due")
    assert "没有适用的标准" in clerk.get(address).content.decode()
    with scope(actor_of(family.city_clerk)):
        make_standard("survivor", 800, date(2020, 1, 1), conditions={"relation": ["spouse"]})
    page = clerk.get(f"{address}?month={this.isoformat()}").content.decode()
    assert "800.00" in page
    assert "没有适用的标准" not in page
    assert clerk.get(f"{address}?month=2020-01-01").status_code == 400
    one = clerk.get(reverse("benefits:survivor", args=[family.one.pk])).content.decode()
    assert "应享待遇" in one
    assert "800.00" in one
    assert sign_in(family.clerk_b).get(address).content.decode().count("800.00") == 0


def test_a_member_taken_off_the_family_stays_by_name(family):
    with scope(actor_of(family.clerk_a)) as actor:
        remove_family_member(member=family.wife, by=actor)
        one = Survivor.objects.get(pk=family.one.pk)
        assert (one.member_id, one.name) == (None, "刘桂英")


def test_a_death_taken_back_takes_the_survivors_along(family):
    with scope(actor_of(family.clerk_a)) as actor:
        retract_exit(retiree=family.person, reason="登记错人", by=actor)
        assert not Survivor.objects.exists()
        assert SurvivorHistory.objects.filter(pgh_obj_id=family.one.pk).exists()
        assert Event.objects.filter(summary__contains="撤销1位遗属").exists()


def test_not_seen_for_a_year_stands_on_the_home_page_until_verified(family):
    late = TODAY - timedelta(days=400)
    with scope(actor_of(family.clerk_a)) as actor:
        assert survivor_cards(actor, {}) == []
        Survivor.objects.filter(pk=family.one.pk).update(verified_on=late)
        (card,) = survivor_cards(actor, {})
        assert (card.label, card.value) == ("遗属待核实", "1")
        verify_survivor(survivor=family.one, on=TODAY - timedelta(days=3), by=actor)
        verify_survivor(survivor=family.one, on=late, by=actor)
        assert not unchecked_survivors(actor, TODAY).exists()
        assert Survivor.objects.get(pk=family.one.pk).verified_on == TODAY - timedelta(days=3)
    with scope(actor_of(family.leader_a)) as actor:
        assert survivor_cards(actor, {}) == []


def test_a_lost_update_is_refused(family):
    values = {"household": "farming", "during": DateRange(START, None), "relation": "spouse"}
    with scope(actor_of(family.clerk_a)) as actor:
        edit_survivor(survivor=family.one, values=values, version=1, by=actor)
        with pytest.raises(SurvivorError, match="别人刚改过"):
            edit_survivor(survivor=family.one, values=values, version=1, by=actor)
        later = {"during": DateRange(date(2026, 4, 1), None)}
        edit_survivor(survivor=family.one, values=later, version=2, by=actor)
        assert family.one.states.get().during.lower == date(2026, 4, 1)


def test_pages_show_ones_own_place(family, sign_in):
    far, (member,) = make_dead(family.clerk_b, family.b1, "吴五", ("spouse", "赵六妹"))
    other = register(family.clerk_b, far, member)
    page = reverse("benefits:survivors")
    client = sign_in(family.clerk_a)
    text = client.get(page).text
    assert "刘桂英" in text
    assert "赵六妹" not in text
    assert all(name in sign_in(family.city_clerk).get(page).text for name in ("刘桂英", "赵六妹"))
    assert "没有符合条件的遗属" in client.get(f"{page}?state=dead").text
    assert "刘桂英" in client.get(f"{page}?relation=spouse&unit={family.a1.pk}").text
    assert client.get(f"{page}?unit={family.b1.pk}").status_code == 400
    assert client.get(reverse("benefits:survivor", args=[other.pk])).status_code == 404
    assert "刘桂英" in sign_in(family.unit_a1).get(page).text
    assert "刘桂英" not in sign_in(family.unit_b1).get(page).text
    assert sign_in(family.leader).get(page).status_code == 403
    text = client.get(reverse("benefits:survivor", args=[family.one.pk])).text
    assert all(word in text for word in ("非农业户口", "2026年3月1日至今", "登记状态变化", "变更记录"))
    text = client.get(reverse("retirees:detail", args=[family.person.pk])).text
    assert "刘桂英（配偶，在世）" in text
    assert "周小平还没有登记遗属待遇" in text


def test_registering_from_the_dead_cadres_page(family, sign_in):
    client = sign_in(family.clerk_a)
    address = reverse("benefits:survivor-create", args=[family.person.pk])
    text = client.get(address).text
    assert "周小平" in text
    assert "刘桂英" not in text
    sent = {
        "member": str(family.son.pk),
        "relation": "other",
        "household": "farming",
        "starts_on": "2026-03-01",
        "version": "0",
        "token": "00000000-0000-4000-8000-000000000011",
    }
    for field, value, words in (
        ("member", str(family.wife.pk), "请从列表里选择"),
        ("household", "", "请选择户口"),
        ("ends_on", "2025-01-01", "截止日期不能早于起始日期"),
    ):
        answer = client.post(address, sent | {field: value})
        assert answer.status_code == 422
        assert words in answer.text
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    with scope(system_actor()):
        made = Survivor.objects.get(member=family.son)
        assert (made.name, made.state, made.states.count()) == ("周小平", "alive", 1)
        assert FormToken.objects.filter(result=str(made.pk)).exists()
    assert client.get(address).status_code == 302, "nobody left to register"


def test_a_change_of_state_and_its_taking_back_by_hand(family, sign_in):
    client = sign_in(family.clerk_a)
    address = reverse("benefits:survivor-state", args=[family.one.pk])
    assert "再婚" in client.get(address).text
    sent = {"state": "remarried", "day": "2026-06-01", "proof": "结婚登记"}
    sent["token"] = "00000000-0000-4000-8000-000000000012"
    assert client.post(address, sent | {"proof": ""}).status_code == 422
    assert client.post(address, sent | {"day": "2026-01-01"}).status_code == 422
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    one = reverse("benefits:survivor", args=[family.one.pk])
    text = client.get(one).text
    assert all(word in text for word in ("结婚登记", "2026年3月1日至2026年6月30日", "撤回最近一次"))
    retract = reverse("benefits:survivor-state-retract", args=[family.one.pk])
    assert "撤回刘桂英的“再婚”" in client.get(retract).text
    assert "现在是“在世”" in client.post(retract, follow=True).text
    verify = reverse("benefits:survivor-verify", args=[family.one.pk])
    assert client.post(verify, {"on": (TODAY + timedelta(days=1)).isoformat()}).status_code == 422
    assert client.post(verify, {"on": TODAY.isoformat()}).status_code == 302


def test_the_list_asks_the_same_for_one_as_for_three(family, sign_in):
    client, page, numbers = sign_in(family.clerk_a), reverse("benefits:survivors"), []
    for name in ("", "孙三", "钱七"):
        if name:
            person, (member,) = make_dead(family.clerk_a, family.a1, name, ("spouse", f"{name}妻"))
            register(family.clerk_a, person, member)
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        numbers.append(len(asked))
    assert numbers[0] == numbers[-1]


def test_the_file_holds_what_the_list_shows(family):
    exporter = SurvivorExporter()
    with scope(actor_of(family.clerk_a)) as actor:
        picked = exporter.pick(actor, QueryDict("query=relation%3Dspouse"))
        ((key, texts),) = exporter.rows(actor, picked.keys, ["name", "person", "ends_on", "period"], "out")
        assert (key, texts) == (family.one.pk, ["刘桂英", "周一平", "", "抗战前期"])
        assert "配偶" in picked.words
