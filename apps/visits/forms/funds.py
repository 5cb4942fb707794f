"""Forms of the money: sources, and what is planned of them."""

import uuid
from typing import Any

from django import forms

from apps.core.inputs import PlainForm, TokenField, WordsField
from apps.core.scope import Actor
from apps.visits.models import FundSource


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
