"""To whom the letter with the answer goes, who signs it, in which form."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from apps.concerns.actions import Addressee
from apps.concerns.forms.steps import DatedForm
from apps.concerns.models import Concern
from apps.core.inputs import DayField, TextField

FORMATS = (("pdf", "PDF，直接打印"), ("docx", "Word，可以再改"))


class LetterForm(DatedForm):
    """A letter to each that is ticked."""

    error_title = "没有生成"
    rows = (("to",), ("office", "on"), ("form",))
    to = forms.MultipleChoiceField(
        label="写给谁",
        widget=forms.CheckboxSelectMultiple,
        help_text="每人一封；去世的同志写给家属",
        error_messages={
            "required": "请选择收信人。",
            "invalid_choice": "选的人里有已去世、已不在册的，请重新选择。",
        },
    )
    office = TextField(
        label="落款单位", required=True, max_length=60, error_messages={"required": "请填写落款单位。"}
    )
    on = DayField(label="落款日期", required=True, error_messages={"required": "请填写落款日期。"})
    form = forms.ChoiceField(label="格式", choices=FORMATS, widget=forms.RadioSelect, initial="pdf")

    def __init__(
        self, data: Any = None, *, concern: Concern, offered: Sequence[Addressee], today: date
    ) -> None:
        keys = [one.key for one in offered]
        initial = {
            "to": [one.key for one in offered if not one.cadre] or keys[:1],
            "office": concern.owner_unit.label,
            "on": concern.answered_on or today,
        }
        super().__init__(data, today=today, initial=initial)
        field: Any = self.fields["to"]
        field.choices = [(one.key, one.label) for one in offered]
