"""The form of registering a concern: what was said, who stands behind it, whether it was said before."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from apps.concerns.choices import Kind, Source, Topic
from apps.concerns.forms.others import OthersForm
from apps.concerns.forms.steps import LONG, owners
from apps.concerns.models import Concern
from apps.concerns.queries import earlier_of
from apps.concerns.rules import MOST_DAYS, WORKING_DAYS, is_alike
from apps.core.inputs import DayField, TextField, TokenField
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.units.models import Unit

YEAR = timedelta(days=365)


class ConcernForm(OthersForm):
    """What somebody asks for, as he said it. ``others``: who stands behind it; ``who``: whom to look for."""

    error_title = "没有登记"
    rows = (
        ("token",),
        ("kind", "source", "topic"),
        ("title",),
        ("body",),
        ("raised_on", "received_on", "working_days"),
        ("repeat_of", "owner_unit"),
        ("not_repeat",),
        ("people_count",),
    )
    kind = forms.ChoiceField(label="类别", choices=Kind.choices, initial=Kind.DEMAND)
    source = forms.ChoiceField(label="来源", choices=Source.choices)
    topic = forms.ChoiceField(label="内容分类", choices=Topic.choices)
    title = TextField(
        label="标题",
        required=True,
        max_length=80,
        help_text="一句话说清要什么，如：申请住院护工补助",
        error_messages={"required": "请写一句话的标题。"},
    )
    body = TextField(label="内容", max_length=4000, widget=forms.Textarea(attrs=LONG))
    raised_on = DayField(label="提出日期", error_messages={"required": "请填写提出日期。"})
    received_on = DayField(label="受理日期", error_messages={"required": "请填写受理日期。"})
    working_days = forms.IntegerField(
        label="办理时限（工作日）",
        min_value=1,
        max_value=MOST_DAYS,
        help_text="从受理次日起算，节假日、调休已扣除",
    )
    repeat_of = forms.ChoiceField(label="是否重复", required=False)
    not_repeat = forms.BooleanField(label="已核对，是另一件事，不是重复", required=False)
    owner_unit = forms.ChoiceField(label="办理单位")
    token = TokenField()

    def __init__(
        self,
        data: Any = None,
        *,
        person: Retiree,
        actor: Actor,
        today: date,
        found: Sequence[Retiree] = (),
        **initial: Any,
    ) -> None:
        given = {
            "token": uuid.uuid4(),
            "raised_on": today,
            "received_on": today,
            "working_days": WORKING_DAYS[Kind.DEMAND],
            **initial,
        }
        super().__init__(data, today=today, initial=given)
        self.person = person
        self.earlier = {str(one.pk): one for one in earlier_of(person, actor, today - YEAR)}
        self._offer(
            "repeat_of", [("", "首次提出"), *((key, _told(one)) for key, one in self.earlier.items())]
        )
        if not self.earlier:
            del self.fields["repeat_of"]
        if not self._doubted(data, given):
            del self.fields["not_repeat"]
        self._offer("owner_unit", owners(actor, person)[0])
        self.offer_people(actor, person, found, given.get("others", ()))

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _doubted(self, data: Any, given: dict[str, Any]) -> bool:
        """Whether what was typed looks like something that is open: only then is one asked."""
        typed = data if data is not None else given
        title, topic = str(typed.get("title") or ""), str(typed.get("topic") or "")
        self.alike = [
            one
            for one in self.earlier.values()
            if one.is_open and title and is_alike(title, topic, one.title, one.topic)
        ]
        return bool(self.alike)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        raised, received = data.get("raised_on"), data.get("received_on")
        if raised and received and received < raised:
            self.add_error("received_on", "受理日期不能早于提出日期。")
        if self.alike and not data.get("repeat_of") and not data.get("not_repeat") and data.get("title"):
            told = "；".join(_told(one) for one in self.alike[:3])
            self.add_error(
                "repeat_of",
                f"这位同志有类似的事项还没有办结：{told}。是同一件事，请选上；是另一件事，请勾选“不是重复”。",
            )
        return data

    def values(self) -> dict[str, Any]:
        """As ``register_concern`` takes them."""
        left = ("token", "others", "not_repeat")
        data = {name: value for name, value in self.cleaned_data.items() if name not in left}
        data["body"] = data["body"] or ""
        data["repeat_of"] = self.earlier.get(data.get("repeat_of") or "")
        data["owner_unit"] = Unit.objects.get(pk=int(data["owner_unit"]))
        return data


def _told(one: Concern) -> str:
    return f"{one.label} {one.title}（{one.get_state_display()}）"
