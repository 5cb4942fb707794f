"""Family and contacts of a person: added, changed, put in order, verified, taken off."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.side_by_side import Editing, Stale
from apps.retirees import perms
from apps.retirees.actions import (
    add_family_member,
    edit_family_member,
    remove_family_member,
    shift_family_member,
    verify_family_member,
)
from apps.retirees.actions.family import MEMBER_FIELDS
from apps.retirees.forms.family import FamilyForm
from apps.retirees.models import FamilyMember, Retiree
from apps.retirees.views.person import the_person
from apps.retirees.views.present import crumbs, page_of
from apps.retirees.views.stale import row_conflict

TAB = "family"


def _member(actor: Actor, person: Retiree, member_pk: Any) -> FamilyMember:
    members = FamilyMember.objects.visible_to(actor).filter(retiree_id=person.pk).select_related("retiree")
    return get_object_or_404(members, pk=member_pk)


def _form_page(
    request: HttpRequest, person: Retiree, form: FamilyForm, title: str, *, notice: Any = None, **more: Any
) -> HttpResponse:
    status = more.pop("status", 422 if request.method == "POST" else 200)
    context = {
        "form": form,
        "person": person,
        "heading": f"{title}：{person.name}",
        "crumbs": crumbs(person, title),
        "submit_label": "保存",
        "cancel_url": page_of(person, TAB),
        "note": "",
        **more,
        "notice": {"kind": "", **notice} if notice else None,
    }
    return render(request, "retirees/change.html", context, status=status)


@page(perms.can_edit_retiree, "GET", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    form = FamilyForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"]
        member = add_family_member(retiree=person, values=form.values(), token=token, by=request.actor)
        messages.success(request, f"已添加{member.kin}{member.name}。")
        return redirect(page_of(person, TAB))
    return _form_page(request, person, form, "添加家庭成员或联系人")


@page(perms.can_edit_retiree, "GET", "POST")
def edit(request: HttpRequest, pk: int, member_pk: Any) -> HttpResponse:
    person = the_person(request.actor, pk)
    member = _member(request.actor, person, member_pk)
    title, editing = "修改联系人", Editing(request, member, MEMBER_FIELDS)
    form = FamilyForm(editing.data, today=timezone.localdate(), member=member)
    if request.method == "POST" and form.is_valid():
        try:
            edit_family_member(member=member, values=form.values(), opened=editing.opened, by=request.actor)
        except Stale as stale:
            return row_conflict(request, person, editing, form, stale.theirs, tab=TAB)
        messages.success(request, f"{member.kin}{form.cleaned_data['name']}的资料已保存。")
        return redirect(page_of(person, TAB))
    return _form_page(request, person, form, title, hidden=editing.hidden)


@page(perms.can_edit_retiree, "GET", "POST")
def delete(request: HttpRequest, pk: int, member_pk: Any) -> HttpResponse:
    person = the_person(request.actor, pk)
    member = _member(request.actor, person, member_pk)
    if request.method == "POST":
        remove_family_member(member=member, by=request.actor)
        messages.success(request, f"已删除{member.kin}{member.name}。")
        return redirect(page_of(person, TAB))
    confirm = {
        "question": f"删除{person.name}的{member.kin}{member.name}吗？",
        "text": "",
        "effects": ["从联系人里去掉，后面的人依次上移。", "变更记录里留有这次删除。"],
        "url": request.path,
        "hidden": [],
        "submit_label": "删除",
        "danger": "yes",
        "cancel_url": page_of(person, TAB),
    }
    context = {"heading": "删除联系人", "crumbs": crumbs(person, "删除联系人"), "confirm": confirm}
    return render(request, "generic/confirm.html", context)


@page(perms.can_edit_retiree, "POST")
def shift(request: HttpRequest, pk: int, member_pk: Any) -> HttpResponse:
    person = the_person(request.actor, pk)
    member = _member(request.actor, person, member_pk)
    direction = request.POST.get("direction")
    if direction not in ("up", "down"):
        raise BadRequest("direction is up or down")
    shift_family_member(member=member, up=direction == "up", by=request.actor)
    return redirect(page_of(person, TAB))


@page(perms.can_edit_retiree, "POST")
def verify(request: HttpRequest, pk: int, member_pk: Any) -> HttpResponse:
    person = the_person(request.actor, pk)
    member = _member(request.actor, person, member_pk)
    verify_family_member(member=member, on=timezone.localdate(), by=request.actor)
    messages.success(request, f"已记下{member.name}的联系方式今天核实无误。")
    return redirect(page_of(person, TAB))
