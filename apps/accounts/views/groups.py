"""Groups of users: whom a saved view can be shared with. Kept by the city bureau."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts import perms
from apps.accounts.actions import NotPossible, delete_group, save_group
from apps.accounts.forms import GroupForm
from apps.accounts.models import UserGroup
from apps.accounts.queries import colleagues
from apps.core.pages import page

LIST = {"label": "用户组"}


@page(perms.can_keep_groups)
def groups(request: HttpRequest) -> HttpResponse:
    """All groups with their members."""
    found = UserGroup.objects.visible_to(request.actor).prefetch_related("members")
    context = {
        "heading": "用户组",
        "crumbs": [{"label": "用户组", "url": ""}],
        "page_actions": [
            {"label": "新建用户组", "url": reverse("accounts:group-create"), "kind": "primary", "key": "n"}
        ],
        "rows": [
            {
                "cells": [
                    {"text": group.name, "url": reverse("accounts:group-edit", args=[group.pk])},
                    {"text": f"{len(group.members.all())}人"},
                    {"text": "、".join(user.full_name for user in group.members.all())},
                ]
            }
            for group in found
        ],
        "columns": [{"label": "名称"}, {"label": "人数"}, {"label": "成员"}],
    }
    return render(request, "accounts/groups.html", context)


@page(perms.can_keep_groups, "GET", "POST")
def group_create(request: HttpRequest) -> HttpResponse:
    """A new group. Its name is its own, so that sending the form twice makes one."""
    return _form(request, None)


@page(perms.can_keep_groups, "GET", "POST")
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and members."""
    return _form(request, get_object_or_404(UserGroup.objects.visible_to(request.actor), pk=pk))


def _form(request: HttpRequest, group: UserGroup | None) -> HttpResponse:
    initial = {"name": group.name, "members": list(group.members.all())} if group else None
    form = GroupForm(request.POST if request.method == "POST" else None, initial=initial, grants=colleagues())
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_group(group=group, by=request.actor, **form.cleaned_data)
        except NotPossible as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"用户组“{saved.name}”已保存。")
            return redirect("accounts:groups")
    label = "修改用户组" if group else "新建用户组"
    context: dict[str, Any] = {
        "form": form,
        "heading": label,
        "crumbs": [LIST | {"url": reverse("accounts:groups")}, {"label": label, "url": ""}],
        "page_actions": [{"label": "删除", "url": reverse("accounts:group-delete", args=[group.pk])}]
        if group
        else [],
        "submit_label": "保存",
        "cancel_url": reverse("accounts:groups"),
        "note": "用户组只用来指定视图给谁看。组里的人能看到哪些人员，仍由各自的授权决定。",
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@page(perms.can_keep_groups, "GET", "POST")
def group_delete(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(UserGroup.objects.visible_to(request.actor), pk=pk)
    if request.method == "POST":
        delete_group(group=group, by=request.actor)
        messages.success(request, f"用户组“{group.name}”已删除。")
        return redirect("accounts:groups")
    context = {
        "heading": "删除用户组",
        "crumbs": [LIST | {"url": reverse("accounts:groups")}, {"label": "删除", "url": ""}],
        "confirm": {
            "question": f"删除用户组“{group.name}”吗？",
            "text": "",
            "effects": ["共享给这个组的视图退回为“仅自己”，不会丢。", "组里各人的账号和授权不变。"],
            "url": reverse("accounts:group-delete", args=[group.pk]),
            "hidden": [],
            "submit_label": "删除",
            "danger": "yes",
            "cancel_url": reverse("accounts:groups"),
        },
    }
    return render(request, "generic/confirm.html", context)
