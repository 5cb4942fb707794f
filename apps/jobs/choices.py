"""States of a job, and the processes that must give signs of life."""

from django.db import models


class State(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "未完成"
    """The work itself said no, with a reason for the user (a refused file): trying again would not help."""
    DEAD = "dead", "失败"
    """Five tries broke down: shown, alarmed, put back by hand."""
    CANCELLED = "cancelled", "已取消"


OPEN = (State.QUEUED, State.RUNNING)
OVER = (State.DONE, State.FAILED, State.DEAD, State.CANCELLED)
TELLING = (State.DONE, State.FAILED, State.DEAD)
"""Ends that the initiator has not brought about himself, and should hear of."""

TONES = {
    State.QUEUED: "grey",
    State.RUNNING: "blue",
    State.DONE: "green",
    State.FAILED: "amber",
    State.DEAD: "red",
    State.CANCELLED: "grey",
}
"""Colour of the word for a state (components/tag.html)."""


class Sign(models.TextChoices):
    WORKER = "worker", "任务进程"
    BEAT = "beat", "定时进程"
