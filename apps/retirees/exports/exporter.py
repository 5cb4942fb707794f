"""The register's exporter: who is picked, which columns he may take, and reading them by the thousand."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.perms import sees_private
from apps.core.documents.marks import FormValue
from apps.core.scope import Actor
from apps.exports.rules import ExportColumn, NothingPicked, Picked
from apps.retirees.actions.form_values import form_values
from apps.retirees.actions.whole_papers import PAPER_COLUMNS, whole_papers
from apps.retirees.exports.changed import changed_column, changed_texts, days_of
from apps.retirees.exports.paper_fields import NUMBER, PAPER_FIELDS, explained, paper_labels
from apps.retirees.exports.sources import (
    FORM_FIELDS,
    FORM_ONLY,
    HIDDEN_MONEY,
    KEY,
    MONEY,
    NOT_READ,
    SOURCES,
    WORDED,
    is_own,
    own_sources,
)
from apps.retirees.forms.selection import BadSelection, read_selection
from apps.retirees.models import PrivateDetails, Retiree, SavedView
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.ordering import BY_NAME, is_sortable, order_named
from apps.retirees.queries.selection import people_of
from apps.retirees.queries.sheet_extras import EXTRAS, sheet_extras
from apps.retirees.queries.views import view_named
from apps.retirees.rules.sheet_key import sheet_key
from apps.retirees.tables import columns_in_hand
from apps.units.models import Unit


class RegisterExporter:
    """People of the register, as columns of a sheet."""

    kind = "roster"
    label = "离退休干部名册"
    unit = "人"
    list_view = "retirees:list"
    fixed_orders = (
        ("name", "姓名"),
        ("birth", "出生（年长在前）"),
        ("-birth", "出生（年轻在前）"),
        ("filled", "资料完整（缺得多在前）"),
        ("-name", "姓名（倒序）"),
        ("-filled", "资料完整（齐全在前）"),
    )

    @property
    def orders(self) -> Sequence[tuple[str, str]]:
        """Those of the list, also by the bureau's own fields."""
        own = [field for field in custom_fields().fields if is_sortable(field) and not field.is_retired]
        each = [((one.key, one.label), (f"-{one.key}", f"{one.label}（倒序）")) for one in own]
        return (*self.fixed_orders, *itertools.chain.from_iterable(each))

    paper_columns = PAPER_COLUMNS

    def papers(
        self, actor: Actor, keys: Sequence[int], format: str, *, plain: bool, reason: str, number: str
    ) -> Iterator[tuple[int, str, bytes]]:
        """See exports.rules.Exporter."""
        return whole_papers(keys, format, plain=plain, reason=reason, number=number, by=actor)

    def columns(self, actor: Actor) -> list[ExportColumn]:
        """See exports.rules.Exporter."""
        private = sees_private(actor)
        sources = (*SOURCES, *own_sources(in_use=True).values())
        return [source.column for source in sources if private or not source.column.private]

    def columns_of_all(self) -> list[ExportColumn]:
        """See exports.rules.Exporter."""
        own = {**own_sources(), **own_sources(in_words=True)}
        sources = (*FORM_FIELDS.values(), *own.values())
        return [*(source.column for source in sources), *PAPER_FIELDS.values()]

    def fields(self, actor: Actor) -> list[ExportColumn]:
        """See exports.rules.Exporter."""
        private = sees_private(actor)
        sources = [*(WORDED.get(source.column.name, source) for source in SOURCES), *FORM_ONLY]
        columns = [source.column for source in sources] + [*PAPER_FIELDS.values()]
        columns += [source.column for source in own_sources(in_use=True, in_words=True).values()]
        return [explained(column) for column in columns if private or not column.private]

    def column_named(self, actor: Actor, name: str) -> ExportColumn | None:
        """See exports.rules.Exporter: that of a 变动表."""
        days = days_of(name)
        return changed_column(days) if days else None

    def key_column(self) -> ExportColumn:
        """See exports.rules.Exporter."""
        return KEY

    def pick(self, actor: Actor, data: QueryDict) -> Picked:
        """See exports.rules.Exporter. ``data``: what the list's selection form posts, or ``query``: the address of a
        list, all of it; ``order`` wins over the address's own."""
        asked = QueryDict(data.get("query", ""), mutable=True)
        try:
            selection = read_selection(actor, data)
        except (BadSelection, ValueError) as refusal:
            raise NothingPicked(str(refusal)) from None
        order = data.get("order") or data.get("sort") or asked.get("sort") or "name"
        by = (order_named(order, custom_fields()) if order in dict(self.orders) else None) or BY_NAME
        people = by.sorted(people_of(actor, selection, timezone.localdate()))
        hidden = [("all", "1"), ("query", selection.query)] if selection.whole else []
        hidden += [("ids", str(key)) for key in selection.ids]
        view = view_named(actor, data.get("view") or asked.get("view") or "")
        if view is not None:
            hidden.append(("view", str(view.pk)))
        return Picked(
            keys=list(people.values_list("pk", flat=True)),
            words=selection.words,
            hidden=hidden,
            shown=self._readable(actor) if data.get("for") == "update" else self._shown(actor, view),
            order=by.name,
            query=selection.query,
        )

    def _readable(self, actor: Actor) -> list[str]:
        """What a sheet that comes back may change, but for private values."""
        return [one.name for one in self.columns(actor) if not one.private and one.name not in NOT_READ]

    def _shown(self, actor: Actor, view: SavedView | None) -> list[str]:
        """The columns of the reader's list that a sheet can have, in their order."""
        kept = User.objects.filter(pk=actor.user_id).values_list("preferences", flat=True).first() or {}
        names = columns_in_hand(actor, custom_fields(), view=view, preferences=kept)
        offered = {column.name for column in self.columns(actor)}
        return [name for name in names if name in offered]

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """See exports.rules.Exporter. One query for the people, one for their private values."""
        on = timezone.localdate()
        known = dict(FORM_FIELDS)
        if any(map(is_own, names)):
            known |= {**own_sources(), **own_sources(in_words=True)}
        sources = [(name, known.get(name)) for name in names]
        needed = {field for _, source in sources if source for field in source.needs}
        related = {"county": "county__label", "unit": "unit__label"}
        people = _people(actor, keys, needed - set(related))
        places = _labels_of(people.values()) if needed & set(related) else {}
        extras = sheet_extras(actor, people, names, on) if EXTRAS & set(names) else {}
        secrets = _secrets(actor, keys, [name for name in names if _is_private(name)], plain=mask == "plain")
        changed = {name: changed_texts(actor, keys, name) for name in names if days_of(name)}
        for key in keys:
            values = people.get(key)
            if values is None or any(key not in texts for texts in changed.values()):
                continue
            values |= {name: texts[key] for name, texts in changed.items()}
            values |= places.get(key, {}) | extras.get(key, {})
            own = secrets.get(key, {})
            yield (
                key,
                [
                    values[name]
                    if name in changed
                    else sheet_key(key)
                    if source is None
                    else own.get(name, "")
                    if source.column.private
                    else source.read(values, on)
                    for name, source in sources
                ],
            )

    def forms(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str, number: str
    ) -> Iterator[tuple[int, dict[str, FormValue]]]:
        """See exports.rules.Exporter. Some queries for each person where a form wants more than columns."""
        plain = [name for name in names if name not in PAPER_FIELDS]
        labels = {column.name: column.label for column in self.columns_of_all()}
        wanted = paper_labels(names)
        people = Retiree.objects.visible_to(actor).select_related("county", "unit").in_bulk(list(keys))
        for key, texts in self.rows(actor, keys, plain, mask):
            values: dict[str, FormValue] = dict(zip((labels[name] for name in plain), texts, strict=True))
            if key not in people:
                continue
            if wanted - {NUMBER}:
                values |= form_values(people[key], wanted, plain=mask == "plain", by=actor)
            if NUMBER in wanted:
                values[NUMBER] = number
            yield key, values


