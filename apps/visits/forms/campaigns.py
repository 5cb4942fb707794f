"""Forms of campaigns: what one is, its letter, the steps it takes, who comes on the list or goes off it."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.inputs import AnyDayField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.retirees.models import SavedView
from apps.retirees.queries.asked import asked
from apps.visits.choices import Target, Trigger
from apps.visits.forms.conditions import read_conditions
from apps.visits.models import Campaign, FundSource, Occasion, VisitRule

FIELDS = (
    "title",
    "occasion",
    "starts_on",
    "ends_on",
    "query",
    "target",
    "planned_money",
    "planned_goods",
    "planned_goods_value",
    "planned_source",
    "note",
)
LONGEST = 400
"""Days a campaign may last: a year of 走访 and a bit."""
PLACEHOLDERS = ("姓名", "称呼")


def _money(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=8, decimal_places=2)


class CampaignForm(PlainForm):
    """A draft. Whom it means comes from a saved view, a festival's rule, or an address of the list; ``picked``: people
    were picked by hand, and nothing of that is asked."""

    error_title = "走访活动没有保存"
    title = WordsField(
        label="名称",
        max_length=60,
        help_text="如：2027年春节走访慰问",
        error_messages={"required": "请给活动起个名称。"},
    )
    occasion = forms.ModelChoiceField(label="事由", queryset=Occasion.objects.none(), empty_label="请选择")
    starts_on = AnyDayField(label="开始日期", error_messages={"required": "请填写开始日期。"})
    ends_on = AnyDayField(label="结束日期", error_messages={"required": "请填写结束日期。"})
    target = forms.ChoiceField(
        label="看望谁",
        choices=Target.choices,
        initial=Target.SELF,
        help_text="遗属：看望已去世老干部的遗属，每户一人，按家庭成员里的联系次序",
    )
    view = forms.ChoiceField(label="按保存的视图选人", required=False)
    rule = forms.ChoiceField(label="按节日走访规则选人", required=False)
    query = WordsField(
        label="人员条件",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="在人员名册里筛好以后，把浏览器地址栏里的地址粘贴到这里；空着就是全部在册人员。"
        "选了视图或规则的，以它为准",
    )
    planned_money = _money("每人慰问金（元）")
    planned_goods = WordsField(label="每人慰问品", max_length=80, required=False)
    planned_goods_value = _money("每人慰问品价值（元）")
    planned_source = forms.ModelChoiceField(
        label="资金来源", queryset=FundSource.objects.none(), required=False, empty_label="未定"
    )
    note = WordsField(label="说明", max_length=200, required=False)
    token = TokenField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(
        self, data: Any = None, *, actor: Actor, initial: dict[str, Any], picked: bool = False
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        self.actor = actor
        fields: Any = self.fields
        kept = initial.get("occasion")
        fields["occasion"].queryset = Occasion.objects.filter(
            Q(is_active=True) | Q(pk=getattr(kept, "pk", None))
        )
        sources = FundSource.objects.visible_to(actor).filter(is_active=True)
        fields["planned_source"].queryset = sources
        views = list(SavedView.objects.visible_to(actor))
        rules = list(VisitRule.objects.visible_to(actor).filter(trigger=Trigger.FESTIVAL))
        self.queries = {f"view-{one.pk}": one.query for one in views}
        self.queries |= {f"rule-{one.pk}": one.query for one in rules}
        self.targets = {f"rule-{one.pk}": one.target for one in rules}
        if initial.get("query"):
            now = asked(actor, initial["query"]).words or "全部在册人员"
            fields["query"].help_text = f"现在的条件：{now}。{fields['query'].help_text}"
        fields["view"].choices = [("", "不用视图"), *((f"view-{one.pk}", one.name) for one in views)]
        fields["rule"].choices = [("", "不用规则"), *((f"rule-{one.pk}", one.name) for one in rules)]
        if picked:
            for name in ("view", "rule", "query"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("view") and data.get("rule"):
            self.add_error("rule", "视图和规则只能选一个。")
        for name in ("view", "rule", "query"):
            typed = self.queries.get(data.get(name, ""), "") if name != "query" else data.get("query", "")
            if data.get(name):
                self._read(data, name, typed)
                break
        data["target"] = self.targets.get(data.get("rule", ""), data.get("target"))
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        elif starts and ends and (ends - starts).days > LONGEST:
            self.add_error("ends_on", "一次活动最长一年左右，请看看年份有没有填错。")
        given = data.get("planned_money") or data.get("planned_goods_value")
        if given and not data.get("planned_source") and self.fields["planned_source"].queryset.exists():
            self.add_error("planned_source", "有慰问金或慰问品的，请选资金来源。")
        return data

    def _read(self, data: dict[str, Any], name: str, typed: str) -> None:
        try:
            data["query"] = read_conditions(self.actor.county_id, typed)
        except ValidationError as problem:
            self.add_error(name, problem)

    def values(self) -> dict[str, Any]:
        """Fields of the campaign."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}


def campaign_as_typed(campaign: Campaign) -> dict[str, Any]:
    """Initial values of the form."""
    return {name: getattr(campaign, name) for name in FIELDS} | {"version": campaign.version}


class CopyForm(PlainForm):
    """The days of another year."""

    error_title = "没有复制"
    starts_on = AnyDayField(label="开始日期", error_messages={"required": "请填写开始日期。"})
    ends_on = AnyDayField(label="结束日期", error_messages={"required": "请填写结束日期。"})
    token = TokenField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and not 0 <= (ends - starts).days <= LONGEST:
            self.add_error("ends_on", "结束日期应在开始日期之后，一次活动最长一年左右。")
        return data


class LetterForm(PlainForm):
    """The text of the letter."""

    error_title = "慰问信没有保存"
    letter = WordsField(
        label="慰问信",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="写{姓名}的地方打印时换成每个人的姓名，写{称呼}的地方换成“姓名＋同志”；"
        "没写{姓名}或{称呼}的，第一行前自动加称呼",
    )

    def clean_letter(self) -> str:
        text: str = self.cleaned_data["letter"]
        rest = text
        for name in PLACEHOLDERS:
            rest = rest.replace(f"{{{name}}}", "")
        if "{" in rest or "}" in rest:
            raise ValidationError("大括号里只能写“姓名”或“称呼”，如：{姓名}。")
        return text


class StepForm(PlainForm):
    """A step of the campaign, asked before it is taken."""

    error_title = "没有办成"
    reason = WordsField(label="原因", max_length=120, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, reason: str, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        if not reason:
            del self.fields["reason"]
        elif reason == "must":
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = "请写明原因。"


class AdditionForm(PlainForm):
    """Somebody comes on a frozen list, with approval."""

    error_title = "没有增补"
    change_reason = WordsField(
        label="增补理由",
        max_length=120,
        help_text="如：定名单后由外地迁回",
        error_messages={"required": "请写明增补理由。"},
    )
    approved_by_name = WordsField(
        label="批准人",
        max_length=60,
        help_text="谁批准的，如：张某（局长）",
        error_messages={"required": "请写明批准人。"},
    )


class AskForm(PlainForm):
    """A place asks for a change of a list that another office keeps."""

    error_title = "申请没有提出"
    change_reason = WordsField(
        label="理由", max_length=120, error_messages={"required": "请写明理由，审批的人要看。"}
    )
    token = TokenField()


class ReturnForm(PlainForm):
    """Why a request goes back."""

    error_title = "没有退回"
    words = WordsField(
        label="退回意见",
        max_length=120,
        help_text="申请单位会看到，如：请先核实是否长期在外地",
        error_messages={"required": "请写明退回的意见。"},
    )
