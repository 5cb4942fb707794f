"""Groups of a campaign: formed from its list, changed by hand. An office changes its own groups and its own people.

A county works on its own part of the city's campaign, whose row it may not lock. So the rows of the people are locked:
whoever comes second finds them in their new group, and takes none of them twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.bulk import update_values
from apps.core.scope import Actor
from apps.visits.actions.campaigns import CampaignMoved
from apps.visits.choices import RUNNING, DueState
from apps.visits.models import Campaign, Due, Leader, Team, TeamMember
from apps.visits.models.due import DueQuerySet
from apps.visits.queries.teams import people_of_team, without_team
from apps.visits.rules.grouping import cut_groups, days_for


def _check(campaign: Campaign, by: Actor) -> Campaign:
    """The campaign as it is now. Raises CampaignMoved when it is not under way."""
    found = Campaign.objects.visible_to(by).filter(pk=campaign.pk).first()
    if found is None or found.state not in RUNNING:
        raise CampaignMoved("名单已定、还没有结束的活动才能分组。")
    return found


def hold_team(team: Team, by: Actor) -> Team:
    """The group, locked, as one that the actor's office keeps. Raises CampaignMoved for one that is gone."""
    rows = Team.objects.kept_by(by).select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=team.pk).first()
    if found is None:
        raise CampaignMoved("这个组已撤销，或不归您的单位管理。")
    return found


def _tell(what: str, campaign: Campaign, by: Actor, **data: Any) -> None:
    summary = f"{what}：{campaign.title}"
    record_event(kind=EventKind.CHANGE, summary=summary, by=by, subject=campaign, data=data)


def _free(dues: DueQuerySet, by: Actor) -> DueQuerySet:
    """Rows whose group, if any, is the actor's office's own: a county takes nobody out of a group of the city's."""
    if by.county_id is None:
        return dues
    return dues.filter(Q(team=None) | Q(team__county_id=by.county_id))


@dataclass(frozen=True)
class Formed:
    """What came of forming groups: how many; the days that were tried, first and last, None where no day was wanted;
    how many groups found no day any more."""

    teams: int
    tried: tuple[date, date] | None = None
    undated: int = 0


@transaction.atomic
def form_teams(
    *,
    campaign: Campaign,
    size: int,
    leaders: Sequence[Leader],
    first_day: date,
    times: Mapping[str, Any],
    county_id: int | None = None,
    by: Actor,
) -> Formed:
    """Put everybody who is in no group yet into new groups of at most ``size``.

    A group is of one county, and a unit stays together where it fits. ``leaders`` lead in turn, none twice on a day and
    only on working days; ``times``: starts_at, ends_at. county_id: of the people of one county only.
    Raises CampaignMoved.
    """
    kept = _check(campaign, by)
    rows = without_team(kept, by).order_by(
        "county__sort", "county_id", "unit__sort", "unit_id", "retiree__name_sort", "pk"
    )
    if county_id is not None:
        rows = rows.filter(county_id=county_id)
    locked = rows.select_for_update(of=("self",), no_key=True)
    people = list(locked.values_list("county_id", "pk", "unit_id"))
    cut: list[list[int]] = []
    for _, part in groupby(people, key=lambda row: row[0]):
        cut.extend(cut_groups([(key, unit) for _, key, unit in part], size))
    if not cut:
        raise CampaignMoved("没有还未分组的人。")
    days = days_for(len(cut), len(leaders), first_day, kept.ends_on) if leaders else [None] * len(cut)
    made = []
    for number, (sort, name) in enumerate(_free_names(kept, by, len(cut))):
        lead = leaders[number % len(leaders)] if leaders else None
        team = Team(campaign=kept, county_id=by.county_id, name=name, sort=sort, lead=lead, **times)
        team.day = days[number]
        made.append(team)
    Team.objects.bulk_create(made)
    changed = [
        {"id": key, "team_id": team.pk, "position": place}
        for team, keys in zip(made, cut, strict=True)
        for place, key in enumerate(keys, start=1)
    ]
    update_values(Due, changed, ("team_id", "position"))
    _tell("编走访组", kept, by, teams=len(made), people=len(changed))
    dated = [day for day in days if day]
    if not leaders:
        return Formed(len(made))
    undated = len(days) - len(dated)
    return Formed(len(made), (first_day, kept.ends_on if undated else dated[-1]), undated)


def _free_names(campaign: Campaign, by: Actor, count: int) -> list[tuple[int, str]]:
    """(place, 第n组) of so many new groups of the office, after those it has."""
    rows = Team.objects.filter(campaign=campaign, county_id=by.county_id)
    taken = set(rows.values_list("name", flat=True))
    place = rows.aggregate(last=Max("sort"))["last"] or 0
    found: list[tuple[int, str]] = []
    while len(found) < count:
        place += 1
        if f"第{place}组" not in taken:
            found.append((place, f"第{place}组"))
    return found


