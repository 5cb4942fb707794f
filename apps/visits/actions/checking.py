"""What of a visit is checked against the register and the log before it is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.core.chinese import format_date
from apps.core.partial_date import PartialDate
from apps.retirees.choices import LifeState
from apps.retirees.models import FamilyMember, LifeFact, Retiree
from apps.visits.choices import CampaignState, LeaderLevel, Target, Way
from apps.visits.models import Visit
from apps.visits.rules import VisitorEntry
from apps.visits.rules.log import Fault, Gift, Limits, day_faults, gift_faults, life_faults, yuan

OFF = frozenset({LifeState.LEFT})


@dataclass(frozen=True)
class VisitEntry:
    """One visit to be logged: whom, what (as ``record_visit`` takes it), who went, and the form's key."""

    retiree: Retiree
    values: Mapping[str, Any]
    visitors: Sequence[VisitorEntry]
    key: UUID | None = None


@dataclass(frozen=True)
class EntryFault:
    """A fault of one of several visits, by its place among them."""

    index: int
    name: str
    fault: Fault


class VisitRefused(Exception):
    """Nothing was written; ``faults`` say why, the text is all of them."""

    def __init__(self, faults: Sequence[EntryFault]) -> None:
        super().__init__("；".join(dict.fromkeys(one.fault.text for one in faults)))
        self.faults = tuple(faults)


@dataclass
class Known:
    """What the checks need of the people, read in one go."""

    left_on: Mapping[int, PartialDate] = field(default_factory=dict)
    survivors: Mapping[int, list[Any]] = field(default_factory=dict)
    gifts: dict[tuple[int, int, Any], str] = field(default_factory=dict)
    """(campaign, person, member of the family) → the gift he had."""


def known_of(visits: Sequence[Visit], people: Mapping[int, Retiree]) -> Known:
    """Read what the checks of these visits need; the people are locked. Visits that are in the log already are not
    counted against themselves."""
    left = [person.pk for person in people.values() if person.state in OFF]
    facts = LifeFact.objects.filter(retiree_id__in=left, state=LifeState.LEFT) if left else ()
    bereaved = {visit.retiree_id for visit in visits if visit.target != Target.SELF}
    survivors = defaultdict(list)
    if bereaved:
        rows = FamilyMember.objects.filter(retiree_id__in=bereaved).order_by("sort", "pk")
        for member in rows:
            survivors[member.retiree_id].append(member)
    return Known(
        left_on={fact.retiree_id: fact.happened_on for fact in facts if fact.happened_on is not None},
        survivors=survivors,
        gifts=_gifts(visits),
    )


def _gifts(visits: Sequence[Visit]) -> dict[tuple[int, int, Any], str]:
    asking = [visit for visit in visits if visit.campaign_id and visit.has_gift]
    if not asking:
        return {}
    rows = Visit.objects.filter(
        campaign_id__in={visit.campaign_id for visit in asking},
        retiree_id__in={visit.retiree_id for visit in asking},
    ).exclude(pk__in=[visit.pk for visit in visits if visit.pk])
    return {gift_key(row): gift_words(row) for row in rows if row.has_gift}


def gift_key(visit: Visit) -> tuple[int, int, Any]:
    """What a campaign gives once."""
    return (visit.campaign_id or 0, visit.retiree_id, visit.family_id)


def gift_words(visit: Visit) -> str:
    """A gift and its day: 2026年1月20日慰问金500元、米面油."""
    money = f"慰问金{yuan(visit.money)}元" if visit.money else ""
    return format_date(visit.visited_on) + "、".join(part for part in (money, visit.goods) if part)


def settle_family(visit: Visit, known: Known) -> None:
    """A visit to survivors is told of the first of them, where none was named, as what is due is."""
    if visit.target == Target.SURVIVOR and visit.family_id is None:
        first = next((one for one in known.survivors.get(visit.retiree_id, ()) if one.is_survivor), None)
        visit.family = first
    elif visit.target == Target.SELF:
        visit.family = None


def visit_faults(
    visit: Visit, person: Retiree, visitors: Sequence[VisitorEntry], known: Known
) -> Iterable[Fault]:
    """Everything that speaks against writing this visit. ``known.gifts`` grows by its gift."""
    yield from day_faults(visit.visited_on, timezone.localdate())
    yield from life_faults(
        name=person.name,
        state=person.state,
        died_on=person.died_on,
        left_on=known.left_on.get(person.pk),
        target=visit.target,
        visited_on=visit.visited_on,
    )
    if visit.way not in Way.values:
        yield Fault("way", "请选择走访方式。")
    if not visitors:
        yield Fault("visitors", "请写明走访人。")
    elif any(one.level not in LeaderLevel.values for one in visitors):
        yield Fault("visitors", "请选择走访人的层级。")
    yield from _plan_faults(visit)
    yield from _family_faults(visit, known)
    gift = Gift(
        visit.money, visit.goods, visit.goods_value, visit.source_id is not None, visit.over_limit_reason
    )
    occasion = visit.occasion
    yield from gift_faults(gift, Limits(occasion.name, occasion.money_limit, occasion.goods_limit))
    if visit.campaign is not None and gift.is_given:
        before = known.gifts.get(gift_key(visit))
        if before is not None:
            text = f"{person.name}在“{visit.campaign}”里已领过（{before}），同一次活动不重复发放。"
            yield Fault("money", f"{text}没有发的，把慰问金和慰问品清空后再登记。")
        known.gifts[gift_key(visit)] = gift_words(visit)


def _plan_faults(visit: Visit) -> Iterable[Fault]:
    """Plans of the city or of the person's own county, and the team is one of the campaign."""
    for name, label in (("campaign", "走访活动"), ("source", "资金来源")):
        plan = getattr(visit, name)
        if plan is not None and plan.county_id not in (None, visit.county_id):
            yield Fault(name, f"这个{label}是其他县市区的，不能用。")
    if visit.campaign is not None and visit.campaign.state == CampaignState.DRAFT:
        yield Fault("campaign", f"“{visit.campaign}”的名单还没有定，定了名单再登记结果。")
    if visit.team is not None and visit.team.campaign_id != visit.campaign_id:
        yield Fault("team", "这个走访组不在所选的走访活动里。")


def _family_faults(visit: Visit, known: Known) -> Iterable[Fault]:
    if visit.family_id is None:
        return
    members = {one.pk: one for one in known.survivors.get(visit.retiree_id, ())}
    member = members.get(visit.family_id)
    if member is None:
        yield Fault("family", "所选的家属不在这位同志的家庭成员里。")
    elif visit.target == Target.SURVIVOR and not member.is_survivor:
        yield Fault("family", f"{member.name}没有登记为遗属，请先在“家庭”页登记。")


def typed_values(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What a visit takes of ``values``; empty texts and amounts in the words of the table."""
    found = {name: values[name] for name in names if name in values}
    for name in ("money", "goods_value"):
        if name in found:
            found[name] = Decimal(found[name] or 0)
    for name in found.keys() & TEXTS:
        found[name] = found[name] or ""
    return found


TEXTS = frozenset(
    {
        *("place", "health_seen", "self_care_seen", "mood", "summary", "goods"),
        *("approved_by_name", "over_limit_reason", "signed_by", "signed_name"),
    }
)
