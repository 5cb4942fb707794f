"""The form of a line of the standard checklist."""

import uuid
from typing import Any

from django import forms

from apps.core.inputs import PlainForm, TokenField, WordsField
from apps.retirees.choices import Level
from apps.visits.choices import IncidentKind, TaskPart
from apps.visits.models import ChecklistItem

FIELDS = ("kind", "part", "label", "levels", "days", "who", "note", "basis", "sort", "is_active")


class ChecklistForm(PlainForm):
    """What has to be done, or who is to be told, when something happens."""

    error_title = "清单没有保存"
    kind = forms.ChoiceField(label="情况", choices=IncidentKind.choices)
    part = forms.ChoiceField(label="类别", widget=forms.RadioSelect, choices=TaskPart.choices)
    label = WordsField(
        label="事项",
        max_length=80,
        help_text="要办什么；告知的写告知谁",
        error_messages={"required": "请填写事项。"},
    )
    days = forms.IntegerField(
        label="几天内", min_value=0, max_value=3650, help_text="从报告那天算；0为当天", initial=0
    )
    who = WordsField(label="责任人", max_length=40, required=False, help_text="可以写岗位，登记后再改到人")
    note = WordsField(label="说明", max_length=200, required=False)
    basis = WordsField(label="依据", max_length=120, required=False, help_text="写在哪份文件里；没有的不填")
    levels = forms.MultipleChoiceField(
        label="适用级别",
        choices=Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="按现享受待遇；一个都不选，所有人适用",
    )
    sort = forms.IntegerField(label="次序", min_value=0, max_value=9999, initial=0, help_text="小的排在前面")
    is_active = forms.BooleanField(label="启用", required=False, initial=True)
    token = TokenField()

    def __init__(self, data: Any = None, *, item: ChecklistItem | None = None) -> None:
        initial: dict[str, Any] = {"token": uuid.uuid4(), "part": TaskPart.DO, "kind": IncidentKind.DEATH}
        if item is not None:
            initial |= {name: getattr(item, name) for name in FIELDS}
            if item.is_example and "示例" in item.basis:
                initial["basis"] = ""
        super().__init__(data, initial=initial)

    def values(self) -> dict[str, Any]:
        """Columns of the line."""
        return {name: self.cleaned_data[name] for name in FIELDS}
