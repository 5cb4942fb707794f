"""What the register does by the clock, and what takes too long for a page."""

import uuid
from datetime import date

from celery import shared_task
from django.utils import timezone

from apps.core.documents.errors import DocumentError
from apps.core.private_files import FileDamaged, FileGone
from apps.core.scope import scope
from apps.jobs.actions import JobFailed, Lease, handles, keep_file, request_job
from apps.jobs.rules import system_actor
from apps.retirees.actions import HiddenDuplicate, NotPossible, NotUndoable, undo_change_set
from apps.retirees.actions.attachments import empty_trash
from apps.retirees.actions.bulk import ListMoved, bulk_edit
from apps.retirees.actions.custom import MERGE_JOB, replace_term
from apps.retirees.actions.info_form import WORD
from apps.retirees.actions.papers import info_form_docx, person_sheet_pdf
from apps.retirees.actions.refresh import refresh_cells
from apps.retirees.actions.reorganise import reorganise
from apps.retirees.actions.search_doubles import (
    counties_to_search,
    fill_phone_keys,
    finish_search,
    search_county,
)
from apps.retirees.actions.transfers import JOB, ask_for_due, carry
from apps.retirees.choices import Reorganisation
from apps.retirees.forms.bulk import BulkForm
from apps.retirees.forms.selection import BadSelection, read_kept
from apps.retirees.models import ChangeSet, Retiree
from apps.retirees.queries.bulk import TooMany, bulk_people
from apps.units.models import Unit


@shared_task(name="apps.retirees.tasks.refresh_figures")
def refresh_figures() -> None:
    """Count again what changed, so that boards open at once."""
    with scope(system_actor()):
        refresh_cells(today=timezone.localdate())


@handles("retirees.bulk")
def bulk(lease: Lease) -> None:
    """Change many people as the preview said, in one transaction."""
    result: dict[str, object] = {}
    given = lease.job.payload
    today = date.fromisoformat(given["today"])
    try:
        with lease.last_step(result):
            form = BulkForm(given["typed"], today=today)
            if not form.is_valid():
                raise BadSelection("要改的内容已不能用，请重新填写。")
            made = bulk_edit(
                keys=bulk_people(lease.actor, read_kept(lease.actor, given["selection"]), today),
                values=form.values(),
                labels=form.labels,
                expected=given["state"],
                seen_on=form.cleaned_data["seen_on"],
                today=today,
                reason=form.cleaned_data["reason"],
                by=lease.actor,
            )
            result["summary"] = _told(made.people, made.asked) if made else "没有需要改的"
            if made:
                result["next"] = {"label": "看结果", "view": "retirees:changeset", "args": [made.pk]}
    except (ListMoved, TooMany, BadSelection) as reason:
        raise JobFailed(str(reason)) from None


def _told(people: int, asked: int) -> str:
    return f"修改了{people}人{f'，{asked}人的改动已报审' if asked else ''}"


@handles(MERGE_JOB)
def merge_terms(lease: Lease) -> None:
    """Give the people who had a merged term the one that took its place."""
    result: dict[str, object] = {}
    with lease.last_step(result):
        made = replace_term(**lease.job.payload, by=lease.actor)
        result["summary"] = f"修改了{made.people}人" if made else "没有需要改的"
        if made:
            result["next"] = {"label": "看结果", "view": "retirees:changeset", "args": [made.pk]}


@handles("retirees.undo")
def undo(lease: Lease) -> None:
    """Take a change set back."""
    result: dict[str, object] = {}
    pk = lease.job.payload["change_set"]
    try:
        with lease.last_step(result):
            found = ChangeSet.objects.visible_to(lease.actor).get(pk=pk)
            undone = undo_change_set(change_set=found, by=lease.actor)
            result["summary"] = f"撤销了{len(undone.restored) + len(undone.removed)}人"
            result["next"] = {"label": "看结果", "view": "retirees:changeset", "args": [pk]}
    except (NotUndoable, HiddenDuplicate) as reason:
        raise JobFailed(str(reason)) from None


