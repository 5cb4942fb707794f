"""A place asks for a change of a list that another office keeps; the list changes when its keeper approves."""

import uuid

import pytest
from django.urls import reverse

from apps.agenda.queries.digests import parts_of_week
from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.dashboards.queries.due import due
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death, retract_exit
from apps.visits.actions.campaigns import CampaignMoved, close_campaign
from apps.visits.actions.due_changes import DueMoved, remove_due
from apps.visits.actions.list_changes import approve_change, ask_change, return_change, withdraw_change
from apps.visits.models import Due, ListChange
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in
from tests.visits.test_campaigns import TODAY, frozen, total

REASON = {"change_reason": "定名单后迁回"}


@pytest.fixture
def people(city):
    return {
        "old": make_person(city.clerk_a, city.a1, name="周一平", category="lixiu"),
        "two": make_person(city.clerk_a, city.a1, name="吴二平"),
        "other": make_person(city.clerk_b, city.b1, name="王四平", category="lixiu"),
    }


@pytest.fixture
def campaign(city, people):
    """The city's, of those who fought: 周一平 and 王四平."""
    return frozen(city.city_clerk, query="category=lixiu")


def asked(user, campaign, person, kind="add", reason="定名单后迁回"):
    with scope(actor_of(user)) as actor:
        return ask_change(campaign=campaign, retiree=person, kind=kind, reason=reason, by=actor)


def one_of(campaign, **more):
    with scope(system_actor()):
        return ListChange.objects.get(campaign=campaign, **more)


def page(user, **query):
    return signed_in(user).get(reverse("visits:list-changes"), query).content.decode()


def counts(user):
    with scope(actor_of(user)) as actor:
        return {item["label"]: item["count"] for item in due(actor, TODAY)}


def digest(user):
    with scope(actor_of(user)) as actor:
        parts = parts_of_week(actor, TODAY)
    return {(part["title"], line["label"], line["count"]) for part in parts for line in part["lines"]}


def approve(user, *changes):
    return signed_in(user).post(
        reverse("visits:list-changes-approve"), {"ids": [change.pk for change in changes]}, follow=True
    )


def test_a_unit_asks_the_city_approves_and_only_then_the_list_changes(city, people, campaign):
    client = signed_in(city.unit_a1)
    listed = client.get(reverse("visits:campaign-people", args=[campaign.pk])).content.decode()
    assert "申请增补一人" in listed
    found = client.get(reverse("visits:campaign-find", args=[campaign.pk]), {"name": "吴"}).content.decode()
    address = reverse("visits:campaign-add", args=[campaign.pk, people["two"].pk])
    assert address in found
    form = client.get(address)
    assert "名单由市局管理，批准后才改" in form.content.decode()
    answer = client.post(address, REASON | {"token": form.context["form"]["token"].value()}, follow=True)
    assert "申请已提出" in answer.content.decode()
    assert total(campaign, city.city_clerk).due == 2
    change = one_of(campaign)
    assert counts(city.city_clerk)["走访名单增减待审批"] == 1
    assert ("待审批", "走访名单增减", "1件") in digest(city.city_clerk)
    assert "走访名单增减待审批" not in counts(city.clerk_a)
    assert "定名单后迁回" in page(city.city_clerk, campaign=campaign.pk)
    answer = approve(city.city_clerk, change)
    assert "已批准1条" in answer.content.decode()
    assert (total(campaign, city.city_clerk).due, total(campaign, city.clerk_a).added) == (3, 1)
    with scope(system_actor()):
        row = Due.objects.get(campaign=campaign, retiree=people["two"])
        told = set(Event.objects.filter(summary__contains="申请").values_list("summary", flat=True))
    assert (row.was_added, row.change_reason) == (True, "定名单后迁回")
    assert row.approved_by_name == one_of(campaign).decided_by_name != ""
    assert told == {"申请增补走访名单：春节走访慰问", "批准走访名单增补申请：春节走访慰问"}
    assert "已批准" in page(city.unit_a1, show="done")


def test_the_keeper_changes_the_list_at_once(city, people, campaign):
    client = signed_in(city.city_clerk)
    address = reverse("visits:campaign-add", args=[campaign.pk, people["two"].pk])
    assert client.post(address, REASON | {"approved_by_name": "张某（局长）"}).status_code == 302
    assert total(campaign, city.city_clerk).due == 3
    with scope(system_actor()):
        assert not ListChange.objects.exists()


def test_a_removal_is_asked_for_from_the_list(city, people, campaign):
    with scope(system_actor()):
        row = Due.objects.get(campaign=campaign, retiree=people["old"])
    client = signed_in(city.clerk_a)
    address = reverse("visits:campaign-remove", args=[campaign.pk, row.pk])
    assert address in client.get(reverse("visits:campaign-people", args=[campaign.pk])).content.decode()
    assert client.post(address, {"change_reason": "", "token": uuid.uuid4()}).status_code == 422
    client.post(address, {"change_reason": "长期在外地", "token": uuid.uuid4()})
    seen = client.get(reverse("visits:campaign-people", args=[campaign.pk])).content.decode()
    assert "已申请核减，待审批" in seen
    assert address not in seen
    assert total(campaign, city.clerk_a).due == 1
    approve(city.city_chief, one_of(campaign))
    assert total(campaign, city.clerk_a).due == 0
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(DueMoved, match="增减申请"):
        remove_due(due=row, reason="试", approved_by="张某", by=actor)


def test_asking_twice_makes_one_request(city, people, campaign):
    client, sent = signed_in(city.clerk_a), REASON | {"token": str(uuid.uuid4())}
    address = reverse("visits:campaign-add", args=[campaign.pk, people["two"].pk])
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    again = client.post(address, REASON | {"token": str(uuid.uuid4())})
    assert again.status_code == 422
    assert "已在等待审批" in again.content.decode()
    assert one_of(campaign).retiree_id == people["two"].pk


