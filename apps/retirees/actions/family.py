"""Family and contacts, in the order of calling, and the mark that a record was verified."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, keys_of, not_stale
from apps.retirees.models import FamilyMember, RegisterChange, Retiree

MEMBER_FIELDS = (
    "relation",
    "kinship",
    "name",
    "birth_date",
    "political",
    "work",
    "phone",
    "is_emergency",
    "is_survivor",
)


def _hold(retiree: Retiree) -> list[FamilyMember]:
    """The members in order; the person is locked, so that two changes of the order do not cross."""
    Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    return list(FamilyMember.objects.filter(retiree=retiree).order_by("sort", "pk"))


def _log(member: FamilyMember, what: str, by: Actor) -> None:
    person = member.retiree
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{what}：{person.name}的{member.kin}",
        by=by,
        subject=person,
    )


@transaction.atomic
def add_family_member(
    *, retiree: Retiree, values: Mapping[str, Any], by: Actor, token: uuid.UUID | None = None
) -> FamilyMember:
    """Add a member at the end of the order of calling. ``values``: MEMBER_FIELDS; phone is plain text or None.

    ``token`` is the form's: the same form sent twice gives the same member. It is not itself the key, or whoever
    invents one could meet the key of a row that he may not see.
    """
    members = _hold(retiree)
    key = uuid.uuid5(token, str(retiree.pk)) if token else uuid.uuid4()
    known = next((member for member in members if member.pk == key), None)
    if known is not None:
        return known
    member = FamilyMember(
        id=key,
        retiree=retiree,
        county_id=retiree.county_id,
        unit_id=retiree.unit_id,
        sort=len(members) + 1,
        **_row_values(values),
    )
    member.save(force_insert=True)
    _log(member, "新增联系人", by)
    return member


@transaction.atomic
def edit_family_member(
    *, member: FamilyMember, values: Mapping[str, Any], by: Actor, opened: Opened | None = None
) -> FamilyMember:
    """Change a member; only the keys given are touched. ``opened``: what the form was opened on.

    Raises Stale when it has changed since.
    """
    _hold(member.retiree)
    current = FamilyMember.objects.select_related("retiree").get(pk=member.pk)
    not_stale(current, opened)
    before = keys_of(current, MEMBER_FIELDS)
    for name, value in _row_values(values).items():
        setattr(current, name, value)
    if keys_of(current, MEMBER_FIELDS) != before:
        current.save()
        _log(current, "修改联系人", by)
    return current


def _row_values(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values[name] for name in MEMBER_FIELDS if name in values}
    for name in {"work", "kinship", "political"} & found.keys():
        found[name] = found[name] or ""
    return found


@transaction.atomic
def remove_family_member(*, member: FamilyMember, by: Actor) -> None:
    """Take a member off; the history keeps him. The others close up."""
    members = _hold(member.retiree)
    _log(member, "删除联系人", by)
    FamilyMember.objects.filter(pk=member.pk).delete()
    _renumber([other for other in members if other.pk != member.pk])


@transaction.atomic
def shift_family_member(*, member: FamilyMember, up: bool, by: Actor) -> None:
    """Move a member one place up or down in the order of calling; at the end nothing happens."""
    members = _hold(member.retiree)
    place = next(index for index, other in enumerate(members) if other.pk == member.pk)
    target = place - 1 if up else place + 1
    if 0 <= target < len(members):
        members[place], members[target] = members[target], members[place]
        _renumber(members)
        _log(member, "调整联系次序", by)


def _renumber(members: list[FamilyMember]) -> None:
    for number, member in enumerate(members, start=1):
        if member.sort != number:
            FamilyMember.objects.filter(pk=member.pk).update(sort=number)


@transaction.atomic
def verify_family_member(*, member: FamilyMember, on: date, by: Actor) -> None:
    """Note that the member's telephone and place were found right on a day."""
    FamilyMember.objects.filter(pk=member.pk).update(verified_on=on)
    _log(member, "核实联系人", by)


@transaction.atomic
def verify_retiree(*, retiree: Retiree, on: date, by: Actor) -> None:
    """Note that the person's record was found right on a day. No new version: nothing anyone types has changed."""
    Retiree.objects.filter(pk=retiree.pk).update(verified_on=on, updated_at=timezone.now())
    RegisterChange.objects.create(
        county_id=retiree.county_id, unit_id=retiree.unit_id
    )  # 12个月没有核实 is counted
    record_event(kind=EventKind.CHANGE, summary=f"核实资料：{retiree.name}", by=by, subject=retiree)
