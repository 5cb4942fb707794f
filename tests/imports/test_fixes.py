"""Correcting in the preview: a cell, all equal cells, a decision about a row."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.scope import scope
from apps.imports import actions
from apps.imports.models import Batch, Row
from apps.retirees.models import Retiree
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import HEADER, TODAY, check, issues, person, rows_of, says, staged, table, written

GOOD_ID, OTHER_ID = "11010519491231002X", "440524188001010014"


def fix(city: SimpleNamespace, batch: Batch, row: Row, field: str, text: str | None, everywhere=False) -> int:
    with scope(city.actor(city.clerk_a)) as actor:
        return actions.fix_cells(
            batch=batch, row=row, field=field, text=text, everywhere=everywhere, by=actor, today=TODAY
        )


def fresh(city: SimpleNamespace, batch: Batch) -> list[Row]:
    with scope(city.actor(city.clerk_a)):
        batch.refresh_from_db()
        return rows_of(batch)


def test_a_corrected_cell_is_judged_anew_and_written(city):
    batch = staged(city, table(person(出生年月="一九四零年十三月"), person("李秀英")))
    row = fresh(city, batch)[0]
    assert (row.verdict, issues(row) & {"birth_date:invalid"}) == ("error", {"birth_date:invalid"})
    assert fix(city, batch, row, "birth_date", "1940年10月") == 1
    row = fresh(city, batch)[0]
    assert (row.verdict, row.is_fixed, says(row)["birth_date"]) == ("new", True, "1940年10月")
    assert batch.counts["new"] == 2
    assert "error" not in batch.counts
    written(city, batch)
    with scope(city.actor(city.clerk_a)):
        assert Retiree.objects.get(name="王建国").birth_date.iso() == "1940-10"
        assert Event.objects.filter(summary__contains="核对导入时改正").count() == 1


def test_equal_values_are_corrected_together_and_others_stay(city):
    batch = staged(
        city,
        table(
            person("甲一", 单位="县财政"),
            person("甲二", 单位="县财政"),
            person("甲三", 单位="县水利"),
        ),
    )
    assert fresh(city, batch)
    assert batch.new_units == ["县财政", "县水利"]
    assert fix(city, batch, fresh(city, batch)[0], "unit", "南岭财政局", everywhere=True) == 2
    rows = fresh(city, batch)
    assert [says(row)["unit"] for row in rows] == ["南岭财政局", "南岭财政局", "县水利"]
    assert batch.new_units == ["县水利"]


def test_rows_of_one_number_are_judged_together(city):
    batch = staged(city, table(person("甲一", 身份证号码=GOOD_ID), person("甲二", 身份证号码=GOOD_ID)))
    first, second = fresh(city, batch)
    assert (first.verdict, second.verdict) == ("new", "duplicate")
    fix(city, batch, first, "national_id", "420106192407026490")
    assert [row.verdict for row in fresh(city, batch)] == ["new", "new"]
    fix(city, batch, fresh(city, batch)[0], "national_id", GOOD_ID)
    assert [row.verdict for row in fresh(city, batch)] == ["new", "duplicate"]


def test_what_the_file_says_comes_back(city):
    batch = staged(city, table(person(单位="县财政")))
    fix(city, batch, fresh(city, batch)[0], "unit", "")
    assert says(fresh(city, batch)[0])["unit"] == ""
    fix(city, batch, fresh(city, batch)[0], "unit", None)
    row = fresh(city, batch)[0]
    assert (says(row)["unit"], row.is_fixed) == ("县财政", False)


@pytest.mark.parametrize("text", ["123", "1101051949123100", "x" * 900, "=1+1", "<b>1</b>", "\x07"])
def test_a_text_that_cannot_stand_there_changes_nothing(city, text):
    batch = staged(city, table(person(身份证号码="12")))
    before = fresh(city, batch)[0]
    with pytest.raises(actions.BadFix):
        fix(city, batch, before, "national_id", text)
    after = fresh(city, batch)[0]
    assert (says(after), after.verdict) == (says(before), "error")


def test_corrections_stay_with_a_new_check_and_with_a_mended_file(city):
    content = table(person("甲一", 出生年月="坏"), person("甲二", 单位="县财政"), person("甲三"))
    batch = staged(city, content)
    fix(city, batch, fresh(city, batch)[0], "birth_date", "1940-10")
    fix(city, batch, fresh(city, batch)[1], "unit", "南岭财政局")
    with scope(city.actor(city.clerk_a)) as actor:
        actions.decide_row(
            batch=batch, row=rows_of(batch)[2], decision="skip", person_id=None, by=actor, today=TODAY
        )
        check(batch, content, actor)
    rows = fresh(city, batch)
    assert [row.verdict for row in rows] == ["new", "new", "left_out"]
    assert (says(rows[0])["birth_date"], says(rows[1])["unit"]) == ("1940-10", "南岭财政局")
    mended = table(
        person("新来"), person("甲一", 出生年月="1941-01"), person("甲二", 单位="县财政"), person("甲三")
    )
    with scope(city.actor(city.clerk_a)) as actor:
        check(batch, mended, actor)
    rows = fresh(city, batch)
    assert [row.verdict for row in rows] == ["new", "new", "new", "left_out"]
    assert (says(rows[1])["birth_date"], says(rows[2])["unit"]) == ("1941-01", "南岭财政局")


def test_a_row_left_out_is_not_written_and_does_not_block_its_double(city):
    batch = staged(city, table(person("甲一", 身份证号码=GOOD_ID), person("甲二", 身份证号码=GOOD_ID)))
    with scope(city.actor(city.clerk_a)) as actor:
        actions.decide_row(
            batch=batch, row=rows_of(batch)[0], decision="skip", person_id=None, by=actor, today=TODAY
        )
    assert [row.verdict for row in fresh(city, batch)] == ["left_out", "new"]
    written(city, batch)
    with scope(city.actor(city.clerk_a)):
        assert list(Retiree.objects.values_list("name", flat=True)) == ["甲二"]


def test_a_namesake_is_decided_by_the_clerk(city):
    known = make_person(city.clerk_a, city.a2, name="邓忠永", national_id=OTHER_ID)
    batch = staged(city, table(person("邓忠永", 出生年月="1934-07", 身份证号码="420106193407026495")))
    row = fresh(city, batch)[0]
    if "maybe-registered" not in {one["kind"] for one in row.issues}:
        pytest.fail(str(row.issues))
    with scope(city.actor(city.clerk_a)) as actor, pytest.raises(actions.BadFix):
        actions.decide_row(batch=batch, row=row, decision="update", person_id=999, by=actor, today=TODAY)
    with scope(city.actor(city.clerk_a)) as actor:
        actions.decide_row(batch=batch, row=row, decision="update", person_id=known.pk, by=actor, today=TODAY)
    row = fresh(city, batch)[0]
    assert (row.verdict, row.target_id) == ("update", known.pk)
    with scope(city.actor(city.clerk_a)) as actor:
        actions.decide_row(batch=batch, row=row, decision="new", person_id=None, by=actor, today=TODAY)
    row = fresh(city, batch)[0]
    assert (row.verdict, row.target_id) == ("new", None)


def test_a_number_completes_the_registered_namesake_without_one(city):
    known = make_person(city.clerk_a, city.a1, name="邓忠永")
    batch = staged(
        city, table(person("邓忠永", 出生年月="1934-07", 身份证号码="420106193407026495", 单位="南岭财政局"))
    )
    row = fresh(city, batch)[0]
    assert (row.verdict, row.target_id) == ("update", known.pk)
    assert "name:matched-by-name" in issues(row)


def test_the_form_corrects_with_and_without_script(city):
    batch = staged(city, table(person("甲一", 单位="县财政"), person("甲二", 单位="县财政")))
    row = fresh(city, batch)[0]
    client = signed_in(city.clerk_a)
    url = reverse("imports:fix", args=[batch.pk, row.pk, "unit"]) + "?show=new&page=1"
    page = client.get(url).content.decode()
    assert "同样的值共2处，一并改" in page
    assert "南岭财政局" in page
    assert 'name="everywhere" checked' in page
    sex = reverse("imports:fix", args=[batch.pk, row.pk, "sex"])
    assert 'name="everywhere">' in client.get(sex).content.decode(), "a good value is not changed everywhere"
    wrong = client.post(url, {"do": "fix", "text": ""}, headers={"HX-Request": "true"})
    assert (wrong.status_code, wrong.headers["HX-Retarget"]) == (422, "#fix-form")
    done = client.post(url, {"do": "fix", "text": "南岭财政局", "everywhere": "on"})
    assert done.status_code == 302
    shown = client.get(done.url).content.decode()
    assert "已改 2 行" in shown
    assert "县财政</del>" in shown


def test_another_county_and_those_without_the_right_stay_out(city):
    batch = staged(city, table(person()))
    row = fresh(city, batch)[0]
    for name in ("imports:decide", "imports:fix"):
        args = [batch.pk, row.pk] + (["unit"] if name == "imports:fix" else [])
        url = reverse(name, args=args)
        assert signed_in(city.clerk_b).get(url).status_code == 404
        assert signed_in(city.leader_a).get(url).status_code == 403
        assert signed_in(city.clerk_a).post(url, {}).status_code == 422
        assert signed_in(city.clerk_a).get(url + "?x=1").status_code == 400
    assert (
        signed_in(city.clerk_a).get(reverse("imports:fix", args=[batch.pk, row.pk, "pk"])).status_code == 404
    )


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "<script>alert(1)</script>", "x" * 10_000, "a\x00b", "\ud800"]
)
def test_hostile_texts_in_a_fix_do_no_harm(city, text):
    batch = staged(city, table(person()))
    row = fresh(city, batch)[0]
    url = reverse("imports:fix", args=[batch.pk, row.pk, "note"])
    body = f"do=fix&text={text}".encode("utf-8", "surrogatepass")
    answer = signed_in(city.clerk_a).post(url, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 422)
    page = signed_in(city.clerk_a).get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("stored", "outcome", "kind"),
    [
        ({"name": "鄧忠永"}, "update", "matched-by-name"),
        ({"name": "邓  忠永"}, "update", "matched-by-name"),
        ({"name": "邓大山", "former_name": "邓忠永"}, "new", "maybe-registered"),
    ],
)
def test_another_spelling_matches_and_a_former_name_is_asked_about(city, stored, outcome, kind):
    known = make_person(city.clerk_a, city.a1, **stored)
    batch = staged(city, table(person("邓忠永", 出生年月="1934-07", 身份证号码="", 单位="南岭财政局")))
    row = fresh(city, batch)[0]
    assert (row.verdict, f"name:{kind}" in issues(row)) == (outcome, True)
    assert (row.target_id == known.pk) == (outcome == "update")


def test_every_column_of_a_row_can_be_seen_and_mended(city):
    header = (*HEADER, "职级", "住址", "工作简历")
    career = "1970.03--1975.08 农机厂\n1975.08--至今 局长"
    known = make_person(city.clerk_a, city.a1, national_id=GOOD_ID, phone="13900000001")
    batch = staged(
        city,
        table(
            (*person(), "正科", "光明路1号", career),
            (*person("邓忠永", 身份证号码=GOOD_ID, 出生年月="1934-07", 联系电话="13912251398"), "", "", ""),
            header=header,
        ),
    )
    client = signed_in(city.clerk_a)
    answer = client.get(reverse("imports:detail", args=[batch.pk]))
    new, update = answer.context["rows"]
    told = {cell["label"]: cell for cell in new["beside"]}
    assert {"职级", "住址", "联系电话", "履历"} <= set(told)
    assert told["职级"]["text"] == "正科"
    assert told["住址"]["text"] != "光明路1号", "private values are masked"
    assert all(cell["fix_url"] for cell in new["beside"])
    [phone] = [one for one in update["changes"] if one["label"] == "联系电话"]
    assert client.get(phone["fix_url"]).status_code == 200
    page = client.get(told["履历"]["fix_url"]).content.decode()
    assert "<textarea" in page
    typed = career.replace("农机厂", "县农机厂").replace("\n", "\r\n")
    sent = client.post(told["履历"]["fix_url"], {"do": "fix", "text": typed})
    assert sent.status_code == 302
    again = client.get(sent["Location"])
    assert again.context["rows"][0]["open"]
    row = fresh(city, batch)[0]
    assert says(row)["career"] == career.replace("农机厂", "县农机厂")
    assert known.pk == fresh(city, batch)[1].target_id
