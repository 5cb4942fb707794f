"""Forms of leaving the register: death, moving out of the city, a record entered by mistake; and of taking it back."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.core.inputs import DayField, PartialDateField, TextField
from apps.retirees.choices import Funeral, Relation
from apps.retirees.forms.changes import ChangeForm
from apps.retirees.forms.fields import DATE_HINT, NameField, PhoneField
from apps.retirees.models import FamilyMember

NEW_SURVIVORS = (1, 2)


def _relation() -> forms.ChoiceField:
    return forms.ChoiceField(label="关系", required=False, choices=[("", "请选择"), *Relation.choices])


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
        help_text="从家庭成员里选；没有的填在下面",
    )
    new_1_name = NameField(label="另外的遗属", help_text="会同时加进“家庭”页签")
    new_1_relation = _relation()
    new_1_phone = PhoneField(label="电话")
    new_2_name = NameField(label="再一位遗属", help_text="更多的，登记后在“家庭”页签里添加")
    new_2_relation = _relation()
    new_2_phone = PhoneField(label="电话")
    note = TextField(
        label="说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="丧事和遗属的其他情况，200字以内",
    )
    rows = (
        ("died_on", "reported_on"),
        ("place", "funeral"),
        ("survivors",),
        *(
            tuple(f"new_{number}_{part}" for part in ("name", "relation", "phone"))
            for number in NEW_SURVIVORS
        ),
        ("note",),
    )

    def __init__(self, *args: Any, family: Sequence[FamilyMember] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survivors"].choices = [
            (str(member.pk), f"{member.name}（{member.get_relation_display()}）") for member in family
        ]
        if not family:
            del self.fields["survivors"]
            self.fields["new_1_name"].label = "遗属"
            self.lay_out()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for number in NEW_SURVIVORS:
            self._clean_new(data, f"new_{number}_")
        died, reported = data.get("died_on"), data.get("reported_on")
        if died and reported and died.earliest > reported:
            self.add_error("died_on", "去世时间不能晚于报告日期。")
        if died and self.person.birth_date and died.is_surely_before(self.person.birth_date):
            self.add_error("died_on", f"早于出生时间（{self.person.birth_date}），请核对。")
        return data

    def _clean_new(self, data: dict[str, Any], prefix: str) -> None:
        name, relation = data.get(f"{prefix}name"), data.get(f"{prefix}relation")
        if name and not relation and f"{prefix}relation" not in self.errors:
            self.add_error(f"{prefix}relation", f"请选择{name}与本人的关系。")
        if not name and (relation or data.get(f"{prefix}phone")) and f"{prefix}name" not in self.errors:
            self.add_error(f"{prefix}name", "请填写这位遗属的姓名。")

    @property
    def new_survivors(self) -> list[dict[str, Any]]:
        """遗属 who are not on file, as the action takes them."""
        data = self.cleaned_data
        return [
            {part: data[f"new_{number}_{part}"] for part in ("name", "relation", "phone")}
            for number in NEW_SURVIVORS
            if data[f"new_{number}_name"]
        ]

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
        """Names of the survivors, those chosen and those typed."""
        kept = self.fields.get("survivors")
        names = dict(kept.choices) if kept else {}
        found = [names[key] for key in self.cleaned_data.get("survivors", ())]
        found += [f"{one['name']}（{Relation(one['relation']).label}）" for one in self.new_survivors]
        return "、".join(found)

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
