"""Forms of rules and occasions."""

import re
import uuid
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.http import QueryDict

from apps.core.inputs import AnyDayField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.jobs.rules import system_actor
from apps.retirees.models import SavedView
from apps.retirees.queries.asked import asked
from apps.visits.choices import AgeCount, Every, LeaderLevel, OccasionKind, RuleClass, Target, Trigger, Way
from apps.visits.models import Occasion, VisitRule
from apps.visits.queries.rules import OF_OTHER_DAYS

OLDEST = 120
FIELDS = (
    "name",
    "occasion",
    "rule_class",
    "trigger",
    "query",
    "target",
    "every",
    "times",
    "within_days",
    "repeat_every",
    "ages",
    "age_count",
    "ahead_days",
    "who",
    "ways",
    "basis",
    "starts_on",
    "ends_on",
)


class RuleForm(PlainForm):
    """A rule. Who is meant comes from a saved view, or from the address of the list, filtered as one wants it."""

    error_title = "规则没有保存"
    name = WordsField(label="名称", max_length=60, error_messages={"required": "请给规则起个名称。"})
    trigger = forms.ChoiceField(label="何时应访", choices=Trigger.choices, widget=forms.RadioSelect)
    occasion = forms.ModelChoiceField(label="事由", queryset=Occasion.objects.none(), empty_label="请选择")
    rule_class = forms.ChoiceField(label="类型", choices=RuleClass.choices, initial=RuleClass.REGULAR)
    view = forms.ChoiceField(label="按保存的视图选人", required=False)
    address = WordsField(
        label="按名册地址选人",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="在人员名册里筛好以后，把浏览器地址栏里的地址粘贴到这里；没有条件的地址就是全部在册人员",
    )
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput, label="人员条件")
    target = forms.ChoiceField(label="看望谁", choices=Target.choices, initial=Target.SELF)
    every = forms.ChoiceField(
        label="周期",
        required=False,
        choices=[("", "不分周期"), *Every.choices],
        help_text="“每隔一段时间”的规则必填",
    )
    times = forms.IntegerField(label="每周期几次", min_value=1, max_value=31, initial=1)
    within_days = forms.IntegerField(
        label="几天之内", required=False, min_value=0, max_value=365, help_text="住院、出院、去世等情况发生后"
    )
    repeat_every = forms.ChoiceField(
        label="住院（病危）期间",
        required=False,
        choices=[("", "只看望一次"), *((value, f"{label}至少1次") for value, label in Every.choices)],
    )
    ages = WordsField(
        label="哪些岁数的生日", required=False, max_length=120, help_text="如：80、90、100；空着就是每个生日"
    )
    age_count = forms.ChoiceField(label="岁数按", choices=AgeCount.choices, initial=AgeCount.FULL)
    ahead_days = forms.IntegerField(
        label="提前几天列入", min_value=0, max_value=60, initial=7, help_text="生日，或下一个周期开始之前"
    )
    who = forms.ChoiceField(
        label="应由谁去",
        required=False,
        choices=[("", "不限"), *LeaderLevel.choices],
        help_text="这一级或更高",
    )
    ways = forms.MultipleChoiceField(
        label="哪些方式算数",
        required=False,
        choices=Way.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不勾就是哪种都算",
    )
    basis = WordsField(label="依据", max_length=200, required=False, help_text="文件名称和文号，或会议")
    starts_on = AnyDayField(label="从哪天起", error_messages={"required": "请填写从哪天起。"})
    ends_on = AnyDayField(label="到哪天止", required=False)
    token = TokenField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, data: Any = None, *, actor: Actor, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        self.actor = actor
        occasions: Any = self.fields["occasion"]
        occasions.queryset = Occasion.objects.filter(is_active=True)
        views: Any = self.fields["view"]
        self.views = {str(one.pk): one.query for one in SavedView.objects.visible_to(actor)}
        names = [(str(one.pk), one.name) for one in SavedView.objects.visible_to(actor)]
        views.choices = [("", "不用视图"), *names]
        self.helper.layout = Layout(
            "name",
            Row(Column("occasion"), Column("rule_class")),
            Fieldset("看望谁", "view", "address", "target"),
            Fieldset(
                "何时",
                "trigger",
                Row(Column("every"), Column("times"), Column("ahead_days")),
                Row(Column("within_days"), Column("repeat_every")),
                Row(Column("ages"), Column("age_count")),
                Row(Column("starts_on"), Column("ends_on")),
            ),
            Fieldset("怎么看望", "who", "ways", "basis"),
            "query",
            "token",
            "version",
        )

    @property
    def people_words(self) -> str:
        """Whom the rule means as the form stands, in the words of the list."""
        query = str(self.data.get("query", "")) if self.is_bound else str(self.initial.get("query") or "")
        return asked(system_actor(self.actor.county_id), query[:4000]).words or "全部在册人员"

    def clean_ages(self) -> list[int]:
        text = self.cleaned_data["ages"]
        words = [word for word in re.split(r"[、,，;；\s]+", text.replace("岁", "")) if word]
        if not all(word.isascii() and word.isdecimal() and 0 < int(word) <= OLDEST for word in words):
            raise forms.ValidationError(f"岁数请写1到{OLDEST}的数字，用顿号隔开，如：80、90、100。")
        return sorted({int(word) for word in words})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._read(data)
        trigger, every = data.get("trigger"), data.get("every")
        if trigger == Trigger.PERIOD and not every and "every" not in self.errors:
            self.add_error("every", "定期走访要选周期。")
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        if trigger != Trigger.PERIOD:
            data["every"], data["times"] = "", 1
        if trigger != Trigger.BIRTHDAY:
            data["ages"], data["age_count"] = [], AgeCount.FULL
        if trigger not in (Trigger.HOSPITAL, Trigger.CRITICAL):
            data["repeat_every"] = ""
        if trigger in (Trigger.PERIOD, Trigger.BIRTHDAY, Trigger.FESTIVAL, Trigger.NAMED_LEADER):
            data["within_days"] = None
        return data

    def _read(self, data: dict[str, Any]) -> None:
        """Who is meant: the view or the pasted address, else as before; as the list understands it with the office's
        eyes. What it does not understand is said."""
        where = "view" if data.get("view") else "address"
        if data.get("view"):
            data["query"] = self.views[data["view"]]
        elif data.get("address"):
            text = data["address"].strip()
            plain = text.startswith(("http", "/")) and "?" not in text
            data["query"] = "" if plain else text.partition("?")[2] or text
        rest = QueryDict(data.get("query") or "", mutable=True)
        for name in ("sort", "view", "by", "page", "after", "before"):
            rest.pop(name, None)
        if set(rest) & OF_OTHER_DAYS:
            self.add_error(where, "条件里有姓名、某一天、变动或导入批次，只适用于查一次；请去掉再用。")
            return
        found = asked(system_actor(self.actor.county_id), rest.urlencode())
        if found.dropped:
            self.add_error(where, f"看不懂这些条件：{'、'.join(found.dropped)[:80]}。请从人员名册重新复制。")
            return
        data["query"] = found.query

    def values(self) -> dict[str, Any]:
        """Fields of the rule."""
        return {name: self.cleaned_data[name] for name in FIELDS}


