"""Making one person of two records, and taking it back."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.core.secret import Secret
from apps.retirees.actions.doubles import common_place
from apps.retirees.actions.edit import StaleEdit
from apps.retirees.actions.life import NotPossible
from apps.retirees.actions.merge_links import cut_links, keep_together
from apps.retirees.actions.merge_rows import hand_over, plan_moves, plan_stays
from apps.retirees.actions.requests import request_change
from apps.retirees.actions.spells import rebuild_spells
from apps.retirees.choices import TRANSFER_OPEN, VOID, DoubleState, LifeState, TransferSide
from apps.retirees.models import Membership, Merge, PossibleDouble, Retiree, Transfer
from apps.retirees.models.private import id_index, phone_index
from apps.retirees.queries.merging import MERGED_FIELDS, PRIVATE_FIELDS, Two, picked, two_of
from apps.retirees.queries.requests import held_names
from apps.retirees.rules.doubles import LISTED
from apps.retirees.rules.merging import FACTS, PAIRED


@transaction.atomic
def merge_people(
    *,
    keep: Retiree,
    other: Retiree,
    versions: tuple[int, int],
    sides: Mapping[str, str],
    why: str,
    today: date,
    by: Actor,
) -> Merge:
    """Make one person of two records: ``keep`` stays, ``other`` leaves the register and leads to ``keep``.

    ``versions``: of keep and other as they were looked at. ``sides``: "keep" or "other" for fields in which both say
    something else; the rest is taken as proposed. All rows of the other go over as far as the kept person can have
    them; what both were before is sealed for the undoing.
    Raises StaleEdit when either was changed meanwhile, NotPossible when one of them is merged already.
    """
    two = _hold(keep, other, versions, by)
    before, spells = _rows_of(two), _spells(two.keep.pk, two.other.pk)
    chosen, waiting = parted(two, sides, by)
    place = (two.keep.county_id, two.keep.unit_id)
    Retiree.objects.filter(pk=two.other.pk).update(county_id=place[0], unit_id=place[1])
    moves = keep_together(plan_moves(two.keep, two.other, winners_of(chosen, waiting)), two.other.pk)
    cut = cut_links(moves, two.other.pk)
    hand_over(moves, {two.keep.pk: place, two.other.pk: place})
    stays = plan_stays(two.keep, two.other)
    Membership.objects.filter(pk__in=[pk for pk, *_ in stays]).update(retiree_id=two.keep.pk)
    _write_people(two, chosen)
    rebuild_spells([two.keep.pk, two.other.pk], today=today)
    after = _rows_of(two)
    snapshot = {
        "moves": moves,
        "cut": cut,
        "stays": stays,
        "spells": spells,
        **{kind: {"before": before[kind], "after": after[kind]} for kind in ("people", "private")},
    }
    merge = _seal(two, snapshot, why, by)
    if waiting:
        request_change(retiree=two.keep, values=waiting, reason=why, by=by, origin="合并疑似重复")
    _settle_pairs(two, why, by)
    _record(two, before["people"]["other"], why, by)
    return merge


def _rows_of(two: Two) -> dict[str, dict[str, Any]]:
    return {
        "people": {"keep": row_of(two.keep), "other": row_of(two.other)},
        "private": {"keep": row_of(two.keep_private), "other": row_of(two.other_private)},
    }


def _seal(two: Two, snapshot: Mapping[str, Any], why: str, by: Actor) -> Merge:
    merge = Merge(
        retiree=two.keep,
        county_id=two.keep.county_id,
        unit_id=two.keep.unit_id,
        merged_id=two.other.pk,
        why=why[:200],
        made_by=by.user_id,
        made_by_name=by.name,
    )
    merge.snapshot = json.dumps(snapshot, ensure_ascii=False)
    merge.save(force_insert=True)
    return merge


def parted(two: Two, sides: Mapping[str, str], by: Actor) -> tuple[dict[str, str], dict[str, Any]]:
    """The side of each field, and what of the other record waits for review first: a merge is no way around it."""
    chosen = picked(two.choices(), sides)
    held = held_names(by) & {name for name, side in chosen.items() if side == "other"}
    waiting: dict[str, Any] = {}
    for name in held:
        value = getattr(two.other_private if name in PRIVATE_FIELDS else two.other, name)
        waiting[name] = value.for_processing() if isinstance(value, Secret) else value
        waiting |= {more: getattr(two.other, more) for more, leader in PAIRED.items() if leader == name}
    return chosen | dict.fromkeys(held, "keep"), waiting


def winners_of(chosen: Mapping[str, str], waiting: Mapping[str, Any]) -> dict[str, str]:
    """By kind of dated fact whose go first; "stay" where the value waits."""
    return {
        str(FACTS[name]): "stay" if name in waiting else side
        for name, side in chosen.items()
        if name in FACTS
    }


def _hold(keep: Retiree, other: Retiree, versions: tuple[int, int], by: Actor) -> Two:
    held = {
        person.pk: person
        for person in Retiree.objects.visible_to(by)
        .select_for_update(of=("self",), no_key=True)
        .filter(pk__in=(keep.pk, other.pk))
        .order_by("pk")
    }
    if len(held) < 2:
        raise NotPossible("这两条记录里有一条已经看不到了，请重新打开。")
    for pk, version in ((keep.pk, versions[0]), (other.pk, versions[1])):
        if held[pk].state in VOID:
            what = "并入别的记录" if held[pk].state == LifeState.MERGED else "按登记有误移出"
            raise NotPossible(f"{held[pk].name}这条记录已经{what}。")
        if held[pk].version != version:
            raise StaleEdit(held[pk])
    under_way = Transfer.objects.filter(retiree_id__in=held, side=TransferSide.OUT, state__in=TRANSFER_OPEN)
    if under_way.exists():
        raise NotPossible("两个人里有一个正在办理县市区间转移，请先办完或撤回。")
    return two_of(by, held[keep.pk], held[other.pk], keep=keep.pk)


def _write_people(two: Two, chosen: Mapping[str, str]) -> None:
    """The chosen values, the ID number free before it is taken over, and the other off the register."""
    keep, other = two.keep, two.other
    for name in MERGED_FIELDS:
        if chosen.get(name) == "other":
            setattr(keep, name, getattr(other, name))
    for name, leader in PAIRED.items():
        if chosen.get(leader) == "other":
            setattr(keep, name, getattr(other, name))
    keep.custom = other.custom | keep.custom  # what only the other knows is taken from him
    mine, his = two.keep_private, two.other_private
    for name in PRIVATE_FIELDS:
        if chosen.get(name) == "other":
            setattr(mine, name, getattr(his, name))
    his.national_id_index = his.phone_index = None
    his.save(update_fields=["national_id_index", "phone_index"])
    mine.national_id_index = id_index(mine.national_id.for_processing()) if mine.national_id else None
    mine.phone_index = phone_index(mine.phone.for_processing()) if mine.phone else None
    mine.save()
    keep.derive(mine.known())
    keep.version += 1
    keep.save()
    other.county_id, other.unit_id = keep.county_id, keep.unit_id
    other.state, other.merged_into = LifeState.MERGED, keep
    other.version += 1
    other.save(update_fields=["state", "merged_into", "version", "updated_at"])


def _settle_pairs(two: Two, why: str, by: Actor) -> None:
    """The pair is decided; other open pairs of the merged record are none any more."""
    first, second = sorted((two.keep.pk, two.other.pk))
    county, unit = common_place(two.keep, two.other)
    PossibleDouble.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={
            "county_id": county,
            "unit_id": unit,
            "state": DoubleState.MERGED,
            "why": why[:200],
            "decided_by": by.user_id,
            "decided_by_name": by.name,
            "decided_at": timezone.now(),
        },
        create_defaults={
            "county_id": county,
            "unit_id": unit,
            "state": DoubleState.MERGED,
            "weight": LISTED,
            "why": why[:200],
            "decided_by": by.user_id,
            "decided_by_name": by.name,
            "decided_at": timezone.now(),
        },
    )
    for side in ("first_id", "second_id"):
        PossibleDouble.objects.filter(**{side: two.other.pk}, state=DoubleState.OPEN).delete()


def _record(two: Two, before: Mapping[str, Any], why: str, by: Actor) -> None:
    """In the log of both, the merged one's where it was."""
    data = {"kept": two.keep.pk, "merged": two.other.pk}
    record_event(
        kind=EventKind.CHANGE,
        summary=f"合并人员：{two.other.name}（{two.other.pk}）并入{two.keep.name}（{two.keep.pk}）",
        reason=why,
        by=by,
        subject=two.keep,
        data=data,
    )
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{two.other.name}（{two.other.pk}）已并入{two.keep.name}（{two.keep.pk}）",
        reason=why,
        by=by,
        subject=two.other,
        county_id=before["county_id"],
        unit_id=before["unit_id"],
        data=data,
    )


def row_of(row: Any) -> dict[str, Any]:
    """The stored columns of a row as JSON; sealed values stay sealed, and generated columns are left out."""
    meta = type(row)._meta
    generated = {field.column for field in meta.local_concrete_fields if field.generated}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS[meta.label_lower], [row.pk])
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return {name: value for name, value in found.items() if name not in generated}


_ROWS = {
    "retirees.retiree": "SELECT to_jsonb(r)::text FROM retirees_retiree r WHERE id = %s",
    "retirees.privatedetails": "SELECT to_jsonb(r)::text FROM retirees_privatedetails r WHERE retiree_id = %s",
}


def _spells(*people: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(s)::text FROM retirees_spell s WHERE retiree_id = ANY(%s) ORDER BY id",
            [list(people)],
        )
        return [json.loads(text) for (text,) in cursor.fetchall()]


__all__ = ["merge_people", "row_of"]
