"""What a dictionary is, on plain values, and the list that apps above fill: which there are, and where they are used.

Dictionaries of the national standards are code lists of the apps that use them; here is only what the bureau decides
about them: which codes are offered, and in what order. Dictionaries of the bureau live in the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apps.core.scope import Actor

Counts = Callable[[Actor], Mapping[str, int]]
Merge = Callable[[str, str, str, Actor], str]


@dataclass(frozen=True)
class Standard:
    """A dictionary that comes with the portal. ``standard``: its paper, empty for a scale of our own."""

    code: str
    label: str
    standard: str
    terms: Sequence[tuple[str, str]]
    count: Counts


@dataclass(frozen=True)
class Entry:
    """A term as pages and forms see it."""

    code: str
    label: str
    enabled: bool = True
    merged_into: str = ""


standards: dict[str, Standard] = {}
usages: list[Callable[[str, Actor], Mapping[str, int]]] = []
"""How often the terms of a bureau dictionary are used, by code; asked of each app that uses such dictionaries."""
merges: list[Merge] = []
"""Called with dictionary, old code, new code and actor when two terms become one; each gives a sentence to show."""


def register_standard(standard: Standard) -> None:
    """Called from ``AppConfig.ready()`` of the app that has the codes."""
    standards[standard.code] = standard


def register_usage(count: Callable[[str, Actor], Mapping[str, int]], merge: Merge) -> None:
    """Called from ``AppConfig.ready()`` of an app that stores terms of bureau dictionaries."""
    usages.append(count)
    merges.append(merge)


def in_order(terms: Sequence[tuple[str, str]], kept: Mapping[str, tuple[int, bool]]) -> list[Entry]:
    """Terms of a standard in the bureau's order. ``kept``: place and whether offered, by code; the others follow in
    the order of the standard."""
    places = {code: number for number, (code, _) in enumerate(terms)}
    return [
        Entry(code, label, kept[code][1] if code in kept else True)
        for code, label in sorted(terms, key=lambda term: kept.get(term[0], (places[term[0]], True))[0])
    ]
