"""Columns of the list of jobs."""

from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.core.chinese import format_count, format_moment
from apps.core.plain_tables import PlainTable, tag
from apps.core.scope import Actor
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.jobs.perms import owns_job
from apps.jobs.queries import kind_label


class JobTable(PlainTable):
    """One row a job, the newest first (queries.jobs_for)."""

    label = tables.Column("内容", attrs={"td": {"class": "key"}})
    initiator_name = tables.Column("发起人", empty_values=())
    state = tables.Column("状态")
    progress = tables.Column("进度", empty_values=(), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    attempts = tables.Column("次数", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    created_at = tables.Column("发起时间", attrs={"td": {"class": "date"}})
    finished_at = tables.Column("结束时间", attrs={"td": {"class": "date"}})

    row_unit = "项"
    caption = "后台任务"

    class Meta:
        orderable = False
        default = "—"

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    def render_label(self, record: Job) -> str:
        text = record.label if owns_job(self.actor, record) else kind_label(record)
        return format_html('<a href="{}">{}</a>', reverse("jobs:detail", args=[record.pk]), text)

    def render_initiator_name(self, record: Job) -> str:
        return record.initiator_name or "系统"

    def render_state(self, record: Job) -> str:
        return tag(record.get_state_display(), record.tone)

    def render_progress(self, record: Job) -> str:
        if record.state != State.RUNNING or not record.total:
            return "—"
        return f"{format_count(record.done)} / {format_count(record.total)}"

    def render_created_at(self, value: datetime) -> str:
        return format_moment(value)

    def render_finished_at(self, value: datetime) -> str:
        return format_moment(value)
