"""What the security administrator does: grants, sessions, lost authenticators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from apps.accounts import perms
from apps.accounts.actions import (
    NotPossible,
    end_grant,
    end_sessions,
    give_grant,
    reset_second_factor,
    set_grant_export,
)
from apps.accounts.forms import GrantForm
from apps.accounts.models import Grant, User
from apps.accounts.views.users import act_with_reason, form_page
from apps.core.pages import always, page


@page(perms.can_grant, "GET", "POST", proof=always)
def grant_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a role on a unit."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    form = GrantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = give_grant(user=account, **form.cleaned_data, by=request.actor)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已授予“{given}”，下一次打开页面时生效。")
            return redirect("accounts:user", pk=account.pk)
    return form_page(request, form, account=account, heading="授予身份", submit_label="授予")


@page(perms.can_grant, "GET", "POST", proof=always)
def grant_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a grant away, with a reason."""
    grant = _grant(request, pk)
    return act_with_reason(
        request,
        grant.user,
        lambda reason: end_grant(grant=grant, reason=reason, by=request.actor),
        heading=f"结束授权：{grant}",
        submit_label="结束授权",
        note="马上生效：本人下一次打开页面时就没有这个身份了。",
        done=f"已结束“{grant}”。",
    )


def _grant(request: HttpRequest, pk: int) -> Grant:
    accounts = User.objects.visible_to(request.actor)
    return get_object_or_404(Grant.objects.filter(user__in=accounts).select_related("user", "unit"), pk=pk)


@page(perms.can_grant, "GET", "POST", proof=always)
def export_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the right to export to a grant, with a reason."""
    grant = _grant(request, pk)
    return act_with_reason(
        request,
        grant.user,
        lambda reason: set_grant_export(grant=grant, exports=True, reason=reason, by=request.actor),
        heading=f"给予导出权限：{grant}",
        submit_label="给予导出权限",
        note="本人下一次打开页面时就能导出。超过20人、含敏感信息原文的，仍要第二个人批准。",
        done=f"“{grant}”可以导出了。",
    )


@page(perms.can_grant, "GET", "POST", proof=always)
def export_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the right to export from a grant, with a reason."""
    grant = _grant(request, pk)
    return act_with_reason(
        request,
        grant.user,
        lambda reason: set_grant_export(grant=grant, exports=False, reason=reason, by=request.actor),
        heading=f"收回导出权限：{grant}",
        submit_label="收回导出权限",
        note="马上生效：本人不能再导出，正在生成的停下，已生成的也不能再下载。查看和修改人员不受影响。",
        done=f"“{grant}”不能再导出。",
    )


@page(perms.can_reset_code, "GET", "POST")
def sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the user out of every session, with a reason."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    return act_with_reason(
        request,
        account,
        lambda reason: end_sessions(user=account, reason=reason, by=request.actor),
        heading="结束全部登录",
        submit_label="结束登录",
        note="本人在所有电脑上退出，没有保存的内容会丢失；可以重新登录。要禁止登录，请系统管理员停用账号。",
        done="已结束全部登录。",
    )


@page(perms.can_reset_code, "GET", "POST", proof=always)
def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a lost authenticator away, with a reason."""
    account = get_object_or_404(User.objects.visible_to(request.actor), pk=pk)
    return act_with_reason(
        request,
        account,
        lambda reason: reset_second_factor(user=account, reason=reason, by=request.actor),
        heading="重置动态口令",
        submit_label="重置",
        note="先核实是本人。重置后原来的验证器和恢复码作废，所有登录结束；身份要求动态口令的，下次登录时重新启用。",
        done="动态口令已重置。",
    )
