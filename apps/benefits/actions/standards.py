"""Standards step by step: drafted, submitted, read and published by another person of the office, ended, withdrawn.

A published standard is never edited: what changes is a new one that replaces it, so that every month keeps the words
and the amount that it was paid by."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import StandardState
from apps.benefits.models import Standard
from apps.benefits.queries.standards import faults, is_used, restored_faults
from apps.core.chinese import format_date
from apps.core.scope import Actor

_PUBLISHING = 7_050
"""Class of the advisory lock on publishing; the database has no other use of it. Two that overlap, published at the
same moment, would not see each other."""


class Refused(NotPossible):
    """A standard that cannot be published as it stands; ``reasons`` in words."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = list(reasons)


@transaction.atomic
def add_standard(*, values: Mapping[str, Any], by: Actor) -> Standard:
    """A draft of the actor's office."""
    standard = Standard.objects.create(
        **values, county_id=by.county_id, made_by=by.user_id, made_by_name=by.name
    )
    _record(EventKind.CREATE, "新建待遇标准", standard, by)
    return standard


@transaction.atomic
def change_standard(*, standard: Standard, values: Mapping[str, Any], version: int, by: Actor) -> Standard:
    """Change a draft. Who changes it has drafted it: another person publishes. What the office has worked on is no
    example any more. Raises NotPossible."""
    kept = _held(standard, version, by)
    if kept.state != StandardState.DRAFT:
        raise NotPossible("只有草稿可以修改；待复核的请先退回，已发布的请新建一条替代它。")
    for name, value in values.items():
        setattr(kept, name, value)
    kept.is_example = False
    kept.made_by, kept.made_by_name = by.user_id, by.name
    _save(kept)
    _record(EventKind.CHANGE, "修改待遇标准", kept, by)
    return kept


@transaction.atomic
def delete_standard(*, standard: Standard, version: int, by: Actor) -> None:
    """Take a draft away. Raises NotPossible."""
    kept = _held(standard, version, by)
    if kept.state != StandardState.DRAFT:
        raise NotPossible("只有草稿可以删除。")
    if Standard.objects.filter(replaces=kept).exists():
        raise NotPossible("别的标准写明替代它，不能删除。")
    _record(EventKind.CHANGE, "删除待遇标准草稿", kept, by)
    kept.delete()


@transaction.atomic
def submit_standard(*, standard: Standard, version: int, by: Actor) -> Standard:
    """Hand a draft on to the other person. Raises NotPossible, Refused with what must be put right before."""
    kept = _held(standard, version, by)
    if kept.state != StandardState.DRAFT:
        raise NotPossible("只有草稿可以提交。")
    _refuse_faults(kept)
    kept.state, kept.words = StandardState.WAITING, ""
    _save(kept)
    _record(EventKind.STATE, "提交待遇标准", kept, by)
    return kept


@transaction.atomic
def return_standard(*, standard: Standard, version: int, words: str, by: Actor) -> Standard:
    """Give a waiting one back to be changed, saying why. Raises NotPossible."""
    kept = _held(standard, version, by)
    if kept.state != StandardState.WAITING:
        raise NotPossible("只有待复核的可以退回。")
    kept.state, kept.words = StandardState.DRAFT, words
    _save(kept)
    _record(EventKind.STATE, "退回待遇标准", kept, by, reason=words)
    return kept


