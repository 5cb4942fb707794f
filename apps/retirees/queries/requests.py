"""Requests for changes: what is reviewed, what waits for whom, and what a request would change."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.fields import decode, encode
from apps.core.once import counted_once
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.core.secret import Secret
from apps.retirees.choices import REVIEWED_BY_DEFAULT, LifeState, RequestKind, RequestState
from apps.retirees.models import ChangeRequest, PrivateDetails, Retiree, ReviewSetting
from apps.retirees.models.requests import OPEN
from apps.retirees.queries.person import TYPED, TYPED_MONEY, TYPED_SEALED
from apps.retirees.queries.words import NOTHING, value_words

GO_WITH = {
    "joined_on": ("joined_basis",),
    "rank": ("rank_number",),
    "treatment": ("treatment_number",),
    "medical_treatment": ("medical_treatment_on", "medical_number"),
}
"""The proof of a date or a level is reviewed with it."""
NEVER_REVIEWED = {"name", "note", "health", "self_care", "living"} | {
    name for names in GO_WITH.values() for name in names
}
"""What is told anew all the time, and what goes with another field."""
REVIEWABLE = tuple(name for name in (*TYPED, *TYPED_SEALED, *TYPED_MONEY) if name not in NEVER_REVIEWED)
DEATH = "death"
LIMIT = 1000


def reviewed_names() -> frozenset[str]:
    """Fields that counties and units do not change by themselves, and ``death``; the office's latest setting."""
    setting = ReviewSetting.objects.first()
    return frozenset(REVIEWED_BY_DEFAULT if setting is None else setting.names)


def held_names(actor: Actor) -> frozenset[str]:
    """Fields whose change by ``actor`` waits for a word; nothing for the city."""
    if actor.county_id is None:
        return frozenset()
    names = reviewed_names()
    return names | {other for name in names for other in GO_WITH.get(name, ())}


def field_label(name: str) -> str:
    """现享受待遇, 身份证号, 去世及撤回."""
    return "去世及其撤回" if name == DEATH else str(_column(name).verbose_name)


def _column(name: str) -> Any:
    model = PrivateDetails if name in (*TYPED_SEALED, *TYPED_MONEY) else Retiree
    return model._meta.get_field(name)


# --- values on their way into the sealed columns and back


def pack(values: Mapping[str, Any]) -> str:
    """JSON of field values; dates, partial dates and amounts keep their kind."""
    return json.dumps({name: _packed(value) for name, value in values.items()}, ensure_ascii=False)


