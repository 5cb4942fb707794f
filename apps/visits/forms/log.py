"""The form of a visit: made to be filled in within two minutes, also on a phone."""

import re
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.models import Q

from apps.core.inputs import DayField, MoneyField, TextField, TokenField
from apps.core.scope import Actor
from apps.retirees.choices import Health, LifeState, SelfCare
from apps.retirees.models import FamilyMember, Retiree
from apps.visits.actions.checking import VisitRefused
from apps.visits.actions.wants import MOST
from apps.visits.choices import LeaderLevel, Mood, SignedBy, Target, Way
from apps.visits.models import Campaign, FundSource, Leader, Occasion, Visit
from apps.visits.rules import VisitorEntry

VALUES = (
    *("visited_on", "way", "place", "occasion", "campaign", "target", "family"),
    *("health_seen", "self_care_seen", "mood", "summary"),
    *("money", "goods", "goods_value", "source", "approved_by_name", "over_limit_reason"),
    *("signed_by", "signed_name", "signed_on"),
)
ALONE = ("target", "family", "health_seen", "self_care_seen", "mood", "signed_by", "signed_name", "signed_on")
"""What is asked of one person only, not where several are logged together."""
SECTIONS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "走访",
        (
            *(("visited_on", "occasion"), ("way",), ("target",), ("family", "place")),
            *(("leaders",), ("others", "others_level"), ("campaign",)),
        ),
    ),
    ("看到的情况", (("summary",), ("wants",), ("health_seen",), ("self_care_seen",), ("mood",))),
    (
        "慰问",
        (
            *(("money", "goods", "goods_value"), ("source", "approved_by_name"), ("over_limit_reason",)),
            *(("signed_by",), ("signed_name", "signed_on")),
        ),
    ),
)
NAMES = re.compile(r"[、,，;；\n]+")
POST = re.compile(r"^(?P<name>[^（(]{1,40})[（(](?P<post>[^）)]{1,80})[）)]$")
MOST_OTHERS = 20


def read_others(text: str, level: str) -> list[VisitorEntry]:
    """王强（科长）、李华 → those who are not on the leaders' list. Raises ValueError, whose text can be shown."""
    found = []
    for word in filter(None, (part.strip() for part in NAMES.split(text))):
        match = POST.match(word)
        name, post = (match["name"].strip(), match["post"].strip()) if match else (word, "")
        if len(name) > 40 or any(sign in name for sign in "（）()"):
            raise ValueError(f"“{word[:20]}”读不出姓名和职务，请写成：王强（科长）、李华。")
        found.append(VisitorEntry(name, post, level))
    if len(found) > MOST_OTHERS:
        raise ValueError(f"其他走访人最多{MOST_OTHERS}人。")
    return found


def others_text(visitors: Sequence[VisitorEntry]) -> str:
    """As ``read_others`` reads it."""
    return "、".join(f"{one.name}（{one.post}）" if one.post else one.name for one in visitors)


