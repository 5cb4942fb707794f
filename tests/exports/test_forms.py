"""The office's own forms: uploaded, checked, tried, filled for many."""

import io
import zipfile
from datetime import date

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse
from PIL import Image

from apps.core.documents.errors import DocumentError
from apps.core.documents.workbook import fill_workbook, workbook_fields
from apps.core.scope import scope
from apps.exports import actions
from apps.exports.models import ExportRequest, FormTemplate
from apps.exports.rules import exporters
from apps.retirees.actions import edit_retiree
from apps.retirees.actions.custom import save_custom_field
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.importers.dossier import write_dossiers
from apps.retirees.models import FamilyMember
from tests.core.test_documents_filling import tampered, word
from tests.exports.conftest import made, token
from tests.exports.test_files import HOSTILE
from tests.factories.city import actor_of
from tests.factories.signed_in import signed_in


def workbook(*cells: str) -> bytes:
    book = openpyxl.Workbook()
    for row, text in enumerate(cells, start=1):
        book.active.cell(row, 1).value = text
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def upload(city, user, content, name="登记表", ending="docx"):
    file = SimpleUploadedFile(f"表.{ending}", content)
    return signed_in(user).post(reverse("exports:template-new"), {"name": name, "file": file})


def kept(city, user="clerk_a"):
    with scope(actor_of(getattr(city, user))) as actor:
        return list(FormTemplate.objects.visible_to(actor).order_by("pk"))


def test_a_workbook_is_filled_with_texts():
    template = workbook("姓名：{{ 姓名 }}", "{{备注}}", "=SUM(1,2)", "{{ 姓名 }}/{{ 备注 }}")
    assert workbook_fields(template) == ("姓名", "备注")
    for text in HOSTILE:
        filled = openpyxl.load_workbook(
            io.BytesIO(fill_workbook(template, [("甲", {"姓名": "甲", "备注": text})]))
        )
        cell = filled.active["A2"]
        assert cell.data_type == "s"
        assert cell.value == "".join(char for char in text if char not in "\x00\x0b\ud800").replace(
            "\r", "\n"
        )
        assert filled.active["A3"].data_type == "f"
    many = fill_workbook(template, [(name, {"姓名": name}) for name in ("甲/[1]", "乙", "乙")])
    assert openpyxl.load_workbook(io.BytesIO(many)).sheetnames == ["1甲1", "2乙", "3乙"]


@pytest.mark.parametrize("content", [b"PK", tampered("xl/workbook.xml", b"<x/>"), workbook("无字段")])
def test_what_is_no_form_is_refused_with_a_reason(city, content):
    answer = upload(city, city.clerk_a, content, ending="xlsx")
    assert answer.status_code == 422
    assert not kept(city)


def test_unknown_fields_are_told_with_what_looks_like_them(city):
    answer = upload(city, city.clerk_a, word("{{ 姓名 }}{{ 身份证号码 }}{{ 天气 }}"))
    assert answer.status_code == 422
    assert "身份证号码" in answer.text
    assert "<td>身份证号、" in answer.text
    assert "没有相近的" in answer.text
    assert not kept(city)


def test_the_same_name_becomes_a_new_version(city):
    assert upload(city, city.clerk_a, word("{{ 姓名 }}")).status_code == 302
    assert upload(city, city.clerk_a, word("{{ 姓名 }}{{ 性别 }}")).status_code == 302
    assert [(one.version, one.is_current) for one in kept(city)] == [(1, False), (2, True)]
    upload(city, city.clerk_b, word("{{ 姓名 }}"))
    upload(city, city.city_clerk, word("{{ 民族 }}"), name="市表")
    assert [one.name for one in kept(city, "clerk_b")] == ["登记表", "市表"]
    browser = signed_in(city.clerk_b)
    assert browser.get(reverse("exports:template", args=[kept(city)[0].pk])).status_code == 404
    away = reverse("exports:template-away", args=[kept(city, "clerk_b")[1].pk])
    assert browser.post(away).status_code == 403
    assert signed_in(city.unit_a1).get(reverse("exports:template-new")).status_code == 403


def test_a_try_masks_what_is_private(city, people):
    upload(city, city.clerk_a, word("{{ 姓名 }} {{ 身份证号 }} {{ 出生年月 }}"))
    [one] = kept(city)
    answer = signed_in(city.clerk_a).post(reverse("exports:template-preview", args=[one.pk]))
    text = docx.Document(io.BytesIO(answer.content)).paragraphs[0].text
    assert text.startswith("钱二 4201**********")
    assert text.endswith("1934年8月15日")


@pytest.mark.parametrize(("one_each", "ending"), [(False, "docx"), (True, "zip")])
def test_a_form_is_filled_for_many_under_the_same_rules(city, people, one_each, ending):
    upload(city, city.clerk_a, word("姓名{{ 姓名 }}电话{{ 联系电话 }}"))
    [one] = kept(city)
    sent = {"all": "1", "query": "", "token": token(), "format": "xlsx", "mask": "plain", "order": "birth",
            "template": one.pk, "reason": "办证"} | ({"one_each": "on"} if one_each else {})  # fmt: skip
    signed_in(city.clerk_a).post(reverse("exports:new"), sent)
    with scope(actor_of(city.chief_a)) as actor:
        [request] = ExportRequest.objects.visible_to(actor)
        assert (request.format, request.needs) == ("form", "含核心个人信息原文（联系电话）")
        actions.decide_request(request=request, agree=True, words="", label="名册", by=actor)
    content = made(request, city.clerk_a)
    if one_each:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.namelist() == ["001赵一.docx", "002钱二.docx", "003孙三.docx"]
            content = archive.read("002钱二.docx")
        wanted = ["姓名钱二电话13912251391"]
    else:
        wanted = [f"姓名{name}电话1391225139{number}" for number, name in enumerate(("赵一", "钱二", "孙三"))]
    texts = [one.text.strip() for one in docx.Document(io.BytesIO(content)).paragraphs]
    assert [text for text in texts if text] == wanted


