"""Taking a merge back, from its sealed snapshot."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg import sql

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.merge import row_of
from apps.retirees.actions.merge_links import join_links
from apps.retirees.actions.merge_rows import hand_over
from apps.retirees.actions.spells import rebuild_spells
from apps.retirees.choices import DoubleState, LifeState
from apps.retirees.models import Membership, Merge, PossibleDouble, PrivateDetails, Retiree, Spell
from apps.retirees.rules.merging import UNDO_DAYS

OWN = {"id", "retiree_id", "county_id", "unit_id", "version", "created_at", "updated_at"}
DERIVED = {
    *("name_sort", "name_pinyin", "name_initials", "given_name", "given_pinyin", "given_initials"),
    *("period", "missing", "filled"),
}
INDEXES = {"national_id_index", "phone_index"}


@dataclass
class Outlook:
    """What stands against taking a merge back, and what of it would stay as it was changed since."""

    hindrances: list[str] = field(default_factory=list)
    """Any of these, and nothing is taken back."""
    kept_changes: list[str] = field(default_factory=list)


def undo_until(merge: Merge) -> datetime:
    """The last moment at which the merge can be taken back."""
    return merge.made_at + timedelta(days=UNDO_DAYS)


def outlook(merge: Merge, *, now: datetime, by: Actor) -> Outlook:
    """Look whether the merge can be taken back: in UNDO_DAYS days, as long as both records stand where it left them
    nobody else has taken the number, and both belong to places of the actor's."""
    found = Outlook()
    if merge.undone_at is not None:
        found.hindrances.append("这次合并已经撤销。")
        return found
    if now > undo_until(merge):
        found.hindrances.append(f"合并已超过{UNDO_DAYS}天，不能再撤销。")
    people = Retiree.objects.in_bulk([merge.retiree_id, merge.merged_id])
    keep, other = people.get(merge.retiree_id), people.get(merge.merged_id)
    if keep is None or other is None:
        found.hindrances.append("两条记录里有一条已经看不到了。")
        return found
    if keep.state == LifeState.MERGED:
        found.hindrances.append(f"{keep.name}后来又并入了别的记录，请先撤销那一次合并。")
    if other.state != LifeState.MERGED or other.merged_into_id != keep.pk:
        found.hindrances.append("被合并的记录已不在合并后的状态。")
    snapshot = opened(merge)
    if by.county_id not in (None, snapshot["people"]["before"]["other"]["county_id"]):
        found.hindrances.append("被合并的记录原来在别的县市区，请市局撤销。")
    number = snapshot["private"]["before"]["other"]["national_id_index"]
    if number and _taken_by_others(number, {keep.pk, other.pk}):
        found.hindrances.append("被合并的记录原来的身份证号，现在登记在另一个人名下。")
    found.kept_changes.extend(_changed_since(keep, snapshot))
    return found


def opened(merge: Merge) -> dict[str, Any]:
    """The snapshot as it was written by ``merge_people``."""
    found: dict[str, Any] = json.loads(merge.snapshot.for_processing())
    return found


@transaction.atomic
def undo_merge(*, merge: Merge, today: date, by: Actor) -> Outlook:
    """Make two records of one again, as they were; what was changed on the kept one since stays, and is told.

    Raises NotPossible, one reason a line, where it cannot be; nothing is written then.
    """
    held = (
        Merge.objects.visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=merge.pk).first()
    )
    if held is None:
        raise NotPossible("这次合并已经看不到了，请重新打开。")
    locked = Retiree.objects.select_for_update(of=("self",), no_key=True)
    people = {one.pk: one for one in locked.filter(pk__in=(held.retiree_id, held.merged_id)).order_by("pk")}
    found = outlook(held, now=timezone.now(), by=by)
    if found.hindrances:
        raise NotPossible("\n".join(found.hindrances))
    keep, other = people[held.retiree_id], people[held.merged_id]
    snapshot = opened(held)
    untouched = row_of(keep)["version"] == snapshot["people"]["after"]["keep"]["version"]
    try:
        with transaction.atomic():
            found.kept_changes += _write_back(keep, other, snapshot)
    except IntegrityError as error:
        raise NotPossible(
            "合并之后又登记了新的情况（级别、健康、单位等），与合并前的记录重叠，不能自动撤销。"
        ) from error
    rebuild_spells([keep.pk], today=today)
    _restore_spells(snapshot["spells"], {other.pk, *([keep.pk] if untouched else [])})
    held.undone_by, held.undone_by_name, held.undone_at = by.user_id, by.name, timezone.now()
    held.save(update_fields=["undone_by", "undone_by_name", "undone_at"])
    _reopen_pair(keep, other)
    other.refresh_from_db()
    for person, more in ((keep, other), (other, keep)):
        record_event(
            kind=EventKind.CHANGE,
            summary=f"撤销合并：{person.name}（{person.pk}）与{more.name}（{more.pk}）恢复为两个人",
            by=by,
            subject=person,
            data={"kept": keep.pk, "merged": other.pk},
        )
    return found


