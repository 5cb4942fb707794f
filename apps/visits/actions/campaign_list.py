"""Who comes on a frozen list or goes off it, by the word of its keeper: the denominator changes only so."""

from django.db import IntegrityError, transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, LifeState, Relation
from apps.retirees.models import FamilyMember, Retiree
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.choices import RUNNING, DueState, Target
from apps.visits.models import Campaign, Due


def check_addition(campaign: Campaign, person: Retiree) -> FamilyMember | None:
    """The member of the family whom the campaign would go to see, None for the person. Raises CampaignMoved when
    somebody may not come on its list: it is not under way, about another county, or nobody is there to be seen."""
    if campaign.state not in RUNNING:
        raise CampaignMoved("只有进行中的活动能增补。")
    if campaign.county_id not in (None, person.county_id):
        raise CampaignMoved("这次活动只看望本县市区的人。")
    return _family_of(campaign, person)


def _kept(campaign_id: int, by: Actor) -> Campaign:
    """The campaign, as one that the actor's office keeps. Raises CampaignMoved for another's."""
    found = Campaign.objects.kept_by(by).filter(pk=campaign_id).first()
    if found is None:
        raise CampaignMoved("这次活动不归您的单位管理，请提出增减申请。")
    return found


@transaction.atomic
def add_person(*, campaign: Campaign, retiree: Retiree, reason: str, approved_by: str, by: Actor) -> Due:
    """Put somebody on a frozen list (增补), with the reason and who approved it; somebody who was taken off comes back.

    Raises CampaignMoved when another office keeps the campaign, it is not under way, the person is on the list, or is
    not there to be seen (dead, moved out, no survivor).
    """
    kept = _kept(campaign.pk, by)
    person = Retiree.objects.select_for_update(of=("self",), no_key=True).get(pk=retiree.pk)
    family = check_addition(kept, person)
    earlier = Due.objects.filter(campaign=kept, retiree=person, family=family).first()
    if earlier is not None and earlier.state != DueState.REMOVED:
        raise CampaignMoved(f"{person.name}已在这次活动的名单里。")
    if earlier is not None:
        earlier.state, earlier.change_reason, earlier.approved_by_name = DueState.OPEN, reason, approved_by
        earlier.save(update_fields=["state", "change_reason", "approved_by_name"])
        _tell("恢复走访名单", kept, earlier, reason, by)
        return earlier
    row = Due(
        **person.row_keys(),
        campaign=kept,
        occasion_id=kept.occasion_id,
        target=kept.target,
        family=family,
        from_on=kept.starts_on,
        due_on=kept.ends_on,
        planned_money=kept.planned_money,
        planned_goods=kept.planned_goods,
        planned_goods_value=kept.planned_goods_value,
        planned_source_id=kept.planned_source_id,
        was_added=True,
        change_reason=reason,
        approved_by_name=approved_by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise CampaignMoved(f"{person.name}已在这次活动的名单里。") from None
    _tell("增补走访名单", kept, row, reason, by)
    return row


def _family_of(campaign: Campaign, person: Retiree) -> FamilyMember | None:
    """The member of the family whom the campaign goes to see. Raises CampaignMoved where nobody is there."""
    if campaign.target == Target.SURVIVOR:
        if person.state != LifeState.DEAD:
            raise CampaignMoved(f"{person.name}没有去世，这次活动看望的是遗属。")
        found = FamilyMember.objects.filter(retiree=person, is_survivor=True).order_by("sort", "pk").first()
        if found is None:
            raise CampaignMoved(f"{person.name}没有登记遗属，请先在家庭成员里登记。")
        return found
    if person.state not in ON_REGISTER:
        raise CampaignMoved(f"{person.name}的状态是“{person.get_state_display()}”，不能列入。")
    if campaign.target == Target.SELF:
        return None
    found = (
        FamilyMember.objects.filter(retiree=person, relation=Relation.SPOUSE).order_by("sort", "pk").first()
    )
    if found is None:
        raise CampaignMoved(f"{person.name}没有登记配偶，请先在家庭成员里登记。")
    return found


@transaction.atomic
def remove_person(*, due: Due, reason: str, approved_by: str, by: Actor) -> Due:
    """Take somebody off a frozen list (核减), with the reason and who approved it. Raises CampaignMoved when he has
    been been seen, is off already, the campaign is closed, or another office keeps it."""
    campaign = _kept(due.campaign_id or 0, by)
    row = Due.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=due.pk)
    if campaign.state not in RUNNING:
        raise CampaignMoved("只有进行中的活动能核减。")
    if row.state != DueState.OPEN:
        raise CampaignMoved(f"这一条已是“{row.get_state_display()}”，不能核减。")
    row.state, row.change_reason, row.approved_by_name = DueState.REMOVED, reason, approved_by
    row.save(update_fields=["state", "change_reason", "approved_by_name"])
    _tell("核减走访名单", campaign, row, reason, by)
    return row


def _tell(what: str, campaign: Campaign, row: Due, reason: str, by: Actor) -> None:
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{what}：{campaign.title}",
        by=by,
        subject=row,
        reason=reason,
        data={"campaign": campaign.pk, "retiree": row.retiree_id},
    )
