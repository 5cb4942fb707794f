"""What is decided about one person's benefits, on pages of their own: approvals, how he died, account, earlier pay."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions import person as actions
from apps.benefits.actions.errors import NotPossible
from apps.benefits.forms.person import (
    AccountForm,
    ApprovalForm,
    DeathRulingForm,
    EarlierForm,
    EndApprovalForm,
    ReasonForm,
)
from apps.benefits.models import Approval, DeathRuling, PayAccount
from apps.benefits.views.person import REASONS, crumbs, secret_of, tab_of, the_person
from apps.core.inputs import TokenField
from apps.core.pages import always, page
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree

SHOWN_SECONDS = 60


def _kept(actor: Actor, pk: int) -> Retiree:
    person = the_person(actor, pk)
    if not perms.can_keep_money(actor, person):
        raise PermissionDenied("another place's person")
    return person


def _sent_before(request: HttpRequest) -> bool:
    """Whether this form was sent before and came to something: what it was about may be gone since."""
    try:
        key = TokenField(required=False).clean(request.POST.get("token", ""))
    except ValidationError:
        return False
    found = FormToken.objects.filter(token=key, actor_id=request.actor.user_id)
    return found.exclude(result="").exists()


def _answer(
    request: HttpRequest, person: Retiree, form: Any, what: str, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """The form; when it is sent, ``act`` once with its values, which returns what to say, and back to the tab."""
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect(tab_of(person))
        try:
            told = act(form.cleaned_data)
        except NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            token.result = str(person.pk)
            token.save(update_fields=["result"])
            messages.success(request, told)
            return redirect(tab_of(person))
    context = {
        "form": form,
        "heading": f"{what}：{person.name}",
        "subheading": "",
        "crumbs": crumbs(person, what),
        "submit_label": "保存",
        "cancel_url": tab_of(person),
        "note": "",
        "hidden": [],
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


@page(perms.can_see_money, "GET", "POST")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let him have a benefit that needs an approval."""
    person = _kept(request.actor, pk)
    form = ApprovalForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        row = actions.approve_benefit(retiree=person, values=form.values(), by=request.actor)
        return f"已登记特批：{row.benefit.name}。"

    return _answer(request, person, form, "登记特批", act)


@page(perms.can_see_money, "GET", "POST")
def end_approval(request: HttpRequest, pk: int, approval_pk: int) -> HttpResponse:
    """End an approval, or take it back."""
    person = _kept(request.actor, pk)
    row = Approval.objects.select_related("benefit").filter(retiree=person, pk=approval_pk).first()
    if row is None:
        if request.method == "POST" and _sent_before(request):
            return redirect(tab_of(person))
        raise Http404("no such approval")
    found = row

    def act(data: dict[str, Any]) -> str:
        if data["how"] == "revoke":
            actions.revoke_approval(approval=found, reason=data["reason"], by=request.actor)
            return f"已撤销特批：{found.benefit.name}。"
        actions.end_approval(
            approval=found, last_day=data["last_day"], reason=data["reason"], by=request.actor
        )
        return f"已结束特批：{found.benefit.name}。"

    return _answer(request, person, EndApprovalForm(request.POST or None), "结束特批", act)


@page(perms.can_see_money, "GET", "POST")
def death(request: HttpRequest, pk: int) -> HttpResponse:
    """How he died."""
    person = _kept(request.actor, pk)
    if person.state != LifeState.DEAD:
        messages.warning(request, f"{person.name}：没有登记去世，不能认定牺牲病故性质。")
        return redirect(tab_of(person))
    ruling = DeathRuling.objects.filter(retiree=person).first()
    if request.method == "POST" and _sent_before(request):
        return redirect(tab_of(person))

    def act(data: dict[str, Any]) -> str:
        reason = data.get("reason", "")
        if data["kind"] == DeathRulingForm.REVOKED:
            actions.revoke_death_ruling(retiree=person, reason=reason, by=request.actor)
            return "已撤销认定，按病故计算。"
        row = actions.rule_death(
            retiree=person, kind=data["kind"], document=data["document"], reason=reason, by=request.actor
        )
        return f"已认定为{row.get_kind_display()}。"

    form = DeathRulingForm(request.POST or None, ruling=ruling)
    return _answer(request, person, form, "认定牺牲病故性质", act)


@page(perms.can_see_money, "GET", "POST")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The account his money goes to."""
    person = _kept(request.actor, pk)
    row = PayAccount.objects.filter(pk=person.pk).first()
    if request.method == "POST" and _sent_before(request):
        return redirect(tab_of(person))

    def act(data: dict[str, Any]) -> str:
        actions.set_pay_account(
            retiree=person,
            bank=data["bank"],
            holder=data["holder"],
            number=data["number"],
            reason=data.get("reason", ""),
            by=request.actor,
        )
        return "已保存发放账户。"

    form = AccountForm(request.POST or None, person=person, account=row)
    return _answer(request, person, form, "变更发放账户" if row else "登记发放账户", act)


@page(perms.can_see_money, "GET", "POST")
def drop_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay no more into it."""
    person = _kept(request.actor, pk)
    if not PayAccount.objects.filter(pk=person.pk).exists():
        return redirect(tab_of(person))

    def act(data: dict[str, Any]) -> str:
        actions.drop_pay_account(retiree=person, reason=data["reason"], by=request.actor)
        return "已停用发放账户，银行代发文件里不再有他。"

    return _answer(request, person, ReasonForm(request.POST or None), "停用发放账户", act)


@page(perms.can_see_money, "POST", proof=always)
def reveal_account(request: HttpRequest, pk: int) -> HttpResponse:
    """The number of the account in plain, for a reason that goes to the read log."""
    person = _kept(request.actor, pk)
    row = get_object_or_404(PayAccount.objects.visible_to(request.actor), pk=person.pk)
    reason = request.POST.get("reason", "")
    known = reason in REASONS
    context = {
        "secret": secret_of(row, request.path),
        "label": "账号",
        "value": row.number.reveal(reason) if known else "",
        "seconds": SHOWN_SECONDS,
        "person": person,
        "crumbs": crumbs(person, "查看账号"),
        "back": tab_of(person),
    }
    template = "retirees/_secret.html" if request.htmx else "retirees/reveal.html"
    return render(request, template, context, status=200 if known else 422)


@page(perms.can_see_money, "GET", "POST")
def earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """What he was paid before lists were made here."""
    person = _kept(request.actor, pk)

    def act(data: dict[str, Any]) -> str:
        names = ("benefit", "first_month", "last_month", "amount", "paid_on", "note")
        values = {name: data[name] for name in names}
        made = actions.record_earlier_of(retiree=person, **values, by=request.actor)
        return f"已补记{made}个月。"

    form = EarlierForm(request.POST or None, today=timezone.localdate())
    return _answer(request, person, form, "补记以前发放", act)
