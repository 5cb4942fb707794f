"""Reading what people type into cells: each function takes a raw cell and gives a `Parsed`."""

from .choices import NATION, SEX, ChoiceTable, parse_choice_cell
from .cross_checks import compare_birth, compare_sex, confirm_birth
from .dates import DateWindow, parse_date_cell
from .identity import parse_id_cell
from .names import name_key, parse_name_cell
from .nations import NATIONS
from .phones import Phone, parse_phone_cell
from .result import Cell, CellError, Issue, Level, Parsed, error, gravest, notice, show, warning
from .text import fold, parse_text_cell, squeeze, tidy

__all__ = [
    "NATION",
    "NATIONS",
    "SEX",
    "Cell",
    "CellError",
    "ChoiceTable",
    "DateWindow",
    "Issue",
    "Level",
    "Parsed",
    "Phone",
    "compare_birth",
    "compare_sex",
    "confirm_birth",
    "error",
    "fold",
    "gravest",
    "name_key",
    "notice",
    "parse_choice_cell",
    "parse_date_cell",
    "parse_id_cell",
    "parse_name_cell",
    "parse_phone_cell",
    "parse_text_cell",
    "show",
    "squeeze",
    "tidy",
    "warning",
]
