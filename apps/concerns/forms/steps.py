"""Forms of each step of a concern, and their base. The page draws the frame and the buttons."""

from datetime import date
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.accounts.models import Grant
from apps.accounts.rules import STAFF_ROLES
from apps.concerns.choices import Result, Satisfaction, StepKind, Way
from apps.concerns.models import Concern
from apps.concerns.rules import MOST_DAYS
from apps.core.inputs import DayField, PlainForm, TextField
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.units.choices import Level
from apps.units.models import Unit

LONG = {"rows": 5}


class DatedForm(PlainForm):
    """Base: knows today, lays its fields out in rows."""

    rows: tuple[tuple[str, ...], ...] = ()

    def __init__(self, data: Any = None, *, today: date, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.today = today
        for field in self.fields.values():
            field.today = today

    @cached_property
    def helper(self) -> FormHelper:
        """The layout, made when it is asked for: subclasses take fields away."""
        helper = super().helper
        rows = [[name for name in row if name in self.fields] for row in self.rows]
        helper.layout = Layout(
            *(Row(*(Column(name) for name in row)) if len(row) > 1 else row[0] for row in rows if row)
        )
        return helper


def owners(actor: Actor, person: Retiree) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Units that may be asked to answer, and colleagues of one's own place."""
    units = Unit.objects.visible_to(actor).filter(pk__in=[person.unit_id, person.county_id])
    found = [(str(unit.pk), unit.label) for unit in units.order_by("-level", "sort")]
    desks = {person.unit_id, person.county_id} if actor.unit_id is None else {actor.unit_id}
    if actor.county_id is None:
        desks |= set(Unit.objects.filter(level=Level.CITY).values_list("pk", flat=True))
    grants = Grant.objects.valid().filter(role__in=STAFF_ROLES, unit_id__in=desks).select_related("user")
    people = {grant.user_id: grant.user.full_name for grant in grants.order_by("user__full_name", "pk")}
    return found, [("", "以后再定"), *((str(key), name) for key, name in people.items())]


class StepForm(DatedForm):
    """Base of a step: which day, and the version of the matter that the page showed."""

    error_title = "没有办成"
    on = DayField(label="日期", error_messages={"required": "请填写日期。"})
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, concern: Concern, actor: Actor, today: date) -> None:
        super().__init__(data, today=today, initial={"on": today, "version": concern.version})
        self.concern, self.actor = concern, actor

    def changes(self) -> dict[str, Any]:
        """Fields of the matter that the step sets."""
        return {}


class NoteForm(StepForm):
    """Words about what was done."""

    rows = (("version",), ("on",), ("text",))
    text = TextField(
        label="说明",
        required=True,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
        error_messages={"required": "请写明做了什么，或为什么。"},
    )


class AssignForm(StepForm):
    """Who answers, until when."""

    rows = (("version",), ("on", "working_days"), ("owner_unit", "owner"), ("text",))
    owner_unit = forms.ChoiceField(label="办理单位")
    owner = forms.ChoiceField(label="经办人", required=False)
    working_days = forms.IntegerField(
        label="办理时限（工作日）", min_value=1, max_value=MOST_DAYS, help_text="从受理次日起算"
    )
    text = TextField(label="交办意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        units, people = owners(self.actor, self.concern.retiree)
        self.fields["owner_unit"].choices = units
        self.fields["owner"].choices = people
        self.initial |= {
            "owner_unit": str(self.concern.owner_unit_id),
            "owner": str(self.concern.owner_id or ""),
            "working_days": self.concern.working_days,
        }

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "owner_unit_id": int(data["owner_unit"]),
            "owner_id": int(data["owner"]) if data["owner"] else None,
            "working_days": data["working_days"],
        }


class ExtendForm(StepForm):
    """More time, with the reason."""

    rows = (("version",), ("on", "working_days"), ("text",))
    working_days = forms.IntegerField(label="办理时限改为（工作日）", min_value=1, max_value=MOST_DAYS)
    text = TextField(
        label="延期理由和批准人",
        required=True,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明延期的理由和批准人。"},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.initial["working_days"] = self.concern.working_days + 10

    def clean_working_days(self) -> int:
        days: int = self.cleaned_data["working_days"]
        if days <= self.concern.working_days:
            raise forms.ValidationError(f"现在是{self.concern.working_days}个工作日，延期应更长。")
        return days

    def changes(self) -> dict[str, Any]:
        return {"working_days": self.cleaned_data["working_days"]}


class AnswerForm(StepForm):
    """What was answered, how, with what result."""

    rows = (("version",), ("on", "answer_way", "result"), ("answer",))
    answer_way = forms.ChoiceField(label="答复方式", choices=Way.choices)
    result = forms.ChoiceField(label="办理结果", choices=Result.choices)
    answer = TextField(
        label="答复内容",
        required=True,
        max_length=4000,
        widget=forms.Textarea(attrs=LONG),
        error_messages={"required": "请写明答复了什么。"},
    )

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("answer", "answer_way", "result")}


class CloseForm(StepForm):
    """Done: what the person said to it."""

    rows = (("version",), ("on", "satisfaction"), ("text",))
    satisfaction = forms.ChoiceField(label="本人满意度", choices=Satisfaction.choices)
    text = TextField(label="回访情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def changes(self) -> dict[str, Any]:
        return {"satisfaction": self.cleaned_data["satisfaction"]}


FORMS: dict[StepKind, type[StepForm]] = {
    StepKind.ASSIGNED: AssignForm,
    StepKind.NOTE: NoteForm,
    StepKind.EXTENDED: ExtendForm,
    StepKind.REMINDED: NoteForm,
    StepKind.ANSWERED: AnswerForm,
    StepKind.CLOSED: CloseForm,
    StepKind.REOPENED: NoteForm,
    StepKind.DECLINED: NoteForm,
    StepKind.WITHDRAWN: NoteForm,
}
