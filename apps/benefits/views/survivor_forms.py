"""Registering survivors, changing what is approved, recording what became of them, verifying."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.survivors import (
    SurvivorError,
    add_survivor,
    edit_survivor,
    record_survivor_state,
    retract_survivor_state,
    verify_survivor,
)
from apps.benefits.forms.survivors import (
    StateForm,
    SurvivorForm,
    VerifyForm,
    initial_of,
)
from apps.benefits.models import Survivor
from apps.benefits.queries.survivors import (
    members_to_register,
)
from apps.benefits.rules.months import next_month
from apps.benefits.rules.survivors import FOLLOWS, relation_of
from apps.benefits.views.survivors import crumbs, the_survivor
from apps.core.inputs import TokenField
from apps.core.pages import page
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import FamilyMember, Retiree


def _kept(actor: Actor, pk: int) -> Survivor:
    one = the_survivor(actor, pk)
    if not perms.can_keep_survivors(actor, one.retiree):
        raise PermissionDenied("another place's survivor")
    return one


def _sent_before(request: HttpRequest) -> int | None:
    """Key that an earlier sending of this form came to: what it chose may not be on offer any more."""
    token = TokenField(required=False)
    try:
        key = token.clean(request.POST.get("token", ""))
    except ValidationError:
        return None
    found = FormToken.objects.filter(token=key, actor_id=request.actor.user_id).exclude(result="").first()
    return int(found.result) if found else None


@page(perms.can_keep_survivors, "GET", "POST")
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """Register a member of a dead cadre's family."""
    actor, today = request.actor, timezone.localdate()
    person = get_object_or_404(Retiree.objects.visible_to(actor), pk=pk)
    if not perms.can_keep_survivors(actor, person):
        raise PermissionDenied("another place's person")
    if (made_before := _sent_before(request)) is not None:
        return redirect("benefits:survivor", made_before)
    members = list(members_to_register(actor, person))
    if not members:
        messages.warning(request, f"{person.name}：{_why_nobody(person)}")
        return redirect(f"{reverse('retirees:detail', args=[pk])}?tab=family")
    form = SurvivorForm(request.POST or None, members=members, initial=_start(person, members), today=today)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], actor)
        if token.result:
            return redirect("benefits:survivor", int(token.result))
        chosen = next(one for one in members if str(one.pk) == form.cleaned_data["member"])
        values = form.values()
        proof = values["document"] or "登记时在世"
        try:
            made = add_survivor(retiree=person, member=chosen, values=values, proof=proof, by=actor)
        except SurvivorError as error:
            _say(form, error)
        else:
            token.result = str(made.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已登记遗属：{made.name}。")
            return redirect("benefits:survivor", made.pk)
    trail = {"label": person.name, "url": reverse("retirees:detail", args=[pk])}
    return _form_page(request, form, f"登记遗属：{person.name}", trail, trail["url"])


def _why_nobody(person: Retiree) -> str:
    if person.state != LifeState.DEAD:
        return "没有登记去世，不能登记遗属待遇。"
    return "家庭成员里没有还没登记的遗属，先在“家庭成员”里标记。"


def _start(person: Retiree, members: list[FamilyMember]) -> dict[str, Any]:
    """The month after the death; of a single member what he is to the cadre."""
    found: dict[str, Any] = {"verified_on": timezone.localdate()}
    if person.died_on:
        found["starts_on"] = next_month(person.died_on.earliest)
    if len(members) == 1:
        only = members[0]
        found |= {"member": str(only.pk), "relation": relation_of(only.relation, only.kinship)}
    return found


def _say(form: Any, error: SurvivorError) -> None:
    form.add_error(error.field if error.field in form.fields else None, error.message)


def _form_page(
    request: HttpRequest, form: Any, heading: str, trail: dict[str, str], back: str, note: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": crumbs(trail, {"label": heading.partition("：")[0], "url": ""}),
        "submit_label": "保存",
        "cancel_url": back,
        "note": note,
        "hidden": [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


def _about(one: Survivor) -> dict[str, str]:
    return {"label": one.name, "url": reverse("benefits:survivor", args=[one.pk])}


@page(perms.can_keep_survivors, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Relation, household, days, paper."""
    one = _kept(request.actor, pk)
    today = timezone.localdate()
    form = SurvivorForm(request.POST or None, members=(), initial=initial_of(one), today=today)
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            edit_survivor(survivor=one, values=form.values(), version=version, by=request.actor)
        except SurvivorError as error:
            _say(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("benefits:survivor", pk)
    trail = _about(one)
    return _form_page(request, form, f"修改遗属：{one.name}", trail, trail["url"])


@page(perms.can_keep_survivors, "GET", "POST")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """What he is from a day on."""
    one = _kept(request.actor, pk)
    if _sent_before(request) is not None:
        return redirect("benefits:survivor", pk)
    today = timezone.localdate()
    form = StateForm(request.POST or None, offered=sorted(FOLLOWS[one.state]), today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, _ = FormToken.objects.claim(data["token"], request.actor)
        if token.result:
            return redirect("benefits:survivor", pk)
        given = {name: data[name] for name in ("state", "day", "proof")}
        try:
            record_survivor_state(survivor=one, **given, today=today, by=request.actor)
        except SurvivorError as error:
            _say(form, error)
        else:
            token.result = str(pk)
            token.save(update_fields=["result"])
            messages.success(request, "已登记状态变化。")
            return redirect("benefits:survivor", pk)
    trail = _about(one)
    note = f"现在是“{one.get_state_display()}”。"
    return _form_page(request, form, f"登记状态变化：{one.name}", trail, trail["url"], note)


@page(perms.can_keep_survivors, "GET", "POST")
def retract(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last state back, after a question."""
    one = _kept(request.actor, pk)
    if request.method == "POST":
        try:
            row = retract_survivor_state(survivor=one, by=request.actor)
        except SurvivorError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"已撤回，现在是“{row.get_state_display()}”。")
        return redirect("benefits:survivor", pk)
    context = {
        "heading": "撤回状态",
        "crumbs": crumbs(_about(one), {"label": "撤回状态", "url": ""}),
        "confirm": {
            "question": f"撤回{one.name}的“{one.get_state_display()}”？",
            "text": "登记错了才撤回；情况又变了，请登记新的状态。",
            "effects": ["前一个状态继续有效", "变更记录里留有这次撤回"],
            "url": request.path,
            "hidden": [],
            "submit_label": "撤回",
            "danger": "yes",
            "cancel_url": reverse("benefits:survivor", args=[pk]),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_keep_survivors, "GET", "POST")
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """He was seen alive on a day."""
    one = _kept(request.actor, pk)
    form = VerifyForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        verify_survivor(survivor=one, on=form.cleaned_data["on"], by=request.actor)
        messages.success(request, f"已核实：{one.name}。")
        return redirect("benefits:survivor", pk)
    trail = _about(one)
    note = "已不在世或情况有变的，请登记状态变化。"
    return _form_page(request, form, f"生存核实：{one.name}", trail, trail["url"], note)
