"""Forms about doubles: the list's conditions, a decision, and what is kept of two records."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.core.inputs import TextField
from apps.core.scope import Actor
from apps.retirees.choices import DoubleReason, DoubleState
from apps.retirees.rules.doubles import AGAINST
from apps.units.models import Unit

BOTH = [("keep", "用留下的"), ("other", "用另一条的")]


class PairFilter(forms.Form):
    """Conditions of the list of pairs."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "待核实"), *((one.value, one.label) for one in DoubleState if one != DoubleState.OPEN)],
    )
    reason = forms.ChoiceField(
        label="理由",
        required=False,
        choices=[
            ("", "理由：全部"),
            *((one.value, one.label) for one in DoubleReason if one not in AGAINST),
        ],
    )
    county = forms.ChoiceField(label="县市区", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        if actor.county_id is not None:
            del self.fields["county"]
            return
        counties = [(str(unit.pk), unit.label) for unit in Unit.objects.counties()]
        field: Any = self.fields["county"]
        field.choices = [("", "县市区：全部"), ("several", "两个县市区之间"), *counties]


class DifferentForm(forms.Form):
    """Why the two are two."""

    why = TextField(label="怎么核实的（选填）", max_length=200)


class MergeForm(forms.Form):
    """Which record is kept, which side is taken where both say something else, and how it was found out."""

    keep = forms.IntegerField(widget=forms.HiddenInput)
    keep_version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)
    why = TextField(
        label="怎么核实是同一个人",
        max_length=200,
        required=True,
        error_messages={"required": "请写明怎么核实的，如：电话问过本人、两单位核对档案。"},
    )

    def __init__(self, data: Any = None, *, open_names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.open_names = list(open_names)
        for name in open_names:
            self.fields[f"side_{name}"] = forms.ChoiceField(choices=BOTH, required=False)

    def sides(self) -> dict[str, str]:
        """The side by field, where one was chosen."""
        return {name: self.cleaned_data.get(f"side_{name}") or "" for name in self.open_names}
