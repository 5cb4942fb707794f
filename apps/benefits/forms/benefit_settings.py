"""Forms of benefits and of published figures."""

import uuid
from typing import Any

from django import forms

from apps.benefits.choices import Audience, Cycle, Precedence, Series, StateDay
from apps.benefits.models import Benefit, PublishedFigure
from apps.core.inputs import AnyDayField, MoneyField, PlainForm, TokenField, WordsField

SETTINGS = (
    "name",
    "group",
    "pay_month",
    "pays_death_month",
    "state_day",
    "precedence",
    "needs_approval",
    "basis",
    "sort",
    "is_active",
)
CREATED = ("cycle", "audience")
FIGURE = ("series", "year", "value", "source", "published_on")


class BenefitForm(PlainForm):
    """A benefit. How it falls due and for whom is settled when it is made."""

    error_title = "待遇项目没有保存"
    name = WordsField(label="名称", max_length=40, error_messages={"required": "请填写名称。"})
    cycle = forms.ChoiceField(label="计发", choices=Cycle.choices)
    audience = forms.ChoiceField(label="对象", choices=Audience.choices)
    group = WordsField(
        label="互斥组",
        max_length=20,
        required=False,
        help_text="同一组的待遇一个月只享受一项，就高；不互斥的空着",
    )
    pay_month = forms.IntegerField(
        label="每年几月计发", required=False, min_value=1, max_value=12, help_text="按年计发的必填"
    )
    pays_death_month = forms.BooleanField(
        label="去世当月照发", required=False, initial=True, help_text="不勾就发到去世的上一个月；都不按天算"
    )
    state_day = forms.ChoiceField(
        label="状况变化", choices=StateDay.choices, help_text="认定、级别、自理情况等当月变化，从哪个月起算"
    )
    precedence = forms.ChoiceField(label="几级文件都有规定时", choices=Precedence.choices)
    needs_approval = forms.BooleanField(label="须逐人批准", required=False)
    basis = WordsField(label="说明", max_length=200, required=False)
    sort = forms.IntegerField(label="次序", min_value=0, max_value=9999, initial=100)
    is_active = forms.BooleanField(
        label="启用", required=False, initial=True, help_text="停用后不再计算，已发放的不变"
    )
    token = TokenField()

    def __init__(
        self, data: Any = None, *, benefit: Benefit | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **(initial or {})})
        self.benefit = benefit
        if benefit is not None:
            for name in CREATED:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        cycle = self.benefit.cycle if self.benefit else data.get("cycle")
        if "pay_month" not in self.errors:
            if cycle == Cycle.YEAR and not data.get("pay_month"):
                self.add_error("pay_month", "按年计发的要写明每年几月。")
            if cycle != Cycle.YEAR:
                data["pay_month"] = None
        return data

    def is_taken(self) -> bool:
        """Whether another has the name, which the form then says. Asked after the token, as below."""
        same = Benefit.objects.filter(name=self.cleaned_data["name"])
        if not same.exclude(pk=getattr(self.benefit, "pk", None)).exists():
            return False
        self.add_error("name", "这个名称的待遇项目已经有了。")
        return True

    def values(self) -> dict[str, Any]:
        """Fields of the benefit."""
        names = SETTINGS if self.benefit else (*SETTINGS, *CREATED)
        return {name: self.cleaned_data[name] for name in names}


class FigureForm(PlainForm):
    """A figure that an office of statistics published."""

    error_title = "公布数据没有保存"
    series = forms.ChoiceField(label="数据", choices=Series.choices)
    year = forms.IntegerField(
        label="年度", min_value=1949, max_value=2100, help_text="数据是哪一年的，不是哪一年公布的"
    )
    value = MoneyField(
        label="数值（元）",
        required=True,
        max_digits=12,
        min_value=None,
        error_messages={"required": "请填写数值。"},
    )
    source = WordsField(
        label="出处",
        max_length=200,
        help_text="如：国家统计局2025年国民经济和社会发展统计公报",
        error_messages={"required": "请写明出处。"},
    )
    published_on = AnyDayField(label="公布日期", required=False)
    token = TokenField()

    def __init__(
        self,
        data: Any = None,
        *,
        figure: PublishedFigure | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **(initial or {})})
        self.figure = figure

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if value is not None and value <= 0:
            raise forms.ValidationError("数值要大于0。")
        return value

    def is_taken(self) -> bool:
        """Whether the year has its figure, which the form then says. Asked after the token, so that a double click is
        no double."""
        data = self.cleaned_data
        same = PublishedFigure.objects.filter(series=data["series"], year=data["year"])
        if not same.exclude(pk=getattr(self.figure, "pk", None)).exists():
            return False
        self.add_error("year", "这一年的数据已经登记，请在列表里修改。")
        return True

    def values(self) -> dict[str, Any]:
        """Fields of the figure."""
        return {name: self.cleaned_data[name] for name in FIGURE}
