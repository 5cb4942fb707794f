"""The log as its one reader sees it, and who may not."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.audit.actions import record_event, record_sign_in
from apps.audit.choices import EventKind, SignInOutcome
from apps.audit.models import Event, SignIn
from apps.audit.queries import SIZE, log_page, subject_label
from apps.core.scope import Actor, scope
from apps.retirees.models import Retiree
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in

LOG, SIGN_INS = "/log/", "/log/sign-ins/"


@pytest.fixture
def events(city):
    """Three events: of a county clerk, of the city, of the security administrator."""
    made = []
    for user, kind, summary, reason in (
        (city.clerk_a, EventKind.REVEAL, "查看敏感信息：national_id", "核对证件信息"),
        (city.city_clerk, EventKind.EXPORT, "导出名册 120 人", ""),
        (city.security_admin, EventKind.GRANT, "授予张三：领导", "第3号文"),
    ):
        with scope(city.actor(user)) as actor:
            made.append(
                record_event(kind=kind, summary=summary, reason=reason, by=actor, data={"people": 120})
            )
    return made


def test_only_the_audit_administrator_reads_it(city, events):
    for name, user in city.users.items():
        client = signed_in(user)
        status = 200 if name == "audit_admin" else 403
        for url in (LOG, SIGN_INS, reverse("audit:event", args=[events[0].pk])):
            assert client.get(url).status_code == status, (name, url)
    for url in (LOG, SIGN_INS, reverse("audit:event", args=[events[0].pk])):
        assert Client().get(url).url.startswith("/account/sign-in/")
        assert signed_in(city.audit_admin).post(url).status_code == 405


def test_the_audit_administrator_reads_nothing_else(city):
    client = signed_in(city.audit_admin)
    for url in ("/retirees/", "/units/", "/account/users/", "/imports/", "/reports/"):
        assert client.get(url).status_code == 403, url


def test_the_system_administrator_sees_no_person(city):
    person = make_person(city.clerk_a, city.a1)
    client = signed_in(city.system_admin)
    for url in ("/retirees/", f"/retirees/{person.pk}/", LOG):
        assert client.get(url).status_code == 403
    for url in ("/units/", reverse("units:detail", args=[city.a1.pk]), "/account/users/", "/"):
        assert "邓忠永" not in client.get(url).content.decode()
    for user in (city.system_admin, city.security_admin, city.audit_admin):
        with (
            scope(city.actor(user)),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            Retiree.objects.count()


def test_newest_first_with_who_and_what(city, events):
    page = signed_in(city.audit_admin).get(LOG).content.decode()
    assert "⚠" not in page
    first, second = page.index("授予张三"), page.index("查看敏感信息：national_id")
    assert first < second
    for words in ("试clerk_a", "县局经办", "核对证件信息", "查看敏感信息", "导出名册 120 人"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "reveal"}, "查看敏感信息：national_id"),
        ({"actor": "security"}, "授予张三"),
        ({"q": "名册"}, "导出名册"),
        ({"q": "第3号"}, "授予张三"),
    ],
)
def test_conditions_narrow_it(city, events, query, found):
    page = signed_in(city.audit_admin).get(LOG, query).content.decode().split("<tbody")[1]
    assert found in page
    assert page.count("<tr") == 1


def test_days_and_request_number_narrow_it(city, events):
    client = signed_in(city.audit_admin)
    today = timezone.localdate()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)

    def rows(**query: str) -> int:
        return client.get(LOG, query).content.decode().count('<tr role="row">') - 1  # less the head

    assert rows(since=today.isoformat(), until=today.isoformat()) == 3
    assert rows(since=tomorrow.isoformat()) == -1  # no table at all
    assert rows(until=yesterday.isoformat()) == -1
    assert rows(request=events[1].request) == 1
    assert rows(request="nothing") == -1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "日期填成"),
        ("since=2026-02-02&until=2026-01-01", "截止日期早于开始日期"),
        ("kind=nonsense", "nonsense"),
        ("q=" + "x" * 61, "61"),
    ],
)
def test_a_condition_that_cannot_be_says_so(city, events, query, said):
    answer = signed_in(city.audit_admin).get(f"{LOG}?{query}")
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert "授予张三" not in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "actor_id=1",
        "summary__startswith=x",
        "kind=a&kind=b",
        "older=x",
        "older=99999999999999999999999.00000000000000000000000000000000",
        "newer=1.zz",
        "_connector=OR",
    ],
)
def test_conditions_and_cursors_are_a_closed_list(city, query):
    assert signed_in(city.audit_admin).get(f"{LOG}?{query}").status_code == 400


def test_one_event_whole_with_what_the_same_request_did(city, events):
    with scope(city.actor(city.clerk_a).within(events[0].request)) as actor:
        record_event(kind=EventKind.CHANGE, summary="同一请求", by=actor)
    page = signed_in(city.audit_admin).get(reverse("audit:event", args=[events[0].pk])).content.decode()
    for words in (
        "核对证件信息",
        "南岭县",
        "县局经办",
        events[0].request,
        "&quot;人数&quot;: 120",
        "同一请求",
    ):
        assert words in page
    missing = reverse("audit:event", args=["00000000-0000-0000-0000-000000000000"])
    assert signed_in(city.audit_admin).get(missing).status_code == 404
    assert signed_in(city.audit_admin).get("/log/not-a-number/").status_code == 404


def test_sign_ins_with_outcome_address_and_browser(city):
    for outcome, address in ((SignInOutcome.OK, "10.0.0.1"), (SignInOutcome.FAILED, "10.0.0.2")):
        record_sign_in(
            username="clerk_a", outcome=outcome, user_id=1, address=address, agent="Windows NT Chrome/140"
        )
    client = signed_in(city.audit_admin)
    page = client.get(SIGN_INS).content.decode()
    for words in ("clerk_a", "密码错误", "10.0.0.2", "Windows 上的 Chrome"):
        assert words in page
    assert "⚠" not in page
    assert "10.0.0.1" not in client.get(SIGN_INS, {"outcome": "failed"}).content.decode().split("<tbody")[1]
    assert "10.0.0.2" not in client.get(SIGN_INS, {"address": "10.0.0.1"}).content.decode().split("<tbody")[1]
    assert "没有记录" in client.get(SIGN_INS, {"username": "nobody"}).content.decode()
    assert "地址填成" in client.get(SIGN_INS, {"address": "x"}).content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(city):
    actor = city.actor(city.city_clerk)
    moment = timezone.now()
    number = 2 * SIZE + 7
    with scope(actor):
        Event.objects.bulk_create(
            Event(
                at=moment - timedelta(seconds=n // 3),  # three at each moment: the key decides
                kind=EventKind.CHANGE,
                summary=f"第{n}条",
                actor_id=1,
                actor_name="甲",
                role="city_clerk",
                request="r",
            )
            for n in range(number)
        )
    client = signed_in(city.audit_admin)
    seen, url, queries = [], LOG, set()
    while url:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url)
        queries.add(len(captured))
        seen += [row["event"].summary for row in answer.context["rows"]]
        url = LOG + answer.context["older"] if answer.context["older"] else ""
    assert len(seen) == len(set(seen)) == number
    assert len(queries) == 1
    back = client.get(LOG + answer.context["newer"])
    assert [row["event"].summary for row in back.context["rows"]] == seen[SIZE : 2 * SIZE]
    assert LOG + client.get(LOG + back.context["newer"]).context["newer"] == LOG
    assert back.context["newest"]


def test_an_empty_log_has_no_pages(city):
    with scope(city.actor(city.audit_admin)):
        page = log_page(Event.objects.all())
        assert (list(page.rows), page.newer, page.older) == ([], "", "")


@pytest.mark.parametrize("model", [Event, SignIn])
@pytest.mark.parametrize("who", ["audit_admin", "city_clerk", "system_admin"])
def test_rows_are_added_and_never_changed(city, events, model, who):
    record_sign_in(username="x", outcome="ok", user_id=None, address=None, agent="")
    with scope(city.actor(city.users[who])):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(role="x") if model is Event else model.objects.update(username="y")
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_most_roles_add_and_cannot_read(city, events):
    for user in (city.system_admin, city.security_admin, city.leader):
        with scope(city.actor(user)) as actor:
            record_event(kind=EventKind.SETTING, summary="记一条", by=actor)
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Event.objects.count()
    with scope(city.actor(city.clerk_b)) as actor:
        assert not Event.objects.visible_to(actor).exists()
    with scope(city.actor(city.clerk_a)) as actor:
        assert Event.objects.visible_to(actor).count() == 1
    with scope(city.actor(city.unit_a1)) as actor:
        assert not Event.objects.visible_to(actor).exists()
    assert not Event.objects.visible_to(Actor(1, "x", "leader", "s_leader"))


def test_what_an_event_is_about_is_told_in_words():
    assert subject_label("units.unit") == "单位"
    assert subject_label("gone.model") == "gone.model"
    assert subject_label("nonsense") == "nonsense"
