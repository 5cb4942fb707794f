"""Leaving the register: death, moving out of the city, a record that should never have been; and each taken back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor
from apps.retirees.actions.family import add_family_member
from apps.retirees.actions.life import NotPossible, hold_on_register
from apps.retirees.actions.spells import rebuild_spells, since
from apps.retirees.choices import ExitKind, LifeState
from apps.retirees.models import Condition, FamilyMember, LifeFact, Membership, PrivateDetails, Retiree
from apps.retirees.models.private import id_index
from apps.retirees.rules import followers, may_follow, register_until

EXITS = {LifeState.DEAD: ExitKind.DIED, LifeState.LEFT: ExitKind.OUTSIDE}


@transaction.atomic
def record_death(
    *,
    retiree: Retiree,
    died_on: PartialDate,
    reported_on: date,
    place: str = "",
    funeral: str = "",
    note: str = "",
    survivors: Collection[uuid.UUID] = (),
    new_survivors: Sequence[Mapping[str, Any]] = (),
    by: Actor,
) -> Retiree:
    """Record a death with the precision it is known in, and the day it was reported.

    The person leaves the register on that day (``rules.register_until``), and all open conditions end. ``survivors``:
    keys of the family members who are 遗属; ``new_survivors``: values of 遗属 who are not on file yet, as
    ``add_family_member`` takes them. Whoever follows those who leave (``rules.register_follower``) does his part.
    Raises NotPossible for people off the register, a death after its report or before the birth.
    """
    person = hold_on_register(retiree)
    if died_on.earliest > reported_on:
        raise NotPossible("去世时间不能晚于报告日期。")
    if person.birth_date and died_on.latest < person.birth_date.earliest:
        raise NotPossible("去世时间早于出生时间，请核对。")
    off = register_until(died_on, reported_on)
    added = [
        add_family_member(retiree=person, values={**values, "is_survivor": True}, by=by).pk
        for values in new_survivors
    ]
    LifeFact.objects.create(
        **person.row_keys(),
        state=LifeState.DEAD,
        happened_on=died_on,
        reported_on=reported_on,
        place=place,
        funeral=funeral,
        note=note,
        survivors=[*_mark_survivors(person, survivors), *added],
    )
    person.died_on = died_on
    _go(person, LifeState.DEAD, off, reported_on)
    _tell_followers(person, LifeState.DEAD, off, by)
    record_event(kind=EventKind.STATE, summary=f"{person.name}：去世（{died_on}）", by=by, subject=person)
    return person


def _mark_survivors(person: Retiree, keys: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Mark family members as 遗属; return the keys of those who were not before."""
    members = FamilyMember.objects.filter(retiree=person, pk__in=list(keys), is_survivor=False)
    marked = list(members.values_list("pk", flat=True))
    FamilyMember.objects.filter(retiree=person, pk__in=marked).update(is_survivor=True)
    return marked


def _tell_followers(person: Retiree, state: LifeState, off: date, by: Actor) -> None:
    for follower in followers():
        follower.do(person, state, off, by)


@transaction.atomic
def record_left(
    *, retiree: Retiree, left_on: date, reported_on: date, place: str, note: str = "", by: Actor
) -> Retiree:
    """Record that somebody moved out of the city: off the register from that day, to a place outside. Whoever follows
    those who leave (``rules.register_follower``) does his part.

    Raises NotPossible for people off the register, a day after its report, and without a place.
    """
    person = hold_on_register(retiree)
    if left_on > reported_on:
        raise NotPossible("转出日期不能晚于报告日期。")
    if not place.strip():
        raise NotPossible("请写明转往哪里。")
    LifeFact.objects.create(
        **person.row_keys(),
        state=LifeState.LEFT,
        happened_on=PartialDate.from_date(left_on),
        reported_on=reported_on,
        place=place,
        note=note,
    )
    _go(person, LifeState.LEFT, left_on, reported_on)
    _tell_followers(person, LifeState.LEFT, left_on, by)
    record_event(
        kind=EventKind.STATE,
        summary=f"{person.name}：转出到{place}（{format_date(left_on)}）",
        by=by,
        subject=person,
    )
    return person


def _go(person: Retiree, state: LifeState, off: date, reported_on: date) -> None:
    """Set the state and end what is open."""
    person.state = state
    person.version += 1
    person.save(update_fields=["state", "died_on", "version", "updated_at"])
    stay = Membership.objects.get(retiree_id=person.pk, during__endswith=None)
    if stay.during.lower is not None and off <= stay.during.lower:
        raise NotPossible(f"时间早于进入名册的日期（{format_date(stay.during.lower)}），请先核对离退休时间。")
    Membership.objects.filter(pk=stay.pk).update(during=since(stay.during.lower, off), exit=EXITS[state])
    for condition in Condition.objects.filter(retiree=person, during__endswith=None):
        lower = condition.during.lower
        if lower is not None and lower >= off:
            condition.delete()
        else:
            Condition.objects.filter(pk=condition.pk).update(during=since(lower, off))
    rebuild_spells([person.pk], today=reported_on)


