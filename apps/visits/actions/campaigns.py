"""Campaigns: made, frozen, told to the counties, closed. The list is frozen once and is the denominator."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Subquery, UUIDField, Value
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.visits.actions.settling import settle_dues
from apps.visits.choices import RUNNING, CampaignState, DueState, Target
from apps.visits.models import Campaign, Due, Team, Visit
from apps.visits.queries.campaigns import family_meant, people_of_campaign
from apps.visits.queries.coverage import campaign_coverage, counts_to_keep

COPIED = (
    "title",
    "occasion",
    "query",
    "target",
    "planned_money",
    "planned_goods",
    "planned_goods_value",
    "planned_source",
    "letter",
    "note",
)
_INSERT = """
    INSERT INTO visits_due (county_id, unit_id, retiree_id, family_id, campaign_id, occasion_id, "window", target,
        from_on, due_on, who, state, position, planned_money, planned_goods, planned_goods_value, planned_source_id,
        reason, reason_note, was_added, change_reason, approved_by_name, made_at)
    SELECT who.county_id, who.unit_id, who.id, who.family_id::uuid, %s, %s, '', %s, %s::date, %s::date, '', %s, 0,
        %s::numeric, %s, %s::numeric, %s::bigint, '', '', false, '', '', now()
    FROM ({people}) who (county_id, unit_id, id, family_id)
    ON CONFLICT DO NOTHING
"""


class CampaignMoved(ValueError):
    """The campaign is not as it was when the page was opened, or does not allow this now. The text says why."""


def hold_campaign(campaign: Campaign, by: Actor) -> Campaign:
    """The row, locked, as one that the actor's office keeps. Raises CampaignMoved for one that is gone or another's."""
    rows = Campaign.objects.kept_by(by).select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=campaign.pk).first()
    if found is None:
        raise CampaignMoved("这次活动已删除，或不归您的单位管理。")
    return found


def _tell(what: str, campaign: Campaign, by: Actor, *, reason: str = "", **data: Any) -> None:
    summary = f"{what}：{campaign.title}"
    record_event(kind=EventKind.CHANGE, summary=summary, by=by, subject=campaign, reason=reason, data=data)


@transaction.atomic
def add_campaign(*, values: Mapping[str, Any], by: Actor) -> Campaign:
    """A new draft of the actor's office: the city's is about all counties, a county's about its own people."""
    made = Campaign.objects.create(**values, county_id=by.county_id, made_by_name=by.name)
    record_event(kind=EventKind.CREATE, summary=f"新建走访活动：{made.title}", by=by, subject=made)
    return made


@transaction.atomic
def add_picked_campaign(
    *, values: Mapping[str, Any], people: RetireeQuerySet, today: date, by: Actor
) -> tuple[Campaign, int]:
    """A campaign of the actor's office for the people he picked in a list, frozen at once; return it and how many are
    on its list. Raises CampaignMoved when none of them can be visited so."""
    keys = sorted(people.visible_to(by).order_by().values_list("pk", flat=True))
    if not keys:
        raise CampaignMoved("选中的人都已不在您的名册里。")
    made = add_campaign(values={**values, "picked": keys}, by=by)
    return made, freeze_campaign(campaign=made, version=made.version, today=today, by=by)


@transaction.atomic
def change_campaign(*, campaign: Campaign, values: Mapping[str, Any], version: int, by: Actor) -> Campaign:
    """Change a draft. Raises CampaignMoved when somebody else changed it, or its list is frozen."""
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.DRAFT:
        raise CampaignMoved("名单已定，不能再改人员条件和时间。要改，请先撤回名单。")
    if kept.version != version:
        raise CampaignMoved("别人刚修改过这次活动，请看过新的内容再改。")
    for name, value in values.items():
        setattr(kept, name, value)
    kept.version += 1
    kept.save()
    _tell("修改走访活动", kept, by)
    return kept