def _packed(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.for_processing()
    if isinstance(value, PartialDate):
        return {"partial": encode(value)}
    if isinstance(value, Decimal):
        return {"amount": str(value)}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def unpack(sealed: Secret | None) -> dict[str, Any]:
    """The values that ``pack`` wrote."""
    stored = json.loads(sealed.for_processing()) if sealed else {}
    return {name: _unpacked(value) for name, value in stored.items()}


def _unpacked(value: Any) -> Any:
    match value:
        case {"partial": text}:
            return decode(text)
        case {"amount": text}:
            return Decimal(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return value


def present_values(person: Retiree, private: PrivateDetails | None, names: Iterable[str]) -> dict[str, Any]:
    """What stands in the register for these fields now; private values in plain, for comparing only."""
    found = {}
    for name in names:
        value = getattr(private if name in (*TYPED_SEALED, *TYPED_MONEY) else person, name, None)
        found[name] = value.for_processing() if isinstance(value, Secret) else value
    return found


def is_same_value(one: Any, other: Any) -> bool:
    """Whether two values say the same: an empty text as little as None; dates by what they say, not how typed."""
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return one.iso() == other.iso()
    return (None if one == "" else one) == (None if other == "" else other)


# --- what a request would change


@dataclass(frozen=True)
class Line:
    """One field of a request in words; private values as masks."""

    label: str
    old: str
    new: str
    now: str = ""
    """What stands there now, where that is neither what it was nor what is wanted."""


@dataclass(frozen=True)
class Shown:
    """A request with what it would change, as the register stands now."""

    request: ChangeRequest
    person: Retiree
    lines: list[Line]
    is_moot: bool
    """Nothing is left to decide: the register says already what is wanted."""

    @property
    def is_overtaken(self) -> bool:
        """Somebody changed one of the fields after the request was made."""
        return any(line.now for line in self.lines)


def shown(requests: Iterable[ChangeRequest]) -> list[Shown]:
    """Requests beside the register, three queries whatever their number."""
    rows = list(requests)
    keys = {row.retiree_id for row in rows}
    people = Retiree.objects.select_related("county", "unit").in_bulk(keys)
    private = PrivateDetails.objects.in_bulk(keys)
    return [_shown(row, people[row.retiree_id], private.get(row.retiree_id)) for row in rows]


def _shown(request: ChangeRequest, person: Retiree, private: PrivateDetails | None) -> Shown:
    if request.kind != RequestKind.FIELDS:
        return Shown(request, person, _life_lines(request), is_life_moot(request, person))
    before, after = unpack(request.before), unpack(request.after)
    now = present_values(person, private, after)
    is_open = request.state in OPEN
    lines = []
    for name, wanted in after.items():
        moved = is_open and not any(is_same_value(now[name], one) for one in (before.get(name), wanted))
        words = [field_words(name, value) for value in (before.get(name), wanted, now[name])]
        lines.append(Line(field_label(name), words[0], words[1], words[2] if moved else ""))
    moot = is_open and all(is_same_value(now[name], wanted) for name, wanted in after.items())
    return Shown(request, person, lines, moot)


def is_life_moot(request: ChangeRequest, person: Retiree) -> bool:
    """Whether a death, or its retraction, has nothing left to decide about: the person is not dead."""
    return person.state != LifeState.DEAD


def field_words(name: str, value: Any) -> str:
    """A value of a request as people read it; a private one as its mask."""
    column = _column(name)
    if name in TYPED_SEALED:
        return str(column.mask(value)) if value else NOTHING
    return value_words(column, value)


def _life_lines(request: ChangeRequest) -> list[Line]:
    after = unpack(request.after)
    died, reported = after.get("died_on"), after.get("reported_on")
    if request.kind == RequestKind.RETRACTION:
        return [Line("状态", f"{died}去世" if died else "去世", "重新在册")]
    lines = [Line("状态", LifeState(unpack(request.before)["state"]).label, f"{died}去世")]
    facts = (("报告日期", value_words(_DAY, reported)), ("去世地点", after.get("place") or NOTHING))
    note = after.get("note")
    return [
        *lines,
        *(Line(*fact[:1], "", fact[1]) for fact in facts),
        *([Line("丧事和遗属", "", note)] if note else []),
    ]


_DAY = Retiree._meta.get_field("verified_on")


# --- what waits for whom


def level_of(actor: Actor) -> str:
    """ "unit", "county" or "city": where the actor works."""
    return "unit" if actor.unit_id is not None else "county" if actor.county_id is not None else "city"


def to_decide(actor: Actor) -> Any:
    """Requests that wait for the actor's word: all for the city, those of its units for a county's chief."""
    waiting = ChangeRequest.objects.visible_to(actor).filter(state=RequestState.WAITING)
    return waiting if actor.county_id is None else waiting.filter(asked_level="unit")


def own_open(actor: Actor) -> Any:
    """Requests of one's own place that are not decided; for the city, those that were returned."""
    rows = ChangeRequest.objects.visible_to(actor)
    if actor.county_id is None:
        return rows.filter(state=RequestState.RETURNED)
    return rows.filter(state__in=OPEN, **({"asked_level": "unit"} if actor.unit_id is not None else {}))


def decided(actor: Actor) -> Any:
    """Requests that are closed, the latest first."""
    return ChangeRequest.objects.visible_to(actor).exclude(state__in=OPEN).order_by("-decided_at", "pk")


def returned(actor: Actor) -> Any:
    """Requests of the actor's level that came back to be amended."""
    rows = ChangeRequest.objects.visible_to(actor)
    return rows.filter(state=RequestState.RETURNED, asked_level=level_of(actor))


@counted_once
def waiting_count(actor: Actor) -> int:
    """How many requests wait for the actor, counted up to LIMIT."""
    return int(to_decide(actor).order_by().values("pk")[:LIMIT].count())


@counted_once
def returned_count(actor: Actor) -> int:
    """How many requests of the actor's level came back to be amended."""
    return int(returned(actor).order_by().values("pk")[:LIMIT].count())


def open_requests(person: Retiree, actor: Actor) -> list[ChangeRequest]:
    """Open requests about a person, the oldest first."""
    rows = ChangeRequest.objects.visible_to(actor).filter(retiree_id=person.pk, state__in=OPEN)
    return list(rows.order_by("asked_at"))


def proofs_in_use(names: set[str]) -> set[str]:
    """Of these stored files, those that requests still name. Asked by the sweeper, in a city scope."""
    return set(ChangeRequest.objects.filter(proof_file__in=names).values_list("proof_file", flat=True))
