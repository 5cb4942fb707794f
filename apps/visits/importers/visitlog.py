"""The importer of visit logs: what apps/imports asks of the visits."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse

from apps.core.scope import Actor
from apps.imports.choices import State
from apps.imports.models import Batch
from apps.imports.reading.tables import DataRow
from apps.imports.rules import Outcome, Place, Review, StagedRow, Tell, Trace, Wording, silent
from apps.retirees.models import Retiree
from apps.retirees.models.private import id_index
from apps.units.models import Unit
from apps.visits.importers.cells import read_row
from apps.visits.importers.columns import FIELD_LABELS, HEALTH_CODES, SHOWN, SPEC, WAY_CODES
from apps.visits.importers.matching import judge_rows
from apps.visits.importers.template import log_template
from apps.visits.importers.writing import apply_rows
from apps.visits.models import FundSource, Occasion, Visit


class VisitLogImporter:
    """A county's or a unit's log of visits (走访台账)."""

    kind = "visits"
    label = "走访台账"
    wording = Wording(file="走访台账", target="走访记录", counted="条", adds_people=False)
    spec = SPEC
    field_labels: Mapping[str, str] = FIELD_LABELS
    shown = SHOWN

    def own_labels(self) -> Mapping[str, str]:
        """See imports.rules.Importer: none."""
        return {}

    def labels(self) -> Mapping[str, str]:
        """See imports.rules.Importer."""
        return FIELD_LABELS

    def read(self, row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
        """See imports.rules.Importer."""
        return read_row(row, is_untyped=is_untyped, epoch_1904=epoch_1904, today=today)

    def identity(self, row: StagedRow) -> bytes | None:
        """The blind index of the ID number."""
        number = row.entry.get("national_id")
        return id_index(number) if number else None

    def choices(self, name: str) -> Sequence[str]:
        """See imports.rules.Importer."""
        if name == "occasion":
            return list(Occasion.objects.filter(is_active=True).values_list("name", flat=True))
        if name == "source":
            names = FundSource.objects.filter(is_active=True).order_by("sort", "pk")
            return list(dict.fromkeys(names.values_list("name", flat=True)))
        return {"way": tuple(WAY_CODES), "health": tuple(HEALTH_CODES)}.get(name, ())

    def suggestions(self, name: str, place: Place) -> Sequence[str]:
        """The units of the place."""
        if name != "unit":
            return ()
        units = Unit.objects.filter(area_id=place.county_id).exclude(pk=place.county_id)
        return list(units.order_by("sort", "pk").values_list("name", flat=True)[:500])

    def template(self, units: Sequence[str]) -> bytes:
        """See imports.rules.Importer."""
        words = {name: self.choices(name) for name in ("occasion", "way", "source", "health")}
        return log_template({**words, "unit": units})

    def candidates(self, keys: Sequence[int], actor: Actor) -> list[tuple[int, str]]:
        """See imports.rules.Importer."""
        people = Retiree.objects.visible_to(actor).filter(pk__among=keys).select_related("unit")
        return [(person.pk, _about(person)) for person in people.order_by("pk")]

    def judge(
        self, rows: Sequence[StagedRow], place: Place, actor: Actor, new_units: Sequence[str] = ()
    ) -> list[str]:
        """See imports.rules.Importer; a log adds no units."""
        judge_rows(rows, place, actor)
        return []

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
        """See imports.rules.Importer."""
        return apply_rows(rows, place, batch_id=batch_id, by=by, tell=tell)

    def attach(self, pictures: Mapping[int, bytes], by: Actor, change_set_id: int | None = None) -> int:
        """See imports.rules.Importer: a log brings no photographs."""
        return 0

    def results(self, batch_id: int) -> tuple[str, str]:
        """See imports.rules.Importer."""
        return "看这一批写了什么", f"{reverse('imports:detail', args=[batch_id])}?show=new"

    def traces(self, keys: Sequence[int], actor: Actor) -> dict[int, Trace]:
        """See imports.rules.Importer; a batch is its own change set."""
        batches = Batch.objects.visible_to(actor).filter(pk__in=keys, kind=self.kind, state=State.DONE)
        return {batch.pk: _trace(batch) for batch in batches}


def _trace(batch: Batch) -> Trace:
    left = Visit.objects.filter(import_batch_id=batch.pk).count()
    if not left:
        return Trace("", "", "这次导入的走访记录已全部撤销", is_undone=True)
    undo = reverse("visits:import-undo", args=[batch.pk])
    note = (
        "撤销以后，这一批写入的走访记录都会去掉，由它们办结的应访重新变成应访；之后有人改过的会留下并列出来。"
    )
    return Trace("", undo, f"写入的走访记录还有{left}条，可以撤销", note=note)


def _about(person: Retiree) -> str:
    born = f"{person.birth_date}生" if person.birth_date else "出生时间不详"
    return f"{person.name}（{born}，{person.unit.label}，{person.get_state_display()}）"
