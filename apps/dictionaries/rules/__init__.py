"""Rules of the dictionaries on plain values, and the lists that apps above fill."""

from apps.dictionaries.rules.divisions import Division, divisions, find_divisions
from apps.dictionaries.rules.terms import (
    Entry,
    Standard,
    in_order,
    merges,
    register_standard,
    register_usage,
    standards,
    usages,
)

__all__ = [
    "Division",
    "Entry",
    "Standard",
    "divisions",
    "find_divisions",
    "in_order",
    "merges",
    "register_standard",
    "register_usage",
    "standards",
    "usages",
]
