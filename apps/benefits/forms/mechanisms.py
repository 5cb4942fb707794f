"""The form of a county's mechanism."""

import uuid
from datetime import date
from typing import Any

from django import forms

from apps.benefits.models import CountyMechanism
from apps.core.inputs import DayField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.library.models import Paper


class MechanismForm(PlainForm):
    """Whether it is there, since when, by what."""

    error_title = "机制没有保存"
    is_there = forms.ChoiceField(
        label="是否建立",
        choices=[("yes", "已建立"), ("no", "没有建立")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否建立。", "invalid_choice": "请选择是否建立。"},
    )
    since = DayField(
        label="建立日期",
        required=False,
        help_text="文件印发的日期",
        error_messages={"invalid": "请填写日期，如2026-03-05。"},
    )
    paper = forms.ModelChoiceField(
        label="依据文件",
        queryset=Paper.objects.none(),
        required=False,
        empty_label="不在文件库里",
        error_messages={"invalid_choice": "请从列表里选择文件。"},
    )
    proof = WordsField(
        label="证明",
        max_length=200,
        required=False,
        help_text="文件不在文件库里的，写明文件名和文号；没有建立的，写明原因或进展",
    )
    token = TokenField()

    def __init__(self, data: Any = None, *, row: CountyMechanism | None, actor: Actor, today: date) -> None:
        initial: dict[str, Any] = {"token": uuid.uuid4()}
        if row is not None:
            initial |= {"since": row.since, "paper": row.paper, "proof": row.proof}
            initial["is_there"] = "yes" if row.is_there else "no"
        super().__init__(data, initial=initial)
        self.fields["since"].today = today
        self.fields["paper"].queryset = Paper.objects.visible_to(actor)

    def clean(self) -> dict[str, Any]:
        """A day and a proof where it is there."""
        found = super().clean() or {}
        if found.get("is_there") == "yes":
            if not found.get("since") and "since" not in self.errors:
                self.add_error("since", "已建立的要填建立日期。")
            if not found.get("paper") and not found.get("proof") and "paper" not in self.errors:
                self.add_error("proof", "请选择依据文件，或用文字写明证明。")
        elif found.get("since"):
            self.add_error("since", "没有建立的不填建立日期。")
        return found

    def values(self) -> dict[str, Any]:
        """Fields of the row."""
        found = {name: self.cleaned_data[name] for name in ("since", "paper", "proof")}
        return {**found, "is_there": self.cleaned_data["is_there"] == "yes"}
