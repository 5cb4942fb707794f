"""What the page of a death shows beside the checklist: next steps, drafts, and whom to tell that it was a mistake."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from apps.accounts.perms import sees_private
from apps.core.chinese import format_date, format_moment
from apps.core.scope import Actor
from apps.retirees.models import FamilyMember, Retiree
from apps.retirees.perms import can_retract_death
from apps.visits import perms
from apps.visits.choices import DraftKind, IncidentKind, TaskPart
from apps.visits.models import Incident, IncidentTask
from apps.visits.queries.farewell import drafts_of

Fact = dict[str, str]


def landing(person: Retiree, actor: Actor) -> str:
    """The page of a person's death, where the work goes on after it was registered; "" without one."""
    if not perms.can_list_visits(actor):
        return ""
    rows = Incident.objects.visible_to(actor).filter(
        retiree=person, kind=IncidentKind.DEATH, retracted_on=None
    )
    one = rows.first()
    return reverse("visits:incident", args=[one.pk]) if one else ""


def survivors(person: Retiree) -> str:
    """The survivors by name. Ask only for whoever sees the family."""
    rows = FamilyMember.objects.filter(retiree=person, is_survivor=True).order_by("sort", "pk")
    return "、".join(f"{one.name}（{one.get_relation_display()}）" for one in rows)


def next_steps(one: Incident, tasks: Sequence[IncidentTask], today: date, actor: Actor) -> list[Fact]:
    """What comes next after a death, for components/facts.html."""
    person = one.retiree
    waiting = sorted((row for row in tasks if row.is_open), key=lambda row: (row.due_on, row.sort))
    facts = [_first(waiting, today)]
    if sees_private(actor):
        named = survivors(person)
        family = f"{reverse('retirees:detail', args=[person.pk])}?tab=family"
        facts.append(
            {
                "label": "遗属",
                "value": named or "还没有登记",
                "url": family,
                "url_label": "家庭成员" if named else "去登记遗属",
            }
        )
    untold = [row.label for row in waiting if row.part == TaskPart.TELL]
    facts.append({"label": "还没有告知", "value": "、".join(untold) or "都已告知"})
    if can_retract_death(actor, person):
        facts.append(
            {
                "label": "登记错了",
                "value": "撤回后清单、草稿、应访一并撤销",
                "url": reverse("retirees:death-retract", args=[person.pk]),
                "url_label": "撤回去世登记",
            }
        )
    return facts


def _first(waiting: Sequence[IncidentTask], today: date) -> Fact:
    if not waiting:
        return {"label": "先办", "value": "清单都办完了，可以办结"}
    first = waiting[0]
    late = sum(row.due_on < today for row in waiting)
    due = sum(row.due_on == today for row in waiting)
    counts = "，".join(
        word for word in (f"超期{late}项" if late else "", f"今天到期{due}项" if due else "") if word
    )
    who = f"{first.who}，" if first.who else ""
    return {
        "label": "先办",
        "value": f"{first.label}（{who}{format_date(first.due_on)}前）；还有{len(waiting)}项没有办"
        f"{f'，其中{counts}' if counts else ''}",
    }


def told_by_mistake(tasks: Sequence[IncidentTask]) -> list[str]:
    """Who had been told of a death that was taken back, and must be told again."""
    return [
        f"{row.label}{f'（{row.told_to}）' if row.told_to else ''}：{format_date(row.done_on)}由{row.done_by_name}告知"
        for row in tasks
        if row.part == TaskPart.TELL and row.done_on
    ]


def draft_rows(one: Incident, actor: Actor) -> list[dict[str, str]]:
    """The drafts on the page of a death: their kind, who saved them, whether there is a file to take."""
    kept = drafts_of(one, actor)
    rows = []
    for kind in DraftKind:
        row = kept.get(kind)
        said = f"{row.saved_by_name}，{format_moment(row.saved_at)}保存" if row else "还没有起草"
        rows.append(
            {
                "label": kind.label,
                "said": said,
                "edit": reverse("visits:incident-draft", args=[one.pk, kind.value]),
                "file": reverse("visits:incident-draft-file", args=[one.pk, kind.value]) if row else "",
            }
        )
    return rows