@transaction.atomic
def retract_exit(*, retiree: Retiree, reason: str, by: Actor) -> Retiree:
    """Take back a death or a moving out that was registered by mistake: the person is on the register as if it had
    not been. Membership and what was known when it closed are open again, those whom the death made 遗属 are no longer;
    the history keeps both.

    Raises NotPossible for people who are neither dead nor gone, and without a reason.
    """
    person = _held(retiree)
    if person.state not in EXITS:
        raise NotPossible(f"{person.name}没有登记去世或转出。")
    if not reason.strip():
        raise NotPossible("请写明撤回的原因。")
    gone = LifeState(person.state)
    stay = Membership.objects.filter(retiree_id=person.pk, exit=EXITS[gone]).latest("during")
    off = stay.during.upper
    Membership.objects.filter(pk=stay.pk).update(during=since(stay.during.lower), exit="")
    still_open = set(
        Condition.objects.filter(retiree=person, during__endswith=None).values_list("kind", flat=True)
    )
    ended = Condition.objects.filter(retiree=person, during__endswith=off).exclude(kind__in=still_open)
    for condition in ended:
        Condition.objects.filter(pk=condition.pk).update(during=since(condition.during.lower))
    _unmark_survivors(person)
    for follower in followers():
        follower.undo(person, gone, off, by)
    person.died_on = None
    _back(person, gone)
    rebuild_spells([person.pk], today=off)
    record_event(
        kind=EventKind.STATE,
        summary=f"{person.name}：撤回{gone.label}登记",
        reason=reason,
        by=by,
        subject=person,
    )
    return person


def _unmark_survivors(person: Retiree) -> None:
    """Those whom a death of this person marked, and only those; asked before the fact of the death goes."""
    deaths = LifeFact.objects.filter(retiree=person, state=LifeState.DEAD)
    marked = [key for fact in deaths for key in fact.survivors]
    FamilyMember.objects.filter(retiree=person, pk__in=marked).update(is_survivor=False)


def _held(retiree: Retiree) -> Retiree:
    return Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)


def _back(person: Retiree, gone: LifeState) -> None:
    """The state of before, from the facts that are left."""
    LifeFact.objects.filter(retiree=person, state=gone).delete()
    before = LifeFact.objects.filter(retiree=person).order_by("recorded_at", "pk").last()
    person.state = before.state if before else LifeState.ALIVE
    person.version += 1
    person.save(update_fields=["state", "died_on", "version", "updated_at"])


@transaction.atomic
def remove_mistake(*, retiree: Retiree, reason: str, today: date, by: Actor) -> Retiree:
    """Take a record off that should never have been entered. Nothing is deleted: it counts on no day, stands in no
    list but that of mistakes, and its ID number is free again; it can be restored as it was.

    Raises NotPossible without a reason, and for a state that it cannot follow.
    """
    person = _held(retiree)
    if not may_follow(person.state, LifeState.MISTAKE):
        raise NotPossible(f"{person.name}现在是“{person.get_state_display()}”，不能这样办理。")
    if not reason.strip():
        raise NotPossible("请写明为什么是误登记。")
    LifeFact.objects.create(
        **person.row_keys(),
        state=LifeState.MISTAKE,
        happened_on=PartialDate.from_date(today),
        reported_on=today,
        note=reason[:200],
    )
    person.state = LifeState.MISTAKE
    person.version += 1
    person.save(update_fields=["state", "version", "updated_at"])
    private = PrivateDetails.objects.get(pk=person.pk)
    private.national_id_index = None
    private.save(update_fields=["national_id_index"])
    rebuild_spells([person.pk], today=today)
    record_event(
        kind=EventKind.STATE, summary=f"{person.name}：误登记，移出名册", reason=reason, by=by, subject=person
    )
    return person


@transaction.atomic
def restore_mistake(*, retiree: Retiree, reason: str, today: date, by: Actor) -> Retiree:
    """Put a record back that was taken off as a mistake.

    Raises NotPossible for one that was not, without a reason, and when its ID number was registered meanwhile.
    """
    person = _held(retiree)
    if person.state != LifeState.MISTAKE:
        raise NotPossible(f"{person.name}没有登记为误登记。")
    if not reason.strip():
        raise NotPossible("请写明恢复的原因。")
    private = PrivateDetails.objects.get(pk=person.pk)
    if private.national_id:
        private.national_id_index = id_index(private.national_id.for_processing())
        try:
            with transaction.atomic():
                private.save(update_fields=["national_id_index"])
        except IntegrityError:
            raise NotPossible("这个证件号后来已由另一条记录登记，不能恢复；请先核对那一条。") from None
    _back(person, LifeState.MISTAKE)
    rebuild_spells([person.pk], today=today)
    record_event(
        kind=EventKind.STATE, summary=f"{person.name}：恢复误移的记录", reason=reason, by=by, subject=person
    )
    return person