@transaction.atomic
def publish_standard(*, standard: Standard, version: int, by: Actor) -> Standard:
    """Publish what another person of the office has drafted; the row it replaces ends where it begins. Raises
    NotPossible, Refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PUBLISHING, by.county_id or 0])
    kept = _held(standard, version, by)
    if kept.state != StandardState.WAITING:
        raise NotPossible("只有待复核的可以发布。")
    if kept.made_by == by.user_id:
        raise NotPossible("自己拟定的，由本单位另一个人复核发布。")
    _refuse_faults(kept)
    kept.replaced_during = _cut_replaced(kept, by)
    kept.state, kept.words = StandardState.PUBLISHED, ""
    kept.confirmed_by, kept.confirmed_by_name = by.user_id, by.name
    kept.confirmed_at = timezone.now()
    _save(kept)
    _record(EventKind.STATE, "发布待遇标准", kept, by)
    return kept


def publish_standards(
    *, picked: Sequence[tuple[Standard, int]], by: Actor
) -> tuple[list[Standard], list[tuple[Standard, list[str]]]]:
    """Publish several, each with the version it was read in, the earliest first, so that a later one can replace it.
    Return those published and, with the reasons, those that could not be."""
    published, left = [], []
    for standard, version in sorted(picked, key=lambda one: (one[0].during.lower, one[0].pk)):
        try:
            published.append(publish_standard(standard=standard, version=version, by=by))
        except Refused as problem:
            left.append((standard, problem.reasons))
        except NotPossible as problem:
            left.append((standard, [str(problem)]))
    return published, left


@transaction.atomic
def withdraw_standard(*, standard: Standard, version: int, reason: str, by: Actor) -> Standard:
    """Take a published one back as if it had never held, as long as nothing was reckoned by it; the row it replaced has
    its days back. Raises NotPossible, Refused."""
    kept = _held(standard, version, by)
    if kept.state != StandardState.PUBLISHED:
        raise NotPossible("只有已发布的可以停用。")
    if is_used(kept):
        raise NotPossible("已有发放名单按这条标准计算，不能停用；不再执行的请填写截止日期。")
    reasons = restored_faults(kept)
    if reasons:
        raise Refused(["停用后要恢复原来被替代的标准，但是它", *reasons])
    _give_back(kept, by)
    kept.state, kept.words = StandardState.WITHDRAWN, reason
    _save(kept)
    _record(EventKind.STATE, "停用待遇标准", kept, by, reason=reason)
    return kept


@transaction.atomic
def end_standard(*, standard: Standard, version: int, last_day: date, reason: str, by: Actor) -> Standard:
    """A published one no longer holds after a day. Raises NotPossible."""
    kept = _held(standard, version, by)
    if kept.state != StandardState.PUBLISHED:
        raise NotPossible("只有已发布的可以填写截止日期。")
    upper = last_day + timedelta(days=1)
    if upper <= kept.during.lower:
        raise NotPossible(f"截止不能早于起始（{format_date(kept.during.lower)}）。")
    if kept.during.upper is not None and upper >= kept.during.upper:
        raise NotPossible(f"它到{format_date(kept.during.upper - timedelta(days=1))}已经截止，只能提前。")
    kept.during = DateRange(kept.during.lower, upper)
    _save(kept)
    _record(EventKind.CHANGE, f"待遇标准截止到{format_date(last_day)}", kept, by, reason=reason)
    return kept


def _held(standard: Standard, version: int, by: Actor) -> Standard:
    """The row under a lock, as it was read."""
    rows = Standard.objects.select_for_update(of=("self",), no_key=True)
    kept = rows.select_related("benefit", "paper", "clause", "replaces").get(pk=standard.pk)
    if kept.county_id != by.county_id:
        raise NotPossible("这是别的单位的标准。")
    if kept.version != version:
        raise NotPossible("别人刚改动过这条标准，请看过新的内容再办。")
    return kept


def _refuse_faults(standard: Standard) -> None:
    reasons = faults(standard)
    if reasons:
        raise Refused(reasons)


def _cut_replaced(standard: Standard, by: Actor) -> DateRange | None:
    """End the replaced row where the new one begins. Return its days of before, None where they stay."""
    if standard.replaces_id is None:
        return None
    older = Standard.objects.select_for_update(of=("self",), no_key=True).get(pk=standard.replaces_id)
    starts, before = standard.during.lower, older.during
    if older.state != StandardState.PUBLISHED or (before.upper is not None and before.upper <= starts):
        return None
    older.during = DateRange(before.lower, starts)
    _save(older)
    _record(EventKind.CHANGE, f"因“{standard.label}”执行到{_day_before(starts)}", older, by)
    return before


def _give_back(standard: Standard, by: Actor) -> None:
    before = standard.replaced_during
    if standard.replaces_id is None or before is None:
        return
    older = Standard.objects.select_for_update(of=("self",), no_key=True).get(pk=standard.replaces_id)
    older.during = before
    _save(older)
    _record(EventKind.CHANGE, f"因“{standard.label}”停用，恢复原来的执行期间", older, by)
    standard.replaced_during = None


def _day_before(day: date) -> str:
    return format_date(day - timedelta(days=1))


def _save(standard: Standard) -> None:
    standard.version += 1
    standard.save()


def _record(kind: EventKind, what: str, standard: Standard, by: Actor, *, reason: str = "") -> None:
    record_event(kind=kind, summary=f"{what}：{standard.label}", by=by, subject=standard, reason=reason)