@transaction.atomic
def change_letter(*, campaign: Campaign, letter: str, by: Actor) -> Campaign:
    """Write the text of the letter, while the campaign is not closed. Raises CampaignMoved."""
    kept = hold_campaign(campaign, by)
    if kept.state == CampaignState.CLOSED:
        raise CampaignMoved("活动已结束，不能再改慰问信。")
    kept.letter = letter
    kept.save(update_fields=["letter"])
    _tell("修改慰问信", kept, by)
    return kept


@transaction.atomic
def copy_campaign(*, campaign: Campaign, starts_on: date, ends_on: date, by: Actor) -> Campaign:
    """A draft like an earlier campaign, for another year: its people are chosen anew, its results stay behind.
    Of people picked by hand the draft keeps those whom the actor sees. Raises CampaignMoved where he sees none."""
    values = {name: getattr(campaign, name) for name in COPIED}
    earlier, year = str(campaign.starts_on.year), str(starts_on.year)
    values["title"] = (
        campaign.title.replace(earlier, year)
        if earlier in campaign.title
        else f"{year}年{campaign.title}"[:60]
    )
    if campaign.picked:
        known = Retiree.objects.visible_to(by).filter(pk__in=campaign.picked)
        values["picked"] = sorted(known.values_list("pk", flat=True))
        if not values["picked"]:
            raise CampaignMoved("那次活动选中的人，没有您单位的，不能照样再办。")
    source = campaign.planned_source
    if source is not None and source.county_id not in (None, by.county_id):
        values["planned_source"] = None
    return add_campaign(values={**values, "starts_on": starts_on, "ends_on": ends_on}, by=by)


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, by: Actor) -> None:
    """Take a draft away. Raises CampaignMoved for one whose list is frozen."""
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.DRAFT:
        raise CampaignMoved("名单已定的活动不能删除；请先撤回名单。")
    record_event(kind=EventKind.CHANGE, summary=f"删除走访活动草稿：{kept.title}", by=by, subject=kept)
    kept.delete()


@transaction.atomic
def freeze_campaign(*, campaign: Campaign, version: int, today: date, by: Actor) -> int:
    """Freeze the list: a row for everybody whom the campaign means at this moment; return how many.

    Nobody dead and nobody who has left is in it (people_of_campaign). One row of a household: the first survivor in
    the order of calling. Visits of the occasion that were made in its time before count at once.
    Raises CampaignMoved (frozen by somebody else, changed meanwhile, nobody meant) and RuleBroken.
    """
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.DRAFT:
        raise CampaignMoved("名单已经定过了。")
    if kept.version != version:
        raise CampaignMoved("别人刚修改过这次活动，请看过新的名单再定。")
    count = _write_list(kept, today)
    if not count:
        raise CampaignMoved("现在没有符合条件的人，名单没有定。")
    kept.state, kept.frozen_at, kept.frozen_count = CampaignState.FROZEN, timezone.now(), count
    kept.version += 1
    kept.save(update_fields=["state", "frozen_at", "frozen_count", "version"])
    _settle_earlier(kept, today)
    _tell("确定走访名单", kept, by, count=count)
    return count


def _write_list(campaign: Campaign, today: date) -> int:
    people = people_of_campaign(campaign, today)
    family: Any = Value(None, output_field=UUIDField(null=True))
    if campaign.target != Target.SELF:
        family = Subquery(family_meant(campaign.target).values("pk")[:1])
    chosen = people.annotate(of_family=family).order_by()
    text, given = chosen.values_list("county_id", "unit_id", "pk", "of_family").query.sql_with_params()
    values: list[Any] = [
        campaign.pk,
        campaign.occasion_id,
        campaign.target,
        campaign.starts_on,
        campaign.ends_on,
        DueState.OPEN,
        campaign.planned_money,
        campaign.planned_goods,
        campaign.planned_goods_value,
        campaign.planned_source_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(people=text), [*values, *given])
        return int(cursor.rowcount)