def test_what_came_back_is_asked_anew_or_taken_back(city, people, campaign):
    change = asked(city.clerk_a, campaign, people["two"])
    back = reverse("visits:list-change-return", args=[change.pk])
    client = signed_in(city.city_clerk)
    assert client.post(back, {"words": ""}).status_code == 422
    assert client.post(back, {"words": "请核实是否在册"}).status_code == 302
    assert counts(city.clerk_a)["走访名单增减退回"] == 1
    assert ("退回待修改", "走访名单增减", "1件") in digest(city.clerk_a)
    assert "走访名单增减退回" not in counts(city.city_clerk)
    seen = page(city.clerk_a, show="returned")
    assert "请核实是否在册" in seen
    assert reverse("visits:campaign-add", args=[campaign.pk, people["two"].pk]) in seen
    again = asked(city.clerk_a, campaign, people["two"], reason="已核实，在册")
    assert (again.pk, again.state) == (change.pk, "waiting")
    signed_in(city.clerk_a).post(reverse("visits:list-change-withdraw", args=[change.pk]))
    assert one_of(campaign).state == "withdrawn"
    assert "已经办过了" in approve(city.city_clerk, change).content.decode()
    assert total(campaign, city.city_clerk).due == 2


def test_nobody_approves_what_he_asked_for(city, people, campaign):
    change = asked(city.clerk_a, campaign, people["two"])
    with scope(system_actor()):
        ListChange.objects.update(asked_by=city.city_clerk.pk)
    assert "由别人审批" in _refusal(approve_change, change, city.city_clerk)
    assert one_of(campaign).state == "waiting"


def test_only_the_office_that_keeps_the_list_decides(city, people, campaign):
    change = asked(city.unit_a1, campaign, people["two"])
    for action in (approve_change, return_change):
        assert "不归您的单位管理" in _refusal(action, change, city.chief_a)
    own = frozen(city.clerk_a, query="category=lixiu")
    mine = asked(city.unit_a1, own, people["two"])
    assert "已批准1条" in approve(city.chief_a, change, mine).content.decode()
    assert (one_of(own).state, one_of(campaign).state) == ("approved", "waiting")
    other = signed_in(city.clerk_b)
    assert people["two"].name not in page(city.clerk_b)
    assert other.post(reverse("visits:list-change-withdraw", args=[change.pk])).status_code == 404
    assert other.get(reverse("visits:list-changes"), {"campaign": own.pk}).status_code == 404


def test_who_died_meanwhile_is_asked_for_no_more_until_that_was_a_mistake(city, people, campaign):
    change = asked(city.clerk_a, campaign, people["two"])
    died = PartialDate.from_date(TODAY)
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=people["two"], died_on=died, reported_on=TODAY, by=actor)
    assert "吴二平" not in page(city.city_clerk)
    assert "走访名单增减待审批" not in counts(city.city_clerk)
    assert "不再办理" in page(city.city_clerk, show="done")
    assert "去世" in _refusal(approve_change, change, city.city_clerk)
    with scope(actor_of(city.chief_a)) as actor:
        people["two"].refresh_from_db()
        retract_exit(retiree=people["two"], reason="误报", by=actor)
    assert "吴二平" in page(city.city_clerk)


def test_what_the_list_does_not_allow_is_refused_when_it_is_asked_for(city, people, campaign):
    asks = [
        ("add", people["old"], "已在这次活动的名单里"),
        ("remove", people["two"], "不在名单里"),
    ]
    for kind, person, words in asks:
        with pytest.raises(CampaignMoved, match=words):
            asked(city.clerk_a, campaign, person, kind)
    own = frozen(city.clerk_b)
    with pytest.raises(CampaignMoved, match="只看望本县市区的人"):
        asked(city.city_clerk, own, people["two"])
    asked(city.clerk_a, campaign, people["two"])
    with scope(actor_of(city.city_clerk)) as actor:
        close_campaign(campaign=campaign, reason="提前", today=TODAY, by=actor)
    assert "吴二平" not in page(city.city_clerk)
    assert "活动已结束" in page(city.city_clerk, show="done")
    with pytest.raises(CampaignMoved, match="进行中"):
        asked(city.clerk_a, campaign, people["old"], "remove")


def test_what_cannot_be_approved_any_more_does_not_keep_the_rest(city, people, campaign):
    three = make_person(city.clerk_a, city.a1, name="郑三平")
    first, second = (asked(city.clerk_a, campaign, one) for one in (people["two"], three))
    with scope(system_actor()):
        Due.objects.create(
            **three.row_keys(),
            campaign=campaign,
            occasion=campaign.occasion,
            from_on=TODAY,
            due_on=TODAY,
        )
    answer = approve(city.city_clerk, first, second).content.decode()
    assert "已批准1条" in answer
    assert "郑三平已在这次活动的名单里" in answer
    assert one_of(campaign, retiree=three).state == "waiting"


def test_a_withdrawn_request_is_not_withdrawn_twice(city, people, campaign):
    change = asked(city.clerk_a, campaign, people["two"])
    with scope(actor_of(city.clerk_a)) as actor:
        withdraw_change(change=change, by=actor)
        with pytest.raises(CampaignMoved, match="不用再撤回"):
            withdraw_change(change=change, by=actor)


def _refusal(action, change, user):
    with scope(actor_of(user)) as actor, pytest.raises(CampaignMoved) as problem:
        action(change=change, words="试", by=actor)
    return str(problem.value)
