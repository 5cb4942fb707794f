"""Groups of a campaign, who has none yet, and what clashes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from apps.accounts.perms import sees_private
from apps.core.scope import Actor
from apps.retirees.choices import Relation
from apps.retirees.models import FamilyMember
from apps.visits.choices import CampaignState, DueState, Target
from apps.visits.models import Campaign, Due, Team, TeamMember
from apps.visits.models.due import DueQuerySet
from apps.visits.rules.grouping import Trip, overlapping

SHOWN = 20
"""Clashes of one kind that are named; more are counted."""


@dataclass(frozen=True)
class Clash:
    """What does not go together, in words; ``team``: the group whose page mends it, None for none."""

    words: str
    team: int | None = None


def teams_seen(campaign: Campaign, actor: Actor) -> list[Team]:
    """The groups of a campaign that concern the actor, the city's and his own county's, each with how many of its
    people he sees: ``people`` to be seen or seen, ``done`` of them."""
    rows = Due.objects.visible_to(actor).filter(campaign=campaign, team__isnull=False).standing().order_by()
    counted = rows.values_list("team_id").annotate(
        people=Count("pk"), done=Count("pk", filter=Q(state=DueState.DONE))
    )
    counts = {team: (people, done) for team, people, done in counted}
    teams: list[Any] = list(
        Team.objects.visible_to(actor)
        .filter(campaign=campaign)
        .select_related("lead", "county")
        .order_by("county__sort", "sort", "pk")
    )
    for team in teams:
        team.people, team.done = counts.get(team.pk, (0, 0))
    return teams


def without_team(campaign: Campaign, actor: Actor) -> DueQuerySet:
    """Those still to be seen who are in no group yet."""
    return Due.objects.visible_to(actor).filter(campaign=campaign, team=None).waiting()


def people_of_team(team: Team, actor: Actor) -> DueQuerySet:
    """A group's people in the order of its route: those who are there, and those who were seen."""
    rows = Due.objects.visible_to(actor).filter(team=team, campaign=team.campaign_id).standing()
    return rows.select_related("retiree", "county", "unit", "visit").order_by("position", "pk")


def members_of(teams: Iterable[Team]) -> dict[int, list[TeamMember]]:
    """Leaders who go along, by group."""
    found: dict[int, list[TeamMember]] = defaultdict(list)
    rows = TeamMember.objects.filter(team__in=[team.pk for team in teams]).select_related("leader")
    for member in rows.order_by("leader__sort", "leader__level", "pk"):
        found[member.team_id].append(member)
    return found


def clashes(campaign: Campaign, actor: Actor) -> list[Clash]:
    """What does not go together: a leader on two trips at once (other campaigns' too), a couple in two groups,
    somebody on the lists of two campaigns under way."""
    return [
        *_leaders_twice(campaign, actor),
        *_couples_apart(campaign, actor),
        *_people_twice(campaign, actor),
    ]


def _leaders_twice(campaign: Campaign, actor: Actor) -> list[Clash]:
    own = list(Team.objects.visible_to(actor).filter(campaign=campaign, day__isnull=False))
    days = {team.day for team in own}
    others = (
        Team.objects.visible_to(actor)
        .filter(day__in=days)
        .exclude(campaign__state=CampaignState.CLOSED)
        .select_related("campaign", "lead")
    )
    rows = list(others)
    along = members_of(rows)
    trips = [_trip(team, along.get(team.pk, [])) for team in rows]
    mine = {team.pk for team in own}
    found = []
    for name, one, other in overlapping(trips):
        if one.key not in mine and other.key not in mine:
            continue
        first, second = (one, other) if one.key in mine else (other, one)
        there = second.name if second.campaign == first.campaign else f"“{second.campaign}”的{second.name}"
        found.append(Clash(f"{name}：{first.name}和{there}同在{first.day:%-m月%-d日}，时间重叠", first.key))
    return found


def _trip(team: Team, members: Sequence[TeamMember]) -> Trip:
    leaders = {member.leader_id: member.leader.name for member in members}
    if team.lead_id is not None and team.lead is not None:
        leaders[team.lead_id] = team.lead.name
    return Trip(
        team.pk,
        team.name,
        team.campaign.title,
        team.day,
        team.starts_at,
        team.ends_at,
        tuple(leaders.items()),
    )


def _couples_apart(campaign: Campaign, actor: Actor) -> list[Clash]:
    """Both of a couple are on the list, in different groups. A couple: each names the other as the spouse."""
    if not sees_private(actor) or campaign.target != Target.SELF:
        return []
    rows = Due.objects.visible_to(actor).filter(campaign=campaign, team__isnull=False).waiting()
    grouped: dict[int, tuple[int, str, str]] = {
        person: (team, name, unit)
        for person, team, name, unit in rows.values_list(
            "retiree_id", "team_id", "retiree__name", "team__name"
        )
    }
    spouses = FamilyMember.objects.filter(retiree_id__in=grouped, relation=Relation.SPOUSE)
    named = {(grouped[person][1], name): person for person, name in spouses.values_list("retiree_id", "name")}
    found = []
    for (name, spouse), person in named.items():
        other = named.get((spouse, name))
        if other is None or other <= person or grouped[person][0] == grouped[other][0]:
            continue
        words = f"{name}和{spouse}夫妻二人分在{grouped[person][2]}、{grouped[other][2]}两个组"
        found.append(Clash(words, grouped[person][0]))
    return found


def _people_twice(campaign: Campaign, actor: Actor) -> list[Clash]:
    mine = Due.objects.visible_to(actor).filter(campaign=campaign).waiting()
    others = (
        Due.objects.visible_to(actor)
        .filter(campaign__isnull=False, retiree_id__in=mine.values("retiree_id"), target=campaign.target)
        .exclude(campaign=campaign)
        .exclude(campaign__state=CampaignState.CLOSED)
        .waiting()
        .select_related("retiree", "campaign")
        .order_by("retiree__name_sort", "pk")
    )
    rows: list[Any] = list(others[: SHOWN + 1])
    found = [Clash(f"{row.retiree.name}同时在“{row.campaign.title}”的名单里", None) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        found.append(Clash(f"同时在别的活动名单里的还有更多，只列出前{SHOWN}人"))
    return found
