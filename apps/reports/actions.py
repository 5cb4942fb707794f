"""A briefing's life: asked for, made with frozen figures, edited, checked, issued under a number without gaps."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.documents.blocks import Briefing, Head, Tail
from apps.core.documents.briefing import briefing_pdf
from apps.core.figures import FigureValue, Span, figure_values, without_links
from apps.core.scope import Actor
from apps.jobs.actions import request_job
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.reports.choices import SERIES, SERIES_NAME, State
from apps.reports.models import Counter, Document, Schedule
from apps.reports.queries import periods_due
from apps.reports.rules import Period, briefing_title, compose_briefing
from apps.reports.rules.frozen import freeze_blocks, freeze_figures, thaw_blocks
from apps.reports.rules.told import WORK
from apps.units.models import Unit

BUCKET = "documents"
FIGURES = (
    "headcount",
    "lixiu",
    "tuixiu",
    "party_members",
    "aged_80",
    "aged_90",
    "not_self_caring",
    "needs_ruling",
    "completeness",
    *WORK,
    "concerns_waiting",
    "concerns_overdue",
    "additions",
    "transferred_in",
    "transferred_out",
    "deaths",
    "by_sex",
    "by_period",
    "by_rank",
    "by_age_band",
    "deaths_by_county",
)
BY_PLACE = {"city": ("by_county", "completeness_by_county"), "county": ("by_unit", "completeness_by_unit")}
"""What the table of places is made of: a county's briefing tells of its units."""


class NotNow(Exception):
    """The document is not in a state for this; the text says what to do."""


class StaleEdit(Exception):
    """Somebody changed the document after the page was opened."""


def lane(county_id: int | None) -> str:
    """Documents of a place are made and issued one after the other."""
    return f"reports:{SERIES}:{county_id or 'city'}"


def request_draft(*, period: Period, county_id: int | None, by: Actor, again: str = "") -> Job:
    """Ask for the briefing of a period, in the caller's transaction. Asked twice it is one job; ``again`` marks a
    fresh try after a failed one."""
    place = county_id or "city"
    return request_job(
        kind="reports.draft",
        label=f"生成{period.label}简报",
        dedupe_key=f"reports.draft:{period.kind}:{period.key}:{place}{again}",
        payload={"kind": period.kind, "period": period.key, "county_id": county_id},
        lane=lane(county_id),
        by=by,
    )


@transaction.atomic
def retry_draft(*, job: Job, period: Period, by: Actor) -> Job:
    """Ask once more for what could not be made; the failed job is closed, so that it is no longer shown."""
    cancelled = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.DEAD))
    if cancelled.update(state=JobState.CANCELLED):
        return request_draft(period=period, county_id=job.payload["county_id"], by=by, again=f":{job.pk}")
    return job


@transaction.atomic
def ensure_due(*, now: datetime) -> int:
    """Ask for every period of every active schedule that has fallen due and was not asked for; return how many.

    In a city scope. Called each minute or after months of standstill, once or by two at the same time: a period is
    one job by its key.
    """
    asked = 0
    for schedule in Schedule.objects.filter(is_active=True).order_by("pk"):
        made = set(
            Document.objects.filter(
                series=SERIES, kind=schedule.kind, county_id=schedule.county_id
            ).values_list("period_key", flat=True)
        )
        for period in periods_due(schedule, now):
            if period.key not in made:
                request_draft(
                    period=period, county_id=schedule.county_id, by=system_actor(schedule.county_id)
                )
                asked += 1
    return asked


def freeze(*, period: Period, actor: Actor) -> dict[str, FigureValue]:
    """The figures of a period as they stand now, in the actor's scope."""
    places = BY_PLACE["city" if actor.county_id is None else "county"]
    values = figure_values(actor, Span(period.start, period.end), [*FIGURES, *places])
    return {name: without_links(value) if value.parts else value for name, value in values.items()}


def compose(*, period: Period, county: Unit | None, values: Mapping[str, FigureValue]) -> Document:
    """The draft of a period's document from frozen figures, not yet saved."""
    area = county.label if county else "全市"
    places = "各单位" if county else "各县市区"
    return Document(
        series=SERIES,
        county=county,
        kind=period.kind,
        period_key=period.key,
        title=briefing_title(period, area),
        figures=freeze_figures(values),
        blocks=freeze_blocks(compose_briefing(values, period, area=area, places=places)),
    )


def render(document: Document) -> bytes:
    """The document as PDF: a draft is marked 送审稿 and has no number. Raises DocumentError."""
    county = document.county
    office = f"中共{county.name}委老干部局" if county else settings.PORTAL_OFFICE_NAME
    head = Head(
        name=SERIES_NAME,
        office=office,
        number=document.number,
        total_number=document.total_number,
        issued_on=document.issued_on,
    )
    return briefing_pdf(
        Briefing(
            head=head,
            title=document.title,
            blocks=thaw_blocks(document.blocks),
            tail=Tail(),
            is_draft=document.state != State.ISSUED,
            author=office,
        )
    )


def save_draft(document: Document, pdf: bytes, *, by: Actor) -> Document:
    """Save a new document with its draft PDF; if the period has one already, that one is kept and returned."""
    existing = Document.objects.filter(
        series=document.series,
        kind=document.kind,
        period_key=document.period_key,
        county_id=document.county_id,
    ).first()
    if existing is not None:
        return existing
    document.draft_file = private_files.keep(BUCKET, pdf).name
    document.save(force_insert=True)
    record_event(
        kind=EventKind.ISSUE,
        summary=f"生成简报：{document.title}",
        by=by,
        subject=document,
        county_id=document.county_id,
    )
    return document


def _hold(document: Document, version: int | None = None) -> Document:
    held = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    if version is not None and held.version != version:
        raise StaleEdit
    return held


