"""What is to be reckoned ahead."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from apps.benefits.choices import StandardState
from apps.benefits.forms.runs import BACK, months_back
from apps.benefits.models import Standard
from apps.benefits.queries.effects import Amount
from apps.benefits.queries.forecast import BANDS
from apps.benefits.queries.standards import JOINED, kept_by, seen_by
from apps.benefits.rules.months import month_of
from apps.core.chinese import format_date
from apps.core.inputs import MoneyField, PlainForm, TokenField, WordsField
from apps.core.scope import Actor

AHEAD = 37
RECENT_YEARS = 3
"""Published standards are offered that began so many years ago or later."""


def standard_words(standard: Standard) -> str:
    """草稿 · 时期护理费 · 解放战争时期550元 · 2026年1月1日起."""
    since = f"{format_date(standard.during.lower)}起"
    return " · ".join((standard.get_state_display(), standard.benefit.name, standard.label, since))


class StandardsField(forms.ModelMultipleChoiceField):
    """Several of them, each with its state and its day."""

    def label_from_instance(self, obj: Standard) -> str:
        """Words for a box."""
        return standard_words(obj)


class StandardField(forms.ModelChoiceField):
    """One of them."""

    def label_from_instance(self, obj: Standard) -> str:
        """Words for the list."""
        return f"{obj.benefit.name} · {obj.label}"


class EffectForm(PlainForm):
    """Which standards, or another amount, over which months."""

    error_title = "没有测算"
    title = WordsField(label="名称", max_length=120, required=False, help_text="不填就用标准的名称")
    standards = StandardsField(
        label="测算这些标准",
        queryset=Standard.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="草稿和待复核的按已发布计算；已发布的，看它给谁增加了多少",
    )
    base = StandardField(
        label="或者把一条现行标准改金额",
        queryset=Standard.objects.none(),
        required=False,
        empty_label="不改金额",
        error_messages={"invalid_choice": "请从列表里选择标准。"},
    )
    amount = MoneyField(label="改为多少元")
    starts = forms.TypedChoiceField(label="从哪个月起改", coerce=date.fromisoformat, required=False)
    first_month = forms.TypedChoiceField(
        label="测算从", coerce=date.fromisoformat, required=False, empty_value=None
    )
    last_month = forms.TypedChoiceField(label="测算到", coerce=date.fromisoformat)
    token = TokenField()

    def __init__(self, data: Any = None, *, actor: Actor, today: date, chosen: Sequence[int] = ()) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "standards": list(chosen)})
        since = today.replace(year=today.year - RECENT_YEARS, day=1)
        drafts = Q(state__in=(StandardState.DRAFT, StandardState.WAITING), is_example=False)
        own = kept_by(actor).filter(drafts | Q(pk__in=chosen))
        seen = seen_by(actor)
        recent = seen.in_use().filter(Q(during__startswith__gte=since) | Q(pk__in=chosen))
        offered = Standard.objects.filter(Q(pk__in=own) | Q(pk__in=recent), benefit__audience="cadre")
        self.fields["standards"].queryset = offered.select_related(*JOINED).order_by("state", "benefit", "pk")
        in_use = seen.in_use().filter(amount__gt=0, benefit__audience="cadre", during__contains=today)
        self.fields["base"].queryset = in_use.select_related(*JOINED).order_by("benefit", "pk")
        around = list(months_back(today, BACK, ahead=AHEAD))
        self.fields["starts"].choices = around
        self.fields["starts"].initial = month_of(today).isoformat()
        self.fields["first_month"].choices = [("", "从标准执行起"), *around]
        self.fields["last_month"].choices = around
        self.fields["last_month"].initial = date(today.year + 1, 12, 1).isoformat()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        base, standards = data.get("base"), data.get("standards") or []
        if not standards and base is None and "standards" not in self.errors:
            self.add_error("standards", "请至少选择一条标准，或者选择一条现行标准改金额。")
        if base is not None and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "请填写改为多少元。")
        if base is not None and base in standards:
            self.add_error("base", "这条标准已经在上面选中，不能同时改金额。")
        first, last = self._first(data), data.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "截止月份不能早于起始月份。")
        data["first_month"] = first
        return data

    def _first(self, data: dict[str, Any]) -> date | None:
        if data.get("first_month"):
            return data["first_month"]
        starts = [month_of(one.during.lower) for one in data.get("standards") or []]
        if data.get("base") is not None and data.get("starts"):
            starts.append(data["starts"])
        return min(starts, default=None)

    def changed(self) -> Amount | None:
        """The other amount, where one is asked."""
        data = self.cleaned_data
        if data["base"] is None:
            return None
        return Amount(data["base"].pk, data["amount"], data["starts"])

    def named(self) -> str:
        """The title, or one made of what is chosen."""
        data = self.cleaned_data
        if data["title"]:
            return str(data["title"])
        names: Iterable[str] = [one.label for one in data["standards"]]
        if data["base"] is not None:
            names = [*names, f"{data['base'].label}改为{data['amount']}元"]
        return "、".join(names)[:120]


def band_words(place: int) -> str:
    """70至79周岁."""
    first = BANDS[place]
    if place == len(BANDS) - 1:
        return f"{first}周岁以上"
    return f"不满{BANDS[1]}周岁" if place == 0 else f"{first}至{BANDS[place + 1] - 1}周岁"


class ForecastForm(PlainForm):
    """A year, and the shares that die in a year by age, in percent."""

    error_title = "没有测算"
    year = forms.TypedChoiceField(label="哪一年", coerce=int)
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date, rates: Sequence[Decimal | None]) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.fields["year"].choices = [(today.year + one, f"{today.year + one}年") for one in (1, 2, 0)]
        for place in range(len(BANDS)):
            known = rates[place]
            self.fields[f"rate_{place}"] = forms.DecimalField(
                label=f"{band_words(place)}每年去世（%）",
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
                initial=None if known is None else f"{known * 100:.2f}",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                help_text="名册里最近三年没有这个年龄的人，请自行估计" if known is None else "",
                error_messages={"required": "请填写百分比，没有就填0。", "invalid": "请填写0到100的数。"},
            )
        self.order_fields(["year", *(f"rate_{place}" for place in range(len(BANDS))), "token"])

    def rates(self) -> list[Decimal]:
        """As shares."""
        return [self.cleaned_data[f"rate_{place}"] / 100 for place in range(len(BANDS))]


class FairnessForm(PlainForm):
    """Of which month."""

    error_title = "没有对比"
    month = forms.TypedChoiceField(label="月份", coerce=date.fromisoformat)
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.fields["month"].choices = list(months_back(today, 24))
        self.fields["month"].initial = month_of(today).isoformat()
