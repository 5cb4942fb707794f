"""What a row of a log would do: a new visit, one that is there already, or nothing because something is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from apps.core.cells import error, fold, notice, warning
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.imports.choices import Verdict
from apps.imports.rules import Place, StagedRow
from apps.retirees.models import Retiree
from apps.visits.actions.checking import Known as KnownPeople
from apps.visits.actions.checking import known_of as known_people
from apps.visits.actions.checking import visit_faults
from apps.visits.importers.cells import level_of_post
from apps.visits.importers.columns import OCCASION_WORDS
from apps.visits.importers.people import find_people
from apps.visits.importers.values import visit_values
from apps.visits.models import FundSource, Leader, Occasion, Visit
from apps.visits.rules import VisitorEntry

CHUNK = 5000
DUPLICATES = frozenset({"duplicate-in-file"})
FAULTS = {"target": ("visited_on", "after-death"), "over_limit_reason": ("over_limit", "over-limit")}
"""Field of the log's fault → column of the sheet, and kind."""
Existing = Mapping[tuple[int, str], Sequence[int]]
"""(person, day) → occasions of the visits logged."""


@dataclass(frozen=True)
class Known:
    """What of the place the cells are compared with."""

    occasions: Sequence[Occasion]
    sources: Mapping[str, FundSource]
    leaders: Mapping[str, Leader]


def judge_rows(rows: Sequence[StagedRow], place: Place, actor: Actor) -> None:
    """Set verdict, target and what would be written of each row."""
    known = known_of(place)
    found = find_people(rows, place, actor)
    visits = existing([person.pk for person in found.values()])
    people = {person.pk: person for person in found.values()}
    checks = known_people([], people)
    first: dict[tuple[Any, ...], StagedRow] = {}
    for index, row in enumerate(rows):
        person = found.get(index)
        _settle_words(row, known)
        if person is not None:
            row.target_id = person.pk
        if person is not None and not row.has_error():
            _as_recorded(row, person, known, checks)
            _once(row, person, first)
        if row.has_error() or person is None:
            kinds = {one.issue.kind for one in row.issues}
            row.verdict = Verdict.DUPLICATE if DUPLICATES & kinds else Verdict.ERROR
        else:
            _compare(row, person, visits, known)


def known_of(place: Place) -> Known:
    """Occasions, pots and leaders of a county and of the city."""
    theirs = Q(county_id=place.county_id) | Q(county=None)
    sources = FundSource.objects.filter(theirs, is_active=True).order_by("county_id", "sort", "pk")
    leaders = Leader.objects.filter(theirs).order_by("is_active", "-level", "pk")
    return Known(
        list(Occasion.objects.filter(is_active=True)),
        {fold(one.name): one for one in sources.reverse()},
        {one.name: one for one in leaders},
    )


def existing(people: Sequence[int]) -> Existing:
    """Visits logged for these people."""
    found: dict[tuple[int, str], list[int]] = {}
    keys = sorted(set(people))
    for start in range(0, len(keys), CHUNK):
        rows = Visit.objects.filter(retiree_id__in=keys[start : start + CHUNK])
        for person, day, occasion in rows.values_list("retiree_id", "visited_on", "occasion_id"):
            found.setdefault((person, day.isoformat()), []).append(occasion)
    return found


def _settle_words(row: StagedRow, known: Known) -> None:
    """Occasion, source and leaders by the office's own lists."""
    said = row.entry.get("occasion", "")
    occasion = occasion_of(said, known.occasions)
    if occasion is None:
        row.add("occasion", error("unknown", "没有这个事由。请从列表里选。"))
    else:
        row.entry["occasion_id"] = occasion.pk
        if not said:
            row.add("occasion", notice("assumed", "表里没有写事由，按日常走访登记。"))
        row.values["occasion"] = occasion.name
    _settle_source(row, known)
    for one in row.entry["visitors"]:
        leader = known.leaders.get(one["name"])
        one["leader_id"] = leader.pk if leader else None
        if leader and not one["post"]:
            row.add(
                "visitors",
                notice("post-now", f"{leader.name}按现在的职务“{leader.post}”登记；当时不同的请写在括号里。"),
            )
            one["post"] = leader.post
        one["level"] = leader.level if leader else level_of_post(one["post"])


