"""Keeping a view of the register: its name, and who may use it. What it holds comes from the list it is made from."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from apps.accounts.models import UserGroup
from apps.accounts.perms import is_city_staff
from apps.core.inputs import TextField, TokenField
from apps.core.scope import Actor
from apps.retirees.choices import Audience
from apps.retirees.forms.listing import (
    RegisterConditions,
    UnknownCondition,
    bound_conditions,
    conditions_of,
    takes_several,
)
from apps.retirees.models import SavedView
from apps.retirees.queries.asked import Asked
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.grouping import groupings
from apps.retirees.queries.ordering import order_named


def valid_part(actor: Actor, query: str) -> tuple[RegisterConditions, list[str]]:
    """The conditions of a kept query string that hold for somebody now, and the labels of those that do not: a unit
    that was abolished or lies outside of his scope, a key that the list no longer knows."""
    data = QueryDict(query, mutable=True)
    known = RegisterConditions(QueryDict(), actor=actor).fields
    dropped = [
        name
        for name in data
        if name not in known or (len(data.getlist(name)) > 1 and not takes_several(name))
    ]
    for name in dropped:
        del data[name]
    form = bound_conditions(actor, data)
    if form.is_valid():
        return form, dropped
    for name in form.errors:
        dropped.append(str(form.fields[name].label) if name in form.fields else name)
        data.pop(name, None)
    return conditions_of(actor, data), dropped


class ContentsForm(forms.Form):
    """What a view holds, as the list posts it: conditions, order, grouping."""

    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    grouping = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.own = custom_fields()
        ways = groupings(self.own)
        self.fields["grouping"].choices = [("", ""), *((name, each.label) for name, each in ways.items())]

    def clean_query(self) -> str:
        try:
            return conditions_of(self.actor, QueryDict(self.cleaned_data["query"])).query()
        except UnknownCondition:
            raise forms.ValidationError("名单的条件有误，请回到名单重新选择。") from None

    def clean_sort(self) -> str:
        sort = self.cleaned_data["sort"]
        if sort and order_named(sort, self.own) is None:
            raise forms.ValidationError("没有这种排序，请回到名单重新选择。")
        return sort


class ViewForm(ContentsForm):
    """A view with its name and audience. ``view``: the one that is changed; its contents then stay."""

    error_title = "视图没有保存"
    name = TextField(
        label="名称",
        required=True,
        max_length=40,
        error_messages={"required": "请给视图起个名称。", "max_length": "名称最长 40 个字。"},
    )
    audience = forms.ChoiceField(label="谁能用", widget=forms.RadioSelect)
    groups = forms.ModelMultipleChoiceField(
        label="哪些用户组",
        help_text="选“用户组”时勾选，可以勾几个",
        queryset=UserGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_default = forms.BooleanField(label="打开名册时先用这个视图", required=False)
    token = TokenField()
    field_order = ("name", "audience", "groups", "is_default")

    def __init__(self, data: Any = None, *, actor: Actor, initial: dict[str, Any], view: Any = None) -> None:
        super().__init__(data, actor=actor, initial={"token": uuid.uuid4(), **initial})
        if view is not None:
            for name in ("query", "sort", "grouping", "token"):
                del self.fields[name]
        groups = UserGroup.objects.visible_to(actor)
        self.fields["groups"].queryset = groups
        # Sharing with everybody is the bureau's, or each county's views would crowd all others' lists.
        allowed = [Audience.PRIVATE, Audience.PLACE]
        allowed += [Audience.GROUP] if groups.exists() else []
        allowed += [Audience.ALL] if is_city_staff(actor) else []
        self.fields["audience"].choices = [(each.value, each.label) for each in allowed]
        if Audience.GROUP not in allowed:
            del self.fields["groups"]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("audience") == Audience.GROUP and not values.get("groups"):
            self.add_error("groups", "请至少勾选一个用户组。")
        return values

    def values(self) -> dict[str, Any]:
        """What keep_view takes."""
        own = (*SavedView._meta.fields, *SavedView._meta.many_to_many)
        names = [field.name for field in own if field.name in self.cleaned_data]
        return {name: self.cleaned_data[name] for name in names}


def read_query(actor: Actor, query: str) -> Asked:
    """A kept query string for the apps above (queries/asked.py)."""
    form, dropped = valid_part(actor, query)
    return Asked(form.cleaned_data, form.query(), form.told(), tuple(dropped))
