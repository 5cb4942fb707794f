"""Which paper of a campaign, about whom, in which format."""

import uuid
from typing import Any

from django import forms

from apps.core.inputs import PlainForm, TokenField
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.models import Campaign, Team

PAPERS = (
    ("groups", "分组表：每组的领导、时间、路线和人员"),
    ("routes", "路线单：每组一页，按走访先后"),
    ("signatures", "签收表：慰问品、慰问金和签收栏，金额合计"),
    ("letters", "慰问信：每人一页"),
)
FORMATS = (("pdf", "PDF，直接打印"), ("docx", "Word，可以再改"))


class PaperForm(PlainForm):
    """A paper of a campaign."""

    error_title = "没有生成"
    paper = forms.ChoiceField(label="打印什么", choices=PAPERS, widget=forms.RadioSelect, initial="groups")
    scope = forms.ChoiceField(label="哪些人", required=False)
    form = forms.ChoiceField(label="格式", choices=FORMATS, widget=forms.RadioSelect, initial="pdf")
    token = TokenField()

    def __init__(self, data: Any = None, *, actor: Actor, campaign: Campaign) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        found = [("", "全部还没看望的人")]
        if actor.county_id is None and campaign.county_id is None:
            counties = Unit.objects.visible_to(actor).counties()
            found += [(f"county-{unit.pk}", unit.label) for unit in counties]
        teams = Team.objects.visible_to(actor).filter(campaign=campaign).select_related("county")
        for team in teams.order_by("county__sort", "sort", "pk"):
            found.append(
                (f"team-{team.pk}", f"{team.name}（{team.county.label if team.county else '市局'}）")
            )
        field: Any = self.fields["scope"]
        field.choices = found

    def about(self) -> dict[str, int | None]:
        """Of which group, of which county."""
        kind, _, key = self.cleaned_data["scope"].partition("-")
        return {name: int(key) if kind == name else None for name in ("team", "county")}
