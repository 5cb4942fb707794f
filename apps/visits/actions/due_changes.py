"""What people say about single rows of the due list: why somebody was not seen, and who goes off it with approval."""

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.visits.choices import DueState, Reason
from apps.visits.models import Campaign, Due
from apps.visits.models.due import DueQuerySet


class DueMoved(ValueError):
    """The row is not as it was when the page was opened. The text says so."""


@transaction.atomic
def give_reason(*, dues: DueQuerySet, reason: str, note: str, by: Actor) -> int:
    """Write why these open rows were not seen, or with an empty reason take that back; return how many rows.

    The rows stay open: a visit settles them later as well.
    """
    keys = list(
        dues.filter(state=DueState.OPEN)
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )
    changed = Due.objects.filter(pk__in=keys).update(reason=reason, reason_note=note if reason else "")
    if changed:
        label = Reason(reason).label if reason else "（取消）"
        record_event(
            kind=EventKind.CHANGE,
            summary=f"登记未访原因：{label}，{changed}人次",
            by=by,
            data={"dues": keys[:200], "count": changed},
        )
    return changed


@transaction.atomic
def remove_due(*, due: Due, reason: str, approved_by: str, by: Actor) -> Due:
    """Take somebody off the due list (核减), with the reason and who approved it. Raises DueMoved, also for a row of
    a campaign that another office keeps."""
    row = _hold(due, by)
    if row.state != DueState.OPEN:
        raise DueMoved(f"这一条已是“{row.get_state_display()}”，不能核减。")
    row.state, row.change_reason, row.approved_by_name = DueState.REMOVED, reason, approved_by
    row.save(update_fields=["state", "change_reason", "approved_by_name"])
    _tell("核减应访", row, reason, by)
    return row


@transaction.atomic
def restore_due(*, due: Due, by: Actor) -> Due:
    """Put somebody back who was taken off. Raises DueMoved, as the removal does."""
    row = _hold(due, by)
    if row.state != DueState.REMOVED:
        raise DueMoved("这一条没有核减过。")
    row.state, row.change_reason, row.approved_by_name = DueState.OPEN, "", ""
    row.save(update_fields=["state", "change_reason", "approved_by_name"])
    _tell("撤销核减", row, "", by)
    return row


def _hold(due: Due, by: Actor) -> Due:
    row = Due.objects.select_for_update(of=("self",), no_key=True).get(pk=due.pk)
    if row.campaign_id and not Campaign.objects.kept_by(by).filter(pk=row.campaign_id).exists():
        raise DueMoved("这次走访活动的名单不归您的单位管理，请在活动的名单里提出增减申请。")
    return row


def _tell(what: str, row: Due, reason: str, by: Actor) -> None:
    record_event(
        kind=EventKind.CHANGE,
        summary=what,
        by=by,
        subject=row,
        reason=reason,
        data={"retiree": row.retiree_id},
    )
