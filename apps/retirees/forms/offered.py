"""Choices of a person's form as the bureau's dictionaries offer them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from apps.dictionaries.queries import entries_of, offered
from apps.retirees.queries.dictionaries import FIELD_DICTIONARIES


def offer_terms(fields: Mapping[str, forms.Field], *, stored: Mapping[str, Any], empty: str) -> None:
    """Give the coded fields the terms that are in use, in the bureau's order, and what ``stored`` has although it is
    no longer offered. ``empty``: the word for no choice. One query."""
    entries = entries_of(set(FIELD_DICTIONARIES.values()))
    for name, code in FIELD_DICTIONARIES.items():
        field: Any = fields.get(name)
        if field is not None:
            field.choices = [("", empty), *offered(entries[code], keep=stored.get(name))]