@shared_task(name="apps.retirees.tasks.empty_trash")
def forget_papers() -> None:
    """Forget papers that have lain in the trash for thirty days."""
    with scope(system_actor()):
        empty_trash()


@shared_task(name="apps.retirees.tasks.transfers_due")
def transfers_due() -> None:
    """Ask for the transfers that were agreed for a day that has come."""
    with scope(system_actor()):
        ask_for_due(today=timezone.localdate())


@handles(JOB)
def transfer(lease: Lease) -> None:
    """Do what is due between the two sides of a transfer, in one step."""
    with lease.last_step({}):
        carry(pair=uuid.UUID(lease.job.payload["pair"]), today=timezone.localdate(), by=lease.actor)


@handles("retirees.paper")
def paper(lease: Lease) -> None:
    """一人一档 or 干部信息表 of one person, as a file of the job."""
    result: dict[str, object] = {}
    given = lease.job.payload
    make, name, kind = PAPERS[given["paper"]]
    try:
        with lease.last_step(result):
            person = (
                Retiree.objects.visible_to(lease.actor)
                .select_related("county", "unit")
                .get(pk=given["person"])
            )
            today = date.fromisoformat(given["today"])
            content = make(person=person, today=today, plain=False, reason="", by=lease.actor)
            result["file"] = keep_file(content, filename=f"{name}{person.pk}.{kind[0]}", content_type=kind[1])
            result["summary"] = f"{name}已生成"
            result["next"] = {"label": "回到人员", "view": "retirees:detail", "args": [person.pk]}
    except DocumentError as error:
        raise JobFailed(str(error)) from error
    except (FileGone, FileDamaged) as error:
        raise JobFailed("干部信息表的表样读不出来，请联系市局更换。") from error


PAPERS = {
    "file": (person_sheet_pdf, "一人一档", ("pdf", "application/pdf")),
    "form": (info_form_docx, "干部信息表", ("docx", WORD)),
}


@shared_task(name="apps.retirees.tasks.ask_for_doubles")
def ask_for_doubles() -> None:
    """Once a night: look through the register for people who stand on it twice."""
    day = timezone.localdate()
    with scope(system_actor()) as actor:
        request_job(kind="retirees.doubles", label="查找疑似重复", dedupe_key=f"doubles:{day}", by=actor)


@handles("retirees.doubles")
def find_doubles(lease: Lease) -> None:
    """One step a county, so that a broken search goes on behind the last one."""
    with lease.step():
        counties = counties_to_search()
        fill_phone_keys()
    for number, county_id in enumerate(counties[lease.job.done :], start=lease.job.done + 1):
        with lease.step(done=number, total=len(counties)):
            search_county(county_id)
    result: dict[str, object] = {}
    with lease.last_step(result):
        open_pairs = finish_search(since=lease.job.created_at)
        result["summary"] = f"名册里有{open_pairs}对疑似重复，等待核实"
        result["next"] = {"label": "查看", "view": "retirees:doubles", "args": []}


@handles("retirees.reorganise")
def reorganise_units(lease: Lease) -> None:
    """Merge or move a unit with its people, as the preview said, in one transaction."""
    result: dict[str, object] = {}
    given = lease.job.payload
    try:
        with lease.last_step(result):
            units = Unit.objects.in_bulk([given["unit"], given["target"]])
            kept, moved = reorganise(
                kind=Reorganisation(given["kind"]),
                unit=units[given["unit"]],
                target=units[given["target"]],
                happened_on=date.fromisoformat(given["happened_on"]),
                document=given["document"],
                today=timezone.localdate(),
                by=lease.actor,
            )
            result["summary"] = f"已办完，转了{moved}人" if moved else "已办完，没有人员变动"
            result["next"] = {"label": "看单位", "view": "units:detail", "args": [kept.pk]}
    except NotPossible as reason:
        raise JobFailed(str(reason)) from None
