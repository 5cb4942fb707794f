"""The roster importer: what apps/imports asks of the register."""

from collections.abc import Mapping, Sequence
from datetime import date

from apps.core.scope import Actor
from apps.imports.reading.tables import DataRow
from apps.imports.rules import Outcome, Place, StagedRow
from apps.retirees.importers.cells import read_row
from apps.retirees.importers.columns import FIELD_LABELS, ROSTER_SPEC
from apps.retirees.importers.matching import judge_rows
from apps.retirees.importers.writing import apply_rows


class RosterImporter:
    """A county's or a unit's roster of 离退休 cadres."""

    kind = "roster"
    label = "离退休干部花名册"
    spec = ROSTER_SPEC
    field_labels: Mapping[str, str] = FIELD_LABELS
    shown = ("name", "sex", "birth_date", "national_id", "category", "joined_on", "unit")

    def read(self, row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
        """See imports.rules.Importer."""
        return read_row(row, is_untyped=is_untyped, epoch_1904=epoch_1904, today=today)

    def judge(self, rows: Sequence[StagedRow], place: Place, actor: Actor) -> list[str]:
        """See imports.rules.Importer."""
        return judge_rows(rows, place, actor)

    def apply(
        self, rows: Sequence[tuple[int, StagedRow]], place: Place, *, batch_id: int, seen_on: date, by: Actor
    ) -> Outcome:
        """See imports.rules.Importer."""
        return apply_rows(rows, place, batch_id=batch_id, seen_on=seen_on, by=by)
