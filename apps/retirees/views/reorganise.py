"""Merging units and giving them to another county: a form, what will happen, then a job."""

from collections.abc import Iterator

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.core.chinese import format_count, format_date
from apps.core.pages import page
from apps.core.scope import Actor
from apps.jobs.actions import request_job
from apps.retirees import perms
from apps.retirees.actions import NotPossible
from apps.retirees.actions.reorganise import Preview, preview_reorganisation
from apps.retirees.choices import Reorganisation
from apps.retirees.forms.reorganise import ReorganiseForm
from apps.units.choices import Level
from apps.units.models import Unit

MOST = 30


@page(perms.can_reorganise, "GET", "POST")
def reorganise(request: HttpRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.actor).select_related("area"), pk=pk)
    form = ReorganiseForm(request.POST or None, unit=unit, actor=request.actor, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found = preview_reorganisation(kind=data["kind"], unit=unit, target=data["target"])
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            if form.is_confirmed():
                return _ask(request, unit, form)
            return _confirm(request, unit, form, found)
    context = {
        "form": form,
        "heading": f"撤并、划转：{unit.name}",
        "crumbs": _crumbs(unit),
        "submit_label": "下一步：看会发生什么",
        "cancel_url": reverse("units:detail", args=[unit.pk]),
        "note": "单位从不改换县市区：划转的在那边重新设立、承接这边的，以前各日的统计和报表不变。",
        "notice": {
            "title": "还不会写入",
            "text": "填完后先看哪些单位、多少人、哪些用户会变，确认后才办理。",
            "kind": "",
        },
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "retirees/change.html", context, status=status)


def unit_actions(actor: Actor, unit: Unit) -> Iterator[tuple[str, str]]:
    """Offered on a unit's page: merging and moving with the people, for the city; also of a unit that was closed with
    people left in it."""
    if perms.can_reorganise(actor) and unit.level != Level.CITY:
        yield "撤并、划转（带人员）", reverse("retirees:reorganise", args=[unit.pk])


def _crumbs(unit: Unit) -> list[dict[str, str]]:
    return [
        {"label": "单位", "url": reverse("units:tree")},
        {"label": unit.label, "url": reverse("units:detail", args=[unit.pk])},
        {"label": "撤并、划转", "url": ""},
    ]


def _confirm(request: HttpRequest, unit: Unit, form: ReorganiseForm, found: Preview) -> HttpResponse:
    data = form.cleaned_data
    words = Reorganisation(data["kind"]).label
    context = {
        "heading": f"确认撤并、划转：{unit.name}",
        "crumbs": _crumbs(unit),
        "confirm": {
            "question": f"{unit.name}：{words}（{data['target'].name}），{format_date(data['happened_on'])}起。"
            "还没有写入，确认后会发生：",
            "text": "",
            "effects": list(_effects(found, data["kind"], data["target"])),
            "url": request.path,
            "hidden": [
                *({"name": name, "value": value} for name, value in form.typed()),
                {"name": "confirmed", "value": form.confirmation},
            ],
            "submit_label": "确认办理",
            "danger": "yes",
            "cancel_url": reverse("units:detail", args=[unit.pk]),
        },
    }
    return render(request, "generic/confirm.html", context)


def _effects(found: Preview, kind: Reorganisation, target: Unit) -> Iterator[str]:
    if kind == Reorganisation.PARENT:
        yield f"改归{target.name}下面，人员、用户都不变。"
        return
    for effect in found.effects[:MOST]:
        others = (
            f"，另有{format_count(effect.others)}份已去世或已离开人员的档案一并转去" if effect.others else ""
        )
        yield f"{effect.unit.name} → {effect.successor}：在册{format_count(effect.people)}人{others}。"
    if len(found.effects) > MOST:
        yield f"另有{len(found.effects) - MOST}个单位，同样办理。"
    yield f"一共转{format_count(found.people)}人；原单位登记为并入，名称和沿革保留，以前各日的统计不变。"
    if found.users:
        shown = "、".join(found.users[:10])
        more = f"等{len(found.users)}个" if len(found.users) > 10 else ""
        yield f"这些用户的身份在原单位，办完后看不到转走的人，请安全管理员重新授权：{shown}{more}。"
    if found.batches:
        yield f"这些单位还有{found.batches}批导入没有办完，请先办完或放弃。"
    yield "办理中的县市区间转移，涉及这些人的会办不成，需要重新提出。"


def _ask(request: HttpRequest, unit: Unit, form: ReorganiseForm) -> HttpResponse:
    data = form.cleaned_data
    with transaction.atomic():
        job = request_job(
            kind="retirees.reorganise",
            label=f"撤并、划转：{unit.name}",
            dedupe_key=f"reorganise:{request.actor.user_id}:{data['token']}",
            by=request.actor,
            payload={
                "kind": data["kind"],
                "unit": unit.pk,
                "target": data["target"].pk,
                "happened_on": data["happened_on"].isoformat(),
                "document": data["document"] or "",
            },
            lane="reorganise",
        )
    return redirect("jobs:detail", job.pk)