def rule_as_typed(rule: VisitRule) -> dict[str, Any]:
    """Initial values of the form."""
    values = {name: getattr(rule, name) for name in FIELDS}
    return values | {"ages": "、".join(map(str, rule.ages)), "version": rule.version}


class OccasionForm(PlainForm):
    """An occasion: of the built-in ones only what may be given."""

    error_title = "事由没有保存"
    name = WordsField(label="名称", max_length=20, error_messages={"required": "请填写名称。"})
    kind = forms.ChoiceField(label="类别", choices=OccasionKind.choices)
    money_limit = forms.DecimalField(
        label="每人每次慰问金上限（元）", required=False, min_value=0, max_digits=8, decimal_places=2
    )
    goods_limit = forms.DecimalField(
        label="每人每次慰问品上限（元）", required=False, min_value=0, max_digits=8, decimal_places=2
    )
    limit_paper = WordsField(
        label="标准依据", max_length=120, required=False, help_text="上限写在哪份文件里；没有依据的不要填上限"
    )
    is_active = forms.BooleanField(label="启用", required=False, initial=True)
    token = TokenField()

    def __init__(self, data: Any = None, *, initial: dict[str, Any], builtin: bool = False) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        if builtin:
            for name in ("name", "kind"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        limits = (data.get("money_limit"), data.get("goods_limit"))
        if any(one is not None for one in limits) and not data.get("limit_paper"):
            self.add_error("limit_paper", "有上限的，请写明依据。")
        return data
