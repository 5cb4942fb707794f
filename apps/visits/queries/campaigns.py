"""Campaigns as they are read: whom one means now, whose it is, and its list."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.scope import Actor
from apps.jobs.rules import system_actor
from apps.retirees.choices import Relation
from apps.retirees.models import FamilyMember, RetireeQuerySet
from apps.retirees.queries.asked import Asked, asked
from apps.visits.choices import DueState, Target
from apps.visits.models import Campaign, Due
from apps.visits.models.due import THERE, DueQuerySet
from apps.visits.models.plans import CampaignQuerySet
from apps.visits.queries.rules import RuleBroken, people_meant

SHOWN = {
    "missing": "未访",
    "done": "已访",
    "added": "增补",
    "removed": "核减",
    "gone": "去世或转出",
    "all": "全部",
}
"""Tabs of a campaign's list, people still to be seen first."""


def asked_of_campaign(campaign: Campaign) -> Asked:
    """The campaign's conditions as they hold now, read with the eyes of the office that keeps it."""
    return asked(system_actor(campaign.county_id), campaign.query)


def family_meant(target: str) -> QuerySet[FamilyMember]:
    """Those of the outer query's family whom a campaign for this target looks up, in the order of calling."""
    rows = FamilyMember.objects.filter(retiree_id=OuterRef("pk"))
    mine = Q(is_survivor=True) if target == Target.SURVIVOR else Q(relation=Relation.SPOUSE)
    return rows.filter(mine).order_by("sort", "pk")


def people_of_campaign(campaign: Campaign, today: date) -> RetireeQuerySet:
    """The people whom a campaign means today, within the scope one works in: those on the register; for survivors the
    dead who left some, for spouses those who have one; of people picked by hand, these only. Not yet in order.

    Raises RuleBroken when a condition no longer holds, because without it the campaign would mean more people.
    """
    found = asked_of_campaign(campaign)
    if found.dropped:
        raise RuleBroken(f"人员条件里的“{'、'.join(found.dropped)}”已不能用，请修改活动。")
    reader = system_actor(campaign.county_id)
    people = people_meant(reader, found.conditions, campaign.target, today)
    if campaign.picked:
        people = people.filter(pk__in=campaign.picked)
    if campaign.county_id is not None:
        people = people.filter(county_id=campaign.county_id)
    return people if campaign.target == Target.SELF else people.filter(Exists(family_meant(campaign.target)))


def campaign_dues(campaign: Campaign, actor: Actor) -> DueQuerySet:
    """The rows of a campaign's list that the actor sees."""
    return Due.objects.visible_to(actor).filter(campaign=campaign)


def listed(dues: DueQuerySet, show: str) -> DueQuerySet:
    """One tab of ``SHOWN``."""
    if show == "missing":
        return dues.waiting()
    if show == "done":
        return dues.filter(state=DueState.DONE)
    if show == "removed":
        return dues.filter(state=DueState.REMOVED)
    if show == "added":
        return dues.filter(was_added=True).exclude(state=DueState.REMOVED)
    if show == "gone":
        return dues.filter(state=DueState.OPEN).exclude(THERE)
    return dues


def campaigns_seen(actor: Actor) -> CampaignQuerySet:
    """Campaigns that concern the actor: drafts only those of his own office, because nobody else acts on them."""
    rows = Campaign.objects.visible_to(actor).select_related("occasion", "county")
    if actor.county_id is None:
        return rows
    own = Q() if actor.unit_id is None else Q(pk=None)
    return rows.filter(Q(frozen_at__isnull=False) | (Q(county_id=actor.county_id) & own))


def running_campaigns(actor: Actor) -> CampaignQuerySet:
    """Campaigns under way that concern the actor, for the menu."""
    return Campaign.objects.visible_to(actor).running()
