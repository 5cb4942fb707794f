"""Columns of the register list: each knows its label, its mask and who may see it."""

import functools
from collections.abc import Mapping
from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.accounts.perms import sees_private
from apps.core.chinese import format_date
from apps.core.links import row_address
from apps.core.plain_tables import PlainTable, Writer, tag
from apps.core.scope import Actor
from apps.core.templatetags.portal_look import grouped
from apps.retirees.choices import Category, LifeState, Period, SelfCare
from apps.retirees.models import Retiree, SavedView
from apps.retirees.queries.custom import CustomFields
from apps.retirees.queries.ordering import OWN, is_sortable

DEFAULT_COLUMNS = (
    "name",
    "sex",
    "birth",
    "age",
    "category",
    "treatment",
    "unit",
    "national_id",
    "health",
    "filled",
)
PRIVATE_COLUMNS = ("national_id", "phone")
COLUMNS = "retirees_columns"
"""Where a user's preferences keep his own choice of columns."""


@functools.cache
def _labels(field: str) -> dict[str, str]:
    """The words of a choice. Django's get_…_display makes this dictionary anew for each cell."""
    return {str(value): str(label) for value, label in Retiree._meta.get_field(field).flatchoices}


def _word(record: Retiree, field: str) -> str:
    return _labels(field).get(getattr(record, field), "")


