"""Keeping the schemes of one's own office: new, changed, closed, taken away."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions.aid import AidError, remove_scheme, save_scheme, set_scheme_open
from apps.benefits.forms.aid import SchemeForm
from apps.benefits.models import AidScheme
from apps.benefits.views.aid_schemes import crumbs, list_address, scheme_address, the_scheme
from apps.core.pages import page
from apps.core.scope import Actor


def kept_scheme(actor: Actor, pk: int) -> AidScheme:
    """A scheme of the actor's own office; 403 for one that he only reads."""
    scheme = the_scheme(actor, pk)
    if not AidScheme.objects.kept_by(actor).filter(pk=pk).exists():
        raise PermissionDenied("another office's scheme")
    return scheme


@page(perms.can_keep_aid, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A new scheme of one's own office."""
    return _save(request, None)


@page(perms.can_keep_aid, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A scheme of one's own office."""
    return _save(request, kept_scheme(request.actor, pk))


def _save(request: HttpRequest, row: AidScheme | None) -> HttpResponse:
    form = SchemeForm(request.POST or None, scheme=row, actor=request.actor, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("benefits:aid-scheme", int(token.result))
        try:
            saved = save_scheme(scheme=row, values=form.values(), by=request.actor)
        except AidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            token.result = str(saved.pk)
            token.save(update_fields=["result"])
            messages.success(request, f"已保存：{saved}。")
            return redirect("benefits:aid-scheme", saved.pk)
    heading = "修改项目" if row else "新建项目"
    context: dict[str, Any] = {
        "form": form,
        "heading": heading,
        "subheading": str(row) if row else "",
        "crumbs": crumbs((str(row), scheme_address(row)), here=heading) if row else crumbs(here=heading),
        "submit_label": "保存",
        "cancel_url": scheme_address(row) if row else list_address(),
        "note": "限额、预算由本地规定，系统不预置。",
        "hidden": [],
        "remove_url": reverse("benefits:aid-scheme-remove", args=[row.pk]) if row else "",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "benefits/aid_scheme_form.html", context, status=status)


def _ask(
    request: HttpRequest, row: AidScheme, question: str, label: str, effects: list[str], danger: str = ""
) -> HttpResponse:
    context = {
        "heading": label,
        "crumbs": crumbs((str(row), scheme_address(row)), here=label),
        "confirm": {
            "question": question,
            "text": "",
            "effects": effects,
            "url": request.path,
            "hidden": [],
            "submit_label": label,
            "danger": danger,
            "cancel_url": scheme_address(row),
        },
    }
    return render(request, "generic/confirm.html", context)


@page(perms.can_keep_aid, "GET", "POST")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take no more applications, or take them again, after a question."""
    row = kept_scheme(request.actor, pk)
    label = "恢复申请" if row.closed_on else "停止申请"
    if request.method == "POST":
        is_open = row.closed_on is not None
        set_scheme_open(scheme=row, is_open=is_open, today=timezone.localdate(), by=request.actor)
        messages.success(request, f"已{label}：{row}。")
        return redirect(scheme_address(row))
    effects = ["已经登记的申请照常核查、审批、发放"] if not row.closed_on else ["可以再登记申请或报名"]
    return _ask(request, row, f"{label}“{row}”？", label, effects)


@page(perms.can_keep_aid, "GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a scheme away that nobody applied for, after a question."""
    row = kept_scheme(request.actor, pk)
    if request.method == "POST":
        try:
            remove_scheme(scheme=row, by=request.actor)
        except AidError as error:
            messages.error(request, error.message)
            return redirect(scheme_address(row))
        messages.success(request, f"已删除：{row}。")
        return redirect(list_address(row.year))
    effects = ["有人申请过的不能删除", "变更记录里留有这次删除"]
    return _ask(request, row, f"删除“{row}”？", "删除", effects, danger="yes")
