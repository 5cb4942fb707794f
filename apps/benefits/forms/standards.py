"""Forms of standards: the list's conditions, one row of a paper, what is said when it is given back or ended."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict

from apps.benefits.choices import Audience, Series, StandardState
from apps.benefits.forms.conditions import (
    condition_fields,
    condition_names,
    conditions_as_typed,
    conditions_typed,
    span_rows,
)
from apps.benefits.models import Benefit, Standard
from apps.benefits.queries.standards import CITY, StandardFilters, kept_by
from apps.core.inputs import AnyDayField, MoneyField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.library.choices import PaperLevel
from apps.library.models import Clause, Paper
from apps.units.models import Unit

EARLIEST, LATEST = date(1949, 1, 1), date(2100, 12, 31)
PLAIN = ("paper", "clause", "place", "label", "amount", "months", "times", "series", "replaces", "note")


class StandardConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused."""

    benefit = forms.ChoiceField(label="待遇项目", required=False)
    state = forms.ChoiceField(label="状态", required=False)
    on = AnyDayField(label="某日有效", required=False)
    office = forms.ChoiceField(label="谁定的", required=False)
    examples = forms.ChoiceField(
        label="示例",
        required=False,
        choices=[("", "示例：都看"), ("no", "不看示例"), ("only", "只看示例")],
    )

    def __init__(self, data: Any, *, actor: Actor, is_office: bool) -> None:
        super().__init__(data, auto_id="filter-%s")
        fields: dict[str, Any] = self.fields
        fields["benefit"].choices = [("", "待遇：全部"), *((str(one.pk), one.name) for one in _benefits())]
        states = [one for one in StandardState.choices if is_office or one[0] in ("published", "withdrawn")]
        fields["state"].choices = [("", "已发布和待复核" if is_office else "已发布"), *states]
        counties = Unit.objects.visible_to(actor).counties().order_by("sort", "pk")
        if actor.county_id is not None:
            counties = counties.filter(pk=actor.county_id)
        offices = [(str(one.pk), one.label) for one in counties]
        fields["office"].choices = [("", "谁定的：全部"), (CITY, "市局"), *offices]

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields)

    def filters(self) -> StandardFilters:
        """The cleaned conditions."""
        data = self.cleaned_data
        return StandardFilters(
            benefit=int(data["benefit"]) if data["benefit"] else None,
            state=data["state"],
            on=data["on"],
            office=data["office"],
            examples=data["examples"],
        )

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of the conditions in force."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if not value:
                continue
            told = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value.isoformat()
            found.append((name, f"{field.label}：{told}"))
        return found

    def query(self, *, without: str = "") -> str:
        """The conditions as a query string."""
        rest = QueryDict(mutable=True)
        for name in self.fields:
            if self.data.get(name) and name != without:
                rest[name] = self.data[name]
        return rest.urlencode()


def _benefits() -> Any:
    return Benefit.objects.all()


