"""Forms of a checklist's lines and of the drafts after a death."""

import uuid
from typing import Any

from django import forms

from apps.core.inputs import AnyDayField, PlainForm, TokenField, WordsField
from apps.visits.choices import AgeCount, TaskPart
from apps.visits.models import DeathDraft

NEED_DAY = {"required": "请填写期限。"}


class SettleForm(PlainForm):
    """A line is done, not needed, or open again; of one that is told: who took the message."""

    word = forms.ChoiceField(choices=[(one, one) for one in ("done", "needless", "open")])
    told_to = WordsField(label="告知了谁", max_length=40, required=False)


class TaskForm(PlainForm):
    """Who settles a line, and until when."""

    error_title = "没有保存"
    who = WordsField(label="责任人", max_length=40, required=False)
    due_on = AnyDayField(label="期限", error_messages=NEED_DAY)
    note = WordsField(label="说明", max_length=200, required=False, help_text="不要写病名、诊断")
    token = TokenField()

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **(initial or {})})


class NewTaskForm(TaskForm):
    """One more line of one matter."""

    part = forms.ChoiceField(
        label="类别",
        widget=forms.RadioSelect,
        choices=TaskPart.choices,
        error_messages={"required": "请选择类别。"},
    )
    label = WordsField(label="事项", max_length=80, error_messages={"required": "请填写事项。"})
    field_order = ("part", "label", "who", "due_on", "note")


class DraftForm(PlainForm):
    """The draft of a notice or a life. ``ages``: 周岁 and 虚岁 in words, both shown, none chosen beforehand."""

    error_title = "草稿没有保存"
    age_count = forms.ChoiceField(
        label="享年按", widget=forms.RadioSelect, error_messages={"required": "请选择享年按周岁还是虚岁。"}
    )
    farewell = WordsField(label="送别时间地点", max_length=120, required=False)
    departs = WordsField(label="发车时间地点", max_length=120, required=False)
    body = WordsField(
        label="正文",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="一行一段。{享年}、{送别}、{发车}打印时换成上面填的内容，没有填的不印。",
        error_messages={"required": "请填写正文。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    token = TokenField()

    def __init__(
        self, data: Any = None, *, initial: dict[str, Any], ages: dict[AgeCount, str], has_places: bool
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        fields: dict[str, Any] = self.fields
        fields["age_count"].choices = [
            (one.value, f"{one.label}：{ages[one]}岁" if ages[one] else f"{one.label}：算不出，请在正文里写")
            for one in AgeCount
        ]
        if not has_places:
            for name in ("farewell", "departs"):
                del fields[name]
            fields["body"].help_text = "一行一段。{享年}打印时换成上面选的岁数。"

    def values(self) -> dict[str, Any]:
        """Columns of the draft, and the version that was opened."""
        empty = {"farewell": "", "departs": ""}
        return empty | {name: value for name, value in self.cleaned_data.items() if name != "token"}


def initial_of(draft: DeathDraft) -> dict[str, Any]:
    """What the form of a kept draft starts from."""
    return {name: getattr(draft, name) for name in ("age_count", "farewell", "departs", "body", "version")}
