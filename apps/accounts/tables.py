"""Columns of the list of accounts."""

from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from apps.accounts.models import User
from apps.accounts.queries import state_of
from apps.core.chinese import format_moment
from apps.core.plain_tables import PlainTable, tag


class UserTable(PlainTable):
    """One row an account (queries.listed_users)."""

    full_name = tables.Column("姓名", order_by=("full_name", "pk"), attrs={"td": {"class": "key"}})
    username = tables.Column("用户名", order_by=("username",))
    staff_number = tables.Column("工号", orderable=False)
    grants_now = tables.Column("身份", orderable=False, empty_values=())
    state = tables.Column("状态", orderable=False, empty_values=())
    last_login = tables.Column("上次登录", order_by=("last_login", "pk"), attrs={"td": {"class": "date"}})
    has_code = tables.Column("动态口令", orderable=False)

    row_unit = "个账号"
    caption = "账号"

    class Meta:
        order_by_field = "sort"
        default = "—"

    def render_full_name(self, record: User) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("accounts:user", args=[record.pk]), record.full_name
        )

    def render_grants_now(self, record: User) -> str:
        if not record.grants_now:
            return tag("没有身份", "amber")
        return format_html_join("、", "{}", ((str(grant),) for grant in record.grants_now))

    def render_state(self, record: User) -> str:
        text, tone = state_of(record)
        return tag(text, tone)

    def render_last_login(self, value: datetime) -> str:
        return format_moment(value)

    def render_has_code(self, value: bool) -> str:
        return "已启用" if value else "—"
