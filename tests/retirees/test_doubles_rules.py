"""Reasons for taking two records for one person, and the key under which two spellings of a name are the same."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.cells import name_key
from apps.core.cells.variants import TO_SIMPLIFIED
from apps.core.partial_date import PartialDate
from apps.retirees.choices import DoubleReason
from apps.retirees.rules.doubles import AGAINST, LISTED, WARNED, WEIGHTS, Traits, compare, phone_key, weigh


def traits(**values) -> Traits:
    """邓忠永, July 1934, of unit 1."""
    known = {
        "name": "邓忠永",
        "former_key": "",
        "pinyin": "dengzhongyong",
        "birth": PartialDate(1934, 7),
        "sex": "1",
        "unit_id": 1,
    } | values
    return Traits(**({"name_key": name_key(known["name"])} | known))


@pytest.mark.parametrize(
    ("other", "reasons", "listed"),
    [
        ({"unit_id": 2}, ["same_name", "birth_month"], True),
        ({"name": "鄧忠永", "pinyin": "x", "unit_id": 2}, ["variant", "birth_month"], True),
        ({"name": "邓忠勇"}, ["birth_month", "sound", "same_unit"], True),
        ({"name": "邓忠勇", "unit_id": 2}, ["birth_month", "sound"], False),
        ({"name": "邓涌", "pinyin": "y", "former_key": "邓忠永"}, ["former", "birth_month", "same_unit"], True),
        ({"birth": PartialDate(1934), "unit_id": 2}, ["same_name", "birth_unknown"], False),
        ({"birth": None}, ["same_name", "same_unit", "birth_unknown"], True),
        ({"birth": PartialDate(1935, 7)}, ["same_name", "same_unit", "birth_differs"], False),
        ({"birth": PartialDate(1935, 7), "unit_id": 2, "phone": b"p"},
         ["same_name", "same_phone", "birth_differs"], True),
        ({"unit_id": 2, "national_id": b"2"}, ["same_name", "birth_month", "id_differs"], False),
        ({"unit_id": 2, "sex": "2"}, ["same_name", "birth_month", "sex_differs"], False),
        ({"name": "王五", "pinyin": "wangwu", "phone": b"p"}, [], False),
    ],
)  # fmt: skip
def test_reasons(other, reasons, listed):
    one, two = traits(phone=b"p", national_id=b"1"), traits(**other)
    found = compare(one, two)
    assert sorted(found) == sorted(reasons)
    assert found == tuple(sorted(compare(two, one), key=found.index))
    assert (weigh(found) >= LISTED) == listed


def test_every_reason_has_a_weight_and_the_scale_is_kept():
    assert set(WEIGHTS) == set(DoubleReason)
    assert WARNED <= LISTED
    assert weigh(tuple(DoubleReason)) <= 100
    assert weigh(tuple(AGAINST)) == 0


def test_same_full_birthday_weighs_more_than_the_month():
    day = PartialDate(1934, 7, 3)
    assert weigh(compare(traits(birth=day), traits(birth=day))) > weigh(compare(traits(), traits()))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("13912251394（儿子）、0722-3312345", "13912251394"),
        ("+86 139 1225 1394", "13912251394"),
        ("0722-3312345转801", "07223312345"),
        ("没有", ""),
        ("", ""),
    ],
)
def test_first_number_of_a_phone(text, key):
    assert phone_key(text) == key


def _in_database(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT retirees_name_key(%s)", [name])
        return str(cursor.fetchone()[0])


SPELLINGS = st.text(
    st.sampled_from("张三李四王五买买提艾力 　·•・.'’-\u2f00\uf900\ufe00\U00020000\U000e0101Ａaß")
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.sampled_from([chr(code) for code in TO_SIMPLIFIED]),
    max_size=12,
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SPELLINGS.filter(lambda name: "ß" not in name))
def test_database_and_program_make_the_same_key(name):
    assert _in_database(name) == name_key(name)


@pytest.mark.django_db
def test_the_table_of_variants_is_in_the_database():
    everything = "".join(chr(code) for code in TO_SIMPLIFIED)
    assert _in_database(everything) == name_key(everything)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张　三", "张三"),
        ("買買提·艾力", "买买提•艾力"),
        ("劉建國", "刘建国"),
        ("\uf9d1安", "六安"),  # a compatibility ideograph
        ("葛\U000e0100城", "葛城"),  # the same character in another font's form
        ("𠮷田", "𠮷 田"),
    ],
)
def test_two_spellings_of_one_name(one, other):
    assert name_key(one) == name_key(other)