class RegisterTable(PlainTable):
    """One row a person. Dates are shown with the precision they are known in."""

    name = tables.Column(
        "姓名", order_by=("name_sort", "pk"), attrs={"td": {"class": "key"}, "th": {"class": "key-head"}}
    )
    photo = tables.Column("照片", empty_values=(), orderable=False)
    sex = tables.Column("性别", accessor="get_sex_display", orderable=False)
    birth = tables.Column(
        "出生年月", accessor="birth_date", order_by=("birth_order", "pk"), attrs={"td": {"class": "date"}}
    )
    age = tables.Column(
        "周岁", empty_values=(), orderable=False, attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    category = tables.Column("类别", orderable=False)
    period = tables.Column("时期", orderable=False)
    treatment = tables.Column("享受待遇", accessor="get_treatment_display", orderable=False)
    rank = tables.Column("退休时职级", accessor="get_rank_display", orderable=False)
    county = tables.Column("县市区", accessor="county__label", orderable=False)
    unit = tables.Column("管理单位", accessor="unit__label", orderable=False)
    post = tables.Column("退休时职务", orderable=False)
    national_id = tables.Column("身份证号", empty_values=(), orderable=False, attrs={"td": {"class": "mask"}})
    phone = tables.Column("联系电话", empty_values=(), orderable=False, attrs={"td": {"class": "mask"}})
    held_leading_post = tables.Column("担任过实职", empty_values=(), orderable=False)
    visited = tables.Column(
        "最近走访", accessor="visited_on", orderable=False, attrs={"td": {"class": "date"}}
    )
    political = tables.Column("政治面貌", accessor="get_political_display", orderable=False)
    nation = tables.Column("民族", accessor="get_nation_display", orderable=False)
    joined = tables.Column(
        "参加革命工作", accessor="joined_on", orderable=False, attrs={"td": {"class": "date"}}
    )
    work = tables.Column(
        "参加工作", accessor="work_started_on", orderable=False, attrs={"td": {"class": "date"}}
    )
    retired = tables.Column(
        "离退休时间", accessor="retired_on", orderable=False, attrs={"td": {"class": "date"}}
    )
    health = tables.Column("健康状况", empty_values=(), orderable=False)
    living = tables.Column("居住方式", accessor="get_living_display", orderable=False)
    state = tables.Column("状态", orderable=False)
    filled = tables.Column(
        "资料完整", order_by=("filled", "pk"), attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )

    row_unit = "人"
    caption = "人员名册"

    class Meta:
        order_by_field = "sort"
        default = "—"

    def __init__(
        self, *args: Any, actor: Actor, on: date, shown: tuple[str, ...], own: CustomFields, **kwargs: Any
    ) -> None:
        self.on, self.own = on, own
        self.address = row_address("retirees:detail")
        self.lazy = True
        allowed = allowed_columns(actor, own)
        names = [name for name in shown if name in allowed]
        extra = [
            (
                name,
                tables.Column(
                    field.label, empty_values=(), orderable=is_sortable(field), order_by=(OWN, "pk")
                ),
            )
            for name, field in own.by_key.items()
            if name in names
        ]
        super().__init__(
            *args,
            extra_columns=extra,
            sequence=[*names, "..."],
            exclude=[name for name in self.base_columns if name not in names],
            **kwargs,
        )

    def writer(self, column: Any) -> Writer:
        """Of the bureau's own fields their words; of a choice ours, kept, because a list has hundreds."""
        if column.name in self.own.by_key:
            return lambda record: (
                self.own.words(column.name, record.custom.get(column.name)) or column.default
            )
        path = str(column.accessor)
        if path.startswith("get_"):
            name = path.removeprefix("get_").removesuffix("_display")
            return lambda record: _word(record, name) or column.default
        return super().writer(column)

    def render_name(self, record: Retiree) -> str:
        link = format_html('<a href="{}">{}</a>', self.address(record.pk), record.name)
        if record.state in (LifeState.DEAD, LifeState.LEFT, LifeState.CRITICAL, LifeState.MISSING):
            tone = "amber" if record.state == LifeState.CRITICAL else "grey"
            return format_html("{} {}", link, tag(_word(record, "state"), tone))
        return link

    def render_photo(self, record: Retiree) -> str:
        found = list(record.portrait_set.all())
        if not found:
            return "—"
        address = reverse("retirees:photo-small", args=[record.pk, found[0].digest])
        return format_html(
            '<img src="{}" alt="{}的照片" width="26" height="40" loading="{}">',
            address,
            record.name,
            "lazy" if self.lazy else "eager",
        )

    def render_age(self, record: Retiree) -> str:
        if record.state == LifeState.DEAD and record.died_on:
            age = record.age_on(record.died_on.earliest)
            return "—" if age is None else f"终年{age}"
        age = record.age_on(self.on)
        return "—" if age is None else str(age)

    def render_category(self, record: Retiree) -> str:
        return tag(_word(record, "category"), "brand" if record.category == Category.LIXIU else "blue")

    def render_period(self, record: Retiree) -> str:
        if record.period == Period.NEEDS_RULING and record.category == Category.LIXIU:
            return tag("待认定", "amber")
        return _word(record, "period")

    def render_health(self, record: Retiree) -> str:
        if record.self_care == SelfCare.HELPLESS:
            return format_html("{} {}", tag("不能自理", "amber"), _word(record, "health"))
        return _word(record, "health") or "—"

    def render_held_leading_post(self, record: Retiree) -> str:
        return {True: "是", False: "否"}.get(record.held_leading_post, "—")

    def render_visited(self, record: Retiree) -> str:
        return format_date(record.visited_on) if record.visited_on else "—"

    def render_national_id(self, record: Retiree) -> str:
        return str(record.private.national_id or "—")

    def render_phone(self, record: Retiree) -> str:
        return str(record.private.phone or "—")

    def render_state(self, record: Retiree) -> str:
        return _word(record, "state")

    def render_filled(self, record: Retiree) -> str:
        return f"{grouped(record.filled)}/22"


def allowed_columns(actor: Actor, own: CustomFields) -> tuple[str, ...]:
    """Names of the columns that the actor may see at all; the bureau's ``own`` are for everybody."""
    names = tuple(RegisterTable.base_columns)
    if not sees_private(actor):
        names = tuple(name for name in names if name not in PRIVATE_COLUMNS)
    return (*names, *own.by_key)


def default_columns(actor: Actor, own: CustomFields) -> tuple[str, ...]:
    """The columns of a role: the city has the county beside the unit, leaders nothing private."""
    names = list(DEFAULT_COLUMNS)
    if actor.county_id is None:
        names.insert(names.index("unit"), "county")
    allowed = allowed_columns(actor, own)
    return tuple(name for name in names if name in allowed)


def columns_in_hand(
    actor: Actor, own: CustomFields, *, view: SavedView | None, preferences: Mapping[str, Any]
) -> tuple[str, ...]:
    """What the reader sees, on the screen, on paper and in a sheet alike: the columns of the ``view`` he looks through,
    as far as he may see them; else his own choice; else those of his role."""
    allowed = allowed_columns(actor, own)
    of_view = tuple(name for name in view.columns if name in allowed) if view else ()
    return of_view or tuple(preferences.get(COLUMNS) or default_columns(actor, own))


def column_choices(actor: Actor, shown: tuple[str, ...], own: CustomFields) -> list[dict[str, Any]]:
    """What the column chooser offers: the shown ones in their order, then the rest; no retired ones."""
    allowed, fields = allowed_columns(actor, own), own.by_key
    order = [name for name in shown if name in allowed] + [
        name for name in allowed if name not in shown and not (name in fields and fields[name].is_retired)
    ]
    return [
        {
            "name": name,
            "label": fields[name].label if name in fields else RegisterTable.base_columns[name].verbose_name,
            "shown": name in shown,
            "locked": name == "name",
        }
        for name in order
    ]
