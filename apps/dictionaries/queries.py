"""Terms as forms offer them and as their page shows them."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from apps.core.scope import Actor
from apps.dictionaries.models import Dictionary, Term
from apps.dictionaries.rules import Entry, in_order, standards, usages


def entries_of(codes: Collection[str]) -> dict[str, list[Entry]]:
    """Terms of several dictionaries in their order, those not offered included; one query."""
    rows: dict[str, list[Term]] = {code: [] for code in codes}
    for term in Term.objects.filter(dictionary__in=codes).order_by("sort", "pk"):
        rows[term.dictionary].append(term)
    found = {}
    for code, terms in rows.items():
        if code in standards:
            kept = {term.code: (term.sort, term.is_enabled) for term in terms}
            found[code] = in_order(standards[code].terms, kept)
        else:
            found[code] = [Entry(term.code, term.label, term.is_enabled, term.merged_into) for term in terms]
    return found


def offered(entries: Collection[Entry], *, keep: Any = None) -> list[tuple[str, str]]:
    """Choices of a form: terms in use, and the one that the record has although it is no longer offered."""
    return [
        (entry.code, entry.label if entry.enabled else f"{entry.label}（已停用）")
        for entry in entries
        if entry.enabled or entry.code == keep
    ]


def labels_of(codes: Collection[str]) -> dict[str, dict[str, str]]:
    """Words of all terms by dictionary, retired ones included."""
    return {
        code: {entry.code: entry.label for entry in entries} for code, entries in entries_of(codes).items()
    }


def used_by(code: str, actor: Actor) -> Mapping[str, int]:
    """How many people have which term; of a standard's also in the fields that other apps let take its terms."""
    total: Counter[str] = Counter(standards[code].count(actor) if code in standards else {})
    for count in usages:
        total.update(count(code, actor))
    return total


def dictionaries() -> list[tuple[str, str, str]]:
    """(code, label, standard or who made it) of all there are."""
    found = [(code, standard.label, standard.standard or "本系统") for code, standard in standards.items()]
    return [*found, *((made.code, made.label, "本局") for made in Dictionary.objects.all())]


def own_dictionary(code: str) -> Dictionary | None:
    """The bureau's dictionary of this code."""
    number = code[1:]
    is_own = code.startswith("d") and number.isascii() and number.isdigit() and len(number) < 18
    return Dictionary.objects.filter(pk=int(number)).first() if is_own else None