@transaction.atomic
def edit_texts(*, document: Document, texts: Mapping[int, str], version: int, by: Actor) -> Document:
    """Replace paragraphs of a draft by place in ``blocks``. The draft PDF is made anew by the job that is asked for.

    Raises NotNow after checking, StaleEdit if somebody else was faster.
    """
    held = _hold(document, version)
    if held.state != State.DRAFT:
        raise NotNow("只有草稿可以修改；已核对的请先退回。")
    for place, text in texts.items():
        if held.blocks[place]["block"] == "Paragraph":
            held.blocks[place]["text"] = text
    held.version += 1
    held.save(update_fields=["blocks", "version"])
    record_event(
        kind=EventKind.CHANGE,
        summary=f"修改简报文字：{held.title}",
        by=by,
        subject=held,
        county_id=held.county_id,
    )
    _ask(held, "redraw", f"重新排版 {held.title}", by)
    return held


@transaction.atomic
def check_document(*, document: Document, by: Actor) -> Document:
    """The figures and the text were checked. Raises NotNow."""
    held = _hold(document)
    if held.state != State.DRAFT:
        raise NotNow(f"这份简报现在是“{held.get_state_display()}”。")
    held.state, held.checked_by, held.checked_at = State.CHECKED, by.name, Now()
    held.version += 1
    held.save(update_fields=["state", "checked_by", "checked_at", "version"])
    record_event(
        kind=EventKind.ISSUE, summary=f"核对简报：{held.title}", by=by, subject=held, county_id=held.county_id
    )
    return held


@transaction.atomic
def return_document(*, document: Document, reason: str, by: Actor) -> Document:
    """Back to draft, with a reason. Raises NotNow."""
    held = _hold(document)
    if held.state != State.CHECKED:
        raise NotNow(f"这份简报现在是“{held.get_state_display()}”，不能退回。")
    held.state, held.checked_by, held.checked_at = State.DRAFT, "", None
    held.version += 1
    held.save(update_fields=["state", "checked_by", "checked_at", "version"])
    record_event(
        kind=EventKind.ISSUE,
        summary=f"退回简报：{held.title}",
        reason=reason,
        by=by,
        subject=held,
        county_id=held.county_id,
    )
    return held


@transaction.atomic
def request_issue(*, document: Document, issued_on: date, by: Actor) -> Job:
    """Ask for the issuing of a checked document, dated by the day of signing. Raises NotNow."""
    held = _hold(document)
    if held.state != State.CHECKED:
        raise NotNow(f"这份简报现在是“{held.get_state_display()}”，核对后才能签发。")
    return _ask(held, "issue", f"签发 {held.title}", by, issued_on=issued_on.isoformat())


def _ask(document: Document, what: str, label: str, by: Actor, **payload: str) -> Job:
    job = request_job(
        kind=f"reports.{what}",
        label=label,
        dedupe_key=f"reports.{what}:{document.pk}:{document.version}",
        payload={"document": document.pk, "county_id": document.county_id, **payload},
        lane=lane(document.county_id),
        by=by,
    )
    Document.objects.filter(pk=document.pk).update(job_id=job.pk)
    return job


def issue(document: Document, *, issued_on: date, by: Actor) -> Document:
    """Number, print and issue a document in the caller's transaction: the number, the file and the state come with
    one commit, so that a breakdown leaves neither a gap nor a second issue. An issued one is returned as it is."""
    held = _hold(document)
    if held.state == State.ISSUED:
        return held
    if held.state != State.CHECKED:
        raise NotNow(f"这份简报现在是“{held.get_state_display()}”，没有签发。")
    held.number_year = issued_on.year
    held.number = _next(held.county_id, issued_on.year)
    held.total_number = _next(held.county_id, 0)
    held.state, held.issued_on, held.issued_by = State.ISSUED, issued_on, by.name
    stored = private_files.keep(BUCKET, render(held))
    held.issued_file, held.issued_digest, held.issued_at = stored.name, stored.digest, Now()
    held.version += 1
    held.save()
    record_event(
        kind=EventKind.ISSUE,
        summary=f"签发简报：{held.title}（第{held.number}期）",
        by=by,
        subject=held,
        county_id=held.county_id,
        data={"number": held.number, "sha256": held.issued_digest},
    )
    return held


def _next(county_id: int | None, year: int) -> int:
    Counter.objects.bulk_create(
        [Counter(series=SERIES, county_id=county_id, year=year)], ignore_conflicts=True
    )
    counter = Counter.objects.select_for_update(of=("self",), no_key=True).get(
        series=SERIES, county_id=county_id, year=year
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def redraw(document: Document) -> Document:
    """Print an edited draft anew, in the caller's transaction."""
    held = _hold(document)
    if held.state != State.ISSUED:
        held.draft_file = private_files.keep(BUCKET, render(held)).name
        held.save(update_fields=["draft_file"])
    return held


@transaction.atomic
def download_pdf(*, document: Document, by: Actor) -> bytes:
    """The PDF as it stands, with a line in the log. Raises private_files.FileGone or FileDamaged."""
    content = private_files.read(BUCKET, document.issued_file or document.draft_file)
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"下载简报：{document.title}",
        by=by,
        subject=document,
        county_id=document.county_id,
    )
    return content


@transaction.atomic
def save_schedule(*, schedule: Schedule, by: Actor) -> Schedule:
    """Write a new or changed schedule and ask for what it makes due at once."""
    schedule.full_clean()
    schedule.save()
    record_event(
        kind=EventKind.SETTING,
        summary=f"简报计划：{schedule.name}（{'启用' if schedule.is_active else '停用'}）",
        by=by,
        subject=schedule,
        county_id=schedule.county_id,
    )
    return schedule