class VisitForm(forms.Form):
    """One visit of one person, or the same visit of several (``people``)."""

    error_title = "没有登记"
    token = TokenField()
    visited_on = DayField(label="走访日期", error_messages={"required": "请填写走访日期。"})
    occasion = forms.ModelChoiceField(
        label="事由",
        queryset=Occasion.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择事由。"},
    )
    way = forms.ChoiceField(
        label="方式",
        choices=Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择走访方式。"},
    )
    target = forms.ChoiceField(label="看望对象", choices=Target.choices, widget=forms.RadioSelect)
    family = forms.ModelChoiceField(
        label="哪位家属", queryset=FamilyMember.objects.none(), required=False, empty_label="不具体到人"
    )
    place = TextField(label="地点", max_length=80, help_text="医院、养老机构的名称，不写住址")
    leaders = forms.MultipleChoiceField(label="走访领导", required=False, widget=forms.CheckboxSelectMultiple)
    others = TextField(
        label="其他走访人", max_length=400, help_text="用顿号隔开，职务写在括号里：王强（科长）、李华"
    )
    others_level = forms.ChoiceField(
        label="其他走访人的层级", choices=LeaderLevel.choices, initial=LeaderLevel.STAFF
    )
    campaign = forms.ModelChoiceField(
        label="走访活动", queryset=Campaign.objects.none(), required=False, empty_label="不属于活动"
    )
    health_seen = forms.ChoiceField(
        label="健康状况",
        choices=[("", "没有了解"), *Health.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text="按当天看到的登记，保存后更新本人的健康状况；不写病名",
    )
    self_care_seen = forms.ChoiceField(
        label="生活自理",
        choices=[("", "没有了解"), *SelfCare.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    mood = forms.ChoiceField(
        label="情绪", choices=[("", "没有了解"), *Mood.choices], required=False, widget=forms.RadioSelect
    )
    summary = TextField(
        label="走访情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不写病名和证件号码；不得写涉密内容",
    )
    wants = TextField(
        label="当场提出的诉求",
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一行一件，每件一句话；保存后转到“诉求办理”，按期答复本人",
    )
    money = MoneyField(label="慰问金（元）", max_digits=8)
    goods = TextField(label="慰问品", max_length=80)
    goods_value = MoneyField(label="慰问品价值（元）", max_digits=8)
    source = forms.ModelChoiceField(
        label="资金来源", queryset=FundSource.objects.none(), required=False, empty_label="未填"
    )
    approved_by_name = TextField(label="批准人", max_length=60)
    over_limit_reason = TextField(label="超标准说明", max_length=120, help_text="超过标准时填写")
    signed_by = forms.ChoiceField(
        label="签收", choices=[("", "没有签收"), *SignedBy.choices], required=False, widget=forms.RadioSelect
    )
    signed_name = TextField(label="签收人", max_length=40)
    signed_on = DayField(label="签收日期", required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        people: Sequence[Retiree],
        actor: Actor,
        today: date,
        initial: dict[str, Any] | None = None,
        visit: Visit | None = None,
    ) -> None:
        self.people, self.actor, self.visit = people, actor, visit
        first = {"token": uuid.uuid4(), "visited_on": today, "way": Way.HOME, "target": Target.SELF}
        super().__init__(data, files, initial={**first, **(initial or {})})
        for field in self.fields.values():
            field.today = today
        if len(people) != 1 or visit is not None:
            del self.fields["wants"]
        if len(people) != 1:
            for name in ALONE:
                del self.fields[name]
        self._offer()
        self.helper = FormHelper()
        self.helper.form_tag = False
        parts = [
            Fieldset(title, *(self._row(row) for row in rows if self._there(row))) for title, rows in SECTIONS
        ]
        self.helper.layout = Layout("token", *parts)

    def _there(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name in self.fields]

    def _row(self, names: tuple[str, ...]) -> Any:
        there = self._there(names)
        return there[0] if len(there) == 1 else Row(*map(Column, there))

    def _offer(self) -> None:
        """What may be chosen: plans of the city and of the people's own county."""
        fields: dict[str, Any] = self.fields
        counties = {person.county_id for person in self.people}
        own = Q(county=None) | (Q(county_id=counties.pop()) if len(counties) == 1 else Q(pk=None))
        fields["occasion"].queryset = Occasion.objects.filter(
            Q(is_active=True) | Q(pk=self.visit.occasion_id if self.visit else None)
        )
        if "occasion" not in self.initial:
            self.initial["occasion"] = fields["occasion"].queryset.filter(code="routine").first()
        campaigns = Campaign.objects.visible_to(self.actor)
        fields["campaign"].queryset = campaigns.running().filter(own) | campaigns.filter(
            own, pk=self.visit.campaign_id if self.visit else None
        )
        offered = Q(is_active=True) | Q(pk=self.visit.source_id if self.visit else None)
        fields["source"].queryset = FundSource.objects.visible_to(self.actor).filter(own).filter(offered)
        self.offered = {
            str(one.pk): one for one in Leader.objects.visible_to(self.actor).filter(own, is_active=True)
        }
        fields["leaders"].choices = [(key, str(one)) for key, one in self.offered.items()]
        if not self.offered:
            del self.fields["leaders"]
        if "family" in fields:
            person = self.people[0]
            fields["family"].queryset = FamilyMember.objects.visible_to(self.actor).filter(
                retiree_id=person.pk
            )
            fields["family"].label_from_instance = lambda one: f"{one.name}（{one.get_relation_display()}）"
            if person.state == LifeState.DEAD and self.visit is None:
                self.initial["target"] = Target.SURVIVOR

    @property
    def wants_source(self) -> bool:
        """Whether there is no source of money to choose, so that no gift can be recorded."""
        field: Any = self.fields["source"]
        return not field.queryset.exists()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            typed = read_others(data.get("others") or "", data.get("others_level") or LeaderLevel.STAFF)
        except ValueError as problem:
            self.add_error("others", str(problem))
            return data
        chosen = [self.offered[key] for key in data.get("leaders", ())]
        self.visitors = [VisitorEntry(one.name, one.post, one.level, one.pk) for one in chosen] + typed
        if not self.visitors and "others" not in self.errors:
            self.add_error("others", "请选择走访领导，或写明其他走访人。")
        if data.get("signed_by") and not data.get("signed_on"):
            data["signed_on"] = data.get("visited_on")
        campaign = data.get("campaign")
        if campaign is not None:
            data["occasion"] = campaign.occasion
        return data

    def clean_wants(self) -> list[str]:
        """A line each."""
        lines = [line.strip() for line in (self.cleaned_data["wants"] or "").splitlines() if line.strip()]
        if len(lines) > MOST or any(len(line) > 80 for line in lines):
            raise forms.ValidationError(f"最多{MOST}件，每件一句话，不超过80字；细节登记后在诉求里补充。")
        return lines

    def values(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        found = {name: self.cleaned_data[name] for name in VALUES if name in self.cleaned_data}
        return {"target": Target.SELF, **found}

    def refuse(self, refusal: VisitRefused) -> None:
        """Show why the action wrote nothing, each fault at its field."""
        several = len(self.people) > 1
        for one in refusal.faults:
            name = "others" if one.fault.field == "visitors" else one.fault.field
            text = (
                one.fault.text
                if not several or one.name in one.fault.text
                else f"{one.name}：{one.fault.text}"
            )
            self.add_error(name if name in self.fields else None, text)


class RemoveForm(forms.Form):
    """Why a visit goes out of the log."""

    reason = TextField(
        label="删除原因",
        required=True,
        max_length=200,
        help_text="如：登记错人、重复登记",
        error_messages={"required": "请写明删除原因。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
