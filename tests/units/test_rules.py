"""Credit codes by GB 32100-2015."""

import pytest

from apps.units.choices import Level
from apps.units.rules import BELOW, KINDS, credit_code_fault, tidy_credit_code

REAL = ("91350100M000100Y43", "9144030071526726XG", "91330100799655058B")  # published codes of known firms


@pytest.mark.parametrize("code", REAL)
def test_real_codes_are_right(code):
    assert credit_code_fault(code) is None


@pytest.mark.parametrize("code", REAL)
@pytest.mark.parametrize("place", range(18))
def test_one_changed_character_is_always_found(code, place):
    for char in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        if char != code[place]:
            assert credit_code_fault(code[:place] + char + code[place + 1 :]) is not None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "18 位，现在是 0 位"),
        ("91350100M000100Y4", "现在是 17 位"),
        ("91350100I000100Y43", "没有 I、O、S、V、Z"),
        ("913501ABM000100Y43", "第 3 到 8 位是数字"),
        ("91350100M000100Y44", "最后一位校验不对"),
    ],
)
def test_what_is_wrong_is_told(code, said):
    assert said in credit_code_fault(code)


def test_codes_are_tidied_as_typed():
    assert tidy_credit_code(" 9135 0100-m000100y43 ") == "91350100M000100Y43"


def test_every_level_has_kinds_and_something_below():
    assert set(KINDS) == set(BELOW) == set(Level)
