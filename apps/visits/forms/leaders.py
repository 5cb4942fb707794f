"""Forms of leaders and of who keeps in touch with whom."""

import uuid
from datetime import date
from typing import Any

from django import forms

from apps.core.inputs import AnyDayField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.visits.choices import LeaderLevel
from apps.visits.models import Leader

NOBODY = "-"


class LeaderForm(PlainForm):
    """A leader who visits: name and post as of now."""

    error_title = "没有保存"
    name = WordsField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    post = WordsField(
        label="职务",
        max_length=80,
        help_text="现在的职务；换了职务改这里，以前的走访记录仍是当时的职务",
        error_messages={"required": "请填写职务。"},
    )
    level = forms.ChoiceField(label="层级", choices=LeaderLevel.choices)
    sort = forms.IntegerField(label="次序", min_value=0, max_value=9999, initial=0, help_text="小的排在前面")
    is_active = forms.BooleanField(label="在任", required=False, initial=True)
    token = TokenField()

    def __init__(
        self, data: Any = None, *, initial: dict[str, Any], leader: Leader | None, actor: Actor
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        self.leader, self.actor = leader, actor

    def is_taken(self) -> bool:
        """Whether he stands there already, which the form then says. Asked after the token, so that a double click is
        no double."""
        data = self.cleaned_data
        county = self.leader.county_id if self.leader else self.actor.county_id
        same = Leader.objects.filter(county_id=county, name=data["name"], post=data["post"])
        if same.exclude(pk=getattr(self.leader, "pk", None)).exists():
            self.add_error("name", "这位领导已经登记。")
            return True
        return False

    def values(self) -> dict[str, Any]:
        """Fields of the leader."""
        return {name: self.cleaned_data[name] for name in ("name", "post", "level", "sort", "is_active")}


class NamedLeaderForm(PlainForm):
    """Who keeps in touch with a person, from which day on."""

    error_title = "没有保存"
    leader = forms.ChoiceField(label="联系领导", error_messages={"required": "请选择联系领导。"})
    since = AnyDayField(label="从哪天起", error_messages={"required": "请填写从哪天起。"})
    note = WordsField(label="说明", max_length=120, required=False)

    def __init__(self, data: Any = None, *, actor: Actor, today: date, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"since": today, **initial})
        self.today = today
        rows = Leader.objects.visible_to(actor).filter(is_active=True).select_related("county")
        self.rows = {str(row.pk): row for row in rows}
        field: Any = self.fields["leader"]
        field.choices = [
            ("", "请选择"),
            *(
                (key, f"{row}{f' · {row.county.label}' if row.county else ''}")
                for key, row in self.rows.items()
            ),
            (NOBODY, "不再指定（结束联系）"),
        ]

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > self.today:
            raise forms.ValidationError("日期不能晚于今天。")
        return since

    @property
    def chosen(self) -> Leader | None:
        """The leader; None to end it."""
        return self.rows.get(self.cleaned_data["leader"])
