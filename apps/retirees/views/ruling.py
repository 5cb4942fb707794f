"""A ruling on the date of joining: what the archive says, who approved it, and the scan that proves it."""

from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.core.pages import page
from apps.core.private_files import FileNotKept, clean_filename
from apps.core.sniffing import RefusedFile
from apps.retirees import perms
from apps.retirees.actions import NotPossible, record_ruling
from apps.retirees.actions.attachments import DoubleAttachment, add_attachment
from apps.retirees.choices import AttachmentKind, Period
from apps.retirees.forms.ruling import RulingForm
from apps.retirees.models import Attachment, Retiree, Ruling
from apps.retirees.rules import ruling_message
from apps.retirees.views.changes import done, form_page
from apps.retirees.views.person import the_person


@page(perms.can_rule, "GET", "POST")
def ruling(request: HttpRequest, pk: int) -> HttpResponse:
    person = the_person(request.actor, pk)
    today = timezone.localdate()
    papers = Attachment.objects.visible_to(request.actor).filter(retiree_id=person.pk, deleted_at=None)
    form = RulingForm(
        request.POST or None,
        request.FILES or None,
        person=person,
        today=today,
        initial={
            "decided_on": today,
            "benefits_from": None if person.period == Period.NEEDS_RULING else today.replace(day=1),
        },
        papers=papers,
    )
    if request.method == "POST" and form.is_valid():
        ruled = _rule(request, person, form)
        if ruled is not None:
            return done(request, person, f"已认定为{ruled.get_period_display()}。", "levels")
    now = f"现有时间：{person.joined_on or '未填'}（{person.get_period_display()}）"
    text = (
        ruling_message(person.joined_on)
        if form.needed and person.joined_on
        else "这个时间已能确定时期，一般不需要认定。"
    )
    return form_page(request, person, form, "时间认定", notice={"title": now, "text": text})


def _rule(request: HttpRequest, person: Retiree, form: RulingForm) -> Ruling | None:
    """The ruling with its scan, both or neither; None with the reason in the form."""
    data = form.cleaned_data
    try:
        with transaction.atomic():
            return record_ruling(
                retiree=person,
                joined_on=data["joined_on"],
                basis=data["basis"],
                approved_by=data["approved_by"],
                document=data["document"] or "",
                decided_on=data["decided_on"],
                reason=data.get("reason") or "",
                paper=_paper(request, person, data),
                benefits_from=data["benefits_from"],
                by=request.actor,
            )
    except NotPossible as reason:
        form.add_error(None, str(reason))
    except (RefusedFile, FileNotKept) as refusal:
        form.add_error("file", str(refusal))
    return None


def _paper(request: HttpRequest, person: Retiree, data: dict[str, Any]) -> Attachment | None:
    file = data["file"]
    if not file:
        chosen: Attachment | None = data["paper"]
        return chosen
    try:
        return add_attachment(
            retiree=person,
            kind=AttachmentKind.PROOF,
            title=PurePath(clean_filename(file.name)).stem[:120] or "认定依据",
            note="参加革命工作时间认定的依据",
            file_name=file.name,
            content=file.read(),
            by=request.actor,
        )
    except DoubleAttachment as same:
        return same.known