def _settle_earlier(campaign: Campaign, today: date) -> None:
    if campaign.starts_on > today:
        return
    seen = Visit.objects.filter(
        occasion=campaign.occasion_id,
        visited_on__range=(campaign.starts_on, min(campaign.ends_on, today)),
        retiree_id__in=Due.objects.filter(campaign=campaign).values("retiree_id"),
    )
    settle_dues(list(seen.select_related("occasion").order_by("pk")))


@transaction.atomic
def unfreeze_campaign(*, campaign: Campaign, by: Actor) -> int:
    """Back to a draft: the list and its groups go, since nothing was done by them; return how many rows went.
    Raises CampaignMoved once it was told to the counties, or somebody has been seen."""
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.FROZEN:
        raise CampaignMoved("只有名单已定、还没有下发的活动能撤回名单。")
    dues = Due.objects.filter(campaign=kept)
    if _has_results(kept):
        raise CampaignMoved("已有人走访过，名单不能撤回。")
    gone = dues.delete()[0]
    Team.objects.filter(campaign=kept).delete()
    kept.state, kept.frozen_at, kept.frozen_count = CampaignState.DRAFT, None, 0
    kept.version += 1
    kept.save(update_fields=["state", "frozen_at", "frozen_count", "version"])
    _tell("撤回走访名单", kept, by, count=gone)
    return gone


def _has_results(campaign: Campaign) -> bool:
    if Due.objects.filter(campaign=campaign, state=DueState.DONE).exists():
        return True
    return Visit.objects.filter(campaign=campaign).exists()


@transaction.atomic
def publish_campaign(*, campaign: Campaign, by: Actor) -> Campaign:
    """Tell the plan to the counties. Raises CampaignMoved."""
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.FROZEN:
        raise CampaignMoved("只有名单已定的活动能下发。")
    kept.state, kept.published_at = CampaignState.PUBLISHED, timezone.now()
    kept.save(update_fields=["state", "published_at"])
    _tell("下发走访活动", kept, by)
    return kept


@transaction.atomic
def recall_campaign(*, campaign: Campaign, by: Actor) -> Campaign:
    """Take the publication back, until somebody has been seen. Raises CampaignMoved."""
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.PUBLISHED:
        raise CampaignMoved("这次活动没有下发。")
    if _has_results(kept):
        raise CampaignMoved("已有走访结果，不能收回了。")
    kept.state, kept.published_at = CampaignState.FROZEN, None
    kept.save(update_fields=["state", "published_at"])
    _tell("收回走访活动", kept, by)
    return kept


@transaction.atomic
def close_campaign(*, campaign: Campaign, reason: str, today: date, by: Actor) -> Campaign:
    """Close: the numbers of this moment are kept beside the rows. Before its last day a reason is wanted.
    Raises CampaignMoved."""
    kept = hold_campaign(campaign, by)
    if kept.state not in RUNNING:
        raise CampaignMoved("只有进行中的活动能结束。")
    if today < kept.ends_on and not reason:
        raise CampaignMoved("还没到结束日期，提前结束请写明原因。")
    total = campaign_coverage(kept, by, today).total
    kept.state, kept.closed_at = CampaignState.CLOSED, timezone.now()
    kept.closed_counts = counts_to_keep(total)
    kept.save(update_fields=["state", "closed_at", "closed_counts"])
    _tell("结束走访活动", kept, by, reason=reason, due=total.due, done=total.done)
    return kept


@transaction.atomic
def reopen_campaign(*, campaign: Campaign, reason: str, by: Actor) -> Campaign:
    """Open a closed campaign again, with a reason. Raises CampaignMoved."""
    kept = hold_campaign(campaign, by)
    if kept.state != CampaignState.CLOSED:
        raise CampaignMoved("这次活动没有结束。")
    kept.state = CampaignState.PUBLISHED if kept.published_at else CampaignState.FROZEN
    kept.closed_at, kept.closed_counts = None, {}
    kept.save(update_fields=["state", "closed_at", "closed_counts"])
    _tell("重新打开走访活动", kept, by, reason=reason)
    return kept