def _is_private(name: str) -> bool:
    return name in FORM_FIELDS and FORM_FIELDS[name].column.private


def _people(actor: Actor, keys: Sequence[int], fields: set[str]) -> dict[int, dict[str, Any]]:
    """Raw values by person: partial dates as they are stored, which is a third quicker than instances."""
    asked = Retiree.objects.visible_to(actor).filter(pk__among=keys).order_by()
    return {row["id"]: row for row in asked.values("id", "county_id", "unit_id", *sorted(fields - {"id"}))}


def _labels_of(people: Any) -> dict[int, dict[str, str]]:
    rows = list(people)
    wanted = {row["county_id"] for row in rows} | {row["unit_id"] for row in rows}
    labels = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in=wanted)}
    return {
        row["id"]: {"county__label": labels[row["county_id"]], "unit__label": labels[row["unit_id"]]}
        for row in rows
    }


def _secrets(
    actor: Actor, keys: Sequence[int], names: Sequence[str], *, plain: bool
) -> dict[int, dict[str, str]]:
    """Private values by person: as they are, or their masks. The export as a whole stands in the log."""
    if not names or not sees_private(actor):
        return {}
    columns: list[Any] = [PrivateDetails._meta.get_field(name) for name in names]
    rows = PrivateDetails.objects.visible_to(actor).filter(pk__among=keys).order_by()
    return {
        key: {
            column.name: _private_text(column, key, value, plain=plain)
            for column, value in zip(columns, stored, strict=True)
            if value is not None
        }
        for key, *stored in rows.values_list("pk", *names)
    }


def _private_text(column: Any, key: int, value: Any, *, plain: bool) -> str:
    if column.name in MONEY:
        return f"{value:.2f}" if plain else HIDDEN_MONEY
    secret = column.at(key, value)
    return str(secret.for_processing() if plain else secret.masked)
