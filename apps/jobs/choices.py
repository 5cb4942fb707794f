"""States of a job."""

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


OVER = (State.DONE, State.FAILED, State.DEAD, State.CANCELLED)
