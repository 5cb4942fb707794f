"""Accounts: listed for both administrators, kept by the system administrator."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import int_to_base36
from django_tables2 import RequestConfig

from apps.accounts import perms
from apps.accounts.actions import (
    NotPossible,
    change_account,
    create_account,
    issue_link,
    set_active,
)
from apps.accounts.forms import AccountForm, NewAccountForm, ReasonForm, UserConditions
from apps.accounts.models import Grant, User
from apps.accounts.queries import (
    has_code_device,
    listed_users,
    live_sessions,
    matching_users,
    recent_sign_ins,
    state_of,
)
from apps.accounts.rules import STAFF_ROLES, browser_label
from apps.accounts.tables import UserTable
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.pages import always, page
from apps.core.scope import Actor

PER_PAGE = 50
LIST = {"label": "用户与权限"}


@page(perms.can_list_users)
def users(request: HttpRequest) -> HttpResponse:
    """The list of accounts. A key that is no condition is refused."""
    form = UserConditions(request.GET)
    unknown = set(request.GET) - set(form.fields) - {"sort", "page"}
    if unknown or any(len(request.GET.getlist(name)) > 1 for name in request.GET):
        raise BadRequest("unknown condition")
    found = User.objects.visible_to(request.actor)
    found = listed_users(matching_users(found, form.cleaned_data)) if form.is_valid() else found.none()
    table = UserTable(found, request=request)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    total = format_count(table.page.paginator.count)
    context = {
        "heading": "用户与权限",
        "subheading": f"{total} 个账号",
        "total": f"{total} 个账号",
        "crumbs": [{"label": "用户与权限", "url": ""}],
        "page_actions": _list_actions(request.actor),
        "filters": {
            "action": reverse("accounts:users"),
            "fields": [form[name] for name in form.fields],
            "more": [],
            "keep": [{"name": "sort", "value": request.GET["sort"]}] if "sort" in request.GET else [],
            "columns_url": "",
            "density_url": reverse("accounts:display"),
        },
        "chips": [
            {"label": words, "url": _without(request, name)}
            for name, words in (form.chips() if form.is_valid() else [])
        ],
        "clear_url": reverse("accounts:users"),
        "table": table,
    }
    return render(request, "accounts/users.html", context)


def _without(request: HttpRequest, name: str) -> str:
    rest = request.GET.copy()
    rest.pop(name, None)
    rest.pop("page", None)
    return f"?{rest.urlencode()}"


def _list_actions(actor: Actor) -> list[dict[str, Any]]:
    if not perms.can_edit_users(actor):
        return []
    return [{"label": "新建账号", "url": reverse("accounts:user-create"), "kind": "primary", "key": "n"}]


@page(perms.can_list_users)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: who, which rights, which sessions, and what the administrator at work may do with it."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    context = {
        "crumbs": [LIST | {"url": reverse("accounts:users")}, {"label": account.full_name, "url": ""}],
        "account": account,
        "card": _card(request.actor, account),
        "grants": _grants(request.actor, account),
        "may_grant": _may_change_rights(request.actor, account),
        "is_self": account.pk == request.actor.user_id,
        "sessions": [
            {
                "what": browser_label(session.agent),
                "address": session.address,
                "since": format_moment(session.started_at),
            }
            for session in live_sessions(account)
        ],
        "sign_ins": recent_sign_ins(account),
    }
    return render(request, "accounts/user.html", context)


def _card(actor: Actor, account: User) -> dict[str, Any]:
    state, tone = state_of(account)
    return {
        "title": account.full_name,
        "subtitle": account.username,
        "photo_url": "",
        "photo_label": "",
        "photo_edit_url": "",
        "tags": [{"text": state, "tone": tone}],
        "facts": [
            {"label": "工号", "value": account.staff_number or "—"},
            {"label": "建立时间", "value": format_moment(account.created_at)},
            {"label": "上次登录", "value": format_moment(account.last_login)},
            {"label": "密码修改时间", "value": format_moment(account.password_changed_at)},
            {"label": "动态口令", "value": "已启用" if has_code_device(account) else "未启用"},
        ],
        "actions": _actions(actor, account),
    }


def _grants(actor: Actor, account: User) -> list[dict[str, Any]]:
    """Every grant of the account, the newest first, and whether it may be ended here."""
    now = set(Grant.objects.in_force().filter(user=account).values_list("pk", flat=True))
    return [
        {
            "pk": grant.pk,
            "label": str(grant),
            "when": _when(grant),
            "by": grant.granted_by.full_name if grant.granted_by else "—",
            "in_force": grant.pk in now,
            "may_end": grant.pk in now and _may_change_rights(actor, account),
            "exports": ("可以" if grant.exports else "不可以") if grant.role in STAFF_ROLES else "—",
            "export_change": "" if grant.role not in STAFF_ROLES else "take" if grant.exports else "give",
        }
        for grant in account.grants.select_related("unit", "granted_by").order_by("-starts_on", "-pk")
    ]


def _when(grant: Grant) -> str:
    start = f"{format_date(grant.starts_on)}起"
    return start if grant.ends_on is None else f"{start}，{format_date(grant.ends_on)}止"


def _may_change_rights(actor: Actor, account: User) -> bool:
    return perms.can_grant(actor) and account.pk != actor.user_id


def _actions(actor: Actor, account: User) -> list[dict[str, Any]]:
    """Buttons of the page; nobody works on the own account here."""
    if account.pk == actor.user_id:
        return []
    found = []
    if perms.can_edit_users(actor):
        found.append(("修改资料", "accounts:user-edit", ""))
        if account.is_active:
            found.append(("生成设置密码的链接", "accounts:user-link", ""))
        found.append(
            ("停用", "accounts:user-state", "danger")
            if account.is_active
            else ("启用", "accounts:user-state", "")
        )
    if perms.can_reset_code(actor):
        if has_code_device(account):
            found.append(("重置动态口令", "accounts:user-code-reset", ""))
        if live_sessions(account).exists():
            found.append(("结束全部登录", "accounts:user-sessions-end", "danger"))
    if perms.can_grant(actor):
        found.append(("授予身份", "accounts:user-grant", "primary"))
    return [
        {"label": label, "url": reverse(view, args=[account.pk]), "kind": kind} for label, view, kind in found
    ]


@page(perms.can_edit_users, "GET", "POST")
def user_create(request: HttpRequest) -> HttpResponse:
    """Make an account and show its one-time link."""
    form = NewAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            account, token = create_account(**form.cleaned_data, by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            return show_link(request, account, token, is_new=True)
    return form_page(
        request,
        form,
        heading="新建账号",
        submit_label="建立账号",
        back=reverse("accounts:users"),
        note="建立后显示一个设置密码的链接，只显示一次，24 小时内有效。身份由安全管理员另行授予。",
    )


@page(perms.can_edit_users, "GET", "POST")
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct name and staff number."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    present = {"full_name": account.full_name, "staff_number": account.staff_number or ""}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            change_account(user=account, **form.cleaned_data, by=request.actor)
        except NotPossible as refusal:
            form.add_error("staff_number", str(refusal))
        else:
            messages.success(request, "资料已修改。")
            return redirect("accounts:user", pk=account.pk)
    return form_page(request, form, account=account, heading="修改资料", submit_label="保存")


@page(perms.can_edit_users, "GET", "POST")
def user_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the account off or on, with a reason."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    active = not account.is_active
    word = "启用" if active else "停用"
    note = (
        "启用后，用原来的密码登录；身份按原来的授权。"
        if active
        else "停用后马上退出所有登录，授权保留，启用后恢复。登录和操作记录不会删除。"
    )
    return act_with_reason(
        request,
        account,
        lambda reason: set_active(user=account, active=active, reason=reason, by=request.actor),
        heading=f"{word}账号",
        submit_label=word,
        note=note,
        done=f"账号已{word}。",
    )


@page(perms.can_edit_users, "GET", "POST", proof=always)
def user_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new one-time link, with a reason, and show it."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            token = issue_link(user=account, reason=form.cleaned_data["reason"], by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            return show_link(request, account, token, is_new=False)
    return form_page(
        request,
        form,
        account=account,
        heading="生成设置密码的链接",
        submit_label="生成链接",
        note="生成后，原来的密码和以前的链接马上失效，本人要用新链接设置密码。",
    )


def show_link(request: HttpRequest, account: User, token: str, *, is_new: bool) -> HttpResponse:
    """Show a link once. Not a redirect: the token must not be kept anywhere on the way."""
    path = reverse("accounts:set-password", args=[int_to_base36(account.pk), token])
    context = {
        "crumbs": [LIST | {"url": reverse("accounts:users")}, {"label": account.full_name, "url": ""}],
        "account": account,
        "link": request.build_absolute_uri(path),
        "is_new": is_new,
    }
    return render(request, "accounts/link.html", context)


def form_page(
    request: HttpRequest,
    form: Any,
    *,
    account: User | None = None,
    back: str = "",
    note: str = "",
    **words: str,
) -> HttpResponse:
    """A form about an account, or about a new one."""
    crumbs = [LIST | {"url": reverse("accounts:users")}]
    if account is not None:
        back = reverse("accounts:user", args=[account.pk])
        crumbs.append({"label": account.full_name, "url": back})
    context = {
        "form": form,
        "crumbs": [*crumbs, {"label": words["heading"], "url": ""}],
        "cancel_url": back,
        "note": note,
        "subheading": f"{account.full_name}（{account.username}）" if account else "",
        **words,
    }
    return render(request, "generic/form.html", context)


def act_with_reason(
    request: HttpRequest, account: User, act: Callable[[str], object], *, done: str, **words: str
) -> HttpResponse:
    """Ask for a reason, act, say that it is done; a refusal is told on the form."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("accounts:user", pk=account.pk)
    return form_page(request, form, account=account, **words)
