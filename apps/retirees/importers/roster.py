"""The roster importer: what apps/imports asks of the register."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.imports.reading.tables import DataRow
from apps.imports.rules import Outcome, Place, Review, StagedRow, Tell, Trace, Wording, silent
from apps.retirees.importers.cells import read_row
from apps.retirees.importers.columns import FIELD_LABELS, ROSTER_SPEC, WORDS
from apps.retirees.importers.dossier import write_portraits
from apps.retirees.importers.matching import judge_rows
from apps.retirees.importers.own import own_columns, own_labels, own_words
from apps.retirees.importers.template import roster_template
from apps.retirees.importers.writing import apply_rows
from apps.retirees.models import ChangeSet, PrivateDetails, Retiree
from apps.retirees.models.private import id_index
from apps.retirees.queries.changesets import can_still_undo
from apps.retirees.rules.custom import is_custom
from apps.units.models import Unit


class RosterImporter:
    """A county's or a unit's roster of 离退休 cadres."""

    kind = "roster"
    label = "离退休干部花名册"
    wording = Wording(file="花名册", target="名册", counted="人")
    spec = ROSTER_SPEC
    field_labels: Mapping[str, str] = FIELD_LABELS
    shown = ("name", "sex", "birth_date", "national_id", "category", "joined_on", "unit")

    def own_labels(self) -> Mapping[str, str]:
        """See imports.rules.Importer: the bureau's own fields."""
        return own_labels()

    def labels(self) -> Mapping[str, str]:
        """See imports.rules.Importer."""
        return {**FIELD_LABELS, **own_labels()}

    def read(self, row: DataRow, *, is_untyped: bool, epoch_1904: bool, today: date) -> StagedRow:
        """See imports.rules.Importer."""
        return read_row(row, is_untyped=is_untyped, epoch_1904=epoch_1904, today=today)

    def identity(self, row: StagedRow) -> bytes | None:
        """The blind index of the ID number."""
        number = row.entry.get("national_id")
        return id_index(number) if number else None

    def choices(self, name: str) -> Sequence[str]:
        """See imports.rules.Importer."""
        return own_words(name) if is_custom(name) else WORDS.get(name, ())

    def suggestions(self, name: str, place: Place) -> Sequence[str]:
        """The units of the place."""
        if name != "unit":
            return ()
        units = Unit.objects.filter(area_id=place.county_id).exclude(pk=place.county_id)
        return list(units.order_by("sort", "pk").values_list("name", flat=True)[:500])

    def template(self, units: Sequence[str]) -> bytes:
        """See imports.rules.Importer."""
        return roster_template(units, own_columns())

    def candidates(self, keys: Sequence[int], actor: Actor) -> list[tuple[int, str]]:
        """See imports.rules.Importer."""
        people = Retiree.objects.visible_to(actor).filter(pk__among=keys).select_related("unit", "private")
        return [(person.pk, _about(person)) for person in people.order_by("pk")]

    def judge(
        self, rows: Sequence[StagedRow], place: Place, actor: Actor, new_units: Sequence[str] = ()
    ) -> list[str]:
        """See imports.rules.Importer."""
        return judge_rows(rows, place, actor, new_units)

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
        return apply_rows(
            rows, place, batch_id=batch_id, label=label, seen_on=seen_on, by=by, tell=tell, review=review
        )

    def attach(self, pictures: Mapping[int, bytes], by: Actor, change_set_id: int | None = None) -> int:
        """See imports.rules.Importer."""
        change_set = ChangeSet.objects.filter(pk=change_set_id).first() if change_set_id else None
        return write_portraits(pictures, by, change_set)

    def results(self, batch_id: int) -> tuple[str, str]:
        """See imports.rules.Importer."""
        return "看这一批的人员", f"{reverse('retirees:list')}?batch={batch_id}"

    def traces(self, keys: Sequence[int], actor: Actor) -> dict[int, Trace]:
        """See imports.rules.Importer; the change sets are undone on the register's own pages."""
        return {one.pk: _trace(one) for one in ChangeSet.objects.visible_to(actor).filter(pk__in=keys)}


def _trace(change_set: ChangeSet) -> Trace:
    url = reverse("retirees:changeset", args=[change_set.pk])
    note = "改动清单里逐人列出新登记和改过的内容；撤销以后，之后又有人改过的人列在那里。"
    if change_set.undone_at is not None:
        left = f"，{change_set.conflicts}人没有撤销" if change_set.conflicts else ""
        text = f"{change_set.undone_by_name}已撤销{change_set.restored + change_set.removed}人{left}"
        return Trace(url, "", text, is_undone=True, note=note)
    if not can_still_undo(change_set):
        return Trace(url, "", "已超过可以撤销的期限", note=note)
    until = f"{format_date(change_set.undo_until.date())}以前可以撤销"
    return Trace(url, reverse("retirees:changeset-undo", args=[change_set.pk]), until, note=note)


def _about(person: Retiree) -> str:
    """One line by which a clerk tells namesakes apart."""
    private: PrivateDetails | None = getattr(person, "private", None)
    number = f"身份证号{private.national_id}" if private and private.national_id else "没有身份证号"
    born = f"{person.birth_date}生" if person.birth_date else "出生时间不详"
    return f"{person.name}（{born}，{person.unit.label}，{number}）"
