"""Reads over jobs and over the signs of life of their processes."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db.models import Count, DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from apps.accounts.models import Grant, User
from apps.accounts.perms import can_see_system
from apps.core.scope import Actor
from apps.jobs.choices import Sign, State
from apps.jobs.models import Heartbeat, Job
from apps.jobs.rules import system_actor

STUCK_AFTER = timedelta(minutes=5)


def initiator(job: Job) -> Actor | None:
    """The actor whose rights the job works with, read now: a right that was taken away is gone for jobs too.

    A job of the portal's own schedule works for the city, or for the county its payload names.
    """
    if job.grant_id is None:
        return system_actor(job.payload.get("county_id")) if job.created_by == 0 else None
    grant = Grant.objects.valid().filter(pk=job.grant_id).select_related("user", "unit").first()
    return grant.actor() if grant is not None and grant.user_id == job.created_by else None


def jobs_for(actor: Actor) -> QuerySet[Job]:
    """Jobs whose page the actor may open: his own; the system administrator all (what of them: apps/jobs/perms.py)."""
    return Job.objects.all() if can_see_system(actor) else Job.objects.visible_to(actor)


def with_initiator(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Add ``initiator_name``, None for the portal's own jobs."""
    name = User.objects.filter(pk=OuterRef("created_by")).values("full_name")
    return jobs.annotate(initiator_name=Subquery(name))


def state_counts(jobs: QuerySet[Job]) -> dict[str, int]:
    """Number of jobs in each state that occurs."""
    return dict(jobs.order_by().values_list("state").annotate(number=Count("pk")))


def telling_jobs(actor: Actor) -> QuerySet[Job]:
    """Jobs of the actor that ended and that he has not looked at; for the system administrator the dead jobs of
    everybody with them. On a partial index, because every page counts them."""
    mine = Job.objects.visible_to(actor).telling()
    return mine | Job.objects.filter(state=State.DEAD) if can_see_system(actor) else mine


def kind_label(job: Job) -> str:
    """Name of the app that a job's kind begins with: what the system administrator sees of others' jobs."""
    app = job.kind.partition(".")[0]
    return str(apps.get_app_config(app).verbose_name) if apps.is_installed(f"apps.{app}") else "其他"


@dataclass(frozen=True)
class LifeSign:
    """When a process was last heard of."""

    name: str
    sign: str
    age: timedelta


def life_signs() -> list[LifeSign]:
    """Every process that gave a sign within a day, by the database's clock, the freshest first."""
    age = ExpressionWrapper(Now() - F("at"), output_field=DurationField())
    rows = Heartbeat.objects.annotate(age=age).filter(age__lt=timedelta(days=1)).order_by("age")
    return [LifeSign(row.name, row.sign, row.age) for row in rows]


def last_sign(sign: Sign, name: str = "") -> timedelta | None:
    """Age of the freshest sign of one kind (of the process ``name``, if given); None without any within a day."""
    ages = (life.age for life in life_signs() if life.sign == sign and name in ("", life.name))
    return next(ages, None)


@dataclass(frozen=True)
class QueueState:
    """How the queue stands."""

    waiting: int
    running: int
    dead: int
    stuck: int
    """Waiting although their time came five minutes ago; jobs behind another one of their lane do not count."""


def queue_state() -> QueueState:
    """Count the open and the dead jobs."""
    wanted = (State.QUEUED, State.RUNNING, State.DEAD)
    counts = state_counts(Job.objects.filter(state__in=wanted))
    late = Q(state=State.QUEUED, available_at__lt=Now() - STUCK_AFTER)
    waiting, running, dead = (counts.get(state, 0) for state in wanted)
    return QueueState(waiting, running, dead, Job.objects.due().filter(late).count())


def downloads_in_use(names: set[str]) -> set[str]:
    """Of these files, those that a job's result still names."""
    found = Job.objects.filter(result__file__name__in=sorted(names))
    return set(found.values_list("result__file__name", flat=True))
