"""A concern's page and its steps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.concerns import perms
from apps.concerns.actions import NotPossible, take_step
from apps.concerns.choices import StepKind
from apps.concerns.forms.steps import FORMS
from apps.concerns.models import Concern
from apps.concerns.queries import concern_rows, former_signers, signers_of
from apps.concerns.rules import may_take
from apps.concerns.views.listing import TONES, due_words, list_address
from apps.core.chinese import format_date, format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.models import Retiree

SHOWN_REPEATS = 50
DECIDED = (StepKind.EXTENDED, StepKind.DECLINED, StepKind.REOPENED)
"""Steps of county and city, not of the unit that is asked."""
ORDER = (
    StepKind.ANSWERED,
    StepKind.CLOSED,
    StepKind.NOTE,
    StepKind.ASSIGNED,
    StepKind.EXTENDED,
    StepKind.REMINDED,
    StepKind.REOPENED,
    StepKind.DECLINED,
    StepKind.WITHDRAWN,
)
LABELS = {
    StepKind.ANSWERED: "登记答复",
    StepKind.CLOSED: "办结",
    StepKind.NOTE: "记办理情况",
    StepKind.ASSIGNED: "交办",
    StepKind.EXTENDED: "延期",
    StepKind.REMINDED: "催办",
    StepKind.REOPENED: "重新办理",
    StepKind.DECLINED: "不予受理",
    StepKind.WITHDRAWN: "本人撤回",
}


def crumbs(*rest: str) -> list[dict[str, str]]:
    """诉求办理 / …"""
    return [{"label": "诉求办理", "url": list_address()}, *({"label": one, "url": ""} for one in rest)]


def the_concern(actor: Actor, pk: UUID) -> Concern:
    """The matter, or 404 outside the actor's scope."""
    rows = concern_rows(actor).select_related("retiree", "county", "unit", "owner_unit", "owner", "repeat_of")
    return get_object_or_404(rows, pk=pk)


@page(perms.can_list_concerns)
def concern(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The matter with all its steps, and what may be done next."""
    actor, today = request.actor, timezone.localdate()
    one = the_concern(actor, pk)
    repeats = concern_rows(actor).filter(repeat_of=one).order_by("-received_on", "-number")[:SHOWN_REPEATS]
    handles = perms.can_handle_concern(actor, one)
    context = {
        "crumbs": crumbs(one.label),
        "concern": one,
        "card": {
            "title": one.title,
            "subtitle": one.label,
            "photo_url": "",
            "photo_label": "",
            "photo_edit_url": "",
            "tags": [{"text": one.get_state_display(), "tone": TONES[one.state]}],
            "facts": [
                {
                    "label": "提出人",
                    "value": f"{one.retiree.name}（{one.unit.label}）",
                    "url": reverse("retirees:detail", args=[one.retiree_id]),
                    "url_label": "看人员",
                },
                {"label": "类别", "value": f"{one.get_kind_display()} · {one.get_topic_display()}"},
                {"label": "来源", "value": f"{one.get_source_display()}，{format_date(one.raised_on)}提出"},
                {"label": "受理", "value": f"{format_date(one.received_on)} {one.received_by_name}"},
                {"label": "办理", "value": _owner(one)},
                {"label": "答复期限", "value": f"{due_words(one, today)}，{one.working_days}个工作日"},
                *_more_facts(one),
            ],
            "actions": [{"label": "答复函", "url": reverse("concerns:letter", args=[one.pk])}]
            if handles and one.answer
            else [],
        },
        "tabs": [],
        "others": _people(signers_of(one, actor)),
        "former": _people(former_signers(one, actor)),
        "others_url": reverse("concerns:people", args=[one.pk]) if handles and one.is_open else "",
        "repeats": [
            {
                "name": f"{row.label} {row.title}",
                "place": f"{format_date(row.received_on)}，{row.get_state_display()}",
                "url": reverse("concerns:concern", args=[row.pk]),
            }
            for row in repeats
        ],
        "steps": [
            {
                "when": format_date(step.happened_on),
                "kind": step.get_kind_display(),
                "text": step.text,
                "state": "",
                "tag": f"{step.by_name} {format_moment(step.recorded_at)}",
                "tone": "grey",
            }
            for step in one.steps.order_by("-recorded_at", "-pk")
        ],
        "next": [
            {
                "label": LABELS[kind],
                "url": reverse("concerns:step", args=[one.pk, kind.value]),
                "main": number == 0,
            }
            for number, kind in enumerate(open_steps(actor, one))
        ],
    }
    return render(request, "concerns/concern.html", context)


def _people(people: list[Retiree]) -> list[dict[str, str]]:
    return [
        {
            "name": one.name,
            "place": one.unit.label,
            "url": reverse("retirees:detail", args=[one.pk]),
        }
        for one in people
    ]


def _owner(one: Concern) -> str:
    return f"{one.owner_unit.label} {one.owner.full_name}" if one.owner else one.owner_unit.label


def _more_facts(one: Concern) -> list[dict[str, str]]:
    found = []
    if one.is_collective:
        found.append({"label": "涉及人数", "value": f"{one.people_count}人"})
    if one.repeat_of is not None:
        address = reverse("concerns:concern", args=[one.repeat_of_id])
        found.append(
            {"label": "重复事项", "value": one.repeat_of.label, "url": address, "url_label": "看前一件"}
        )
    if one.answered_on:
        found.append(
            {"label": "答复", "value": f"{format_date(one.answered_on)} {one.get_answer_way_display()}"}
        )
    if one.result:
        found.append({"label": "办理结果", "value": str(one.get_result_display())})
    if one.satisfaction:
        found.append({"label": "满意度", "value": str(one.get_satisfaction_display())})
    return found


def open_steps(actor: Actor, one: Concern) -> list[StepKind]:
    """Steps that somebody may take now, the most likely first."""
    if not perms.can_handle_concern(actor, one):
        return []
    decides = perms.can_decide_concern(actor, one)
    return [kind for kind in ORDER if may_take(kind, one.state) and (decides or kind not in DECIDED)]


@page(perms.can_raise_concern, "GET", "POST")
def step(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One step, in a form of its own."""
    actor, today = request.actor, timezone.localdate()
    one = the_concern(actor, pk)
    if name not in {kind.value for kind in ORDER}:
        raise Http404("no such step")
    kind = StepKind(name)
    if kind in DECIDED and not perms.can_decide_concern(actor, one):
        raise PermissionDenied("a step of county and city")
    back = reverse("concerns:concern", args=[one.pk])
    if not may_take(kind, one.state):
        messages.error(request, f"现在是“{one.get_state_display()}”，不能{LABELS[kind]}。")
        return redirect(back)
    form = FORMS[kind](request.POST or None, concern=one, actor=actor, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            take_step(
                concern=one,
                step=kind,
                version=data["version"],
                on=data["on"],
                text=data.get("text") or "",
                by=actor,
                **form.changes(),
            )
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, f"{one.label}：{LABELS[kind]}，已记下。")
            return redirect(back)
    context: dict[str, Any] = {
        "form": form,
        "heading": f"{LABELS[kind]}：{one.title}",
        "subheading": one.label,
        "crumbs": [*crumbs(), {"label": one.label, "url": back}, {"label": LABELS[kind], "url": ""}],
        "submit_label": LABELS[kind],
        "cancel_url": back,
        "note": "",
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)
