"""Columns whose values stand beside the person: other units, special groups, bases of the dates."""

import io

import openpyxl
import pytest

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.models import GroupMark
from tests.exports.conftest import made, sheet_of
from tests.factories.city import actor_of, make_person

NAMES = ("name card_birth joined_basis work_basis paying_unit highest_post held_leading_post special").split()


def test_what_stands_beside_the_person_goes_into_the_sheet(city, ask):
    known = make_person(
        city.clerk_a,
        city.a1,
        name="赵一",
        birth_date=PartialDate(1930, 5),
        card_birth_date=PartialDate(1931, 5, 6),
        joined_basis="自传",
        work_basis="=1+1",
        highest_post="副局长",
        held_leading_post=True,
        paying_unit="县社保局",
    )
    make_person(city.clerk_a, city.a1, name="钱二", birth_date=PartialDate(1960))
    with scope(actor_of(city.clerk_a)):
        GroupMark.objects.create(**known.row_keys(), group="hardship", during=("2024-01-01", None))
        GroupMark.objects.create(**known.row_keys(), group="away", during=("2020-01-01", "2021-01-01"))
    rows = sheet_of(made(ask(city.clerk_a, *NAMES), city.clerk_a))
    assert rows[0] == [
        "姓名", "身份证出生日期", "参加革命工作时间依据", "参加工作时间依据", "发放单位",
        "曾任最高职务", "担任过实职", "特殊群体",
    ]  # fmt: skip
    assert rows[1] == ["钱二", *[None] * 7]
    assert rows[2][:7] == ["赵一", "1931-05-06", "自传", "=1+1", "县社保局", "副局长", "是"]
    assert rows[2][7] == "双高期（80岁以上）、困难"


def test_columns_are_as_wide_as_what_stands_in_them(city, ask):
    make_person(
        city.clerk_a, city.a1, name="赵一", post="县水利局工程师兼灌溉管理站站长" * 3, native_place="云溪"
    )
    book = openpyxl.load_workbook(
        io.BytesIO(made(ask(city.clerk_a, "name", "post", "native_place"), city.clerk_a))
    )
    widths = [book.worksheets[0].column_dimensions[letter].width for letter in "ABC"]
    assert widths == pytest.approx([6, 48, 6], abs=1)
