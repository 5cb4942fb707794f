"""The steps of a case of hardship aid: checked, approved, paid or done, refused, taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.benefits import perms
from apps.benefits.actions import aid as actions
from apps.benefits.actions.aid import AidError
from apps.benefits.forms.aid import ApproveForm, CheckForm, DoneForm, EndForm, PayForm
from apps.benefits.models import AidCase
from apps.benefits.views.aid_cases import case_address, form_page, steps_to, the_case
from apps.benefits.views.aid_schemes import crumbs
from apps.core.chinese import format_money
from apps.core.pages import page


def _step(
    request: HttpRequest, row: AidCase, form: Any, act: Callable[..., AidCase], heading: str, note: str = ""
) -> HttpResponse:
    """A step's form: what the action refuses comes back at its field."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act(case=row, by=request.actor, **form.cleaned_data)
        except AidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, f"{done.name}：{done.get_state_display()}。")
            return redirect(case_address(row))
    return form_page(
        request,
        form,
        heading=f"{heading}：{row.name}",
        subheading=str(row.scheme),
        path=crumbs(*steps_to(row.scheme), here=heading),
        back=case_address(row),
        note=note,
    )


@page(perms.can_keep_aid, "GET", "POST")
def check(request: HttpRequest, pk: Any) -> HttpResponse:
    """What was found, and how much it comes to."""
    row = the_case(request.actor, pk)
    form = CheckForm(request.POST or None, initial={"granted": row.granted or row.asked})
    limit = f"每人每年限额{format_money(row.scheme.limit)}；" if row.scheme.limit else ""
    return _step(request, row, form, actions.check_case, "核查", f"{limit}申请{format_money(row.asked)}。")


@page(perms.may_approve_aid, "GET", "POST")
def approve(request: HttpRequest, pk: Any) -> HttpResponse:
    """The word of whoever approves: 403 where it is another office's."""
    row = the_case(request.actor, pk)
    if not perms.can_approve_aid(request.actor, row.scheme.county_id):
        raise PermissionDenied("another office approves")
    note = f"核定{format_money(row.granted)}，{row.checked_by_name}核查。" if row.granted else ""
    return _step(request, row, ApproveForm(request.POST or None), actions.approve_case, "审批", note)


@page(perms.can_keep_aid, "GET", "POST")
def pay(request: HttpRequest, pk: Any) -> HttpResponse:
    """On which day it was paid, and by which voucher."""
    row, today = the_case(request.actor, pk), timezone.localdate()
    act = partial(actions.pay_case, today=today)
    note = f"核定{format_money(row.granted)}。" if row.granted else ""
    return _step(request, row, PayForm(request.POST or None, today=today), act, "登记发放", note)


@page(perms.can_keep_aid, "GET", "POST")
def done(request: HttpRequest, pk: Any) -> HttpResponse:
    """On which day a yearly item was done."""
    row, today = the_case(request.actor, pk), timezone.localdate()
    act = partial(actions.note_done, today=today)
    return _step(request, row, DoneForm(request.POST or None, today=today), act, "登记完成")


@page(perms.can_keep_aid, "GET", "POST")
def refuse(request: HttpRequest, pk: Any) -> HttpResponse:
    """Do not grant it, with the reason."""
    row = the_case(request.actor, pk)
    note = "以后还可以再申请。"
    return _step(request, row, EndForm(request.POST or None), actions.refuse_case, "不予帮扶", note)


@page(perms.can_keep_aid, "GET", "POST")
def withdraw(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take it back, with the reason."""
    row = the_case(request.actor, pk)
    note = "以后还可以再申请。"
    return _step(request, row, EndForm(request.POST or None), actions.withdraw_case, "撤回", note)
