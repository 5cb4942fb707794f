"""Who may do what with a job."""

from collections.abc import Callable

from apps.accounts.perms import can_see_system
from apps.core.scope import Actor
from apps.jobs.choices import State
from apps.jobs.models import Job

_NEEDED: dict[str, Callable[[Actor], bool]] = {}


def file_needs(kind: str, perm: Callable[[Actor], bool]) -> None:
    """The file of a job of this kind is given only to those who have ``perm`` still; called from AppConfig.ready()."""
    _NEEDED[kind] = perm


def can_see_all_jobs(actor: Actor) -> bool:
    """The system administrator looks after the queue: kind, state and times of every job, never what it is about."""
    return can_see_system(actor)


def owns_job(actor: Actor, job: Job) -> bool:
    """Who wanted it sees its label, its result and its reason."""
    return job.created_by == actor.user_id


def can_stop_job(actor: Actor, job: Job) -> bool:
    return not job.is_over and (owns_job(actor, job) or can_see_all_jobs(actor))


def can_requeue_job(actor: Actor, job: Job) -> bool:
    return job.state == State.DEAD and can_see_all_jobs(actor)


def can_download(actor: Actor, job: Job) -> bool:
    """Only the initiator, and only while at work under the grant that the file was made with: it holds what that
    grant may see. That the grant is still in force was asked at the beginning of the request."""
    needed = _NEEDED.get(job.kind)
    if needed is not None and not needed(actor):
        return False
    return owns_job(actor, job) and job.state == State.DONE and actor.grant_id == job.grant_id
