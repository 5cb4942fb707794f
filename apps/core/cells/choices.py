"""Choices written in words: 离休, 離休, 离休干部 and 离 休 are one choice, 离职 is none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from .nations import NATIONS
from .result import Cell, Issue, Parsed, show
from .text import fold, required_issue, says_nothing, squeeze, text_problem


class ChoiceTable:
    """The choices of one column and the words that mean them.

    `words` maps each choice to its further spellings; the choice itself is always one. Spellings are compared
    without blanks, in half-width, in lower case and in simplified characters. A word of two choices is refused.
    """

    def __init__(self, label: str, words: Mapping[str, Iterable[str]]) -> None:
        self.label = label
        self.choices = tuple(words)
        self._by_word: dict[str, str] = {}
        for choice, spellings in words.items():
            for word in (choice, *spellings):
                if self._by_word.setdefault(fold(word), choice) != choice:
                    raise ValueError(f"{word} means two choices of {label}")
        # A roster says the same few words thousands of times.
        self.as_listed = {word: Parsed(choice, word) for word, choice in self._by_word.items()}

    def find(self, text: str) -> str | None:
        """The choice a text means, or None."""
        return self._by_word.get(fold(text))

    def explain(self) -> str:
        shown = "、".join(self.choices[:8])
        return shown if len(self.choices) <= 8 else shown + "等"

    def unknown(self, raw: str, level: Literal["warning", "error"]) -> Issue:
        return Issue("unknown", level, f"{self.label}“{raw[:30]}”不认识。请改成：{self.explain()}。")


def parse_choice_cell(
    value: Cell, table: ChoiceTable, *, required: bool = False, unknown: Literal["warning", "error"] = "error"
) -> Parsed[str]:
    """Read a cell that must hold one of the table's choices; `unknown` is the level of a word not in the table.

    Issues: `required`, `unknown`, and the errors of unreadable text.
    """
    if type(value) is str and (listed := table.as_listed.get(value)):
        return listed
    raw = show(value)
    if problem := text_problem(value, limit=200):
        return Parsed(None, raw, (problem,))
    if (choice := table.find(raw)) is not None:
        return Parsed(choice, raw)
    if says_nothing(squeeze(raw)):
        return Parsed(None, raw, (required_issue(table.label),) if required else ())
    return Parsed(None, raw, (table.unknown(raw, unknown),))


SEX_WORDS: Mapping[str, tuple[str, ...]] = {
    "男": ("男性", "男同志", "1", "m", "male", "♂"),
    "女": ("女性", "女同志", "2", "f", "female", "♀"),
}
SEX = ChoiceTable("性别", SEX_WORDS)
NATION = ChoiceTable("民族", {nation: (nation.removesuffix("族"),) for nation in NATIONS})
