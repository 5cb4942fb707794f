"""What an office does with its standards: drafts, hands on, publishes, ends, withdraws."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.benefits import perms
from apps.benefits.actions import standards as actions
from apps.benefits.actions.errors import NotPossible
from apps.benefits.choices import StandardState
from apps.benefits.forms.standards import (
    EndForm,
    StandardForm,
    VersionForm,
    WordsForm,
    standard_as_typed,
    successor_as_typed,
)
from apps.benefits.models import Benefit, Standard
from apps.benefits.queries.standards import JOINED, kept_by
from apps.benefits.queries.terms import place_names
from apps.benefits.views.standards import (
    crumbs,
    force_of,
    gives_words,
    kept_standard,
    list_address,
    people_words,
)
from apps.core.pages import page
from apps.core.scope import Actor

MOST_AT_ONCE = 200


def _address(standard: Standard) -> str:
    return reverse("benefits:standard", args=[standard.pk])


# ---- drafting


@page(perms.can_keep_standards, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A draft of a benefit; which benefit is asked first, because it decides what else is asked."""
    sent = request.POST if request.method == "POST" else request.GET
    if request.method == "GET" and set(request.GET) - {"benefit", "replaces"}:
        raise BadRequest("unknown key")
    benefit = Benefit.objects.filter(pk=_number(sent.get("benefit")), is_active=True).first()
    if benefit is None:
        return _choose_benefit(request)
    initial = _initial(request, benefit) if request.method == "GET" else {}
    form = StandardForm(request.POST or None, actor=request.actor, benefit=benefit, initial=initial)
    if request.method == "POST" and form.is_valid():
        token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
        if token.result:
            return redirect("benefits:standard", int(token.result))
        standard = actions.add_standard(values=form.values(), by=request.actor)
        token.result = str(standard.pk)
        token.save(update_fields=["result"])
        messages.success(request, "草稿已保存。请读一读下面这句话，对了再提交复核。")
        return redirect(_address(standard))
    return _form_page(request, form, f"新建标准：{benefit.name}", list_address())


def _number(text: str | None) -> int | None:
    found = text or ""
    return int(found) if found.isascii() and found.isdecimal() and len(found) < 10 else None


def _initial(request: HttpRequest, benefit: Benefit) -> dict[str, Any]:
    key = _number(request.GET.get("replaces"))
    older = kept_by(request.actor).in_use().filter(pk=key, benefit=benefit).first() if key else None
    return successor_as_typed(older) if older else {}


def _choose_benefit(request: HttpRequest) -> HttpResponse:
    address = reverse("benefits:standard-create")
    rows = [
        {
            "cells": [
                {"text": one.name, "url": f"{address}?benefit={one.pk}"},
                {"text": one.get_cycle_display(), "url": ""},
                {"text": one.get_audience_display(), "url": ""},
                {"text": one.basis or "—", "url": ""},
            ]
        }
        for one in Benefit.objects.filter(is_active=True)
    ]
    context = {
        "heading": "新建标准：选择待遇项目",
        "subheading": "先选是哪一项待遇",
        "crumbs": crumbs("新建标准"),
        "columns": [{"label": label} for label in ("待遇项目", "计发", "对象", "说明")],
        "rows": rows,
    }
    return render(
        request, "benefits/standard_benefit.html", context, status=422 if request.method == "POST" else 200
    )


