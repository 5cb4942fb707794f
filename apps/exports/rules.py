"""What an exporter is, and when an export needs a second person.

An app with a register registers its exporter once, in AppConfig.ready(); this app knows none by name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.http import QueryDict

from apps.accounts.perms import sees_private
from apps.core.documents.errors import DocumentError
from apps.core.documents.marks import FormValue
from apps.core.scope import Actor
from apps.core.sheets import Column

ALONE = 20
"""So many people one may take away alone; more needs a second person (GB/T 35273-2020 7.1 b, docs/security.md)."""
ALONE_A_DAY = 200
"""People that one account may take away in a day by requests that nobody looked at: no slicing."""
DECIDE_WITHIN = timedelta(days=7)
MOST_ROWS = {
    "xlsx": 200_000,
    "csv": 200_000,
    "docx": 3000,
    "pdf": 3000,
    "form": 500,
    "lrmx": 200,
    "file": 50,
    "info": 200,
}
OPEN_AT_ONCE = 5


@dataclass(frozen=True)
class ExportColumn:
    """A column that an exporter offers. ``private``: masked or left out on wish; ``core``: in plain it needs a second
    person whatever the number of people."""

    name: str
    column: Column
    private: bool = False
    core: bool = False
    group: str = ""
    meaning: str = ""
    example: str = ""
    """What the page of fields says of it."""

    @property
    def label(self) -> str:
        return self.column.label


@dataclass(frozen=True)
class Picked:
    """Who is to be exported, in order. ``words`` says it without names; ``hidden`` are the fields that a form hands on
    so that the same people are picked again."""

    keys: Sequence[int]
    words: str
    hidden: Sequence[tuple[str, str]]
    shown: Sequence[str]
    """Columns the reader sees in the list now, in order."""
    order: str
    query: str = ""


class NothingPicked(ValueError):
    """Nobody was picked, or the conditions are none; the text is for the clerk."""


class Exporter(Protocol):
    """A register's side of an export."""

    kind: str
    label: str
    unit: str
    list_view: str
    """Name of the address of its list, to go back to."""

    @property
    def orders(self) -> Sequence[tuple[str, str]]:
        """(name, words) of the orders that a file can have."""

    def columns(self, actor: Actor) -> Sequence[ExportColumn]:
        """Columns the actor may take, in the order in which they are offered."""

    def pick(self, actor: Actor, data: QueryDict) -> Picked:
        """Who is meant by the posted selection or by a list's address. Raises NothingPicked."""

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """(key, texts in the order of ``names``) of those the actor still sees, in the order of ``keys``. ``mask``
        "plain" gives private values as they are; anything else their mask."""

    paper_columns: Mapping[str, Sequence[str]]
    """Format of a whole paper → names of the columns that say what private values stand in it."""

    def papers(
        self, actor: Actor, keys: Sequence[int], format: str, *, plain: bool, reason: str, number: str
    ) -> Iterator[tuple[int, str, bytes]]:
        """(key, name of the file, bytes) of a whole paper about each of those the actor still sees. ``plain``:
        private values as they are, for ``reason``; ``number``: of the request, to stand in the paper where it has
        room. Raises DocumentError."""

    def column_named(self, actor: Actor, name: str) -> ExportColumn | None:
        """A column that is made for one request (its name tells for what) and is not among ``columns``."""

    def key_column(self) -> ExportColumn:
        """The hidden column by which an exported sheet finds its people again when it is imported."""

    def columns_of_all(self) -> Sequence[ExportColumn]:
        """Every column there is, whoever may take it: for naming those of a request."""

    def fields(self, actor: Actor) -> Sequence[ExportColumn]:
        """Fields for the office's own forms, by their Chinese names; a part of a list as 列表.字段."""

    def forms(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str, number: str
    ) -> Iterator[tuple[int, Mapping[str, FormValue]]]:
        """(key, field → value) for a form of those the actor still sees; ``names`` as columns of ``fields``, ``mask``
        as above, ``number``: of the request."""


exporters: dict[str, Exporter] = {}


def register_exporter(exporter: Exporter) -> None:
    """Make an exporter known; called from AppConfig.ready()."""
    exporters[exporter.kind] = exporter


def needs_second(
    *, rows: int, taken_today: int, columns: Sequence[ExportColumn], mask: str, unit: str = "人"
) -> str:
    """Why a second person must agree, or "" if nobody must.

    ``unit``: what a row of the register is counted in.
    ``taken_today``: rows the same account has taken today without a second person.
    """
    core = [column.label for column in columns if column.core] if mask == "plain" else []
    if core:
        return f"含核心个人信息原文（{'、'.join(core)}）"
    if rows > ALONE:
        return f"超过{ALONE}{unit}"
    if taken_today + rows > ALONE_A_DAY:
        return f"今天未经审批的导出累计超过{ALONE_A_DAY}人"
    return ""


def has_private(columns: Sequence[ExportColumn], mask: str) -> bool:
    """Whether the file holds private columns at all, masked or not."""
    return mask != "out" and any(column.private for column in columns)


def plain_field(name: str) -> str:
    """家庭成员2.姓名, a row of a list in a workbook, asks for the field 家庭成员.姓名."""
    return re.sub(r"\d{1,2}\.", ".", name)


def by_name(columns: Sequence[ExportColumn]) -> Mapping[str, ExportColumn]:
    return {column.name: column for column in columns}


class TableExporter:
    """Base of an exporter that gives out rows of one table and nothing else. It says ``kind``, ``label``, ``table``
    (name and column of each, in order), which of them are ``masked``, and picks and reads its rows."""

    label: str
    table: Sequence[tuple[str, Column]]
    masked: frozenset[str] = frozenset()
    paper_columns: Mapping[str, Sequence[str]] = {}

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """See Exporter."""
        raise NotImplementedError

    def columns(self, actor: Actor) -> list[ExportColumn]:
        """Those of the table; masked ones for those who see private values."""
        return [one for one in self.columns_of_all() if sees_private(actor) or not one.private]

    def columns_of_all(self) -> list[ExportColumn]:
        """See Exporter."""
        return [
            ExportColumn(name, column, private=name in self.masked, core=name in self.masked)
            for name, column in self.table
        ]

    def fields(self, actor: Actor) -> list[ExportColumn]:
        """The columns."""
        return self.columns(actor)

    def column_named(self, actor: Actor, name: str) -> ExportColumn | None:
        """There is none."""
        return None

    def key_column(self) -> ExportColumn:
        """The number of the row, hidden."""
        return ExportColumn("key", Column("登记号", 16, is_hidden=True))

    def papers(
        self, actor: Actor, keys: Sequence[int], format: str, *, plain: bool, reason: str, number: str
    ) -> Iterator[tuple[int, str, bytes]]:
        """There are none. Raises DocumentError."""
        raise DocumentError(f"{self.label}只有表格，没有整套材料。")

    def forms(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str, number: str
    ) -> Iterator[tuple[int, dict[str, FormValue]]]:
        """For the office's own forms: the columns by their labels."""
        labels = {one.name: one.label for one in self.columns_of_all()}
        for key, texts in self.rows(actor, keys, names, mask):
            yield key, dict(zip((labels[name] for name in names), texts, strict=True))
