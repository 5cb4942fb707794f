"""Forms of leaving the register: death, moving out of the city, a record entered by mistake; and of taking it back."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.retirees.choices import Funeral
from apps.retirees.forms.changes import ChangeForm, DayField
from apps.retirees.forms.fields import DATE_HINT, PartialDateField, TextField
from apps.retirees.models import FamilyMember


class DeathForm(ChangeForm):
    """A death is asked twice: the second time its consequences stand beside it, and the token confirms just those."""

    died_on = PartialDateField(
        label="去世时间", required=True, help_text=DATE_HINT, error_messages={"required": "请填写去世时间。"}
    )
    reported_on = DayField(label="报告日期", error_messages={"required": "请填写得知的日期。"})
    place = TextField(label="去世地点", max_length=80, help_text="如：县人民医院、家中")
    funeral = forms.ChoiceField(label="丧事办理", required=False, choices=[("", "未填"), *Funeral.choices])
    survivors = forms.MultipleChoiceField(
        label="遗属",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="从家庭成员里选；没有的，登记后可以在“家庭”页签里添加",
    )
    note = TextField(
        label="说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="丧事和遗属的其他情况，200字以内",
    )
    rows = (("died_on", "reported_on"), ("place", "funeral"), ("survivors",), ("note",))

    def __init__(self, *args: Any, family: Sequence[FamilyMember] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survivors"].choices = [
            (str(member.pk), f"{member.name}（{member.get_relation_display()}）") for member in family
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        died, reported = data.get("died_on"), data.get("reported_on")
        if died and reported and died.earliest > reported:
            self.add_error("died_on", "去世时间不能晚于报告日期。")
        if died and self.person.birth_date and died.is_surely_before(self.person.birth_date):
            self.add_error("died_on", f"早于出生时间（{self.person.birth_date}），请核对。")
        return data

    def typed(self) -> list[tuple[str, str]]:
        """What was sent, field by field, as the confirming page carries it on."""
        many = getattr(self.data, "getlist", None)
        return [
            (name, value)
            for name in self.fields
            for value in (many(name) if many else [self.data.get(name, "")])
            if value
        ]

    @property
    def chosen(self) -> str:
        """Names of the chosen survivors."""
        names = dict(self.fields["survivors"].choices)
        return "、".join(names[key] for key in self.cleaned_data["survivors"])

    @property
    def token(self) -> str:
        """Stands for exactly what was typed."""
        return salted_hmac("retirees.death", json.dumps([self.person.pk, self.typed()])).hexdigest()

    def is_confirmed(self) -> bool:
        return constant_time_compare(self.token, self.data.get("confirmed", ""))


class LeftForm(ChangeForm):
    left_on = DayField(
        label="转出日期", help_text="从这一天起不再计入在册", error_messages={"required": "请填写转出日期。"}
    )
    reported_on = DayField(label="报告日期", error_messages={"required": "请填写得知的日期。"})
    place = TextField(
        label="转往哪里",
        required=True,
        max_length=80,
        help_text="市外的接收单位，如：某省某市委老干部局。市内其他县市区请用“转往其他县市区”",
        error_messages={"required": "请写明转往哪里。"},
    )
    note = TextField(label="说明", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    rows = (("left_on", "reported_on"), ("place",), ("note",))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        left, reported = data.get("left_on"), data.get("reported_on")
        if left and reported and left > reported:
            self.add_error("left_on", "不能晚于报告日期。")
        return data


class ReasonForm(ChangeForm):
    """Why something is taken back or taken off; it goes to the log."""

    reason = TextField(
        label="原因",
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：同名的人登记错了。记入日志",
        error_messages={"required": "请写明原因。"},
    )
    rows = (("reason",),)
