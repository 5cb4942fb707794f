"""The form of a family member or contact. The telephone is not put back into the page: empty means unchanged."""

import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.core.inputs import PartialDateField, TextField, TokenField
from apps.retirees.choices import Political, Relation
from apps.retirees.forms.fields import NameField, PhoneField
from apps.retirees.models import FamilyMember

TYPED = ("relation", "kinship", "name", "birth_date", "political", "work", "is_emergency", "is_survivor")
"""What the form puts back into the page; the telephone is not among it."""


class FamilyForm(forms.Form):
    relation = forms.ChoiceField(
        label="关系",
        choices=Relation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择与本人的关系。"},
    )
    kinship = TextField(label="称谓", max_length=20, help_text="如妻子、长子；空着就写上面的关系")
    name = NameField(label="姓名", required=True, error_messages={"required": "请填写姓名。"})
    phone = PhoneField(label="电话")
    birth_date = PartialDateField(label="出生时间")
    political = forms.ChoiceField(
        label="政治面貌", choices=(("", "不详"), *Political.choices), required=False
    )
    work = TextField(label="工作单位及职务", max_length=120)
    is_emergency = forms.BooleanField(label="紧急联系人：有急事先找这个人", required=False)
    is_survivor = forms.BooleanField(label="遗属：干部去世后由单位照顾", required=False)
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date, member: FamilyMember | None = None) -> None:
        super().__init__(data, initial=self._initial(member) | {"token": uuid.uuid4()})
        for field in self.fields.values():
            field.today = today
        phone: list[str] = ["phone"]
        if member is not None:
            del self.fields["token"]
            if member.phone:
                self.fields["phone"].help_text = f"现为 {member.phone}，不改请留空"
                self.fields["clear_phone"] = forms.BooleanField(label="清空电话", required=False)
                phone.append("clear_phone")
        hidden = ["token"] if member is None else []
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            *hidden,
            "relation",
            Row(Column("kinship"), Column("name")),
            Row(Column("birth_date"), Column("political")),
            Row(Column("work"), Column(*phone)),
            Row(Column("is_emergency"), Column("is_survivor")),
        )

    @staticmethod
    def _initial(member: FamilyMember | None) -> dict[str, Any]:
        return {name: getattr(member, name) for name in TYPED} if member is not None else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("clear_phone") and data.get("phone"):
            self.add_error("phone", "填了新的电话就不要勾选“清空”。")
        return data

    def values(self) -> dict[str, Any]:
        """Values as the actions take them; the telephone only where it was typed or cleared."""
        data = self.cleaned_data
        found = {name: data[name] for name in TYPED}
        if data["phone"] or data.get("clear_phone"):
            found["phone"] = data["phone"]
        return found
