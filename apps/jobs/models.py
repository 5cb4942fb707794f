"""The queue. A job is a row, written in the transaction that wants it; Celery only rings a bell about it.

Payload and result hold ids and counts, and the label no names of retirees: the row carries no county and is read
before a scope is known. Rows are never deleted: their dedupe keys say which periods of a schedule were made.
"""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.core.access import Access
from apps.jobs.choices import OPEN, OVER, TELLING, TONES, Sign, State
from apps.jobs.rules import TRIES

if TYPE_CHECKING:
    from apps.core.scope import Actor


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own jobs. The system administrator sees that there are others (apps/jobs/perms.py)."""
        return self.filter(created_by=actor.user_id)

    def telling(self) -> Self:
        """Jobs with an end that their initiator has not looked at yet."""
        return self.filter(state__in=TELLING, seen_at=None)

    def lost(self) -> Self:
        """Jobs whose worker died, by the database's clock."""
        return self.filter(state=State.RUNNING, lease_until__lt=Now())

    def due(self) -> Self:
        """Jobs somebody should pick up now, by the database's clock: waiting, or left by a worker that died
        (but not for the fifth time: ``bury_lost`` ends those).

        Within a lane the oldest unfinished job goes first, so that missed periods are made in order; one that
        failed or died lets the others pass.
        """
        earlier = Job.objects.filter(
            lane=models.OuterRef("lane"), sequence__lt=models.OuterRef("sequence"), state__in=OPEN
        )
        waiting = Q(state=State.QUEUED, available_at__lte=Now())
        left = Q(state=State.RUNNING, lease_until__lt=Now(), attempts__lt=TRIES)
        return self.filter(waiting | left).filter(Q(lane="") | ~models.Exists(earlier))


class Job(models.Model):
    """One piece of work, with its progress, its result and its lease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sequence = models.BigIntegerField(
        unique=True, db_default=models.Func(models.Value("jobs_job_sequence"), function="nextval")
    )
    kind = models.CharField("类型", max_length=40)
    label = models.CharField("内容", max_length=120)
    dedupe_key = models.CharField(max_length=120, unique=True)
    lane = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict)
    created_by = models.IntegerField("发起人编号")
    grant_id = models.BigIntegerField(null=True)
    """The work is done with the rights of this grant, read again when it starts; none: the portal's own schedule."""
    created_at = models.DateTimeField("发起时间", db_default=Now())
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField("次数", default=0)
    available_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.UUIDField(null=True)
    done = models.IntegerField("已完成", default=0)
    total = models.IntegerField("总数", default=0)
    result = models.JSONField(default=dict)
    problem = models.CharField("原因", max_length=500, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    cancel_asked = models.BooleanField(default=False)
    seen_at = models.DateTimeField("查看时间", null=True)
    """When the initiator looked at the end of it."""

    objects = JobQuerySet.as_manager()
    access = Access.infrastructure("INSERT, SELECT, UPDATE")

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ("-sequence",)
        indexes = (
            models.Index(fields=["available_at"], name="jobs_job_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["lane", "sequence"], name="jobs_job_lane", condition=Q(state__in=OPEN)),
            models.Index(fields=["created_by", "-sequence"], name="jobs_job_own"),
            models.Index(
                fields=["created_by"], name="jobs_job_telling", condition=Q(state__in=TELLING, seen_at=None)
            ),
            models.Index(fields=["finished_at"], name="jobs_job_dead", condition=Q(state=State.DEAD)),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING) | Q(lease_until__isnull=False, lease_owner__isnull=False),
                name="running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(done__gte=0, done__lte=F("total")) | Q(total=0), name="progress"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def tone(self) -> str:
        """Colour of the state's word."""
        return TONES[State(self.state)]

    @property
    def file(self) -> dict[str, Any] | None:
        """The result's file, until it expires: bucket, name, filename, type, size."""
        return self.result.get("file")

    @property
    def percent(self) -> int:
        """Progress from 0 to 100."""
        if self.state == State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class Heartbeat(models.Model):
    """The last sign of life of a process, by the database's clock."""

    name = models.CharField("进程", max_length=120, primary_key=True)
    """ "worker celery@host" or "beat host": one row a process, so that a second one does not hide a dead first."""
    sign = models.CharField("类型", max_length=10, choices=Sign)
    at = models.DateTimeField("最近心跳", db_default=Now())

    access = Access.infrastructure()

    class Meta:
        verbose_name = verbose_name_plural = "进程心跳"
        ordering = ("sign", "name")

    def __str__(self) -> str:
        return self.name
