"""Cells of the lists: what a render takes, what a choice says, what is missing, and nothing unescaped."""

from types import SimpleNamespace

import django_tables2 as tables
import pytest
from django.template import Context, Template

from apps.core.plain_tables import PlainTable, tag


class People(PlainTable):
    name = tables.Column("姓名", attrs={"td": {"class": "key"}})
    county = tables.Column("县", accessor="unit__county__label")
    sex = tables.Column("性别")
    money = tables.Column("钱")
    do = tables.Column("办理", empty_values=())

    class Meta:
        default = "—"
        orderable = False

    def render_name(self, record, value):
        return f"{value}（{record.pk}）"

    def render_money(self, value):
        return f"{value}元"

    def render_do(self):
        return tag("办", "red")


def person(**more):
    given = {"pk": 7, "name": "<b>周</b>", "unit": None, "sex": "1", "money": None}
    return SimpleNamespace(**(given | {"get_sex_display": lambda: "男"} | more))


def test_cells_are_written_in_the_order_of_the_columns():
    unit = SimpleNamespace(county=SimpleNamespace(label="甲县"))
    ((record, cells),) = People([person(unit=unit, money=0)]).plain_rows()
    assert record.pk == 7
    assert cells == ["<b>周</b>（7）", "甲县", "男", "0元", tag("办", "red")]


def test_what_is_missing_is_a_dash_and_is_not_rendered():
    ((_, cells),) = People([person(name="")]).plain_rows()
    assert cells[:4] == ["—", "—", "男", "—"]


def test_hidden_columns_are_not_written():
    table = People([person()])
    table.columns.hide("do")
    ((_, cells),) = table.plain_rows()
    assert len(cells) == 4


def test_the_page_escapes_what_is_no_markup():
    table = People([person(money=3)])
    text = Template("{% load portal_look %}{% body_rows table %}").render(Context({"table": table}))
    assert "&lt;b&gt;周&lt;/b&gt;（7）" in text
    assert '<span class="tag-word tone-red">办</span>' in text
    assert 'class=" is-empty" data-label="县">—' in text


def test_a_render_that_asks_for_more_is_refused():
    class Odd(People):
        def render_name(self, record, bound_row):
            return ""

    with pytest.raises(TypeError, match="render_name"):
        list(Odd([person()]).plain_rows())
