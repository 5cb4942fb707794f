"""Additions and removals asked of a list that another office keeps: asked, approved, sent back, withdrawn."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.visits.actions.campaign_list import add_person, check_addition, remove_person
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.choices import RUNNING, DueState, ListChangeKind, ListChangeState
from apps.visits.models import Campaign, Due, ListChange
from apps.visits.models.changes import OPEN


@transaction.atomic
def ask_change(*, campaign: Campaign, retiree: Retiree, kind: str, reason: str, by: Actor) -> ListChange:
    """Ask that somebody come on the campaign's list (增补) or go off it (核减); one that came back is asked anew.

    Raises CampaignMoved when one is waiting already, or when it could not be granted as things stand.
    """
    kept = Campaign.objects.visible_to(by).get(pk=campaign.pk)
    person = Retiree.objects.visible_to(by).get(pk=retiree.pk)
    _check(kept, person, kind)
    rows = ListChange.objects.select_for_update(of=("self",), no_key=True)
    held = rows.filter(campaign=kept, retiree=person, state__in=OPEN).first()
    if held is not None and held.state == ListChangeState.WAITING:
        raise CampaignMoved(f"{person.name}的{held.get_kind_display()}申请已在等待审批。")
    row = held or ListChange(**person.row_keys(), campaign=kept)
    row.kind, row.reason, row.state = kind, reason, ListChangeState.WAITING
    row.asked_by, row.asked_by_name, row.asked_at = by.user_id, by.name, timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CampaignMoved(f"{person.name}的增减申请已在等待审批。") from None
    _tell(f"申请{row.get_kind_display()}走访名单", row, by, reason=reason)
    return row


def _check(campaign: Campaign, person: Retiree, kind: str) -> None:
    """Whether the list could change so now. Raises CampaignMoved."""
    if kind == ListChangeKind.ADD:
        family = check_addition(campaign, person)
        there = Due.objects.filter(campaign=campaign, retiree=person, family=family)
        if there.exclude(state=DueState.REMOVED).exists():
            raise CampaignMoved(f"{person.name}已在这次活动的名单里。")
    elif campaign.state not in RUNNING:
        raise CampaignMoved("只有进行中的活动能核减。")
    elif not Due.objects.filter(campaign=campaign, retiree=person, state=DueState.OPEN).exists():
        raise CampaignMoved(f"{person.name}不在名单里，或已经看望过，不能核减。")


@transaction.atomic
def approve_change(*, change: ListChange, words: str, by: Actor) -> ListChange:
    """Approve: the list changes now, in the approver's name. Raises CampaignMoved when it is not waiting any more, is
    one's own request, or the list does not allow it any more."""
    row = _hold(change, by)
    if row.asked_by == by.user_id:
        raise CampaignMoved(f"{row.retiree.name}的申请是您自己提出的，请由别人审批。")
    if row.kind == ListChangeKind.ADD:
        add_person(campaign=row.campaign, retiree=row.retiree, reason=row.reason, approved_by=by.name, by=by)
    else:
        due = Due.objects.filter(campaign=row.campaign, retiree=row.retiree, state=DueState.OPEN).first()
        if due is None:
            raise CampaignMoved(f"{row.retiree.name}不在名单里，或已经看望过，不能核减。")
        remove_person(due=due, reason=row.reason, approved_by=by.name, by=by)
    return _decide(row, ListChangeState.APPROVED, words, by)


@transaction.atomic
def return_change(*, change: ListChange, words: str, by: Actor) -> ListChange:
    """Send a request back with the reason; who asked may ask anew or leave it. Raises CampaignMoved."""
    return _decide(_hold(change, by), ListChangeState.RETURNED, words, by)


@transaction.atomic
def withdraw_change(*, change: ListChange, by: Actor) -> ListChange:
    """Take back what one's own place asked for. Raises CampaignMoved when it is decided."""
    rows = ListChange.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("retiree", "campaign").get(pk=change.pk)
    if row.state not in OPEN:
        raise CampaignMoved(f"这份申请{row.get_state_display()}，不用再撤回。")
    row.state = ListChangeState.WITHDRAWN
    row.save(update_fields=["state"])
    _tell("撤回走访名单增减申请", row, by)
    return row


def _hold(change: ListChange, by: Actor) -> ListChange:
    """The request, locked, waiting for the actor's office. Raises CampaignMoved."""
    rows = ListChange.objects.select_for_update(of=("self",), no_key=True).select_related(
        "retiree", "campaign"
    )
    row = rows.filter(pk=change.pk, campaign__in=Campaign.objects.kept_by(by)).first()
    if row is None:
        raise CampaignMoved("这次活动不归您的单位管理，不能审批。")
    if row.state != ListChangeState.WAITING:
        raise CampaignMoved(f"{row.retiree.name}的申请{row.get_state_display()}，请看看最新的情况。")
    return row


def _decide(row: ListChange, state: ListChangeState, words: str, by: Actor) -> ListChange:
    row.state, row.words = state, words
    row.decided_by, row.decided_by_name, row.decided_at = by.user_id, by.name, timezone.now()
    row.save(update_fields=["state", "words", "decided_by", "decided_by_name", "decided_at"])
    done = "批准" if state == ListChangeState.APPROVED else "退回"
    _tell(f"{done}走访名单{row.get_kind_display()}申请", row, by, reason=words)
    return row


def _tell(what: str, row: ListChange, by: Actor, *, reason: str = "") -> None:
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{what}：{row.campaign.title}",
        by=by,
        subject=row,
        reason=reason,
        data={"campaign": row.campaign_id, "retiree": row.retiree_id},
    )
