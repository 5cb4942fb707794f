"""Columns of the lists of visits."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from apps.core.chinese import format_date
from apps.core.plain_tables import PlainTable, tag
from apps.visits.choices import Target
from apps.visits.models import Due, Visit
from apps.visits.rules.log import yuan
from apps.visits.rules.sentence import level_words


def left_words(due: Due, today: date) -> tuple[str, str]:
    """(How long there is still, or how late it is; its tone)."""
    if due.from_on > today:
        return f"{(due.from_on - today).days}天后开始", "grey"
    days = (due.due_on - today).days
    if days < 0:
        return f"超期{-days}天", "red"
    if days == 0:
        return "今天到期", "amber"
    return f"还有{days}天", "amber" if days <= 7 else "blue"


class DueTable(PlainTable):
    """One row a due visit (queries.due.due_rows)."""

    name = tables.Column("姓名", empty_values=(), orderable=False, attrs={"td": {"class": "key"}})
    place = tables.Column("单位", empty_values=(), orderable=False)
    what = tables.Column("事由", empty_values=(), orderable=False)
    who = tables.Column("应由谁去", empty_values=(), orderable=False)
    due_on = tables.Column("最迟", orderable=False, attrs={"td": {"class": "date"}})
    visited = tables.Column(
        "最近走访", accessor="retiree__visited_on", orderable=False, attrs={"td": {"class": "date"}}
    )
    health = tables.Column("健康状况", empty_values=(), orderable=False)
    reason = tables.Column("未访原因", empty_values=(), orderable=False)
    do = tables.Column("办理", empty_values=(), orderable=False, attrs={"td": {"class": "row-actions"}})

    row_unit = "人次"
    caption = "应访名单"

    class Meta:
        default = "—"

    def __init__(self, *args: Any, today: date, may_log: bool, show_county: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.may_log, self.show_county = today, may_log, show_county
        if not may_log:
            self.columns.hide("do")
        if not any(due.reason for due in self.data.data):
            self.columns.hide("reason")

    def render_name(self, record: Due) -> str:
        person = record.retiree
        link = format_html('<a href="{}">{}</a>', reverse("retirees:detail", args=[person.pk]), person.name)
        if record.target == Target.SELF:
            return link
        return format_html("{} {}", link, tag(record.get_target_display(), "grey"))

    def render_place(self, record: Due) -> str:
        return f"{record.county.label} {record.unit.label}" if self.show_county else record.unit.label

    def render_what(self, record: Due) -> str:
        name = record.campaign or record.rule or record.occasion
        again = record.window.partition("#")[2]
        return f"{name}（第{again}次）" if again else str(name)

    def render_who(self, record: Due) -> str:
        if record.team_id:
            return str(record.team.name) if record.team else "—"
        return level_words(record.who) if record.who else "—"

    def render_due_on(self, record: Due) -> str:
        return format_html("{} {}", format_date(record.due_on), tag(*left_words(record, self.today)))

    def render_visited(self, value: date) -> str:
        return format_date(value)

    def render_health(self, record: Due) -> str:
        person = record.retiree
        if person.state != "alive":
            return tag(person.get_state_display(), "red")
        words = [person.get_health_display() if person.health else ""]
        words += [person.get_self_care_display() if person.self_care not in ("", "full") else ""]
        return "，".join(word for word in words if word) or "—"

    def render_reason(self, record: Due) -> str:
        if not record.reason:
            return "—"
        return f"{record.get_reason_display()}{f'：{record.reason_note}' if record.reason_note else ''}"

    def render_do(self, record: Due) -> str:
        form = reverse("visits:record", args=[record.retiree_id])
        links = [
            (f"{form}?due={record.pk}", "登记走访"),
            (reverse("visits:due-reason", args=[record.pk]), "未访原因"),
        ]
        return format_html_join(" ", '<a href="{}">{}</a>', links)


class VisitTable(PlainTable):
    """One row a visit (queries.log.visits_under)."""

    name = tables.Column("姓名", empty_values=(), orderable=False, attrs={"td": {"class": "key"}})
    visited_on = tables.Column("日期", orderable=False, attrs={"td": {"class": "date"}})
    place = tables.Column("单位", empty_values=(), orderable=False)
    what = tables.Column("事由", empty_values=(), orderable=False)
    way = tables.Column("方式", orderable=False)
    visitors_text = tables.Column("走访人", orderable=False)
    money = tables.Column("慰问金", orderable=False, attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    goods = tables.Column("慰问品", orderable=False)

    row_unit = "条"
    caption = "走访记录"

    class Meta:
        default = "—"

    def __init__(self, *args: Any, show_county: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_county = show_county

    def render_name(self, record: Visit) -> str:
        link = format_html(
            '<a href="{}">{}</a>', reverse("visits:visit", args=[record.pk]), record.retiree.name
        )
        if record.target == Target.SELF:
            return link
        return format_html("{} {}", link, tag(record.get_target_display(), "grey"))

    def render_visited_on(self, value: date) -> str:
        return format_date(value)

    def render_place(self, record: Visit) -> str:
        return f"{record.county.label} {record.unit.label}" if self.show_county else record.unit.label

    def render_what(self, record: Visit) -> str:
        return str(record.campaign or record.occasion)

    def render_money(self, value: Decimal) -> str:
        return f"{yuan(value)}元" if value else "—"