@transaction.atomic
def dissolve_teams(*, campaign: Campaign, by: Actor) -> int:
    """Take away the actor's office's groups in which nobody has been seen; return how many. Raises CampaignMoved."""
    kept = _check(campaign, by)
    rows = Team.objects.kept_by(by).filter(campaign=kept, county_id=by.county_id)
    begun = Due.objects.filter(campaign=kept, state=DueState.DONE, team__isnull=False).values("team_id")
    keys = list(
        rows.exclude(pk__in=begun).select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    )
    Due.objects.filter(campaign=kept, team_id__in=keys).update(team=None, position=0)
    Team.objects.filter(pk__in=keys).delete()
    if keys:
        _tell("撤销走访组", kept, by, teams=len(keys))
    return len(keys)


@transaction.atomic
def save_team(
    *, campaign: Campaign, team: Team | None, values: Mapping[str, Any], members: Iterable[Leader], by: Actor
) -> Team:
    """A new group of the actor's office, or changes to one. Raises CampaignMoved, also for a name that is taken."""
    kept = _check(campaign, by)
    row = hold_team(team, by) if team is not None else Team(campaign=kept, county_id=by.county_id)
    for name, value in values.items():
        setattr(row, name, value)
    if team is None:
        last = Team.objects.filter(campaign=kept, county_id=by.county_id).aggregate(last=Max("sort"))["last"]
        row.sort = (last or 0) + 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CampaignMoved(f"这次活动已有“{row.name}”，请换个组名。") from None
    wanted = {leader.pk for leader in members} - {row.lead_id}
    TeamMember.objects.filter(team=row).exclude(leader_id__in=wanted).delete()
    there = set(TeamMember.objects.filter(team=row).values_list("leader_id", flat=True))
    TeamMember.objects.bulk_create(
        TeamMember(county_id=row.county_id, team=row, leader_id=key) for key in sorted(wanted - there)
    )
    _tell(f"{'新建' if team is None else '修改'}走访组{row.name}", kept, by, team=row.pk)
    return row


@transaction.atomic
def remove_team(*, team: Team, by: Actor) -> None:
    """Take a group away; its people are in none. Raises CampaignMoved when somebody in it has been seen."""
    row = hold_team(team, by)
    campaign = _check(row.campaign, by)
    dues = Due.objects.filter(team=row)
    if dues.filter(state=DueState.DONE).exists():
        raise CampaignMoved("这个组已有走访结果，不能撤销；可以把没看望的人移到别的组。")
    dues.update(team=None, position=0)
    _tell(f"撤销走访组{row.name}", campaign, by, team=row.pk)
    row.delete()


@transaction.atomic
def move_people(*, campaign: Campaign, keys: Sequence[int], team: Team | None, by: Actor) -> int:
    """Put people of the campaign's list into a group, at its end, or out of any; return how many moved.

    Rows that the actor does not see, that were seen already, or that stand in a group of another office's stay where
    they are. Raises CampaignMoved.
    """
    kept = _check(campaign, by)
    target = hold_team(team, by) if team is not None else None
    if target is not None and target.campaign_id != kept.pk:
        raise CampaignMoved("这个组不是这次活动的。")
    rows = _free(Due.objects.visible_to(by).filter(campaign=kept, pk__in=keys), by).waiting()
    if target is not None and target.county_id is not None:
        rows = rows.filter(county_id=target.county_id)
    found = list(
        rows.select_for_update(of=("self",), no_key=True)
        .order_by("position", "pk")
        .values_list("pk", flat=True)
    )
    place = 0
    if target is not None:
        place = Due.objects.filter(team=target).aggregate(last=Max("position"))["last"] or 0
    team_id = target.pk if target is not None else None
    changed = [
        {"id": key, "team_id": team_id, "position": place + number if target is not None else 0}
        for number, key in enumerate(found, start=1)
    ]
    if changed:
        update_values(Due, changed, ("team_id", "position"))
        _tell(f"移到{target.name}" if target is not None else "移出走访组", kept, by, people=len(changed))
    return len(changed)


@transaction.atomic
def step_in_route(*, team: Team, key: int, up: bool, by: Actor) -> bool:
    """Let one person of a group change places with the one before or after; False where there is none.
    Raises CampaignMoved."""
    row = hold_team(team, by)
    _check(row.campaign, by)
    order = list(people_of_team(row, by).values_list("pk", flat=True))
    if key not in order:
        raise CampaignMoved("这个人已不在这个组。")
    place = order.index(key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return False
    order[place], order[other] = order[other], order[place]
    update_values(Due, [{"id": one, "position": at} for at, one in enumerate(order, start=1)], ("position",))
    return True
