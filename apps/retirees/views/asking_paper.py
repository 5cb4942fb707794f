"""Asking for a whole paper about one person by a request: it stands in 数据导出, counts in the day's sum, and with
private values in plain it waits for a second person like every other export."""

import uuid

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.models import FormToken
from apps.exports import actions
from apps.exports.choices import Mask, State
from apps.exports.rules import Picked, exporters
from apps.retirees.models import Retiree


def ask_for_paper(
    request: HttpRequest, person: Retiree, form: Form, format: str, *, plain: bool
) -> HttpResponse | None:
    """Make the request out of a valid ``form`` (``reason``, ``token``) and go to its page; None, with an error in the
    form, when it cannot be made now."""
    given: uuid.UUID = form.cleaned_data["token"]
    token, _ = FormToken.objects.claim(given, request.actor)
    if token.result:
        messages.info(request, "这份申请刚才已经提交，没有重复提交。")
        return redirect("exports:detail", int(token.result))
    exporter = exporters["roster"]
    names = exporter.paper_columns[format]
    wanted = actions.Wanted(
        columns=[column for column in exporter.columns(request.actor) if column.name in names],
        format=format,
        mask=Mask.PLAIN if plain else Mask.MASKED,
        reason=form.cleaned_data["reason"],
    )
    picked = Picked(keys=[person.pk], words=f"1人（人员编号{person.pk}）", hidden=(), shown=(), order="")
    try:
        made = actions.request_export(exporter=exporter, picked=picked, wanted=wanted, by=request.actor)
    except actions.NotNow as refusal:
        form.add_error(None, str(refusal))
        return None
    FormToken.objects.filter(pk=token.pk).update(result=str(made.pk))
    if made.state == State.WAITING:
        messages.info(request, f"{made.needs}，已提交审批，批准后自动生成。")
    return redirect("exports:detail", made.pk)
