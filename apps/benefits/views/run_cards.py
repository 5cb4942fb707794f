"""What lists put on the home page: what waits for approval, what came back, which month has no list."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.choices import RunState
from apps.benefits.queries.runs import month_state, open_claims, runs_seen, waiting_runs
from apps.benefits.rules.months import month_words
from apps.core.chinese import format_count, format_money
from apps.core.home import HomeCard
from apps.core.scope import Actor

SINCE_DAY = 10
"""Day of the month from which a missing list is told."""


def run_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """Cards for those who make and approve lists; none where nothing waits."""
    if not perms.can_see_money(actor):
        return []
    today, lists = timezone.localdate(), reverse("benefits:runs")
    cards = []
    waiting = waiting_runs(actor).count() if perms.can_approve_runs(actor) else 0
    if waiting:
        href = f"{lists}?state={RunState.WAITING}"
        cards.append(HomeCard("待遇名单待审批", format_count(waiting), "份", href))
    returned = runs_seen(actor).filter(state=RunState.DRAFT).exclude(words="").count()
    if returned:
        href = f"{lists}?state={RunState.DRAFT}"
        cards.append(HomeCard("退回的待遇名单", format_count(returned), "份", href, "按审批意见核对后再送审"))
    none = month_state(actor, today)["none"]
    if none and today.day >= SINCE_DAY:
        note = f"{month_words(today)}还没有制表"
        cards.append(HomeCard("待遇名单未制表", format_count(none), "个县市区", lists, note))
    number, money = open_claims(actor)
    if number:
        note = f"共{format_money(money)}"
        cards.append(HomeCard("多发待遇待追回", format_count(number), "笔", reverse("benefits:claims"), note))
    return cards
