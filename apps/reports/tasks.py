"""Making, printing and issuing in the background; and looking each minute what has fallen due."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from apps.core.documents.errors import DocumentError
from apps.core.scope import scope
from apps.jobs.actions import JobFailed, Lease, handles
from apps.jobs.rules import system_actor
from apps.reports import actions
from apps.reports.models import Document
from apps.reports.rules import Period
from apps.units.models import Unit


@shared_task(name="apps.reports.tasks.ensure_due")
def ensure_due() -> None:
    """Ask for every period that has fallen due."""
    with scope(system_actor()):
        actions.ensure_due(now=timezone.now())


def _result(document: Document) -> dict[str, object]:
    return {
        "summary": document.title,
        "next": {"label": "查看简报", "view": "reports:detail", "args": [document.pk]},
    }


@handles("reports.draft")
def draft(lease: Lease) -> None:
    """Freeze the figures, compose, print, save."""
    payload = lease.job.payload
    period = Period.from_key(payload["period"])
    with lease.step(done=0, total=3):
        county = Unit.objects.filter(pk=payload["county_id"]).first() if payload["county_id"] else None
        document = actions.compose(
            period=period, county=county, values=actions.freeze(period=period, actor=lease.actor)
        )
    lease.progress(done=1)
    try:
        pdf = actions.render(document)
    except DocumentError as error:
        raise JobFailed(str(error)) from error
    lease.progress(done=2)
    result: dict[str, object] = {}
    with lease.last_step(result):
        result |= _result(actions.save_draft(document, pdf, by=lease.actor))


@handles("reports.redraw")
def redraw(lease: Lease) -> None:
    """Print an edited draft anew."""
    result: dict[str, object] = {}
    with lease.last_step(result):
        document = Document.objects.select_related("county").get(pk=lease.job.payload["document"])
        result |= _result(actions.redraw(document))


@handles("reports.issue")
def issue(lease: Lease) -> None:
    """Number, print and issue in one commit."""
    result: dict[str, object] = {}
    try:
        with lease.last_step(result):
            document = Document.objects.select_related("county").get(pk=lease.job.payload["document"])
            issued_on = date.fromisoformat(lease.job.payload["issued_on"])
            result |= _result(actions.issue(document, issued_on=issued_on, by=lease.actor))
    except (DocumentError, actions.NotNow) as error:
        raise JobFailed(str(error)) from error
