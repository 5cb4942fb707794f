"""Fields of the register's conditions, written for a page with fifteen of them and a hundred units."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

NOT_FILLED = ("none", "未填")
FILLED = ("any", "已填")


class PlainSelect(forms.Select):
    """A select written in Python. Django renders a template for each option; with a hundred units and all the choices
    of the filter line that was a third of the page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        attributes = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return format_html("<select{}>{}</select>", attributes, options_html(self.choices, chosen))


class SeveralSelect(forms.SelectMultiple):
    """One value is chosen in a plain select. Several are chosen on the page of the condition's options, where each has
    its count; then a link to that page stands in the select's place, with the values hidden beside it."""

    several_url = ""
    """The page of the options, under the list's present conditions."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [str(one) for one in value or () if one]
        built = {**self.build_attrs({key: self.attrs[key] for key in self.attrs}, attrs), "name": name}
        if len(chosen) < 2:
            return format_html(
                "<select{}>{}</select>", flatatt(built), options_html(self.choices, set(chosen))
            )
        hidden = format_html_join(
            "", '<input type="hidden" name="{}" value="{}">', ((name, one) for one in chosen)
        )
        link = format_html(
            '<a class="form-select several" id="{}" href="{}">已选 {} 项</a>',
            built.get("id", ""),
            self.several_url,
            len(chosen),
        )
        return hidden + link


def options_html(choices: Iterable[Any], chosen: set[str]) -> SafeString:
    """The options of a select, with groups. A page has four hundred: format_html, which allows for lazy and safe text,
    took a tenth of the page's time for them."""
    parts = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            parts.append(f'<optgroup label="{escape(value)}">{options_html(label, chosen)}</optgroup>')
        else:
            key = str(value)
            selected = " selected" if key in chosen else ""
            parts.append(f'<option value="{escape(key)}"{selected}>{escape(str(label))}</option>')
    return mark_safe("".join(parts))  # noqa: S308  (values and labels are escaped above)


class SeveralField(forms.MultipleChoiceField):
    """Any of some values; cleaned to a list, [] for no condition."""

    widget = SeveralSelect

    def __deepcopy__(self, memo: dict[int, Any]) -> "SeveralField":
        """A form's own copy, as Django makes it, but sharing the choices: they are replaced, never changed in place."""
        return forms.Field.__deepcopy__(self, memo)

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(one for one in super().clean(value) if one))

    @property
    def plain_choices(self) -> list[tuple[str, str]]:
        """The choices without groups and without the empty one."""
        flat = []
        for value, label in self.choices:
            flat += label if isinstance(label, list | tuple) else [(value, label)]
        return [(str(value), str(label)) for value, label in flat if value]


def several(label: str, choices: Any, *, empty: bool = True, all_label: str = "") -> SeveralField:
    """A condition of choices; ``empty``: it can also ask for 未填 and 已填."""
    values = [(value, text) for value, text in choices if value]
    ends = [NOT_FILLED, FILLED] if empty else []
    return SeveralField(
        label=label, required=False, choices=[("", all_label or f"{label}：全部"), *values, *ends]
    )