def test_a_workbook_that_wants_too_much_is_stopped():
    book = openpyxl.Workbook()
    book.active.cell(1, 1).value = "{{ 姓名 }}"
    book.active.cell(1_000_000, 300).value = "远"
    kept_ = io.BytesIO()
    book.save(kept_)
    with pytest.raises(DocumentError):
        workbook_fields(kept_.getvalue())


def test_a_form_s_values_cannot_be_a_template(city, people):
    """A field of a person that looks like a field stays what it is."""
    with scope(actor_of(city.clerk_a)) as actor:
        template = actions.save_template(
            exporter=exporters["roster"], name="试", content=word("{{ 姓名 }}"), by=actor
        )
        ending, content = actions.fill_template(template, [{"姓名": "{{ 身份证号 }}"}], one_each=False)
        assert ending == "docx"
        assert docx.Document(io.BytesIO(content)).paragraphs[0].text == "{{ 身份证号 }}"
        assert exporters["roster"].pick(actor, QueryDict("all=1")).keys


FAMILY = "{% for 人 in 家庭成员 %}{{ 人.称谓 }}{{ 人.姓名 }}{{ 人.电话 }}；{% endfor %}"


def test_a_form_is_fed_from_the_whole_person_and_tells_its_number(city, people):
    """Résumé, family, photograph, own fields; a telephone of the family waits for a second person; docProps."""
    born = {"label": "获章日", "kind": "date"}
    with scope(actor_of(city.city_clerk)) as actor:
        own = save_custom_field(field=None, values=born, by=actor)
    with scope(actor_of(city.clerk_a)) as actor:
        picture = io.BytesIO()
        Image.new("RGB", (300, 420), "navy").save(picture, "PNG")
        set_portrait(retiree=people[1], content=picture.getvalue(), by=actor)
        edit_retiree(
            retiree=people[1], values={own.key: "1985-09-03 1985.9.3"}, version=1, seen_on=date(2026, 3, 31), by=actor
        )  # fmt: skip
        write_dossiers(
            {
                people[1].pk: {
                    "career": "1956.09--1970.03  农机厂",
                    "family": "长子|<b>乙二|1960||教师\n女儿|丙|||",
                }
            }
        )
        FamilyMember.objects.filter(name="丙").update(phone=None)
        member = FamilyMember.objects.get(name="<b>乙二")
        member.phone = "13912251388"
        member.save()
    text = f"{{{{ 姓名 }}}}{{{{ 照片 }}}}历{{{{ 简历 }}}}家{FAMILY}章{{{{ 获章日 }}}}号{{{{ 导出编号 }}}}"
    assert upload(city, city.clerk_a, word(text)).status_code == 302
    excel = workbook("{{ 家庭成员1.姓名 }}{{家庭成员2.姓名}}{{家庭成员3.姓名}}", "{{ 照片 }}", "{{ 履历 }}")
    assert upload(city, city.clerk_a, excel, "二", "xlsx").status_code == 302
    first, second = kept(city)
    sent = {"all": "1", "query": "", "format": "xlsx", "order": "birth", "reason": "办证"}
    for one, mask in ((first, "plain"), (second, "masked")):
        more = {"token": token(), "template": one.pk, "mask": mask}
        signed_in(city.clerk_a).post(reverse("exports:new"), sent | more)
    with scope(actor_of(city.chief_a)) as actor:
        masked, plain = ExportRequest.objects.visible_to(actor).order_by("-pk")
        assert (plain.needs, masked.needs) == ("含核心个人信息原文（家庭成员.电话）", "")
        actions.decide_request(request=plain, agree=True, words="", label="名册", by=actor)
    book = openpyxl.load_workbook(io.BytesIO(made(masked, city.clerk_a)))
    filled = docx.Document(io.BytesIO(made(plain, city.clerk_a)))
    words = "".join(one.text for one in filled.paragraphs)
    assert "历1956年9月至1970年3月　农机厂家长子<b>乙二13912251388；女儿丙；章1985年9月3日号DC" in words
    assert (filled.core_properties.identifier, len(filled.inline_shapes)) == (plain.number, 1)
    assert plain.created_by_name in filled.core_properties.comments
    sheet = book["2钱二"]
    assert (sheet["A1"].value, sheet["A2"].value, len(sheet._images)) == ("<b>乙二丙", None, 1)
    assert book.properties.identifier == masked.number
    with scope(actor_of(city.clerk_a)) as actor:
        names = [column.name for column in exporters["roster"].fields(actor)]
        found = dict(exporters["roster"].forms(actor, [people[1].pk], names, "masked", "DC1"))
    assert "139****1388" in str(found[people[1].pk]["家庭成员"])


def test_a_file_is_checked_when_it_is_chosen(city):
    url, browser = reverse("exports:template-check"), signed_in(city.clerk_a)

    def said(content):
        return browser.post(url, {"file": SimpleUploadedFile("表.docx", content)}).text

    assert "字段都认得" in said(word("{{ 姓名 }}" + FAMILY))
    assert "身份证号码：是不是身份证号" in said(word("{{ 姓名 }}{{ 身份证号码 }}"))
    assert "不能用" in said(b"PK")
    assert "请选一个" in browser.post(url).text
    assert not kept(city)
    page = browser.get(reverse("exports:template-new")).text
    assert "家庭成员.政治面貌" in page
    assert "王建国" in page
    assert signed_in(city.unit_a1).post(url).status_code == 403
