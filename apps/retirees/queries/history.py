"""Who changed what about a person, and when: the trigger history of all his tables, read as differences in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.accounts.perms import sees_private
from apps.core.chinese import format_moment
from apps.core.scope import Actor
from apps.retirees.choices import ConditionKind, LevelKind
from apps.retirees.models import (
    AffiliationHistory,
    AttachmentHistory,
    CareerEntryHistory,
    ConditionHistory,
    FamilyMemberHistory,
    GroupMarkHistory,
    HonourHistory,
    LevelFactHistory,
    LifeFactHistory,
    Membership,
    MembershipHistory,
    PersonNoteHistory,
    PortraitHistory,
    PrivateDetails,
    PrivateDetailsHistory,
    Retiree,
    RetireeHistory,
    RulingHistory,
)
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.person import TYPED, TYPED_MONEY, TYPED_SEALED
from apps.retirees.queries.words import (
    NOTHING,
    affiliation_words,
    career_words,
    condition_words,
    family_words,
    honour_words,
    is_same,
    level_words,
    life_words,
    mark_words,
    membership_words,
    note_words,
    paper_words,
    portrait_words,
    ruling_words,
    value_words,
)
from apps.units.models import Unit

TOLD_BY_FACTS = {
    *("rank", "rank_number", "treatment", "treatment_on", "treatment_number"),
    *("medical_treatment", "medical_treatment_on", "medical_number", "health", "self_care", "living"),
}
"""Present values whose change a dated fact tells better."""
PERSON_FIELDS = (*(name for name in TYPED if name not in TOLD_BY_FACTS), "verified_on")
ONE_AT_A_TIME = {*(str(label) for label in (*LevelKind.labels, *ConditionKind.labels)), "在册单位"}
"""Facts of which one holds at a time, so that a new one ends the one before."""
MOST = 400
"""Rows of one table that are looked at, the latest; a person has far fewer."""


@dataclass(frozen=True)
class Difference:
    """One line: what was and what is."""

    label: str
    old: str
    new: str

    @property
    def is_new(self) -> bool:
        return self.old == NOTHING

    @property
    def is_gone(self) -> bool:
        return self.new == NOTHING


@dataclass
class Change:
    """What one person did in one go."""

    at: datetime
    actor_id: int
    who: str = ""
    is_new: bool = False
    """The person was entered into the register by it."""
    lines: list[Difference] = field(default_factory=list)

    @property
    def when(self) -> str:
        """2026年3月5日 14:05."""
        return format_moment(self.at)


def changes_of(person: Retiree, actor: Actor) -> list[Change]:
    """Changes of a person, latest first. Private values and family are not asked for where the actor may not see
    them; private values appear as masks only. A fixed number of queries."""
    units = dict(
        Unit.objects.visible_to(actor)
        .filter(level="unit", area_id=person.county_id)
        .values_list("pk", "name")
    )
    found: dict[tuple[datetime, str, int], Change] = {}
    for row, line in _lines(person, actor, units):
        key = (row.pgh_created_at, row.pgh_request, row.pgh_actor)
        change = found.setdefault(key, Change(row.pgh_created_at, row.pgh_actor))
        if line is None:
            change.is_new = True
        else:
            change.lines.append(line)
    names = dict(
        User.objects.filter(pk__in={change.actor_id for change in found.values()}).values_list(
            "pk", "full_name"
        )
    )
    for change in found.values():
        change.lines = _succeeded(change.lines)
        change.who = names.get(change.actor_id, "系统")
    in_order = sorted(found.values(), key=lambda change: change.at)
    return in_order[::-1]


def _succeeded(lines: list[Difference]) -> list[Difference]:
    """A fact that ended and the one that took its place, told as one change: 慢性病 → 卧床."""
    merged = []
    for line in lines:
        same = [other for other in lines if other.label == line.label]
        ended = [other for other in same if not other.is_new]
        began = [other for other in same if other.is_new]
        if line.label in ONE_AT_A_TIME and len(ended) == len(began) == 1:
            if line is ended[0]:
                merged.append(Difference(line.label, line.old, began[0].new))
        else:
            merged.append(line)
    return merged


def _lines(
    person: Retiree, actor: Actor, units: Mapping[int, str]
) -> Iterator[tuple[Any, Difference | None]]:
    yield from _by_field(_latest(RetireeHistory.objects.filter(pgh_obj_id=person.pk)), Retiree, PERSON_FIELDS)
    yield from _custom_lines(_latest(RetireeHistory.objects.filter(pgh_obj_id=person.pk)))
    if sees_private(actor):
        rows = _latest(PrivateDetailsHistory.objects.filter(pgh_obj_id=person.pk))
        yield from _by_field(rows, PrivateDetails, (*TYPED_SEALED, *TYPED_MONEY), first=False)
        for model, words in PRIVATE_ROWS:
            yield from _by_row(_latest(model.objects.filter(retiree_id=person.pk)), words)
    for model, words in FACTS:
        yield from _by_row(_latest(model.objects.filter(retiree_id=person.pk)), words)
    stays = Membership.objects.visible_to(actor).filter(retiree_id=person.pk).values("pk")
    rows = _latest(MembershipHistory.objects.filter(pgh_obj_id__in=stays))
    yield from _by_row(rows, lambda row: membership_words(row, units))


FACTS = (
    (LevelFactHistory, level_words),
    (ConditionHistory, condition_words),
    (LifeFactHistory, life_words),
    (AffiliationHistory, affiliation_words),
    (RulingHistory, ruling_words),
    (CareerEntryHistory, career_words),
    (HonourHistory, honour_words),
    (GroupMarkHistory, mark_words),
    (PortraitHistory, portrait_words),
)
PRIVATE_ROWS = (
    (FamilyMemberHistory, family_words),
    (AttachmentHistory, paper_words),
    (PersonNoteHistory, note_words),
)


def _latest(rows: Any) -> Sequence[Any]:
    return list(rows.order_by("-pgh_id")[:MOST])[::-1]


def _by_field(
    rows: Sequence[Any], model: Any, names: Sequence[str], *, first: bool = True
) -> Iterator[tuple[Any, Difference | None]]:
    """Differences of the fields of one row through its life. ``first``: its beginning is that of the person."""
    before = None
    for row in rows:
        if row.pgh_label == "insert" and first:
            yield row, None
        for name in names if before is not None or row.pgh_label == "insert" else ():
            old = getattr(before, name) if before is not None else None
            new = getattr(row, name)
            if not is_same(old, new):
                column = model._meta.get_field(name)
                yield (
                    row,
                    _difference(column.verbose_name, value_words(column, old), value_words(column, new)),
                )
        before = row


def _custom_lines(rows: Sequence[Any]) -> Iterator[tuple[Any, Difference]]:
    """Differences of the bureau's own fields."""
    if not any(row.custom for row in rows):
        return
    fields, before = custom_fields(), None
    known = fields.by_key
    for row in rows:
        old = before.custom if before is not None else {}
        if before is not None or row.pgh_label == "insert":
            for key in sorted({*old, *row.custom}):
                if old.get(key) != row.custom.get(key):
                    words = [fields.words(key, found.get(key)) or NOTHING for found in (old, row.custom)]
                    yield row, _difference(known[key].label if key in known else key, *words)
        before = row


def _by_row(
    rows: Sequence[Any], words: Callable[[Any], tuple[str, str]]
) -> Iterator[tuple[Any, Difference | None]]:
    """Differences of rows that come, change and go, each told in one line."""
    known: dict[Any, Any] = {}
    for row in rows:
        before = known.get(row.pgh_obj_id)
        label, now = words(row)
        old = words(before)[1] if before is not None else NOTHING
        new = NOTHING if row.pgh_label == "delete" else now
        seen = (
            row.pgh_label != "update" or before is not None
        )  # else what it was before lies outside of the wall
        if seen and (old != new or getattr(row, "phone", None) != getattr(before, "phone", None)):
            yield row, _difference(label, old, new)
        known[row.pgh_obj_id] = row


def _difference(label: str, old: str, new: str) -> Difference:
    """Two private values may wear the same mask; then the words say that it changed."""
    return Difference(str(label), old, f"{new}（有改动）" if old == new else new)
