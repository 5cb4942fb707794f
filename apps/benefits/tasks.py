"""What takes too long for a page."""

from datetime import date

from django.utils import timezone

from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.errors import NotPossible
from apps.benefits.actions.estimates import JOB as ESTIMATE_JOB
from apps.benefits.actions.estimates import compute_estimate
from apps.benefits.actions.run_files import FILES, TYPES, make_file, title_of
from apps.benefits.actions.runs import JOB
from apps.benefits.choices import RunState
from apps.benefits.models import Estimate, Run
from apps.benefits.queries.runs import runs_seen
from apps.benefits.rules.conditions import BadConditions
from apps.core.documents.errors import DocumentError
from apps.jobs.actions import JobFailed, Lease, handles, keep_file


@handles(JOB)
def compute(lease: Lease) -> None:
    """The lines of a run; one that went on meanwhile is left as it is."""
    result: dict[str, object] = {}
    with lease.last_step(result):
        run = Run.objects.get(pk=lease.job.payload["run"])
        if run.state == RunState.DRAFT and run.version == lease.job.payload["version"]:
            compute_run(run=run, by=lease.actor)
        result["summary"] = "名单已算好"


@handles(ESTIMATE_JOB)
def estimate(lease: Lease) -> None:
    """What was asked ahead; one that was thrown away meanwhile is no matter."""
    result: dict[str, object] = {}
    try:
        with lease.last_step(result):
            row = Estimate.objects.filter(pk=lease.job.payload["estimate"]).first()
            if row is not None and row.result is None:
                compute_estimate(estimate=row, today=timezone.localdate())
            result["summary"] = "测算完成"
    except BadConditions as error:
        raise JobFailed(str(error)) from error


@handles("benefits.run-file")
def run_file(lease: Lease) -> None:
    """A file of an approved list, in the scope of whoever asked."""
    result: dict[str, object] = {}
    given = lease.job.payload
    try:
        with lease.last_step(result):
            run = runs_seen(lease.actor).get(pk=given["run"])
            what = given["what"]
            content = make_file(run=run, what=what, today=date.fromisoformat(given["today"]), by=lease.actor)
            ending, content_type = TYPES[what]
            name = f"{title_of(run)}（{FILES[what]}）{ending}"
            result["file"] = keep_file(content, filename=name, content_type=content_type)
            result["summary"] = f"{FILES[what]}已生成"
            result["next"] = {"label": "回到名单", "view": "benefits:run", "args": [run.pk]}
    except (DocumentError, NotPossible) as error:
        raise JobFailed(str(error)) from error
