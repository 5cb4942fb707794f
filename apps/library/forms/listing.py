"""Conditions of the list of papers."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from apps.core.chinese import format_date
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.library.choices import PaperLevel, Validity
from apps.library.queries import CITY
from apps.units.models import Unit


class PaperConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused by the view."""

    q = forms.CharField(
        label="文号、标题或内容里的字",
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "文号、标题、机关、摘要、条文里的字，空格隔开"}
        ),
    )
    level = forms.ChoiceField(label="层级", required=False, choices=[("", "层级：全部"), *PaperLevel.choices])
    validity = forms.ChoiceField(
        label="效力", required=False, choices=[("", "效力：全部"), *Validity.choices]
    )
    office = forms.ChoiceField(label="谁登记的", required=False)
    on = forms.DateField(label="效力看哪一天", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        counties = Unit.objects.visible_to(actor).counties()
        field: Any = self.fields["office"]
        field.choices = [
            ("", "登记单位：全部"),
            (CITY, "市局"),
            *((str(row.pk), row.label) for row in counties),
        ]

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields) - set(PARAMETERS)

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of the conditions in force."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if not value:
                continue
            if isinstance(value, date):
                found.append((name, f"效力看{format_date(value)}"))
            else:
                words = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value
                found.append((name, f"{field.label}：{words}"))
        return found

    def query_without(self, name: str) -> str:
        """The conditions but one, as a query string."""
        rest = QueryDict(mutable=True)
        for key in self.fields:
            if key != name and self.data.get(key):
                rest[key] = self.data[key]
        return rest.urlencode()
