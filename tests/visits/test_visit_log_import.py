"""A county's visit log in Excel: read, matched, previewed, written once, taken back days later."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.imports import actions
from apps.imports.choices import Mode, State
from apps.imports.models import Batch
from apps.imports.rules import importers
from apps.retirees.actions import record_death
from apps.retirees.models import Retiree
from apps.visits.actions.imported import undo_imported
from apps.visits.importers.cells import level_of_post
from apps.visits.models import Due, FundSource, Leader, Occasion, Visit, Visitor, VisitRule
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports import desk

HEADER = "姓名 单位 走访时间 节日 方式 走访领导 职务 慰问金（元） 慰问品 价值 资金来源 身体状况 反映问题 备注".split()
GOOD = {
    "姓名": "周一平",
    "单位": "南岭县财政局",
    "走访时间": "2026-02-10",
    "节日": "春节走访",
    "方式": "入户",
    "走访领导": "李大山、王小河",
    "职务": "县委组织部部长、干事",
    "慰问金（元）": "500元",
    "慰问品": "米油礼包",
    "价值": "150",
    "资金来源": "县财政专项",
    "身体状况": "良好",
    "反映问题": "楼道灯坏了",
    "备注": "精神不错",
}


def log(*rows, title=""):
    text = io.StringIO()
    writer = csv.writer(text)
    if title:
        writer.writerow([title, *[""] * (len(HEADER) - 1)])
    writer.writerow(HEADER)
    for row in rows:
        values = {**GOOD, **row}
        writer.writerow([values[name] for name in HEADER])
    return text.getvalue().encode()


@pytest.fixture
def county(city):
    with scope(city.actor(city.clerk_a)):
        city.source = FundSource.objects.create(county=city.a, name="县财政专项")
        city.leader_row = Leader.objects.create(county=city.a, name="李大山", post="县委书记", level="1")
    city.one = make_person(city.clerk_a, city.a1, name="周一平")
    city.two = make_person(city.clerk_a, city.a2, name="吴二平")
    city.other = make_person(city.clerk_b, city.b1, name="王四平")
    return city


def staged(city, content, user=None, unit=None):
    with scope(city.actor(user or city.clerk_a)) as actor:
        batch = actions.upload_batch(
            kind="visits", file_name="台账.csv", content=content, unit=unit or city.a, by=actor
        )
        desk.check(batch, content, actor)
    return batch


def written(city, batch):
    with scope(city.actor(city.clerk_a)) as actor:
        actions.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
        batch.refresh_from_db()
        actions.apply_staged(batch, seen_on=date(2026, 3, 31), by=actor)
        batch.refresh_from_db()
    return batch


def issues_of(city, batch, index=0):
    with scope(city.actor(city.clerk_a)):
        row = desk.rows_of(batch)[index]
        return row.verdict, desk.issues(row)


def test_a_row_becomes_a_visit_with_all_that_it_says(county):
    batch = staged(county, log({}))
    assert issues_of(county, batch)[0] == "new"
    written(county, batch)
    with scope(county.actor(county.clerk_a)):
        visit = Visit.objects.get()
        assert (visit.retiree_id, visit.visited_on) == (county.one.pk, date(2026, 2, 10))
        assert (visit.occasion.code, visit.way, visit.level) == ("spring", "home", "1")
        assert (visit.money, visit.goods, visit.goods_value) == (Decimal(500), "米油礼包", Decimal(150))
        assert visit.source == county.source
        assert visit.health_seen == "1"
        assert visit.summary == "精神不错\n反映：楼道灯坏了"
        assert visit.visitors_text == "李大山（县委组织部部长）等2人"
        assert (visit.recorded, visit.import_batch_id) == ("import", batch.pk)
        visitors = list(Visitor.objects.values_list("name", "post", "level", "leader_id"))
        assert visitors == [
            ("李大山", "县委组织部部长", "1", county.leader_row.pk),
            ("王小河", "干事", "5", None),
        ]
        assert Retiree.objects.get(pk=county.one.pk).visited_on == date(2026, 2, 10)


def test_the_same_file_again_writes_nothing(county):
    content = log({}, {"姓名": "吴二平", "单位": "县水利局"})
    written(county, staged(county, content))
    again = staged(county, content)
    with scope(county.actor(county.clerk_a)) as actor:
        assert [row.verdict for row in desk.rows_of(again)] == ["same", "same"]
        with pytest.raises(actions.NotNow):
            actions.confirm_batch(batch=again, mode=Mode.VALID_ROWS, by=actor)
        assert Visit.objects.count() == 2


def test_a_title_gives_the_occasion_and_merged_names_the_rest(county):
    content = log({"节日": ""}, title="南岭县2026年重阳节走访慰问台账").replace(
        "节日".encode(), "备用".encode(), 1
    )
    batch = staged(county, content)
    with scope(county.actor(county.clerk_a)):
        row = desk.rows_of(batch)[0]
        assert "重阳" in desk.contents_of(row)["values"]["occasion"]


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"姓名": "无此人"}, "name:unknown-person"),
        ({"姓名": "王四平", "单位": "石桥县财政局"}, "name:unknown-person"),
        ({"姓名": ""}, "name:required"),
        ({"走访时间": ""}, "visited_on:required"),
        ({"走访时间": "2026-02"}, "visited_on:no-day"),
        ({"走访时间": "2029-02-10"}, "visited_on:future"),
        ({"走访时间": "2月30日"}, "visited_on:invalid"),
        ({"节日": "龙舟大赛"}, "occasion:unknown"),
        ({"方式": "托梦"}, "way:unknown"),
        ({"走访领导": ""}, "visitors:required"),
        ({"慰问金（元）": "五百"}, "money:not-money"),
        ({"慰问金（元）": "-5"}, "money:not-money"),
        ({"慰问金（元）": "NaN"}, "money:not-money"),
        ({"资金来源": "不知道的钱"}, "source:unknown"),
        ({"资金来源": ""}, "source:required"),
        ({"慰问品": ""}, "goods:refused"),
        ({"走访领导": "名" * 41}, "visitors:too-long"),
        ({"备注": "长" * 10_000}, "note:too-long"),
        ({"备注": "钟\x07声"}, "note:control-character"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(county, change, issue):
    verdict, issues = issues_of(county, staged(county, log(change)))
    assert issue in issues
    assert verdict == "error"


def test_formulas_and_markup_stay_what_was_typed(county):
    said = '=HYPERLINK("http://x")<script>alert(1)</script>'
    batch = written(county, staged(county, log({"备注": said, "反映问题": ""})))
    with scope(county.actor(county.clerk_a)):
        assert Visit.objects.get(import_batch_id=batch.pk).summary == said


def test_nobody_is_visited_after_his_death(county):
    with scope(county.actor(county.city_clerk)) as actor:
        record_death(
            retiree=Retiree.objects.get(pk=county.one.pk),
            died_on=PartialDate(2026, 2, 9),
            reported_on=date(2026, 2, 11),
            by=actor,
        )
    batch = staged(county, log({}, {"走访时间": "2026-02-08"}))
    assert issues_of(county, batch) == ("error", {"visited_on:after-death"})
    assert issues_of(county, batch, 1)[0] == "new"


def test_twice_in_a_file_is_one_too_many(county):
    batch = staged(county, log({}, {}))
    assert issues_of(county, batch)[0] == "new"
    assert issues_of(county, batch, 1) == ("duplicate", {"name:duplicate-in-file"})


def test_another_occasion_of_the_same_day_is_a_doubt(county):
    written(county, staged(county, log({})))
    verdict, issues = issues_of(county, staged(county, log({"节日": "住院"})))
    assert (verdict, issues) == ("new", {"visited_on:another-visit"})


def test_namesakes_are_told_apart_by_unit_number_or_the_clerk(county):
    twin = make_person(county.clerk_a, county.a2, name="周一平", birth_date=PartialDate(1940, 3))
    batch = staged(county, log({"单位": "", "走访时间": "2026-02-11"}, {"单位": "县水利局"}))
    with scope(county.actor(county.clerk_a)) as actor:
        second, first = desk.rows_of(batch)
        assert first.target_id == twin.pk
        assert "name:ambiguous-person" in desk.issues(second)
        actions.decide_row(
            batch=batch, row=second, decision="update", person_id=county.one.pk, by=actor, today=desk.TODAY
        )
        second.refresh_from_db()
        assert (second.verdict, second.target_id) == ("new", county.one.pk)


def test_another_countys_person_is_refused_by_number(county):
    number = "11010519491231002X"
    make_person(county.clerk_b, county.b1, name="周一平", national_id=number)
    text = log({}).decode().replace("备注", "身份证号", 1).replace("精神不错", number).encode()
    verdict, issues = issues_of(county, staged(county, text))
    assert verdict == "error"
    assert "national_id:registered-elsewhere" in issues


def test_a_unit_clerk_imports_for_his_unit_alone(county):
    batch = staged(county, log({}, {"姓名": "吴二平"}), county.unit_a1, county.a1)
    with scope(county.actor(county.unit_a1)):
        assert [row.verdict for row in desk.rows_of(batch)] == ["new", "error"]


def test_a_visit_settles_what_was_due_and_undoing_opens_it_again(county):
    with scope(county.actor(county.clerk_a)):
        county.one.refresh_from_db()
        routine = Occasion.objects.get(code="spring")
        rule = {"name": "春节", "trigger": "period", "every": "quarter", "starts_on": date(2026, 1, 1)}
        kept = VisitRule.objects.create(county=county.a, occasion=routine, **rule)
        due = Due.objects.create(
            **county.one.row_keys(),
            rule=kept,
            occasion=routine,
            window="2026Q1",
            from_on=date(2026, 1, 1),
            due_on=date(2026, 3, 31),
        )
    batch = written(county, staged(county, log({}, {"姓名": "吴二平", "单位": ""})))
    with scope(county.actor(county.clerk_a)) as actor:
        due.refresh_from_db()
        assert due.state == "done"
        Visit.objects.filter(retiree=county.two).update(version=2)  # somebody worked on it meanwhile
        undone = undo_imported(batch=batch, by=actor)
        assert (undone.removed, [one.retiree.name for one in undone.kept]) == (1, ["吴二平"])
        due.refresh_from_db()
        assert (due.state, due.visit_id) == ("open", None)
        assert Retiree.objects.get(pk=county.one.pk).visited_on is None
        assert Retiree.objects.get(pk=county.two.pk).visited_on == date(2026, 2, 10)
        assert undo_imported(batch=batch, by=actor).removed == 0


def test_pages_offer_the_kind_show_the_rows_and_undo(county):
    client = signed_in(county.clerk_a)
    page = client.get(reverse("imports:upload"), {"kind": "visits"})
    assert "导入走访台账" in page.text
    assert client.get(reverse("imports:upload"), {"kind": "x"}).status_code == 400
    file = io.BytesIO(log({}))
    file.name = "台账.csv"
    answer = client.post(reverse("imports:upload"), {"kind": "visits", "unit": county.a.pk, "file": file})
    assert answer.status_code == 302
    with scope(county.actor(county.clerk_a)) as actor:
        batch = Batch.objects.get()
        assert batch.kind == "visits"
        desk.check(batch, log({}), actor)
    shown = client.get(reverse("imports:detail", args=[batch.pk])).text
    assert "还没有写入走访记录" in shown
    assert "李大山（县委组织部部长）" in shown
    written(county, batch)
    address = reverse("visits:import-undo", args=[batch.pk])
    assert address in client.get(reverse("imports:detail", args=[batch.pk])).text
    assert signed_in(county.clerk_b).get(address).status_code == 404
    client = signed_in(county.clerk_a)
    assert "去掉这一批写入的1条走访记录" in client.get(address).text
    assert client.post(address).status_code == 302
    shown = client.get(reverse("imports:detail", args=[batch.pk])).text
    assert "已全部撤销" in shown
    assert address not in shown
    with scope(county.actor(county.clerk_a)):
        assert not Visit.objects.exists()
        assert Batch.objects.get().state == State.DONE


def test_the_empty_sheet_reads_back_as_empty(county):
    with scope(county.actor(county.clerk_a)):
        content = importers["visits"].template(("县财政局",))
    assert content[:2] == b"PK"
    with scope(county.actor(county.clerk_a)) as actor:
        place = actions.place_of(county.a)
        with pytest.raises(Exception, match=r"没有"):
            actions.read_content(content, importers["visits"], place=place, actor=actor, today=desk.TODAY)


@pytest.mark.parametrize(
    ("post", "level"),
    [
        ("县委书记", "1"),
        ("南岭县县长", "1"),
        ("副县长", "2"),
        ("县人大常委会主任", "2"),
        ("县委老干部局局长", "3"),
        ("县财政局局长", "4"),
        ("干事", "5"),
        ("", "5"),
    ],
)
def test_posts_without_a_leader_are_ranked_by_their_words(post, level):
    assert level_of_post(post) == level


def test_more_than_the_limit_wants_a_reason(county):
    with scope(county.actor(county.city_clerk)):
        Occasion.objects.filter(code="spring").update(money_limit=400)
    assert issues_of(county, staged(county, log({}))) == ("error", {"over_limit:over-limit"})
    text = log({}).decode().replace("备注", "超标准说明", 1).encode()
    assert issues_of(county, staged(county, text))[0] == "new"
