"""From a stored file to judged rows: typing needs no database, judging does."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from apps.core.cells import tidy
from apps.core.scope import Actor
from apps.imports.choices import Decision, Verdict
from apps.imports.reading.sheets import read_file
from apps.imports.reading.tables import DataRow, Table, find_tables
from apps.imports.rules import Importer, Place, StagedRow, Tell, silent

TOLD_EVERY = 500


@dataclass(frozen=True)
class Columns:
    """What is said about the columns beforehand: remembered by header, settled for this file by place."""

    remembered: Mapping[str, str | None] = field(default_factory=dict)
    chosen: Mapping[tuple[str, int], str | None] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    """Importer.own_labels(), asked in a scope before the file is read outside of any."""


@dataclass(frozen=True)
class Source:
    """What of the file decides how a cell is read."""

    is_untyped: bool = False
    epoch_1904: bool = False


@dataclass(frozen=True)
class Typed:
    """What a file holds, each row by itself."""

    rows: Sequence[StagedRow]
    columns: Sequence[Mapping[str, Any]]
    source: Source
    sheets: Sequence[str] = ()
    """Names of all sheets of the file."""


@dataclass(frozen=True)
class Reading:
    """What a file holds, typed and judged."""

    rows: Sequence[StagedRow]
    columns: Sequence[Mapping[str, Any]]
    new_units: Sequence[str]
    source: Source = Source()


def read_content(content: bytes, importer: Importer, *, place: Place, actor: Actor, today: date) -> Reading:
    """Read, type and judge a file, in the actor's scope. Raises Refused."""
    typed = type_content(content, importer, today=today, columns=Columns(own=importer.own_labels()))
    return judge_typed(typed, importer, place=place, actor=actor)


def read_path(path: Path, importer: Importer, *, place: Place, actor: Actor, today: date) -> Reading:
    """As read_content, from a file on disk."""
    typed = type_path(path, importer, today=today, columns=Columns(own=importer.own_labels()))
    return judge_typed(typed, importer, place=place, actor=actor)


def type_content(
    content: bytes, importer: Importer, *, today: date, columns: Columns | None = None, tell: Tell = silent
) -> Typed:
    """Read a file and type its rows; asks no database. Raises Refused, and what ``tell`` raises."""
    with tempfile.TemporaryDirectory(prefix="portal-import-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        return type_path(path, importer, today=today, columns=columns, tell=tell)


def type_path(
    path: Path, importer: Importer, *, today: date, columns: Columns | None = None, tell: Tell = silent
) -> Typed:
    """As type_content, from a file on disk."""
    said = columns or Columns()
    book = read_file(path)
    source = Source(book.is_untyped, book.epoch_1904)
    aliases = {**importer.spec.aliases, **{name: (label,) for name, label in said.own.items()}}
    spec = replace(importer.spec, aliases=aliases) if said.own else importer.spec
    found = find_tables(book, spec, remembered=said.remembered, chosen=said.chosen)
    typist = _Typist(importer, source, today, tell, sum(len(table.rows) for table in found.tables))
    rows = [row for table in found.tables for row in typist.rows_of(table)]
    marked = [_column(table, column) for table in found.tables for column in table.columns]
    return Typed(rows, marked, source, [sheet.name for sheet in book.sheets])


def judge_typed(typed: Typed, importer: Importer, *, place: Place, actor: Actor) -> Reading:
    """Judge typed rows against each other and the register, in the actor's scope."""
    new_units = judge(typed.rows, importer, place=place, actor=actor)
    return Reading(typed.rows, typed.columns, new_units, typed.source)


def judge(
    rows: Sequence[StagedRow],
    importer: Importer,
    *,
    place: Place,
    actor: Actor,
    new_units: Sequence[str] = (),
) -> list[str]:
    """Set the verdicts of rows in their order; what the clerk leaves out is not compared with anything. Returns
    names of units that writing would add."""
    found = importer.judge([row for row in rows if row.is_judged], place, actor, new_units)
    for row in rows:
        if row.decision == Decision.SKIP:
            row.verdict, row.before, row.after = Verdict.LEFT_OUT, {}, {}
            row.target_id = row.target_version = None
    return found


def type_again(row: StagedRow, importer: Importer, source: Source, today: date) -> StagedRow:
    """Read a row anew out of its cells and the corrections in them."""
    data = DataRow(row.sheet, row.number, row.fixed_cells(), {}, [])
    fresh = importer.read(data, is_untyped=source.is_untyped, epoch_1904=source.epoch_1904, today=today)
    fresh.cells, fresh.fixes = row.cells, row.fixes
    fresh.decision, fresh.decided_id = row.decision, row.decided_id
    return fresh


def clean_fix(text: str) -> str:
    """What was typed into a cell of the preview, without blanks around it and its lines."""
    return "\n".join(filter(None, (tidy(line) for line in text.splitlines())))


@dataclass
class _Typist:
    """Types the rows of one file and tells how far it is."""

    importer: Importer
    source: Source
    today: date
    tell: Tell
    total: int
    done: int = 0

    def rows_of(self, table: Table) -> Iterable[StagedRow]:
        rows = [self._typed(row) for row in table.rows]
        rows += [
            StagedRow(table.sheet, one.number, raw={"text": one.text}, verdict=Verdict.SKIPPED)
            for one in table.skipped
            if one.kind not in ("blank", "title", "header")
        ]
        return sorted(rows, key=lambda row: row.number)

    def _typed(self, row: DataRow) -> StagedRow:
        one = self.importer.read(
            row, is_untyped=self.source.is_untyped, epoch_1904=self.source.epoch_1904, today=self.today
        )
        one.cells = dict(row.values)
        self.done += 1
        if self.done % TOLD_EVERY == 0:
            self.tell(self.done, self.total)
        return one


def _column(table: Table, column: Any) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "row": table.header_rows[1],
        "number": column.number,
        "letters": column.letters,
        "header": column.header,
        "field": column.field,
        "how": column.how,
        "note": column.note,
    }
