"""Acceptance 2: a file that we exported comes back through the importer with no difference at all."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.imports.actions import place_of, read_content
from apps.imports.rules import importers
from apps.retirees.models import Retiree
from apps.retirees.rules.sheet_key import SHEET_KEY_LABEL, sheet_key
from tests.exports.conftest import id_number, made, sheet_of
from tests.factories.city import actor_of, make_person

ODD = (
    {"name": "买买提·艾合买提", "nation": "05"},
    {"name": "欧阳𠮷", "former_name": "欧阳吉", "birth_date": PartialDate(1931)},
    {"name": "张三", "birth_date": PartialDate(1934, 7, 15), "national_id": id_number(101)},
    {"name": "李四", "birth_date": PartialDate(1928, 2, 29), "sex": "2", "phone": "13912251399"},
    {"name": "王五", "category": "lixiu", "joined_on": PartialDate(1948, 2), "work_started_on": PartialDate(1946)},
    {"name": "赵六", "category": "lixiu", "joined_on": PartialDate(1945, 9), "joined_basis": "自传"},
    {"name": "陈七", "medical_card": "00012345678901234567", "national_id": id_number(102)},
    {"name": "周八", "note": "=1+1", "post": "-1号", "native_place": "@云溪"},
    {"name": "吴九", "note": "'=2", "post": "+", "address": "＝路1号", "national_id": id_number(104)},
    {"name": "郑十", "note": "第一行\n第二行", "address": "云溪市，“城关镇”1号", "national_id": id_number(105)},
    {"name": "冯甲", "monthly_income": Decimal("8765.40"), "basic_fee": Decimal("7000"), "national_id": id_number(106)},
    {"name": "褚乙", "political": "02", "education": "90", "marriage": "90", "rank": "199", "treatment": "101",
     "medical_treatment": "112", "health": "b", "self_care": "partial", "living": "hospital"},
    {"name": "卫丙", "birth_date": PartialDate(1930, 5), "retired_on": None, "work_started_on": None},
    {"name": "蒋丁", "note": "_x0041_", "native_place": "{{ 7*7 }}", "post": "<b>处长</b>&amp;"},
    {"name": "沈戊", "sex": "", "national_id": id_number(107)},
    {"name": "韩己", "phone": "0724-3333333"},
    {"name": "朱辛", "birthplace": "云溪市南岭县", "settled_place": "江苏省　苏州市", "speciality": "书法；京剧",
     "rank": "121", "rank_number": "云组〔1990〕3号", "treatment": "122", "treatment_on": PartialDate(1995),
     "treatment_number": "云组〔1995〕8号", "medical_treatment": "122", "medical_treatment_on": PartialDate(1996, 3),
     "medical_number": "云卫〔1996〕1号", "original_unit": "南岭县 农机厂", "paying_unit": "县社保局"},
    {"name": "杨庚", "paying_unit": "县社保局", "highest_post": "副局长",
     "held_leading_post": True, "work_basis": "档案", "card_birth_date": PartialDate(1931, 5, 6)},
    {"name": "杨庚", "former_name": " 杨 更", "approval_number": "云组〔1998〕12号", "party_branch": "第一　支部",
     "residence": "hmt", "allowance": Decimal("0.00"), "basic_fee": Decimal("5000.10"), "treatment": "111",
     "treatment_on": PartialDate(1999, 12), "highest_post": "副县长", "held_leading_post": True,
     "category": "lixiu", "joined_on": PartialDate(1948, 2), "joined_basis": "自传", "work_basis": "简历"},
)  # fmt: skip


@pytest.fixture
def odd(city):
    return [make_person(city.clerk_a, city.a1, **values) for values in ODD]


def read_back(city, content):
    """The rows as the importer judges them."""
    place = place_of(city.a)
    with scope(actor_of(city.clerk_a)) as actor:
        return read_content(
            content, importers["roster"], place=place, actor=actor, today=date(2026, 3, 31)
        ).rows


def agreed(city, request):
    from apps.exports.actions import decide_request

    with scope(actor_of(city.chief_a)) as actor:
        decide_request(request=request, agree=True, words="", label="名册", by=actor)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_an_exported_file_comes_back_with_no_difference(city, odd, ask, format):
    request = ask(city.clerk_a, mask="plain", format=format)
    agreed(city, request)
    rows = [row for row in read_back(city, made(request, city.clerk_a)) if row.verdict != "skipped"]
    assert len(rows) == len(odd)
    wrong = {
        row.values.get("name", row.raw.get("name")): (
            row.verdict,
            row.before,
            row.after,
            [i.key for i in row.issues],
        )
        for row in rows
        if row.verdict != "same"
    }
    assert wrong == {}
    with scope(actor_of(city.clerk_a)):
        assert ExportRequest.objects.get().written == Retiree.objects.count() == len(odd)


def cells_of(content, change):
    """The workbook with some cells changed: {(row, header): text}."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for (row, header), text in change.items():
        sheet.cell(row, places[header]).value = text
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_key_finds_its_person_and_only_what_was_changed_changes(city, odd, ask):
    request = ask(city.clerk_a, "name", "birth", "category", "post", mask="out", query="q=张三")
    content = made(request, city.clerk_a)
    [row] = read_back(city, cells_of(content, {(2, "退休时职务"): "县水利局局长"}))
    assert (row.verdict, row.target_id) == ("update", odd[2].pk)
    assert list(row.after) == ["职务"]


def test_a_key_dragged_down_or_of_another_county_is_an_error(city, odd, people, ask):
    request = ask(city.clerk_a, "name", "category", mask="out", query="q=张三")
    content = made(request, city.clerk_a)
    key = sheet_key(odd[2].pk)
    for wrong in (f"R{odd[2].pk + 1}-{key[-2:]}", sheet_key(people[3].pk), sheet_key(10**15)):
        [row] = read_back(city, cells_of(content, {(2, SHEET_KEY_LABEL): wrong}))
        assert row.verdict == "error", wrong
        assert row.target_id is None
        assert "李外县" not in str(row)
    [row] = read_back(city, cells_of(content, {(2, SHEET_KEY_LABEL): None}))
    assert row.verdict == "new"


def test_a_masked_file_cannot_come_back_as_values(city, people, ask):
    content = made(ask(city.clerk_a, "name", "category", "national_id"), city.clerk_a)
    assert SHEET_KEY_LABEL not in sheet_of(content)[0]
    assert {row.verdict for row in read_back(city, content)} <= {"error"}
