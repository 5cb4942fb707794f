"""What survivors put on other pages: a line on the dead cadre's page, a card on the home page, and what happens when a
death is taken back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.actions.survivors import forget_survivors
from apps.benefits.models import Survivor
from apps.benefits.queries.survivors import members_to_register, survivors_of, unchecked_survivors
from apps.core.chinese import format_count
from apps.core.home import HomeCard
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.retirees.rules import Follower


def survivor_facts(person: Retiree, actor: Actor, today: date) -> list[dict[str, Any]]:
    """Facts for somebody dead: each survivor who is registered, and those marked in the family who are not."""
    if person.state != LifeState.DEAD or not perms.can_see_survivors(actor):
        return []
    facts: list[dict[str, Any]] = [_fact(one) for one in survivors_of(actor, person)]
    waiting = list(members_to_register(actor, person))
    if waiting and perms.can_keep_survivors(actor, person):
        names = "、".join(one.name for one in waiting)
        address = reverse("benefits:survivor-create", args=[person.pk])
        value = f"{names}还没有登记遗属待遇"
        facts.append({"label": "遗属", "value": value, "url": address, "url_label": "登记"})
    return facts


def _fact(one: Survivor) -> dict[str, Any]:
    words = f"{one.name}（{one.get_relation_display()}，{one.get_state_display()}）"
    address = reverse("benefits:survivor", args=[one.pk])
    return {"label": "遗属", "value": words, "url": address, "url_label": "查看"}


def survivor_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """A card where survivors who are provided for were not seen alive for more than a year."""
    if not perms.can_keep_survivors(actor):
        return []
    count = unchecked_survivors(actor, timezone.localdate()).order_by().count()
    if not count:
        return []
    href = f"{reverse('benefits:survivors')}?check=late"
    return [HomeCard("遗属待核实", format_count(count), "人", href, "超过12个月没有核实在世")]


def _nothing(person: Any, state: LifeState, day: date, actor: Any) -> list[str]:
    return []


def _done(person: Any, state: LifeState, day: date, actor: Any) -> None:
    """Whoever is provided for is registered by hand: papers and household are needed."""


def _undo(person: Any, state: LifeState, day: date, actor: Any) -> None:
    if state == LifeState.DEAD:
        forget_survivors(retiree=person, by=actor)


FOLLOWER = Follower(_nothing, _done, _undo)
