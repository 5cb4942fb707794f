"""The user's own file given back with what is wrong in it; the mended file goes on with its batch; templates; paste."""

import io
import json

import pytest
import xlsxwriter
from django.urls import reverse
from openpyxl import load_workbook

from apps.core import private_files
from apps.core.scope import scope
from apps.imports import actions, tasks
from apps.imports.models import Batch, Row
from apps.imports.reading.marking import AUTHOR, NOTE_HEADER
from apps.imports.rules import importers
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import HEADER, TODAY, person, rows_of, says, staged, table

assert tasks.check  # registers the jobs


def workbook(*rows: tuple[str, ...]) -> bytes:
    """A clerk's own sheet: title, colours, a comment of his, a formula beside the table."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("花名册")
    blue = book.add_format({"bg_color": "#DDEBF7", "bold": True})
    sheet.merge_range(0, 0, 0, 7, "南岭县离退休干部花名册", blue)
    sheet.write_row(1, 0, HEADER, blue)
    for line, row in enumerate(rows, start=2):
        sheet.write_row(line, 0, row)
    sheet.write_comment(2, 1, "我的批注", {"author": "张科员"})
    sheet.write_formula("J3", "=1+1")
    book.close()
    return made.getvalue()


def job_of(kind: str) -> Job:
    return Job.objects.filter(kind=kind).order_by("-sequence").first()


def given_back(city, batch: Batch) -> bytes:
    """Through the button and the job, as a clerk gets it."""
    assert signed_in(city.clerk_a).post(reverse("imports:errors", args=[batch.pk])).status_code == 302
    job = job_of("imports.errors")
    do_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.problem
    return private_files.read("downloads", job.file["name"])


def test_the_own_workbook_comes_back_marked_and_goes_on_when_mended(city):
    batch = staged(
        city,
        workbook(
            person("甲一", 身份证号码="110105194912310021"),
            person("乙二", 出生年月="一九四零年十三月"),
            person("甲三"),
        ),
    )
    with scope(city.actor(city.clerk_a)) as actor:
        assert batch.total("error") == 2
        actions.fix_cells(
            batch=batch,
            row=rows_of(batch)[2],
            field="post",
            text="科长",
            everywhere=False,
            by=actor,
            today=TODAY,
        )
    book = load_workbook(io.BytesIO(given_back(city, batch)))
    sheet = book["花名册"]
    assert sheet["A1"].value == "南岭县离退休干部花名册"
    assert sheet["A2"].fill.start_color.rgb.endswith("DDEBF7")
    assert sheet["B3"].comment.text.endswith("我的批注")
    assert sheet["J3"].value == "=1+1"
    assert sheet["D3"].fill.start_color.rgb == "FFFFC7CE"
    assert "校验" in sheet["D3"].comment.text
    assert (sheet["C4"].comment.author, sheet["I2"].value) == (AUTHOR, NOTE_HEADER)
    assert "身份证号：" in sheet["I3"].value
    assert sheet["I5"].value is None or "身份证号" in sheet["I5"].value

    sheet["D3"] = "11010519491231002X"
    sheet["C4"] = "1940-10"
    mended = io.BytesIO()
    book.save(mended)
    client = signed_in(city.clerk_a)
    mended.seek(0)
    mended.name = "改好的.xlsx"
    answer = client.post(reverse("imports:upload"), {"unit": city.a.pk, "file": mended})
    do_job(job_of("imports.check").pk)
    assert job_of("imports.check").state == "done"
    with scope(city.actor(city.clerk_a)):
        batch.refresh_from_db()
        assert (batch.round, batch.file_name, batch.total("error")) == (2, "改好的.xlsx", 0)
        assert says(rows_of(batch)[2])["post"] == "科长"
        assert Batch.objects.get(continued_in=batch.pk).state == "dropped"
    assert client.get(answer.url).url == reverse("imports:detail", args=[batch.pk])
    again = load_workbook(io.BytesIO(given_back(city, batch)))["花名册"]
    assert again["D3"].comment is None
    assert [cell.value for cell in again[2]].count(NOTE_HEADER) == 1


def test_a_csv_comes_back_as_a_workbook_of_its_wrong_rows(city):
    batch = staged(
        city, table(person("=cmd()", 离退休类别="不知道"), person("甲二", 身份证号码="11010519491231002X"))
    )
    sheet = load_workbook(io.BytesIO(given_back(city, batch)))["需要改正的行"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=cmd()", "s")
    assert "类别" in [cell.value for cell in sheet[2]][-1]


def test_a_file_that_points_to_a_foreign_batch_is_a_batch_of_its_own(city):
    foreign = staged(city, table(person("甲一", 离退休类别="不知道")), city.clerk_b, city.b)
    assert actions.batch_of_sheets([f"portal-import-{foreign.pk}"]) == foreign.pk
    for name in ("portal-import-", "portal-import-x", "portal-import-٣", f"portal-import-{'9' * 40}"):
        assert actions.batch_of_sheets([name]) is None
    batch = staged(city, table(person()))
    with scope(city.actor(city.clerk_a)) as actor:
        assert actions.continued(batch, foreign.pk, actor) is None


def test_a_damaged_file_is_not_opened(city):
    assert actions.marked_file(b"PK\x03\x04 nothing", {"batch": "1", "sheets": {}}) == b""
    assert actions.marked_file(b"a,b\n1,2\n", {"batch": "1", "sheets": {}}) == b""


def test_the_template_is_filled_in_and_read_without_a_doubt_about_its_columns(city):
    answer = signed_in(city.clerk_a).post(reverse("imports:template"))
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["花名册"]
    assert sheet.freeze_panes == "B2"
    assert sheet["A2"].value.startswith("示例")
    heads = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, heads["身份证号"]).number_format == "@"
    assert book["选项"].sheet_state == "hidden"
    rules = {place.min_col for rule in sheet.data_validations.dataValidation for place in rule.sqref.ranges}
    assert {heads["性别"], heads["单位"], heads["类别"]} <= rules
    for name, text in {"姓名": "甲一", "类别": "退休", "单位": "南岭财政局", "出生年月": "1940-10"}.items():
        sheet.cell(3, heads[name]).value = text
    filled = io.BytesIO()
    book.save(filled)
    batch = staged(city, filled.getvalue())
    with scope(city.actor(city.clerk_a)):
        assert all(column["field"] for column in batch.columns)
        assert [row.verdict for row in rows_of(batch)] == ["new"]
        assert Row.objects.filter(batch=batch, verdict="skipped").count() == 1
    assert signed_in(city.leader_a).post(reverse("imports:template")).status_code == 403


def test_a_block_copied_from_excel_is_read_like_a_file(city):
    block = "\r\n".join(
        "\t".join(row) for row in (HEADER, person("甲一"), person("乙二", 出生年月="1949.10"))
    )
    client = signed_in(city.clerk_a)
    answer = client.post(reverse("imports:upload"), {"unit": city.a.pk, "pasted": block})
    assert answer.status_code == 302
    do_job(job_of("imports.check").pk)
    with scope(city.actor(city.clerk_a)):
        batch = Batch.objects.get()
        assert (batch.state, [row.verdict for row in rows_of(batch)]) == ("checked", ["new", "new"])
        job = job_of("imports.check")
        assert json.dumps(job.payload) == json.dumps({"batch": batch.pk})


@pytest.mark.parametrize("body", [{}, {"pasted": "  \n "}, {"pasted": "\x00"}, {"pasted": "x" * 700_001}])
def test_nothing_to_read_is_told(city, body):
    answer = signed_in(city.clerk_a).post(reverse("imports:upload"), {"unit": city.a.pk, **body})
    assert answer.status_code == 422
    with scope(city.actor(city.clerk_a)):
        assert not Batch.objects.exists()


def test_the_words_of_the_template_are_all_understood(city):
    importer = importers["roster"]
    assert all(importer.choices(name) for name in ("sex", "category", "nation", "rank", "health"))


def test_the_city_picks_the_county_whose_units_the_template_offers(city):
    clerk, url = signed_in(city.city_clerk), reverse("imports:template")
    assert "南岭县" in clerk.get(url).content.decode()
    assert clerk.post(url, {"unit": city.a1.pk}).status_code == 422
    book = load_workbook(io.BytesIO(clerk.post(url, {"unit": city.a.pk}).content))
    offered = {cell.value for row in book["选项"].iter_rows() for cell in row}
    assert "南岭财政局" in offered
    assert "石桥财政局" not in offered
    bare = load_workbook(io.BytesIO(clerk.post(url).content))
    assert "南岭财政局" not in {cell.value for row in bare["选项"].iter_rows() for cell in row}


def test_the_sheet_to_update_has_a_button_and_offers_what_comes_back(city):
    make_person(city.clerk_a, city.a1)
    clerk = signed_in(city.clerk_a)
    address = f"{reverse('exports:new')}?query=&for=update"
    assert address.replace("&", "&amp;") in clerk.get(reverse("imports:upload")).content.decode()
    form = clerk.get(address).context["form"]
    shown = [one["name"] for one in form.column_choices() if one["shown"]]
    assert {"name", "birth", "post", "former_name"} <= set(shown)
    assert not {"age", "county", "national_id", "filled"} & set(shown)
    assert form["mask"].value() == "out"
    assert clerk.get(f"{reverse('exports:new')}?query=&for=else").status_code == 400