@page(perms.can_keep_standards, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    standard = kept_standard(request.actor, pk)
    if standard.state != StandardState.DRAFT and request.method == "GET":
        messages.warning(request, "只有草稿可以修改；待复核的请先退回，已发布的请新建一条替代它。")
        return redirect(_address(standard))
    form = StandardForm(
        request.POST or None,
        actor=request.actor,
        benefit=standard.benefit,
        initial=standard_as_typed(standard),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_standard(
                standard=standard,
                values=form.values(),
                version=form.cleaned_data["version"],
                by=request.actor,
            )
        except NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "已修改。请读一读下面这句话，对了再提交复核。")
            return redirect(_address(standard))
    return _form_page(request, form, f"修改标准：{standard.label}", _address(standard))


def _form_page(
    request: HttpRequest, form: Any, heading: str, back: str, *, submit: str = "保存", notice: Any = None
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "subheading": "",
        "crumbs": crumbs(heading.partition("：")[0]),
        "submit_label": submit,
        "cancel_url": back,
        "note": "",
        "notice": notice,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "benefits/standard_form.html", context, status=status)


# ---- steps without words


def _asked(
    request: HttpRequest,
    standard: Standard,
    *,
    heading: str,
    question: str,
    effects: list[str],
    act: Callable[..., Any],
    done: str,
    danger: str = "",
    back: str = "",
) -> HttpResponse:
    """Ask, then act on the version that was read."""
    if request.method == "POST":
        form = VersionForm(request.POST)
        try:
            if not form.is_valid():
                raise NotPossible("请看过这条标准再办。")
            act(standard=standard, version=form.cleaned_data["version"], by=request.actor)
        except NotPossible as problem:
            messages.error(request, f"没有办理：{problem}")
            return redirect(_address(standard))
        messages.success(request, done)
        return redirect(back or _address(standard))
    places = place_names()
    context = {
        "heading": f"{heading}：{standard.label}",
        "crumbs": crumbs(heading),
        "confirm": {
            "question": question,
            "text": f"{standard.paper.number}：{_line(standard, places)}",
            "effects": effects,
            "url": request.path,
            "hidden": [{"name": "version", "value": standard.version}],
            "submit_label": heading,
            "danger": danger,
            "cancel_url": _address(standard),
        },
    }
    return render(request, "generic/confirm.html", context)


def _line(standard: Standard, places: dict[int, str]) -> str:
    return f"{people_words(standard, places)}，{gives_words(standard)}，{force_of(standard)}"


@page(perms.can_keep_standards, "GET", "POST")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft on."""
    return _asked(
        request,
        kept_standard(request.actor, pk),
        heading="提交复核",
        question="这条标准和文件一致吗？",
        effects=["由本单位另一个人复核发布", "发布以前不影响任何人的待遇", "需要改的可以退回"],
        act=actions.submit_standard,
        done="已提交，等本单位另一个人复核发布。",
    )


@page(perms.can_keep_standards, "GET", "POST")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish what somebody else has drafted."""
    standard = kept_standard(request.actor, pk)
    effects = ["从执行之日起按它计算待遇", "发布以后不能再改，只能截止或者由新的标准替代"]
    if standard.replaces:
        effects.append(f"“{standard.replaces.label}”执行到这一条起始的前一天")
    return _asked(
        request,
        standard,
        heading="复核发布",
        question="对照文件看过，确认发布？",
        effects=effects,
        act=actions.publish_standard,
        done="已发布。",
    )


@page(perms.can_keep_standards, "GET", "POST")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft away."""
    return _asked(
        request,
        kept_standard(request.actor, pk),
        heading="删除",
        question="删除这条草稿？",
        effects=["变更记录里留有这次删除"],
        act=actions.delete_standard,
        done="草稿已删除。",
        danger="yes",
        back=list_address("state=draft"),
    )


# ---- steps with words


def _worded(
    request: HttpRequest,
    pk: int,
    *,
    heading: str,
    form_class: type[WordsForm],
    act: Callable[[Standard, dict[str, Any], Actor], Any],
    done: str,
    label: str,
) -> HttpResponse:
    standard = kept_standard(request.actor, pk)
    form = form_class(request.POST or None, initial={"version": standard.version})
    form.fields["words"].label = label
    if request.method == "POST" and form.is_valid():
        try:
            act(standard, form.cleaned_data, request.actor)
        except NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, done)
            return redirect(_address(standard))
    notice = {"title": _line(standard, place_names()), "text": standard.paper.number, "kind": ""}
    title = f"{heading}：{standard.label}"
    return _form_page(request, form, title, _address(standard), submit=heading, notice=notice)


@page(perms.can_keep_standards, "GET", "POST")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to who drafted it."""
    return _worded(
        request,
        pk,
        heading="退回修改",
        form_class=WordsForm,
        act=lambda standard, data, by: actions.return_standard(
            standard=standard, version=data["version"], words=data["words"], by=by
        ),
        done="已退回，修改后再提交。",
        label="退回的意见",
    )


@page(perms.can_keep_standards, "GET", "POST")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """As if it had never been published."""
    return _worded(
        request,
        pk,
        heading="停用",
        form_class=WordsForm,
        act=lambda standard, data, by: actions.withdraw_standard(
            standard=standard, version=data["version"], reason=data["words"], by=by
        ),
        done="已停用；它替代过的标准恢复原来的执行期间。",
        label="停用的原因",
    )


@page(perms.can_keep_standards, "GET", "POST")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day on which a published one holds."""
    return _worded(
        request,
        pk,
        heading="填写截止日期",
        form_class=EndForm,
        act=lambda standard, data, by: actions.end_standard(
            standard=standard,
            version=data["version"],
            last_day=data["last_day"],
            reason=data["words"],
            by=by,
        ),
        done="已写明截止日期，以后的月份不再按它计算。",
        label="依据或原因",
    )


# ---- several at once


@page(perms.can_keep_standards, "POST")
def publish_many(request: HttpRequest) -> HttpResponse:
    """Publish the ticked ones: read back first, then done, each in the version that was read."""
    picked = _picked(request)
    if not picked:
        messages.warning(request, "还没有选中待复核的标准。自己拟定的由别人复核，不在其中。")
        return redirect(list_address("state=waiting"))
    if not request.POST.get("sent"):
        return _read_back(request, picked)
    published, left = actions.publish_standards(picked=picked, by=request.actor)
    if published:
        messages.success(request, f"已发布{len(published)}条标准。")
    for standard, reasons in left:
        messages.error(request, f"“{standard.label}”没有发布：{'；'.join(reasons)}")
    return redirect(list_address("state=waiting") if left else list_address())


def _picked(request: HttpRequest) -> list[tuple[Standard, int]]:
    """The rows ticked, of one's own office and drafted by others; each with the version that was read."""
    versions: dict[int, int] = {}
    for text in request.POST.getlist("ids")[:MOST_AT_ONCE]:
        key, _, version = text.partition(".")
        number, read = _number(key), _number(version)
        if number is not None and read is not None:
            versions[number] = read
    rows = kept_by(request.actor).filter(pk__in=versions, state=StandardState.WAITING)
    rows = rows.exclude(made_by=request.actor.user_id).select_related(*JOINED)
    return [(one, versions[one.pk]) for one in rows]


def _read_back(request: HttpRequest, picked: list[tuple[Standard, int]]) -> HttpResponse:
    places = place_names()
    hidden = [{"name": "ids", "value": f"{one.pk}.{version}"} for one, version in picked]
    context = {
        "heading": f"复核发布：{len(picked)}条",
        "crumbs": crumbs("复核发布"),
        "confirm": {
            "question": f"下面{len(picked)}条都对照文件看过，确认发布？",
            "text": "发布以后不能再改，只能截止或者由新的标准替代。有问题的不会发布，会说明原因。",
            "effects": [
                f"{one.benefit.name} · {one.paper.number}：{_line(one, places)}"
                + (f"（{one.note}）" if one.note else "")
                for one, _ in picked
            ],
            "url": request.path,
            "hidden": [*hidden, {"name": "sent", "value": "1"}],
            "submit_label": "复核发布",
            "danger": "",
            "cancel_url": list_address("state=waiting"),
        },
    }
    return render(request, "generic/confirm.html", context)
