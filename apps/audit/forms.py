"""The filter lines of the log."""

from typing import Any

from django import forms

from apps.audit.choices import EventKind, SignInOutcome
from apps.core.chinese import format_date


class Conditions(forms.Form):
    """Days from and to; ``chips`` tells the conditions in words."""

    since = forms.DateField(
        label="自",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "日期填成 2026-09-30 这样。"},
    )
    until = forms.DateField(
        label="至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "日期填成 2026-09-30 这样。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter-%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", "截止日期早于开始日期。")
        return values

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of each condition in force."""
        found = []
        for name, value in self.cleaned_data.items():
            if not value:
                continue
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                words = dict(field.choices)[value]
            elif isinstance(field, forms.DateField):
                words = format_date(value)
            else:
                words = str(value)
            found.append((name, f"{field.label}：{words}"))
        return found


class EventConditions(Conditions):
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "类型：全部"), *EventKind.choices])
    actor = forms.CharField(
        label="操作人", required=False, max_length=40, widget=forms.TextInput(attrs={"placeholder": "操作人"})
    )
    q = forms.CharField(
        label="内容",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "内容或事由"}),
    )
    request = forms.CharField(
        label="请求编号",
        required=False,
        max_length=40,
        help_text="错误页面上显示的编号。",
        widget=forms.TextInput(attrs={"placeholder": "请求编号"}),
    )
    shown = ("q", "kind", "actor")
    more = ("since", "until", "request")


class SignInConditions(Conditions):
    outcome = forms.ChoiceField(
        label="结果", required=False, choices=[("", "结果：全部"), *SignInOutcome.choices]
    )
    username = forms.CharField(
        label="用户名", required=False, max_length=60, widget=forms.TextInput(attrs={"placeholder": "用户名"})
    )
    address = forms.GenericIPAddressField(
        label="地址",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "IP 地址"}),
        error_messages={"invalid": "地址填成 10.0.0.8 这样。"},
    )
    shown = ("username", "outcome", "address")
    more = ("since", "until")
