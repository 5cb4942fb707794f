"""What the person page says about visits under 下一步: what is due, and who keeps in touch."""

from datetime import date
from typing import Any

from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree
from apps.visits import perms
from apps.visits.models import Due
from apps.visits.queries.due import open_dues_of
from apps.visits.queries.leaders import leader_now
from apps.visits.tables import left_words


def visit_facts(person: Retiree, actor: Actor, today: date) -> list[dict[str, Any]]:
    """Facts for somebody on the register; of the dead nothing comes next."""
    if person.state not in ON_REGISTER:
        return []
    may = perms.can_log_visit(actor, person)
    named = leader_now(person.pk)
    leader: dict[str, Any] = {"label": "联系领导", "value": str(named.leader) if named else "没有指定"}
    if may:
        word = "更换" if named else "指定"
        leader |= {"url": reverse("visits:named-leader", args=[person.pk]), "url_label": word}
    due = [_due(row, today, may=may) for row in open_dues_of(actor, person.pk, today)[:3]]
    return [*due, leader] if named or may else due


def _due(row: Due, today: date, *, may: bool) -> dict[str, Any]:
    words, _ = left_words(row, today)
    what = row.campaign or row.rule or row.occasion
    found: dict[str, Any] = {"label": "应访", "value": f"{what}，最迟{format_date(row.due_on)}（{words}）"}
    if may:
        found |= {"url": reverse("visits:due-reason", args=[row.pk]), "url_label": "未访原因"}
    return found
