"""Who stands behind a matter: looked for, ticked, taken off. templates/concerns/_others.html draws the boxes."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.concerns.forms.steps import DatedForm, StepForm
from apps.concerns.models import Concern
from apps.core.inputs import TextField
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree

MOST_OTHERS = 200
LONGEST_NAME = 20


class OthersForm(DatedForm):
    """Base of the two forms that name them. A subclass calls ``offer_people``."""

    people_count = forms.IntegerField(
        label="涉及人数",
        min_value=1,
        max_value=9999,
        initial=1,
        help_text="集体提出的填总人数，不在册的人也算；在册的请在下面逐个选上",
    )
    others = forms.MultipleChoiceField(
        label="共同提出人",
        required=False,
        error_messages={"invalid_choice": "共同提出人里有本县市区名册上没有的人，请重新选择。"},
    )

    def offer_people(
        self,
        actor: Actor,
        person: Retiree,
        found: Sequence[Retiree],
        picked: Sequence[str],
        there: Sequence[Retiree] = (),
    ) -> None:
        """Let those be ticked who are picked or found, and who stand there already, whatever became of them."""
        typed = self.data.getlist("others") if self.is_bound else picked
        self.people = people_behind(actor, person, typed, found) | {str(one.pk): one for one in there}
        field: Any = self.fields["others"]
        field.choices = [(key, one.name) for key, one in self.people.items()]

    def other_rows(self) -> list[dict[str, Any]]:
        """Boxes of the page: who is picked, then who was found."""
        picked = set(self["others"].value() or ())
        return [
            {
                "key": key,
                "name": one.name,
                "place": f"{one.county.label} {one.unit.label}",
                "picked": key in picked,
            }
            for key, one in sorted(self.people.items(), key=lambda pair: pair[0] not in picked)
        ]

    def clean_others(self) -> list[str]:
        keys: list[str] = self.cleaned_data["others"]
        if len(keys) > MOST_OTHERS:
            raise forms.ValidationError(f"共同提出人最多选{MOST_OTHERS}人，其余写在内容里。")
        return keys

    def others_picked(self) -> list[Retiree]:
        """Who stands behind it, besides the person himself."""
        return [self.people[key] for key in self.cleaned_data["others"]]


class SignersForm(OthersForm, StepForm):
    """Who joined later or no longer stands behind it, and why: a box without its tick takes somebody off."""

    error_title = "没有保存"
    rows = (("version",), ("on", "people_count"), ("text",))
    text = TextField(
        label="理由",
        required=True,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="谁为什么加入，或为什么退出",
        error_messages={"required": "请写明增减的理由。"},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        concern: Concern,
        actor: Actor,
        today: Any,
        there: Sequence[Retiree],
        found: Sequence[Retiree] = (),
        **typed: Any,
    ) -> None:
        StepForm.__init__(self, data, concern=concern, actor=actor, today=today)
        keys = [str(one.pk) for one in there]
        self.initial |= {"people_count": concern.people_count, "others": keys, **typed}
        self.there = {one.pk for one in there}
        self.offer_people(actor, concern.retiree, found, self.initial["others"], there)

    def changes(self) -> dict[str, Any]:
        """As ``change_signers`` takes them."""
        picked = self.others_picked()
        return {
            "joined": [one for one in picked if one.pk not in self.there],
            "left": self.there - {one.pk for one in picked},
            "people_count": self.cleaned_data["people_count"],
        }


def people_behind(
    actor: Actor, person: Retiree, picked: Sequence[str], found: Sequence[Retiree]
) -> dict[str, Retiree]:
    """Key → who may stand behind a matter of ``person``: picked or found, on the register of the same county."""
    keys = {
        int(key) for key in picked[: MOST_OTHERS + 1] if key.isascii() and key.isdecimal() and len(key) < 19
    }
    keys |= {one.pk for one in found}
    rows = Retiree.objects.visible_to(actor).filter(
        pk__in=keys, county_id=person.county_id, state__in=ON_REGISTER
    )
    rows = rows.exclude(pk=person.pk).select_related("county", "unit").order_by("name_sort", "pk")
    return {str(one.pk): one for one in rows}
