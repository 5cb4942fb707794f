"""The form of an assessment of self-care."""

from typing import Any

from django import forms

from apps.core.inputs import DayField, TextField
from apps.retirees.choices import SelfCare
from apps.retirees.forms.changes import ChangeForm
from apps.retirees.forms.offered import offer_terms


class AssessmentForm(ChangeForm):
    self_care = forms.ChoiceField(
        label="评估结果", choices=SelfCare.choices, error_messages={"required": "请选择评估结果。"}
    )
    seen_on = DayField(label="评估日期", error_messages={"required": "请填写评估日期。"})
    review_on = forms.DateField(
        label="复评日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="到这一天要再评估；没有规定的空着",
    )
    assessed_by = TextField(
        label="评估或认定人",
        required=True,
        max_length=60,
        help_text="如：县人民医院、县局和单位共同认定",
        error_messages={"required": "请写明由谁评估或认定。"},
    )
    note = TextField(
        label="说明",
        max_length=200,
        help_text="领导也看得到，不要写病历内容",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rows = (("self_care", "assessed_by"), ("seen_on", "review_on"), ("note",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_terms(self.fields, stored={"self_care": self.person.self_care}, empty="请选择")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        seen, review = data.get("seen_on"), data.get("review_on")
        if seen and review and review <= seen:
            self.add_error("review_on", "复评日期应晚于评估日期。")
        return data
