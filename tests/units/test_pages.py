"""The unit tree: who sees which part, and what the city may change."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.scope import scope
from apps.units.actions import NotPossible, close_unit, create_unit, rename_unit, reopen_unit
from apps.units.choices import Change, Kind
from apps.units.models import Unit, UnitChange, UnitHistory, UnitName
from tests.factories.signed_in import signed_in

TREE = "/units/"
CODE = "91350100M000100Y43"


def url(view: str, unit: Unit) -> str:
    return reverse(f"units:{view}", args=[unit.pk])


NEW = {
    "name": "南岭县教育局",
    "short_name": "教育局",
    "code": "nanling-jyj",
    "kind": "organ",
    "credit_code": "",
    "sort": "5",
    "opened_on": "",
}


def test_who_opens_the_tree(city):
    readers = {
        "city_clerk",
        "city_chief",
        "clerk_a",
        "chief_a",
        "clerk_b",
        "unit_a1",
        "unit_b1",
        "system_admin",
    }
    for name, user in city.users.items():
        assert signed_in(user).get(TREE).status_code == (200 if name in readers else 403), name
    assert Client().get(TREE).url.startswith("/account/sign-in/")
    assert signed_in(city.city_clerk).post(TREE).status_code == 405


def test_everybody_sees_the_own_part(city):
    whole = signed_in(city.city_clerk).get(TREE).content.decode()
    assert "2 个县级，4 个单位" in whole
    assert "⚠" not in whole
    own = signed_in(city.clerk_a).get(TREE).content.decode()
    assert "南岭财政局" in own
    assert "石桥" not in own
    single = signed_in(city.unit_a1).get(TREE).content.decode()
    assert "南岭财政局" in single
    assert "南岭水利局" not in single
    for user, unit, status in (
        (city.clerk_a, city.a1, 200),
        (city.clerk_a, city.b1, 404),
        (city.clerk_a, city.b, 404),
        (city.unit_a1, city.a2, 404),
        (city.unit_a1, city.a, 200),
        (city.city_clerk, city.b1, 200),
    ):
        assert signed_in(user).get(url("detail", unit)).status_code == status, (user, unit)
    assert "石桥" not in signed_in(city.clerk_a).get(TREE, {"q": "石桥"}).content.decode().split("results")[1]


def test_the_tree_takes_the_same_queries_however_long(city):
    client = signed_in(city.city_clerk)
    with CaptureQueriesContext(connection) as before:
        client.get(TREE)
    with scope(city.actor(city.city_clerk)) as actor:
        for number in range(3):
            create_unit(parent=city.a, code=f"x{number}", name=f"新{number}", kind=Kind.ORGAN, by=actor)
    with CaptureQueriesContext(connection) as after:
        client.get(TREE)
    assert len(before) == len(after)


def test_a_large_tree_shows_numbers_instead_of_units(city, monkeypatch):
    monkeypatch.setattr("apps.units.queries.MOST", 3)
    page = signed_in(city.city_clerk).get(TREE).content.decode()
    assert "单位较多" in page
    assert "南岭财政局" not in page
    assert "2 个单位" in page


@pytest.mark.parametrize("query", ["area__name=x", "q=a&q=b", "page=2"])
def test_conditions_are_a_closed_list(city, query):
    assert signed_in(city.city_clerk).get(f"{TREE}?{query}").status_code == 400


def test_only_the_city_and_the_system_administrator_keep_it(city):
    for view in ("create", "edit", "rename", "close", "reopen"):
        for name in ("clerk_a", "chief_a", "unit_a1"):
            assert signed_in(city.users[name]).get(url(view, city.a1)).status_code == 403, (view, name)
            assert signed_in(city.users[name]).post(url(view, city.a1), NEW).status_code == 403
        for name in ("city_clerk", "city_chief", "system_admin"):
            assert signed_in(city.users[name]).get(url(view, city.a1)).status_code == 200, (view, name)
        assert Client().get(url(view, city.a1)).url.startswith("/account/sign-in/")
        assert signed_in(city.city_clerk).get(reverse(f"units:{view}", args=[10**30])).status_code == 404
        assert signed_in(city.city_clerk).delete(url(view, city.a1)).status_code == 405
    assert "新增下级单位" not in signed_in(city.clerk_a).get(url("detail", city.a)).content.decode()


def test_adding_a_unit_below_a_county(city):
    client = signed_in(city.system_admin)
    answer = client.post(
        url("create", city.a), NEW | {"credit_code": " 91350100m000100y43 ", "opened_on": "1984-01-01"}
    )
    unit = Unit.objects.get(code="nanling-jyj")
    assert answer.url == url("detail", unit)
    assert (unit.level, unit.parent_id, unit.area_id) == ("unit", city.a.pk, city.a.pk)
    assert (unit.credit_code, unit.opened_on) == (CODE, date(1984, 1, 1))
    with scope(city.actor(city.audit_admin)):
        event = Event.objects.get(subject="units.unit", subject_id=str(unit.pk))
        assert (event.summary, event.county_id) == ("新增单位 南岭县教育局（nanling-jyj）", city.a.pk)
    with scope(city.actor(city.system_admin)):
        assert UnitHistory.objects.filter(pgh_obj_id=unit.pk, pgh_actor=city.system_admin.pk).count() == 1


def test_adding_a_county_lies_in_itself_and_a_unit_below_a_unit_in_its_area(city):
    client = signed_in(city.city_clerk)
    client.post(url("create", city.root), NEW | {"code": "kaifaqu", "name": "云溪开发区", "kind": "zone"})
    zone = Unit.objects.get(code="kaifaqu")
    assert (zone.level, zone.area_id, zone.parent_id) == ("county", zone.pk, city.root.pk)
    client.post(url("create", city.a1), NEW)
    inner = Unit.objects.get(code="nanling-jyj")
    assert (inner.level, inner.parent_id, inner.area_id) == ("unit", city.a1.pk, city.a.pk)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "请填写名称。"),
        ({"code": ""}, "请填写代码。"),
        ({"code": "教育局"}, "代码只能用英文字母"),
        ({"code": "nanling-1"}, "代码“nanling-1”已有单位使用"),
        ({"kind": ""}, "请选择性质。"),
        ({"kind": "county"}, "county"),
        ({"credit_code": "91350100M000100Y44"}, "最后一位校验不对"),
        ({"sort": ""}, "请填写排序。"),
        ({"opened_on": "很久以前"}, "日期填成"),
    ],
)
def test_a_bad_unit_is_not_made_and_says_why(city, changed, said):
    answer = signed_in(city.city_clerk).post(url("create", city.a), NEW | changed)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Unit.objects.count() == 7


def test_editing_never_changes_the_code(city):
    sent = NEW | {"name": "南岭县财政局", "code": "other", "sort": "9", "kind": "institution"}
    assert signed_in(city.city_clerk).post(url("edit", city.a1), sent).url == url("detail", city.a1)
    unit = Unit.objects.get(pk=city.a1.pk)
    assert (unit.code, unit.name, unit.sort, unit.kind) == ("nanling-1", "南岭县财政局", 9, "institution")
    with scope(city.actor(city.audit_admin)):
        assert "名称、简称、性质、排序" in Event.objects.get(subject="units.unit").summary


def test_renaming_keeps_the_old_name_with_its_time(city):
    client = signed_in(city.city_clerk)
    sent = {
        "name": "南岭县财政和国资局",
        "short_name": "财政国资局",
        "from_day": "2019-03-01",
        "document": "南编〔2019〕3号",
    }
    assert client.post(url("rename", city.a1), sent).status_code == 302
    unit = Unit.objects.get(pk=city.a1.pk)
    assert (unit.name, unit.label) == ("南岭县财政和国资局", "财政国资局")
    old = UnitName.objects.get(unit=unit)
    assert (old.name, old.during.lower, old.during.upper) == ("南岭财政局", None, date(2019, 3, 1))
    page = client.get(url("detail", unit)).content.decode()
    assert "2019年3月1日至今" in page
    assert "不详至2019年3月1日" in page
    assert "南编〔2019〕3号" in page
    assert (
        "财政和国资局" in client.get(TREE, {"q": "南岭财政局"}).content.decode()
    )  # found by its former name
    again = client.post(url("rename", city.a1), sent | {"name": "又改", "from_day": "2018-01-01"})
    assert "更名日期要在它之后" in again.content.decode()
    assert (
        client.post(url("rename", city.a1), sent | {"name": "又改", "from_day": "2020-01-01"}).status_code
        == 302
    )
    spans = [(row.during.lower, row.during.upper) for row in UnitName.objects.filter(unit=unit)]
    assert spans == [(None, date(2019, 3, 1)), (date(2019, 3, 1), date(2020, 1, 1))]


def test_a_bad_renaming_changes_nothing_and_says_why(city):
    client = signed_in(city.city_clerk)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for changed, said in (
        ({"name": ""}, "请填写新名称。"),
        ({"name": "南岭财政局"}, "与现在的名称相同"),
        ({"from_day": ""}, "请填写日期。"),
        ({"from_day": tomorrow}, "不能晚于今天"),
    ):
        sent = {"name": "新", "short_name": "", "from_day": "2019-03-01", "document": ""} | changed
        assert said in client.post(url("rename", city.a1), sent).content.decode()
    assert Unit.objects.get(pk=city.a1.pk).name == "南岭财政局"
    assert not UnitName.objects.exists()


def test_a_merger_is_shown_on_both_sides_and_can_be_taken_back(city):
    client = signed_in(city.city_clerk)
    sent = {"kind": "merged", "successor": city.a2.pk, "happened_on": "2020-05-01", "document": "3号"}
    assert client.post(url("close", city.a1), sent).url == url("detail", city.a1)
    unit = Unit.objects.get(pk=city.a1.pk)
    assert unit.closed_on == date(2020, 5, 1)
    change = UnitChange.objects.get()
    assert (change.kind, change.successor_id, change.document) == ("merged", city.a2.pk, "3号")
    assert "并入南岭水利局（3号）" in client.get(url("detail", city.a1)).content.decode()
    assert "由本单位承接" in client.get(url("detail", city.a2)).content.decode()
    assert "南岭财政局" not in client.get(TREE).content.decode()
    assert "南岭财政局" in client.get(TREE, {"closed": "1"}).content.decode()
    assert "已登记2020年5月1日撤销" in client.post(url("close", city.a1), sent).content.decode()
    assert "请填写事由" in client.post(url("reopen", city.a1), {}).content.decode()
    assert client.post(url("reopen", city.a1), {"reason": "登记错了"}).status_code == 302
    assert Unit.objects.get(pk=city.a1.pk).closed_on is None
    assert not UnitChange.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "请选择并入或撤销。"),
        ({"kind": "renamed"}, "renamed"),
        ({"successor": ""}, "请选择并入哪个单位。"),
        ({"successor": "999999"}, "没有这个单位"),
        ({"happened_on": ""}, "请填写日期。"),
        ({"happened_on": "1970-01-01"}, "撤销日期应在设立日期之后"),
    ],
)
def test_a_bad_closing_changes_nothing_and_says_why(city, changed, said):
    with scope(city.actor(city.city_clerk)):
        Unit.objects.filter(pk=city.a1.pk).update(opened_on=date(1980, 1, 1))
    sent = {"kind": "merged", "successor": city.a2.pk, "happened_on": "2020-05-01", "document": ""} | changed
    assert said in signed_in(city.city_clerk).post(url("close", city.a1), sent).content.decode()
    assert Unit.objects.get(pk=city.a1.pk).closed_on is None
    assert not UnitChange.objects.exists()


def test_what_the_tree_does_not_allow(city):
    day = date(2020, 5, 1)
    with scope(city.actor(city.city_clerk)) as actor:
        for unit, successor, said in (
            (city.root, None, "市级单位不能撤销"),
            (city.a, None, "下面还有 2 个单位"),
            (city.a1, city.a1, "承接单位应是同一层级"),
            (city.a1, city.b, "承接单位应是同一层级"),
        ):
            with pytest.raises(NotPossible, match=said):
                close_unit(unit=unit, kind=Change.ABOLISHED, happened_on=day, successor=successor, by=actor)
        with pytest.raises(NotPossible, match="没有撤销"):
            reopen_unit(unit=city.a1, reason="x", by=actor)
        close_unit(unit=city.a1, kind=Change.ABOLISHED, happened_on=day, by=actor)
        with pytest.raises(NotPossible, match="请先恢复"):
            rename_unit(unit=city.a1, name="新", short_name="", from_day=day, by=actor)
        with pytest.raises(NotPossible, match="请先恢复"):
            create_unit(parent=city.a1, code="y", name="y", kind=Kind.ORGAN, by=actor)
        with pytest.raises(NotPossible, match="不能建乡镇"):
            create_unit(parent=city.root, code="y", name="y", kind=Kind.TOWNSHIP, by=actor)


def test_the_database_refuses_what_a_county_must_not_write(city):
    for user in (city.clerk_a, city.unit_a1, city.leader, city.audit_admin):
        with (
            scope(city.actor(user)),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            Unit.objects.filter(pk=city.a1.pk).update(name="改")
