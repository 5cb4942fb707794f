"""Forms of groups: forming them from the list, one of them, moving people."""

from typing import Any

from django import forms

from apps.core.inputs import AnyDayField, PlainForm, WordsField
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.models import Campaign, Leader, Team
from apps.visits.rules.team_days import day_note

MOST = 200


class LeaderField(forms.ModelMultipleChoiceField):
    """Leaders of the actor's office, with their posts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Leader.objects.none(), widget=forms.CheckboxSelectMultiple, required=False, **kwargs
        )


class ClockField(forms.TimeField):
    """A time of day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), required=False, **kwargs
        )


def leaders_of(actor: Actor) -> Any:
    """Leaders in office whom the actor's office sends: its own; the city also those of counties."""
    return Leader.objects.kept_by(actor).filter(is_active=True)


class FormingForm(PlainForm):
    """Forming groups of all who are in none yet."""

    error_title = "没有分组"
    size = forms.IntegerField(
        label="每组最多几人", min_value=1, max_value=MOST, initial=15, help_text="同一单位的尽量在一组"
    )
    county = forms.ModelChoiceField(
        label="只分哪个县市区", queryset=Unit.objects.none(), required=False, empty_label="全部"
    )
    leaders = LeaderField(label="带队领导", help_text="轮流带队，同一天不重；不选就先不定领导和日期")
    first_day = AnyDayField(label="从哪天开始", error_messages={"required": "请填写从哪天开始。"})
    starts_at = ClockField(label="出发时间")
    ends_at = ClockField(label="结束时间")

    def __init__(self, data: Any = None, *, actor: Actor, campaign: Campaign) -> None:
        super().__init__(data, initial={"first_day": campaign.starts_on})
        self.campaign = campaign
        fields: Any = self.fields
        fields["leaders"].queryset = leaders_of(actor)
        if actor.county_id is None and campaign.county_id is None:
            fields["county"].queryset = Unit.objects.visible_to(actor).counties()
        else:
            del self.fields["county"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first = data.get("first_day")
        if first and not self.campaign.starts_on <= first <= self.campaign.ends_on:
            self.add_error("first_day", "日期要在活动的开始和结束日期之间。")
        return check_times(self, data)


def check_times(form: PlainForm, data: dict[str, Any]) -> dict[str, Any]:
    """The end after the beginning."""
    starts, ends = data.get("starts_at"), data.get("ends_at")
    if starts and ends and ends <= starts:
        form.add_error("ends_at", "结束时间应晚于出发时间。")
    return data


class TeamForm(PlainForm):
    """One group."""

    error_title = "走访组没有保存"
    name = WordsField(label="组名", max_length=40, error_messages={"required": "请填写组名。"})
    lead = forms.ModelChoiceField(
        label="带队领导", queryset=Leader.objects.none(), required=False, empty_label="未定"
    )
    members = LeaderField(label="成员")
    staff = WordsField(label="随行人员", max_length=120, required=False)
    day = AnyDayField(label="日期", required=False)
    starts_at = ClockField(label="出发时间")
    ends_at = ClockField(label="结束时间")
    route = WordsField(
        label="路线", max_length=200, required=False, help_text="如：局机关—财政局—水利局家属院"
    )

    def __init__(
        self, data: Any = None, *, actor: Actor, campaign: Campaign, team: Team | None = None
    ) -> None:
        initial = {}
        if team is not None:
            names = ("name", "lead", "staff", "day", "starts_at", "ends_at", "route")
            initial = {name: getattr(team, name) for name in names} | {"members": team.members.all()}
        super().__init__(data, initial=initial)
        self.campaign = campaign
        fields: Any = self.fields
        note = day_note(team.day) if team is not None else ""
        fields["day"].help_text = f"现在定的是{note}，可以不改" if note else "周末、法定节假日也可以定"
        known = leaders_of(actor)
        fields["lead"].queryset = fields["members"].queryset = known

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("day")
        if day and not self.campaign.starts_on <= day <= self.campaign.ends_on:
            self.add_error("day", "日期要在活动的开始和结束日期之间。")
        return check_times(self, data)

    def values(self) -> dict[str, Any]:
        """Fields of the group, without its members."""
        return {name: value for name, value in self.cleaned_data.items() if name != "members"}
