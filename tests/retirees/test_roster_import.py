"""The roster importer against the sample's right answers, and what confirming does, on the real database."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.imports import actions
from apps.imports.choices import Mode, State
from apps.imports.models import Batch, Row
from apps.imports.queries import contents_of
from apps.imports.reading.tables import DataRow
from apps.imports.rules import importers
from apps.retirees.models import Retiree
from tests.factories.city import make_person
from tests.imports.desk import HEADER, issues, person, rows_of, staged, table, written

DATA = Path(__file__).parent.parent / "imports" / "data"
SAMPLE = DATA / "roster-nanling.xlsx"
EXPECTED = json.loads((DATA / "roster-nanling.expected.json").read_text())
TODAY = date(2026, 3, 31)


def read(
    city: SimpleNamespace, path: Path = SAMPLE, unit: str = "a", user: str = "clerk_a"
) -> actions.Reading:
    place = actions.place_of(getattr(city, unit))
    with scope(city.actor(getattr(city, user))) as actor:
        return actions.read_path(path, importers["roster"], place=place, actor=actor, today=TODAY)


def test_every_row_of_the_sample_is_judged_as_the_answers_say(city):
    rows = {(row.sheet, row.number): row for row in read(city).rows if row.verdict != "skipped"}
    assert len(rows) == EXPECTED["people"]
    wrong = []
    for answer in EXPECTED["rows"]:
        row = rows[answer["sheet"], answer["row"]]
        found = [one.key for one in row.issues if one.issue.level != "notice"]
        errors = [one.key for one in row.issues if one.issue.level == "error"]
        values = {name: row.values.get(name) for name in answer["values"]}
        good = (
            row.level == answer["level"]
            and set(answer["issues"]) <= set(found)
            and not set(errors) - set(answer["issues"])
            and values == answer["values"]
        )
        if not good:
            wrong.append((answer, row.level, found, values))
    assert wrong == []


def commit(city: SimpleNamespace, content: bytes, user: str = "clerk_a", unit: str = "a") -> Batch:
    """Upload, check and confirm in one go, as the jobs do."""
    with scope(city.actor(getattr(city, user))) as actor:
        batch = actions.upload_batch(
            kind="roster", file_name="花名册.xlsx", content=content, unit=getattr(city, unit), by=actor
        )
        place = actions.place_of(batch.unit)
        actions.stage(
            batch, actions.read_content(content, importers["roster"], place=place, actor=actor, today=TODAY)
        )
        if batch.total("new", "update"):
            actions.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
            batch.refresh_from_db()
            actions.apply_staged(batch, seen_on=TODAY, by=actor)
            batch.refresh_from_db()
    return batch


def test_confirming_writes_the_good_rows_and_the_same_file_again_changes_nothing(city):
    batch = commit(city, SAMPLE.read_bytes())
    assert batch.state == State.DONE
    assert (batch.counts["new"], batch.counts.get("error"), batch.counts.get("duplicate")) == (33, 8, 1)
    with scope(city.actor(city.clerk_a)):
        people = Retiree.objects.filter(import_batch_id=batch.pk).select_related("unit")
        assert Counter(person.unit.name for person in people)["县水利局"] == 10
        assert Row.objects.filter(batch=batch, is_applied=True).count() == 33
    again = commit(city, SAMPLE.read_bytes())
    assert (again.state, again.counts.get("new"), again.counts.get("update"), again.counts["same"]) == (
        State.CHECKED,
        None,
        None,
        33,
    )


def test_people_of_another_county_are_refused_without_telling_where(city):
    make_person(city.clerk_b, city.b1, national_id="420106192407026490")
    rows = {row.number: row for row in read(city).rows}
    assert [one.key for one in rows[5].issues] == ["unit:new-unit", "national_id:registered-elsewhere"]
    assert rows[5].verdict == "error"
    assert "石桥" not in json.dumps([one.as_json() for one in rows[5].issues], ensure_ascii=False)


def test_nothing_personal_stands_in_plain_in_the_staged_rows(city):
    batch = commit(city, SAMPLE.read_bytes())
    with scope(city.actor(city.clerk_a)):
        for row in Row.objects.filter(batch=batch):
            stored = json.dumps(row.issues) + bytes(row.__dict__["contents"]).decode("latin1")
            assert "13912251394" not in stored
            assert "420106192407026490" not in stored


def test_another_county_does_not_see_the_batch(city):
    batch = commit(city, SAMPLE.read_bytes())
    with scope(city.actor(city.clerk_b)) as actor:
        assert not Batch.objects.filter(pk=batch.pk).exists()
        assert not Row.objects.visible_to(actor).exists()


def test_all_or_none_refuses_a_batch_with_errors(city):
    with scope(city.actor(city.clerk_a)) as actor:
        content = SAMPLE.read_bytes()
        batch = actions.upload_batch(
            kind="roster", file_name="a.xlsx", content=content, unit=city.a, by=actor
        )
        place = actions.place_of(city.a)
        actions.stage(
            batch, actions.read_content(content, importers["roster"], place=place, actor=actor, today=TODAY)
        )
        with pytest.raises(actions.NotNow, match="9行有错误或重复"):
            actions.confirm_batch(batch=batch, mode=Mode.ALL_OR_NONE, by=actor)
        assert Retiree.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "meant"), [(date(1945, 9, 1), "1945-09"), (date(1945, 9, 20), "1945-09-20")]
)
def test_a_day_that_excel_made_up_does_not_settle_the_period(typed, meant):
    cells = {"name": "张三", "category": "离休", "joined_on": typed}
    row = DataRow("花名册", 5, cells, {}, [])
    staged = importers["roster"].read(row, is_untyped=False, epoch_1904=False, today=TODAY)
    assert staged.values["joined_on"] == meant
    assert ("joined_on:needs-ruling" in [one.key for one in staged.issues]) == (meant == "1945-09")


MORE = {
    "曾用名": "王建",
    "批准文号": "云组〔1998〕12号",
    "党支部": "退休第一支部",
    "居住地区": "省外",
    "基本离退休费": "5000",
    "津贴补贴": "1200.5",
    "享受待遇起始时间": "1999-12",
    "曾任最高职务": "副县长",
    "是否担任过实职": "否",
    "参加工作时间依据": "档案履历表",
}
SAID = {
    "former_name": "王建",
    "approval_number": "云组〔1998〕12号",
    "party_branch": "退休第一支部",
    "residence": "other",
    "treatment_on": PartialDate(1999, 12),
    "highest_post": "副县长",
    "held_leading_post": False,
    "work_basis": "档案履历表",
    "post": "局长",
}


def test_every_column_that_goes_out_is_read_and_what_a_later_file_lacks_stays(city):
    header = (*HEADER, "退休时职务", *MORE)
    file = table((*person(), "局长", *MORE.values()), header=header)
    written(city, staged(city, file))
    with scope(city.actor(city.clerk_a)):
        one = Retiree.objects.get()
        assert {name: getattr(one, name) for name in SAID} == SAID
        assert (one.private.basic_fee, one.private.allowance) == (Decimal("5000"), Decimal("1200.50"))
    again = staged(city, file)
    with scope(city.actor(city.clerk_a)):
        assert rows_of(again)[0].verdict == "same", contents_of(rows_of(again)[0])
    blank = table((*person(联系电话="13912251398"), "", *("" for _ in MORE)), header=header)
    for file in (table(person(联系电话="13912251397")), blank):
        written(city, staged(city, file))
        with scope(city.actor(city.clerk_a)):
            one = Retiree.objects.get()
            assert {name: getattr(one, name) for name in SAID} == SAID
            assert one.private.allowance == Decimal("1200.50")


@pytest.mark.parametrize(
    ("header", "text", "issue"),
    [
        ("津贴补贴", "很多", "allowance:not-money"),
        ("居住地区", "月球", "residence:unknown"),
        ("担任过实职", "也许", "held_leading_post:unknown"),
        ("享受待遇起始时间", "2030-01", "treatment_on:future"),
        ("批准文号", "长" * 81, "approval_number:too-long"),
    ],
)
def test_what_the_new_columns_cannot_hold_is_told(city, header, text, issue):
    batch = staged(city, table((*person(), text), header=(*HEADER, header)))
    with scope(city.actor(city.clerk_a)):
        assert issue in issues(rows_of(batch)[0])


def test_a_highest_post_alone_is_the_post_and_beside_one_its_own_field(city):
    alone = staged(city, table((*person(), "副县长"), header=(*HEADER, "曾任最高职务")))
    both = staged(city, table((*person(), "副县长", "局长"), header=(*HEADER, "曾任最高职务", "退休时职务")))
    with scope(city.actor(city.clerk_a)):
        assert contents_of(rows_of(alone)[0])["values"]["post"] == "副县长"
        values = contents_of(rows_of(both)[0])["values"]
        assert (values["post"], values["highest_post"]) == ("局长", "副县长")
