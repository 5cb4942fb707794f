"""变动表: who is another at the end of a stretch of days than at its beginning, field by field, out of the history."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from apps.accounts.perms import sees_private
from apps.core.scope import Actor
from apps.retirees.models import PrivateDetails, PrivateDetailsHistory, Retiree, RetireeHistory
from apps.retirees.queries.custom import CustomFields, custom_fields
from apps.retirees.queries.history import Difference
from apps.retirees.queries.person import TYPED, TYPED_MONEY, TYPED_SEALED
from apps.retirees.queries.words import NOTHING, is_same, value_words
from apps.units.models import Unit

MOST_DAYS = 92
"""The longest stretch that is looked through."""
MOST_PEOPLE = 20_000
FIELDS = (*TYPED, "state", "died_on")
HIDDEN = "******"


@dataclass(frozen=True)
class Days:
    """From the beginning of ``since`` to the end of ``until``."""

    since: date
    until: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.since, time.min))

    @property
    def end(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.until + timedelta(days=1), time.min))


@dataclass
class Changed:
    """One person and what is different. ``is_new``: entered in these days; ``is_arrived``: what he was before stands
    outside of the reader's wall."""

    person: Retiree
    is_new: bool = False
    is_arrived: bool = False
    lines: list[Difference] = field(default_factory=list)

    @property
    def words(self) -> str:
        """健康状况：一般 → 慢性病, a line each; what is printed and exported."""
        if self.is_new:
            return f"新登记到{self.person.unit.label}"
        told = [f"{line.label}：{line.old} → {line.new}" for line in self.lines]
        return "\n".join(["转入（以前的情况在原来的县市区或单位）", *told] if self.is_arrived else told)


def touched_since(actor: Actor, day: date) -> list[QuerySet[Any]]:
    """Keys of the people whose own data was written on a day or after, a query for each of the tables."""
    start = Days(day, day).start
    return [rows.filter(pgh_created_at__gte=start).values("pgh_obj_id") for rows in _tables(actor)]


def changed_keys(actor: Actor, days: Days) -> list[int]:
    """Keys of the people whose own data was written in these days, who was written last first; at most one more than
    MOST_PEOPLE."""
    last: dict[int, datetime] = {}
    for rows in _tables(actor):
        within = rows.filter(pgh_created_at__gte=days.start, pgh_created_at__lt=days.end)
        found = within.order_by().values_list("pgh_obj_id").annotate(last=Max("pgh_created_at"))
        for key, at in found.order_by("-last")[: MOST_PEOPLE + 1]:
            last[key] = max(at, last.get(key, at))
    return sorted(last, key=lambda key: (last[key], key), reverse=True)[: MOST_PEOPLE + 1]


def changes_in(actor: Actor, keys: Sequence[int], days: Days) -> list[Changed]:
    """What is different about these people, in their order; those about whom nothing is, and whom the actor does not
    see, are left out. Private values as masks, and only for those who may see masks; a fixed number of queries."""
    people = Retiree.objects.visible_to(actor).select_related("county", "unit").in_bulk(list(keys))
    found = {key: Changed(people[key]) for key in keys if key in people}
    units = {unit.pk: unit.label for unit in Unit.objects.all()}
    own = custom_fields()
    for key, (old, new) in _ends(RetireeHistory, actor, found, days).items():
        if old is None:
            found[key].is_new = new.created_at >= days.start
            found[key].is_arrived = not found[key].is_new
            continue
        found[key].lines += [
            *_fields(Retiree, FIELDS, old, new),
            *_places(old, new, units),
            *_own(old, new, own),
        ]
    if sees_private(actor):
        for key, (old, new) in _ends(PrivateDetailsHistory, actor, found, days).items():
            if old is not None:
                found[key].lines += _fields(PrivateDetails, (*TYPED_SEALED, *TYPED_MONEY), old, new)
    return [one for one in found.values() if one.is_new or one.is_arrived or one.lines]


def _tables(actor: Actor) -> list[QuerySet[Any]]:
    models = (RetireeHistory, PrivateDetailsHistory) if sees_private(actor) else (RetireeHistory,)
    return [_within(model, actor) for model in models]


def _within(model: Any, actor: Actor) -> QuerySet[Any]:
    """History tables have no ``visible_to``: the same wall for them."""
    place = {"county_id": actor.county_id, "unit_id": actor.unit_id}
    return model.objects.filter(**{name: value for name, value in place.items() if value is not None})


def _ends(model: Any, actor: Actor, keys: Collection[int], days: Days) -> dict[int, tuple[Any | None, Any]]:
    """Person → (his row as it stood before these days, or None; as it stood at their end)."""

    def last(before: datetime) -> dict[int, Any]:
        rows = _within(model, actor).filter(pgh_obj_id__in=list(keys), pgh_created_at__lt=before)
        return {row.pgh_obj_id: row for row in rows.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")}

    old, new = last(days.start), last(days.end)
    return {key: (old.get(key), row) for key, row in new.items()}


def _fields(model: Any, names: Sequence[str], old: Any, new: Any) -> Iterator[Difference]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if is_same(before, after):
            continue
        column = model._meta.get_field(name)
        if name in TYPED_MONEY:
            words = [NOTHING if value is None else HIDDEN for value in (before, after)]
        else:
            words = [value_words(column, value) for value in (before, after)]
        yield _difference(str(column.verbose_name), *words)


def _places(old: Any, new: Any, units: Mapping[int, str]) -> Iterator[Difference]:
    for label, name in (("县市区", "county_id"), ("管理单位", "unit_id")):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(label, units.get(before, NOTHING), units.get(after, NOTHING))


def _own(old: Any, new: Any, own: CustomFields) -> Iterator[Difference]:
    known = own.by_key
    for key in sorted({*old.custom, *new.custom} & known.keys()):
        if old.custom.get(key) != new.custom.get(key):
            words = [own.words(key, row.custom.get(key)) or NOTHING for row in (old, new)]
            yield _difference(known[key].label, *words)


def _difference(label: str, old: str, new: str) -> Difference:
    """Two private values may wear the same mask; then the words say that it changed."""
    return Difference(label, old, f"{new}（有改动）" if old == new else new)
