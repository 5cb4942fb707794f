"""Mechanisms of counties: each says its own, with a proof; the city sees all."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.audit.models import Event
from apps.benefits.models import CountyMechanism
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.benefits.aid import TODAY

BOARD = reverse("benefits:mechanisms")
TOKEN = "00000000-0000-4000-8000-000000000009"
SENT = {"is_there": "yes", "since": "2026-03-05", "proof": "南老干〔2026〕3号（演示）", "token": TOKEN}


def of(county, kind="hardship"):
    return reverse("benefits:mechanism", args=[county.pk, kind])


def test_a_county_says_it_once_and_the_city_sees_it(city, sign_in):
    client = sign_in(city.clerk_a)
    assert client.get(BOARD).text.count("没有填报") == 2
    assert [client.post(of(city.a), SENT).status_code for _ in range(2)] == [302, 302]
    with scope(system_actor()):
        row = CountyMechanism.objects.get()
        assert (row.county_id, row.is_there, str(row.since)) == (city.a.pk, True, "2026-03-05")
        assert Event.objects.filter(summary="填报南岭县困难帮扶机制 已建立").count() == 1
    text = sign_in(city.city_clerk).get(BOARD).text
    assert all(
        word in text for word in ("南岭县", "石桥县", "2026年3月5日", "困难帮扶机制已建立1个", "试clerk_a")
    )
    far = sign_in(city.clerk_b).get(BOARD).text
    assert "南老干" not in far
    assert "南岭县" not in far


def test_what_is_said_later_takes_its_place(city, sign_in):
    client = sign_in(city.clerk_a)
    client.post(of(city.a), SENT)
    gone = {"is_there": "no", "since": "", "proof": "正在起草", "token": TOKEN.replace("9", "8")}
    assert client.post(of(city.a), gone).status_code == 302
    text = client.get(BOARD).text
    assert "没有建立" in text
    assert "正在起草" in text
    with scope(system_actor()):
        assert CountyMechanism.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"is_there": ""}, "请选择是否建立"),
        ({"since": ""}, "已建立的要填建立日期"),
        ({"since": f"{TODAY.year + 1}-01-01"}, "还没有到这一天"),
        ({"proof": ""}, "请选择依据文件，或用文字写明证明"),
        ({"is_there": "no"}, "没有建立的不填建立日期"),
        ({"paper": "999999"}, "请从列表里选择文件"),
    ],
)
def test_what_is_wrong_is_said(city, sign_in, more, word):
    answer = sign_in(city.clerk_a).post(of(city.a), SENT | more)
    assert answer.status_code == 422
    assert word in answer.text
    with scope(system_actor()):
        assert not CountyMechanism.objects.exists()


def test_who_opens_what(city, sign_in):
    client = sign_in(city.clerk_a)
    assert client.get(of(city.b)).status_code == 404
    assert client.post(of(city.b), SENT).status_code == 404
    assert client.get(of(city.a, "other")).status_code == 404
    assert client.get(f"{BOARD}?x=1").status_code == 400
    assert sign_in(city.city_clerk).post(of(city.b), SENT).status_code == 302
    for user in (city.unit_a1, city.leader):
        assert sign_in(user).get(BOARD).status_code == 403


def test_the_table_wants_a_proof(city, sign_in):
    sign_in(city.clerk_a).post(of(city.a), SENT)
    with scope(system_actor()), pytest.raises(IntegrityError, match="mechanism_proved"), transaction.atomic():
        CountyMechanism.objects.update(proof="")
