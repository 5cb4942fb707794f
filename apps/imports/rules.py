"""What an importer is, and the plain rows that pass between it and the staging of this app.

An app with a register registers its importer once, in AppConfig.ready(); this app knows none by name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, cast

from apps.core.cells import Issue, gravest
from apps.core.cells import Level as IssueLevel
from apps.core.scope import Actor
from apps.imports.choices import Level, Verdict
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
    in the words of the sheet; ``before``/``after`` what would change, by field label."""

    sheet: str
    number: int
    raw: dict[str, str] = field(default_factory=dict)
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


@dataclass(frozen=True)
class Place:
    """Where the people of a batch belong."""

    county_id: int
    unit_id: int
    is_county: bool
    """The batch is a whole county's: rows may name units of it."""


@dataclass(frozen=True)
class Outcome:
    """What confirming wrote: rows by verdict, and rows that could not be written after all."""

    written: Mapping[str, int]
    late: Sequence[StagedRow]
    targets: Mapping[int, int]
    """Row position → key of the person."""


class Importer(Protocol):
    """A register's side of an import."""

    kind: str
    label: str
    spec: TableSpec
    field_labels: Mapping[str, str]
    """Fields in the order in which a preview shows them."""
    shown: Sequence[str]
    """Fields that a preview always shows."""

    def read(self, row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
        """Type one row and collect everything that is wrong with it by itself."""

    def judge(self, rows: Sequence[StagedRow], place: Place, actor: Actor) -> list[str]:
        """Compare the rows with each other and with the register the actor sees: set verdicts, targets, before and
        after. Returns names of units that confirming would add."""

    def apply(
        self, rows: Sequence[tuple[int, StagedRow]], place: Place, *, batch_id: int, seen_on: date, by: Actor
    ) -> Outcome:
        """Write new and changed rows through the register's own actions, in the caller's transaction."""


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