def _write_back(keep: Retiree, other: Retiree, snapshot: Mapping[str, Any]) -> list[str]:
    people, private = snapshot["people"], snapshot["private"]
    home = (people["before"]["other"]["county_id"], people["before"]["other"]["unit_id"])
    _set(Retiree, keep.pk, _restorable(keep, people, OWN) | {"version": keep.version + 1})
    back = {
        name: people["before"]["other"][name] for name in ("state", "merged_into_id", "county_id", "unit_id")
    }
    _set(Retiree, other.pk, back | {"version": other.version + 1})
    mine = PrivateDetails.objects.get(pk=keep.pk)
    _set(PrivateDetails, keep.pk, _restorable(mine, private, OWN))
    _set(PrivateDetails, other.pk, {name: private["before"]["other"][name] for name in INDEXES})
    gone = hand_over(snapshot["moves"], {keep.pk: (keep.county_id, keep.unit_id), other.pk: home}, back=True)
    join_links(snapshot.get("cut", []))
    Membership.objects.filter(pk__in=[pk for pk, *_ in snapshot["stays"]]).update(retiree_id=other.pk)
    _derive_again(keep)
    return [f"{name}：合并之后删去的，不能还原" for name in dict.fromkeys(gone)]


def _restorable(row: Any, both: Mapping[str, Any], but: set[str]) -> dict[str, Any]:
    """Old values of the columns that the merge changed and nobody has changed since."""
    now, before, after = row_of(row), both["before"]["keep"], both["after"]["keep"]
    return {
        name: before[name]
        for name in now
        if name not in but and before.get(name) != after.get(name) and now[name] == after.get(name)
    }


def _changed_since(keep: Retiree, snapshot: Mapping[str, Any]) -> list[str]:
    """Labels of the fields that the merge changed and somebody after it: they stay as they are now."""
    found = []
    private = PrivateDetails.objects.get(pk=keep.pk)
    for row, both in ((keep, snapshot["people"]), (private, snapshot["private"])):
        now, before, after = row_of(row), both["before"]["keep"], both["after"]["keep"]
        found += [
            f"{_label(type(row), name)}：合并之后又改过，保留现在的"
            for name in now
            if name not in OWN | DERIVED | INDEXES
            and before.get(name) != after.get(name)
            and now[name] != after.get(name)
        ]
    return found


def _label(model: Any, column: str) -> str:
    names = {one.column: one.verbose_name for one in model._meta.local_concrete_fields}
    return str(names[column])


def _taken_by_others(number: str, people: set[int]) -> bool:
    index = bytes.fromhex(number.removeprefix("\\x"))
    if PrivateDetails.objects.filter(national_id_index=index, pk__in=people).exists():
        return False
    return bool(apps.get_model("retirees.TakenId").objects.filter(pk=index).exists())


def _set(model: Any, pk: int, values: Mapping[str, Any]) -> None:
    """Write stored columns back as they were; the database makes its own types of them."""
    if not values:
        return
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [sql.Identifier(name) for name in values]
    statement = sql.SQL(
        "UPDATE {table} SET {set} FROM json_populate_record(NULL::{table}, %s::json) old WHERE {table}.{key} = %s"
    ).format(
        table=sql.Identifier(table),
        key=sql.Identifier(key),
        set=sql.SQL(", ").join(sql.SQL("{0} = old.{0}").format(column) for column in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(dict(values)), pk])


def _derive_again(keep: Retiree) -> None:
    """What follows from the other fields, where some went back and some stayed."""
    person = Retiree.objects.get(pk=keep.pk)
    person.derive(PrivateDetails.objects.get(pk=keep.pk).known())
    person.save()


def _restore_spells(rows: list[dict[str, Any]], people: set[int]) -> None:
    Spell.objects.filter(retiree_id__in=people).delete()
    wanted = [row for row in rows if row["retiree_id"] in people]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO retirees_spell SELECT * FROM json_populate_recordset(NULL::retirees_spell, %s::json)",
            [json.dumps(wanted)],
        )


def _reopen_pair(keep: Retiree, other: Retiree) -> None:
    first, second = sorted((keep.pk, other.pk))
    fresh = Retiree.objects.in_bulk([first, second])
    county = keep.county_id if fresh[first].county_id == fresh[second].county_id else None
    unit = keep.unit_id if county is not None and fresh[first].unit_id == fresh[second].unit_id else None
    PossibleDouble.objects.filter(first_id=first, second_id=second).update(
        state=DoubleState.OPEN,
        county_id=county,
        unit_id=unit,
        why="",
        decided_by=None,
        decided_by_name="",
        decided_at=None,
    )
