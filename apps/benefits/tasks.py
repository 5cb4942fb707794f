"""What takes too long for a page."""

from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.runs import JOB
from apps.benefits.choices import RunState
from apps.benefits.models import Run
from apps.jobs.actions import Lease, handles


@handles(JOB)
def compute(lease: Lease) -> None:
    """The lines of a run; one that went on meanwhile is left as it is."""
    result: dict[str, object] = {}
    with lease.last_step(result):
        run = Run.objects.get(pk=lease.job.payload["run"])
        if run.state == RunState.DRAFT and run.version == lease.job.payload["version"]:
            compute_run(run=run, by=lease.actor)
        result["summary"] = "名单已算好"
