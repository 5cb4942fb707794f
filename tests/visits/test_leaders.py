"""Leaders, who keeps in touch with whom, and occasions."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.actions.leaders import NotNamed, name_leader
from apps.visits.models import Leader, NamedLeader, Occasion
from apps.visits.queries.leaders import without_leader
from tests.factories.city import actor_of, make_person
from tests.visits.conftest import make_rule


@pytest.fixture
def leader(city):
    with scope(actor_of(city.clerk_a)):
        return Leader.objects.create(county=city.a, name="何大山", post="县委书记", level="1")


def typed(**values):
    given = {
        "name": "何大山",
        "post": "县长",
        "level": "1",
        "sort": "1",
        "is_active": "on",
        "token": uuid.uuid4(),
    }
    return given | values


def test_a_county_keeps_its_own_leaders(city, leader, sign_in):
    client = sign_in(city.clerk_a)
    sent = typed()
    assert client.post(reverse("visits:leader-create"), sent).status_code == 302
    assert client.post(reverse("visits:leader-create"), sent).status_code == 302
    assert client.post(reverse("visits:leader-create"), typed()).status_code == 422, "there already"
    with scope(system_actor()):
        assert Leader.objects.filter(county=city.a).count() == 2
    assert "县长" in client.get(reverse("visits:leaders")).text
    other = sign_in(city.clerk_b)
    assert other.get(reverse("visits:leader", args=[leader.pk])).status_code == 404
    assert other.post(reverse("visits:leader-edit", args=[leader.pk]), typed()).status_code == 404
    assert sign_in(city.unit_a1).get(reverse("visits:leader-create")).status_code == 403
    for wrong in ({"name": ""}, {"level": "9"}, {"post": "张" * 10_000}, {"name": "甲\x00"}):
        assert client.post(reverse("visits:leader-create"), typed(**wrong)).status_code == 422, wrong


def test_one_leader_at_a_time(city, leader, sign_in):
    person = make_person(city.clerk_a, city.a1, name="周一平")
    client = sign_in(city.clerk_a)
    address = reverse("visits:named-leader", args=[person.pk])
    today = timezone.localdate()
    day = today - timedelta(days=30)
    sent = {"leader": str(leader.pk), "since": day.isoformat(), "note": ""}
    assert client.get(address).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert "周一平" in client.get(reverse("visits:leader", args=[leader.pk])).text
    with scope(actor_of(city.clerk_a)) as actor:
        other = Leader.objects.create(county=city.a, name="孙小河", post="副县长", level="2")
        assert name_leader(people=[person], leader=other, since=today, by=actor) == 1
        assert name_leader(people=[person], leader=other, since=today, by=actor) == 0
        rows = {row.leader_id: (row.during.lower, row.during.upper) for row in NamedLeader.objects.all()}
        assert rows == {leader.pk: (day, today), other.pk: (today, None)}
        with pytest.raises(NotNamed):
            name_leader(people=[person], leader=leader, since=day, by=actor)
        assert name_leader(people=[person], leader=None, since=today, by=actor) == 1
        assert not NamedLeader.objects.filter(during__endswith__isnull=True).exists()
    late = sent | {"since": (today + timedelta(days=1)).isoformat()}
    assert client.post(address, late).status_code == 422
    assert sign_in(city.clerk_b).get(address).status_code == 404
    assert sign_in(city.leader_a).get(address).status_code == 403


def test_another_countys_leader_is_none(city, leader, sign_in):
    person = make_person(city.clerk_b, city.b1)
    address = reverse("visits:named-leader", args=[person.pk])
    sent = {"leader": str(leader.pk), "since": timezone.localdate().isoformat()}
    assert sign_in(city.clerk_b).post(address, sent).status_code == 422
    with scope(system_actor()):
        assert not NamedLeader.objects.exists()


def test_many_at_once_and_who_has_none(city, leader, sign_in):
    one, two = (make_person(city.clerk_a, city.a1, name=name) for name in ("周一平", "吴二平"))
    foreign = make_person(city.clerk_b, city.b1, name="王四平")
    with scope(system_actor()):
        make_rule(trigger="named", every="", name="双高期联系")
    client = sign_in(city.clerk_a)
    page = client.get(reverse("visits:leader-wanted"))
    assert "周一平" in page.text
    assert "王四平" not in page.text
    picked = {"ids": [one.pk, two.pk, foreign.pk]}
    assert "选中的2人" in client.post(reverse("visits:leader-assign"), picked).text
    sent = picked | {"sent": "1", "leader": str(leader.pk), "since": timezone.localdate().isoformat()}
    assert client.post(reverse("visits:leader-assign"), sent).status_code == 302
    with scope(system_actor()) as actor:
        assert NamedLeader.objects.count() == 2
        assert list(without_leader(actor, timezone.localdate())) == [foreign]


def test_an_occasion_of_ones_own(city, sign_in):
    client = sign_in(city.city_clerk)
    sent = {"name": "古尔邦节", "kind": "festival", "is_active": "on", "token": uuid.uuid4()}
    assert client.post(reverse("visits:occasion-create"), sent).status_code == 302
    assert "古尔邦节" in client.get(reverse("visits:occasions")).text
    limit = sent | {"money_limit": "500", "token": uuid.uuid4()}
    answer = client.post(reverse("visits:occasion-create"), limit)
    assert answer.status_code == 422
    assert "请写明依据" in answer.text
    assert sign_in(city.clerk_a).get(reverse("visits:occasion-create")).status_code == 403
    with scope(system_actor()):
        spring = Occasion.objects.get(code="spring")
    edit = reverse("visits:occasion-edit", args=[spring.pk])
    given = {
        "name": "改名",
        "money_limit": "500",
        "limit_paper": "试文件1号",
        "is_active": "on",
        "token": uuid.uuid4(),
    }
    assert client.post(edit, given).status_code == 302
    with scope(system_actor()):
        spring.refresh_from_db()
        assert (spring.name, spring.money_limit, spring.limit_paper) == ("春节", 500, "试文件1号")
    assert client.post(edit, given | {"money_limit": "-1", "token": uuid.uuid4()}).status_code == 422