_SOURCE_WANTED = "有慰问金或慰问品的，要写资金来源。"
_ADD_SOURCE = "先在“走访服务—慰问经费”的“资金来源”里添加。"
_SOURCE_FIRST = f"{_SOURCE_WANTED}现在一个来源也没有，请{_ADD_SOURCE}"


def _settle_source(row: StagedRow, known: Known) -> None:
    said = row.entry.get("source", "")
    source = known.sources.get(fold(said)) if said else None
    if said and source is None:
        row.add("source", error("unknown", f"没有这个资金来源。请从列表里选，或{_ADD_SOURCE}"))
    elif source is None and (row.entry.get("money") or row.entry.get("goods_value")):
        row.add("source", error("required", _SOURCE_WANTED if known.sources else _SOURCE_FIRST))
    elif source is not None:
        row.entry["source_id"] = source.pk


def occasion_of(text: str, occasions: Sequence[Occasion]) -> Occasion | None:
    """The occasion that a cell names: by its name, else by a word in it; ordinary visits where nothing is said."""
    by_code = {one.code: one for one in occasions}
    if not text:
        return by_code.get("routine")
    plain = fold(text)
    for one in sorted(occasions, key=lambda one: -len(one.name)):
        if fold(one.name) == plain:
            return one
    for one in sorted(occasions, key=lambda one: -len(one.name)):
        if fold(one.name) in plain:
            return one
    for code, words in OCCASION_WORDS:
        if code in by_code and any(fold(word) in plain for word in words):
            return by_code[code]
    return None


def _as_recorded(row: StagedRow, person: Retiree, known: Known, checks: KnownPeople) -> None:
    """What the log itself would refuse: after a death, over a limit, money of nobody."""
    occasions = {one.pk: one for one in known.occasions}
    sources = {one.pk: one for one in known.sources.values()}
    values = visit_values(row.entry, occasions, sources)
    visitors = [VisitorEntry(**one) for one in row.entry["visitors"]]
    for fault in visit_faults(Visit(**person.row_keys(), **values), person, visitors, checks):
        name, kind = FAULTS.get(fault.field, (fault.field or "name", "refused"))
        row.add(name, error(kind, fault.text))


def _once(row: StagedRow, person: Retiree, first: dict[tuple[Any, ...], StagedRow]) -> None:
    key = (person.pk, row.entry["visited_on"], row.entry["occasion_id"])
    other = first.setdefault(key, row)
    if other is not row:
        text = f"与第{other.number}行是同一个人、同一天、同一事由。请改正，或选择不导入其中一行。"
        row.add("name", error("duplicate-in-file", text))


def _compare(row: StagedRow, person: Retiree, visits: Existing, known: Known) -> None:
    logged = visits.get((person.pk, row.entry["visited_on"]), ())
    if row.entry["occasion_id"] in logged:
        row.verdict = Verdict.SAME
        row.add("name", notice("logged", "这一天、这个事由的走访已经登记过，不会重复写入。"))
        return
    if logged:
        names = {one.pk: one.name for one in known.occasions}
        said = "、".join(sorted({names.get(one, "别的事由") for one in logged}))
        row.add("visited_on", warning("another-visit", f"这一天已经登记过一次走访（{said}），请核对。"))
    if person.retired_on and person.retired_on.earliest > date.fromisoformat(row.entry["visited_on"]):
        row.add("visited_on", warning("before-retiring", "这一天他还没有离退休，请核对。"))
    row.verdict = Verdict.NEW
    who = "、".join(
        one["name"] + (f"（{one['post']}）" if one["post"] else "") for one in row.entry["visitors"]
    )
    day = format_date(date.fromisoformat(row.entry["visited_on"]))
    row.before["走访"] = ""
    row.after["走访"] = f"{day}，{row.values['occasion']}，{who}"
