"""What an importer is, and the plain rows that pass between it and the staging of this app.

An app with a register registers its importer once, in AppConfig.ready(); this app knows none by name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, cast

from apps.core.cells import Cell, Issue, gravest, show
from apps.core.cells import Level as IssueLevel
from apps.core.scope import Actor
from apps.imports.choices import Decision, Level, Verdict
from apps.imports.reading.headers import TableSpec
from apps.imports.reading.tables import DataRow


@dataclass(frozen=True)
class RowIssue:
    """An issue and the field whose cell it speaks of."""

    field: str
    issue: Issue

    @property
    def key(self) -> str:
        """``field:kind`` of the interface."""
        return f"{self.field}:{self.issue.kind}"

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> "RowIssue":
        return cls(
            stored["field"], Issue(stored["kind"], cast(IssueLevel, stored["level"]), stored["message"])
        )

    def as_json(self) -> dict[str, str]:
        return {
            "field": self.field,
            "kind": self.issue.kind,
            "level": self.issue.level,
            "message": self.issue.message,
        }


@dataclass
class StagedRow:
    """One row of a sheet on its way. ``entry`` holds JSON-able values of the register, ``values`` the row's meaning
    in the words of the sheet; ``before``/``after`` what would change, by field label.

    ``cells``: the typed cells as they stood in the sheet; ``fixes``: what the clerk typed over them, by field ("" for
    an emptied cell). ``decision`` and ``decided_id`` are the clerk's word on the whole row, ``candidates`` the keys of
    registered people who may be the same.
    """

    sheet: str
    number: int
    raw: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    fixes: dict[str, str] = field(default_factory=dict)
    decision: str = ""
    decided_id: int | None = None
    candidates: list[int] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    entry: dict[str, Any] = field(default_factory=dict)
    issues: list[RowIssue] = field(default_factory=list)
    verdict: str = Verdict.NEW
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    target_id: int | None = None
    target_version: int | None = None

    @property
    def level(self) -> str:
        """The gravest of the row's issues; notices leave it ok."""
        return Level(gravest(one.issue for one in self.issues))

    def add(self, name: str, issue: Issue) -> None:
        self.issues.append(RowIssue(name, issue))

    def has_error(self) -> bool:
        return self.level == Level.ERROR

    @property
    def is_judged(self) -> bool:
        """Whether the row is a person whom the clerk did not leave out."""
        return self.verdict != Verdict.SKIPPED and self.decision != Decision.SKIP

    def shown(self, name: str) -> str:
        """What the cell says now: the clerk's correction, else what stood in the sheet."""
        return self.fixes[name] if name in self.fixes else show(self.cells.get(name))

    def fixed_cells(self) -> dict[str, Cell]:
        """The cells with the corrections in them."""
        cells = {**self.cells, **self.fixes}
        return {name: cell for name, cell in cells.items() if cell is not None and name not in self._emptied}

    @property
    def _emptied(self) -> set[str]:
        return {name for name, text in self.fixes.items() if not text}


@dataclass(frozen=True)
class Place:
    """Where the people of a batch belong."""

    county_id: int
    unit_id: int
    is_county: bool
    """The batch is a whole county's: rows may name units of it."""


Tell = Callable[[int, int], None]
"""(done, total): how far the work is. May raise, to stop it."""


def silent(done: int, total: int) -> None:
    """Nobody wants to hear."""


NEEDS_REVIEW = "needs-review"
"""Kind of the notice on a cell whose change waits for somebody else's word."""


@dataclass(frozen=True)
class Review:
    """Why the reviewed fields of a batch should change, and the scan that proves it: name and content, or none."""

    reason: str
    proof: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Outcome:
    """What confirming wrote: rows by verdict, and rows that could not be written after all."""

    written: Mapping[str, int]
    late: Sequence[StagedRow]
    targets: Mapping[int, int]
    """Row position → key of the person."""
    change_set_id: int | None = None
    """Under which the register keeps what was changed, so that it can be undone."""


@dataclass(frozen=True)
class Trace:
    """What became of a written batch: where its changes stand, where they can be undone ("" when they cannot)."""

    url: str
    undo_url: str
    text: str
    is_undone: bool = False
    note: str = ""
    """What the page says beside it."""


@dataclass(frozen=True)
class Wording:
    """How pages speak of what an importer reads and writes: 花名册, 写入名册, 人."""

    file: str
    target: str
    counted: str
    adds_people: bool = True
    """Whether a row may be somebody who is not registered yet."""


class Importer(Protocol):
    """A register's side of an import."""

    kind: str
    label: str
    wording: Wording
    spec: TableSpec
    field_labels: Mapping[str, str]
    """Fields in the order in which a preview shows them, but for those of ``own_labels``."""
    shown: Sequence[str]
    """Fields that a preview always shows."""

    def own_labels(self) -> Mapping[str, str]:
        """Fields that the running portal has added, with the header by which each is known; asks the database."""

    def labels(self) -> Mapping[str, str]:
        """All fields, those of the running portal too; asks the database."""

    def read(self, row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
        """Type one row and collect everything that is wrong with it by itself."""

    def identity(self, row: StagedRow) -> bytes | None:
        """What two rows of one person have in common (a blind index), if the row says it."""

    def choices(self, name: str) -> Sequence[str]:
        """The words that a coded field takes; none for free text, dates and numbers."""

    def suggestions(self, name: str, place: Place) -> Sequence[str]:
        """Likely texts for a field without fixed words, such as the units of the place."""

    def template(self, units: Sequence[str]) -> bytes:
        """An empty sheet to fill in, which offers these units."""

    def candidates(self, keys: Sequence[int], actor: Actor) -> list[tuple[int, str]]:
        """Key and one line about each of these registered people that the actor sees."""

    def judge(
        self, rows: Sequence[StagedRow], place: Place, actor: Actor, new_units: Sequence[str] = ()
    ) -> list[str]:
        """Compare the rows with each other and with the register the actor sees: set verdicts, targets, before and
        after. ``new_units``: names that other rows of the batch bring already. Returns names of units that confirming
        would add."""

    def apply(
        self,
        rows: Sequence[tuple[int, StagedRow]],
        place: Place,
        *,
        batch_id: int,
        label: str,
        seen_on: date,
        by: Actor,
        tell: Tell = silent,
        review: Review | None = None,
    ) -> Outcome:
        """Write new and changed rows through the register's own actions, in the caller's transaction."""

    def attach(self, pictures: Mapping[int, bytes], by: Actor, change_set_id: int | None = None) -> int:
        """Give these people their photographs, where they have none, as part of that change set; returns how many
        pictures could not be read."""

    def results(self, batch_id: int) -> tuple[str, str]:
        """Words and address of the list of what a batch wrote."""

    def traces(self, keys: Sequence[int], actor: Actor) -> Mapping[int, Trace]:
        """What became of these change sets, as far as the actor sees them."""


class ChangedMeanwhile(Exception):
    """Raised by ``Importer.apply`` when the register changed since the check so that the batch must be judged anew."""

    def __str__(self) -> str:
        return "核对之后名册有了变化，没有写入任何一行；正在重新核对，请稍后再确认。"


importers: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    """Make an importer known; called from AppConfig.ready()."""
    importers[importer.kind] = importer


def count(rows: Iterable[StagedRow]) -> dict[str, int]:
    """Rows by verdict, and how many have a doubt."""
    rows = list(rows)
    counts = Counter(str(row.verdict) for row in rows)
    counts["warning"] = sum(row.level == Level.WARNING for row in rows)
    return dict(counts)
