"""Forms of the money: sources, and what is planned of them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q

from apps.core.inputs import MoneyField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.visits.models import Budget, Campaign, FundSource


class SourceForm(PlainForm):
    """A source of money: what it is called in the papers of the office."""

    error_title = "资金来源没有保存"
    name = WordsField(
        label="名称",
        max_length=40,
        help_text="按经费文件或账目上的叫法，如：财政老干部专项经费",
        error_messages={"required": "请填写名称。"},
    )
    sort = forms.IntegerField(
        label="次序", min_value=0, max_value=9999, initial=0, help_text="小的排在前面，登记走访时先看到"
    )
    token = TokenField()

    def __init__(
        self, data: Any = None, *, initial: dict[str, Any], source: FundSource | None, actor: Actor
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), **initial})
        self.source, self.actor = source, actor

    def is_taken(self) -> bool:
        """Whether the office has one of this name, which the form then says. Asked after the token, so that a double
        click is no double."""
        county = self.source.county_id if self.source else self.actor.county_id
        same = FundSource.objects.filter(county_id=county, name=self.cleaned_data["name"])
        found = same.exclude(pk=getattr(self.source, "pk", None)).first()
        if found is None:
            return False
        more = "" if found.is_active else "它已停用，要用请在列表里重新启用。"
        self.add_error("name", f"这个资金来源已经有了。{more}")
        return True

    def values(self) -> dict[str, Any]:
        """Fields of the source."""
        return {name: self.cleaned_data[name] for name in ("name", "sort")}


class BudgetForm(PlainForm):
    """What may be spent of a source: in a campaign, or on everything else of a year."""

    error_title = "经费计划没有保存"
    source = forms.ModelChoiceField(
        label="资金来源",
        queryset=FundSource.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择资金来源。", "invalid_choice": "请从列表里选择资金来源。"},
    )
    campaign = forms.ModelChoiceField(
        label="走访活动",
        queryset=Campaign.objects.none(),
        required=False,
        empty_label="不属于某次活动（全年日常走访）",
        error_messages={"invalid_choice": "请从列表里选择走访活动。"},
    )
    year = forms.TypedChoiceField(
        label="年份",
        coerce=int,
        error_messages={"required": "请选择年份。", "invalid_choice": "请从列表里选择年份。"},
    )
    amount = MoneyField(
        label="计划金额",
        required=True,
        max_digits=12,
        help_text="元，可以有角分",
        error_messages={"required": "请填写计划金额。", "invalid": "金额填成12345.60这样。"},
    )
    approved_by_name = WordsField(label="批准人", max_length=60, required=False)
    paper = WordsField(label="依据", max_length=120, required=False, help_text="批文或会议纪要")
    token = TokenField()

    def __init__(
        self,
        data: Any = None,
        *,
        initial: dict[str, Any],
        years: Sequence[int],
        budget: Budget | None,
        actor: Actor,
    ) -> None:
        super().__init__(data, initial=initial)
        self.budget, self.actor = budget, actor
        kept_years = sorted({*years, budget.year} if budget else years, reverse=True)
        self.fields["year"].choices = [(year, f"{year}年") for year in kept_years]
        sources = FundSource.objects.visible_to(actor)
        kept = Q(is_active=True) | Q(pk=budget.source_id if budget else None)
        self.fields["source"].queryset = sources.filter(kept).order_by("sort", "pk")
        self.fields["campaign"].queryset = Campaign.objects.visible_to(actor).order_by("-starts_on", "-pk")

    def is_taken(self) -> bool:
        """Whether there is such a budget already, which the form then says."""
        county = self.budget.county_id if self.budget else self.actor.county_id
        values = self.values()
        same = Budget.objects.filter(
            county_id=county, source=values["source"], campaign=values["campaign"], year=values["year"]
        )
        if not same.exclude(pk=getattr(self.budget, "pk", None)).exists():
            return False
        self.add_error("source", "这个来源在这次活动（或这一年）已有计划，请在台账里点它的计划金额修改。")
        return True

    def values(self) -> dict[str, Any]:
        """Fields of the budget."""
        names = ("source", "campaign", "year", "amount", "approved_by_name", "paper")
        return {name: self.cleaned_data[name] for name in names}
