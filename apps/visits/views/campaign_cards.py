"""On the home page: campaigns under way, who is left, how many days; and what is due on checklists."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count
from apps.core.home import HomeCard
from apps.core.scope import Actor
from apps.visits import perms
from apps.visits.choices import CampaignState
from apps.visits.models import Campaign
from apps.visits.queries.coverage import people_left
from apps.visits.queries.incidents import late_and_today

SHOWN = 2
"""Campaigns on the home page: those that end first."""


def campaign_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """A card for each campaign that was told and in which somebody in the actor's scope is left to be seen."""
    if not perms.can_list_visits(actor):
        return []
    today = timezone.localdate()
    rows = Campaign.objects.visible_to(actor).filter(state=CampaignState.PUBLISHED).order_by("ends_on", "pk")
    cards = []
    for campaign in rows[:SHOWN]:
        left = people_left(campaign, actor)
        days = (campaign.ends_on - today).days
        if left:
            note = f"距结束{days}天" if days >= 0 else f"已到期{-days}天"
            href = reverse("visits:campaign", args=[campaign.pk])
            cards.append(HomeCard(f"{campaign.title}剩余", format_count(left), "人", href, note))
    return cards


def task_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """A card for lines of checklists (治丧 and the like) that are late or due today, for those who settle them."""
    if not perms.can_see_plans(actor):
        return []
    late, today = late_and_today(actor, timezone.localdate())
    if not late + today:
        return []
    note = "，".join(text for text, many in ((f"超期{late}项", late), (f"今天到期{today}项", today)) if many)
    return [HomeCard("治丧等事项到期", format_count(late + today), "项", reverse("visits:incidents"), note)]