class StandardForm(PlainForm):
    """One row of a paper. The benefit stands already; what fits it is asked."""

    error_title = "标准没有保存"
    benefit = forms.ModelChoiceField(
        label="待遇项目", queryset=Benefit.objects.none(), widget=forms.HiddenInput
    )
    paper = forms.ModelChoiceField(
        label="依据文件",
        queryset=Paper.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有文件就没有标准：请选依据的文件。"},
    )
    clause = forms.ModelChoiceField(
        label="条款", queryset=Clause.objects.none(), required=False, empty_label="不写条款"
    )
    level = forms.ChoiceField(
        label="标准层级", required=False, choices=[("", "按文件的层级"), *PaperLevel.choices]
    )
    place = WordsField(
        label="地方", required=False, max_length=20, help_text="借用外地文件时写明是哪里的，如：承德"
    )
    label = WordsField(
        label="名称",
        max_length=60,
        help_text="如：解放战争时期200元",
        error_messages={"required": "请给这条标准起个名称。"},
    )
    amount = MoneyField(label="金额（元）", help_text="按月的是每月多少元")
    months = forms.DecimalField(
        label="基本离退休费月数", required=False, min_value=0, max_digits=5, decimal_places=1
    )
    times = forms.DecimalField(
        label="公布数据倍数", required=False, min_value=0, max_digits=5, decimal_places=1
    )
    series = forms.ChoiceField(
        label="公布数据",
        required=False,
        choices=[("", "不用"), *Series.choices],
        help_text="按上年度的数据计算",
    )
    starts = AnyDayField(label="从哪天起执行", error_messages={"required": "请填写从哪天起执行。"})
    ends = AnyDayField(label="执行到哪天", required=False, help_text="含这一天；没有写明的空着")
    replaces = forms.ModelChoiceField(
        label="替代的标准",
        queryset=Standard.objects.none(),
        required=False,
        empty_label="不替代",
        help_text="发布时，被替代的执行到这一条起始的前一天",
    )
    note = WordsField(label="说明", required=False, max_length=200)
    token = TokenField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, data: Any = None, *, actor: Actor, benefit: Benefit, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "benefit": benefit.pk, **initial})
        self.benefit = benefit
        is_city = actor.county_id is None
        fields: dict[str, Any] = self.fields
        fields["benefit"].queryset = Benefit.objects.filter(pk=benefit.pk)
        fields["paper"].queryset = Paper.objects.visible_to(actor)
        fields["paper"].label_from_instance = lambda one: f"{one.number} {one.title}"[:60]
        clauses = Clause.objects.filter(paper__in=Paper.objects.visible_to(actor)).select_related("paper")
        fields["clause"].queryset = clauses
        fields["clause"].label_from_instance = lambda one: f"{one.paper.number} {one.label}"
        replaced = kept_by(actor).in_use().filter(benefit=benefit)
        fields["replaces"].queryset = replaced.select_related("paper")
        fields["replaces"].label_from_instance = lambda one: f"{one.paper.number} {one.label}"[:60]
        self.fields.update(condition_fields(benefit, is_city=is_city))
        self.helper.layout = self._layout(*condition_names(benefit, is_city=is_city))

    def _layout(self, names: list[str], spans: list[str]) -> Layout:
        pairs = [Row(Column(first), Column(last)) for first, last in span_rows(spans)]
        title = "给谁（都不选就是全体人员）"
        if self.benefit.audience == Audience.SURVIVOR:
            title = "给哪些遗属（都不选就是全体）"
        return Layout(
            "benefit",
            Fieldset(
                "依据",
                "paper",
                Row(Column("clause"), Column("level"), Column("place")),
            ),
            Fieldset(
                "标准",
                "label",
                Row(Column("amount"), Column("months")),
                Row(Column("times"), Column("series")),
                Row(Column("starts"), Column("ends")),
                "replaces",
            ),
            Fieldset(title, *(f"if_{name}" for name in names), *pairs),
            "note",
            "token",
            "version",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        paper, clause = data.get("paper"), data.get("clause")
        if paper and clause and clause.paper_id != paper.pk:
            self.add_error("clause", "这一条不是所选文件的。")
        self._check_days(data)
        for name in ("amount", "months", "times"):
            data[name] = data.get(name) or 0
        if not any(data[name] for name in ("amount", "months", "times")) and not (
            {"amount", "months", "times"} & set(self.errors)
        ):
            self.add_error("amount", "标准要有金额、月数或倍数。")
        if bool(data["times"]) != bool(data.get("series")) and "times" not in self.errors:
            words = "写了倍数就要选是哪一项公布数据。" if data["times"] else "选了公布数据就要写倍数。"
            self.add_error("series" if data["times"] else "times", words)
        data["conditions"] = conditions_typed(self, data)
        return data

    def _check_days(self, data: dict[str, Any]) -> None:
        starts, ends = data.get("starts"), data.get("ends")
        for name in ("starts", "ends"):
            day = data.get(name)
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, "请核对年份。")
        if starts and ends and ends < starts:
            self.add_error("ends", "截止不能早于起始。")

    def values(self) -> dict[str, Any]:
        """Fields of the standard."""
        data = self.cleaned_data
        upper = data["ends"] + timedelta(days=1) if data["ends"] else None
        return {name: data[name] for name in PLAIN} | {
            "benefit": self.benefit,
            "level": data["level"] or data["paper"].level,
            "conditions": data["conditions"],
            "during": DateRange(data["starts"], upper),
        }


def standard_as_typed(standard: Standard) -> dict[str, Any]:
    """Initial values of the form."""
    upper = standard.during.upper
    values: dict[str, Any] = {name: getattr(standard, name) for name in PLAIN}
    for name in ("amount", "months", "times"):
        values[name] = values[name] or None
    return (
        values
        | conditions_as_typed(standard.conditions)
        | {
            "level": standard.level,
            "starts": standard.during.lower,
            "ends": upper - timedelta(days=1) if upper else None,
            "version": standard.version,
        }
    )


def successor_as_typed(standard: Standard) -> dict[str, Any]:
    """Initial values of one that replaces ``standard``: the same people, all else anew."""
    kept: Mapping[str, Any] = conditions_as_typed(standard.conditions)
    return {**kept, "replaces": standard.pk, "level": standard.level}


class VersionForm(PlainForm):
    """A step on a standard as it was read."""

    error_title = "没有办理"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WordsForm(VersionForm):
    """A step that wants a reason."""

    words = WordsField(label="说明", max_length=200, error_messages={"required": "请写明原因。"})


class EndForm(WordsForm):
    """A published standard no longer holds."""

    last_day = AnyDayField(
        label="执行到哪天", help_text="含这一天", error_messages={"required": "请填写日期。"}
    )

    field_order = ("version", "last_day", "words")

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("请核对年份。")
        return day
