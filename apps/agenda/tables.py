"""Columns of the list of birthdays."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.core.lunar import LunarDate
from apps.core.plain_tables import PlainTable, tag
from apps.core.workdays import WEEKDAYS
from apps.retirees.models import Retiree
from apps.retirees.queries.birthdays import BirthdayOf


def day_words(day: date) -> str:
    """11月23日 周一."""
    return f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def age_words(one: BirthdayOf) -> str:
    """80周岁，虚岁81."""
    return f"{one.age}周岁，虚岁{one.nominal}" if one.nominal else f"{one.age}周岁"


class BirthdayTable(PlainTable):
    """One row a birthday (queries.birthdays.BirthdayOf)."""

    name = tables.Column("姓名", empty_values=(), orderable=False, attrs={"td": {"class": "key"}})
    on = tables.Column("公历日子", orderable=False, attrs={"td": {"class": "date"}})
    said = tables.Column("生日", orderable=False)
    age = tables.Column("年龄", orderable=False)
    place = tables.Column("单位", empty_values=(), orderable=False)
    category = tables.Column("类别", empty_values=(), orderable=False)
    signed = tables.Column("签收", empty_values=(), orderable=False)

    row_unit = "人次"
    caption = "生日"

    class Meta:
        default = "—"

    def __init__(
        self, *args: Any, show_county: bool, today: date, signed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.show_county, self.today = show_county, today
        if not signed:
            self.columns.hide("signed")

    def render_name(self, record: BirthdayOf) -> str:
        person = record.person
        link = format_html('<a href="{}">{}</a>', reverse("retirees:detail", args=[person.pk]), person.name)
        if person.state != "alive":
            return format_html("{} {}", link, tag(person.get_state_display(), "red"))
        return link

    def render_on(self, record: BirthdayOf) -> str:
        words = day_words(record.on)
        return format_html("{} {}", words, tag("今天", "amber")) if record.on == self.today else words

    def render_said(self, record: BirthdayOf) -> str:
        if record.is_lunar:
            return format_html("{} {}", record.said, tag("农历", "blue"))
        return f"{record.said}（农历{LunarDate.of(record.on).in_year}）"

    def render_age(self, record: BirthdayOf) -> str:
        words = age_words(record)
        return format_html("{} {}", words, tag(f"{record.age}整寿", "amber")) if record.is_round else words

    def render_place(self, record: BirthdayOf) -> str:
        return place_of(record.person, self.show_county)

    def render_category(self, record: BirthdayOf) -> str:
        person = record.person
        return tag(person.get_category_display(), "brand" if person.category == "lixiu" else "grey")

    def render_signed(self) -> str:
        return "　　　　　　"


class UnknownDayTable(PlainTable):
    """People of whom the month of birth alone is known."""

    name = tables.Column("姓名", empty_values=(), orderable=False, attrs={"td": {"class": "key"}})
    birth_date = tables.Column("出生（档案）", orderable=False)
    card_birth_date = tables.Column("出生（身份证）", orderable=False)
    place = tables.Column("单位", empty_values=(), orderable=False)

    row_unit = "人"
    caption = "生日日期不详的人"

    class Meta:
        default = "—"

    def __init__(self, *args: Any, show_county: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_county = show_county

    def render_name(self, record: Retiree) -> str:
        return format_html('<a href="{}">{}</a>', reverse("retirees:detail", args=[record.pk]), record.name)

    def render_birth_date(self, record: Retiree) -> str:
        birth = record.birth_date
        return birth.raw if birth and record.birth_lunar else str(birth)

    def render_place(self, record: Retiree) -> str:
        return place_of(record, self.show_county)


def place_of(person: Retiree, show_county: bool) -> str:
    """Unit, with the county for those who see several."""
    return f"{person.county.label} {person.unit.label}" if show_county else str(person.unit.label)
