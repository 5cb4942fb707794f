"""People for the search over everything: by name, reading or initials, forgiving one wrong letter; by telephone number.

A wrong letter is looked for by asking for every reading that is one step away: some hundred equalities, each a probe
of the index on readings. Similarity of trigrams would have to be computed for every person whom the row policy shows,
since its operators are not leakproof (docs/adr/0013-search-over-everything.md).
"""

import string

from apps.core import pinyin
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.retirees.models.private import phone_index
from apps.retirees.queries.search import search_names
from apps.retirees.rules.doubles import phone_key

LONGEST_READING = 24
SHORTEST_READING = 5
"""Below, one letter more or less makes another name, not a slip."""


def people_named(actor: Actor, text: str, limit: int) -> list[Retiree]:
    """People whose name begins like the text, those on the register first, in order of the list."""
    people = Retiree.objects.visible_to(actor).select_related("county", "unit")
    found = _first(search_names(people.on_register(), text), limit)
    if len(found) < limit:
        gone = people.exclude(state__in=ON_REGISTER)
        found += _first(search_names(gone, text), min(limit - len(found), 3))
    return found


def people_nearly_named(actor: Actor, text: str, limit: int) -> list[Retiree]:
    """People whose whole name reads like the text with one wrong, missing, extra or exchanged letter, or, for Chinese,
    reads the same though it is written otherwise. Empty for texts that are too short to tell."""
    reading = "".join(text.lower().split())
    people = Retiree.objects.visible_to(actor).select_related("county", "unit")
    if reading.isascii() and reading.isalpha():
        if not SHORTEST_READING <= len(reading) <= LONGEST_READING:
            return []
        return _first(people.filter(name_pinyin__in=one_step_away(reading)), limit)
    if 2 <= len(reading) <= 8 and not any(char.isascii() for char in reading):
        return _first(people.filter(name_pinyin=pinyin.full(reading)).exclude(name=reading), limit)
    return []


def one_step_away(reading: str) -> list[str]:
    """Every text that becomes ``reading`` by one letter wrong, missing, too many, or two exchanged."""
    cuts = [(reading[:place], reading[place:]) for place in range(len(reading) + 1)]
    letters = string.ascii_lowercase
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    found |= {left + letter + right for left, right in cuts for letter in letters}
    return sorted(found - {reading})


def looks_like_phone(text: str) -> bool:
    """Whether a text is a whole telephone number: 7 to 12 digits, marks between them aside."""
    plain = text.replace("-", "").replace(" ", "").removeprefix("+86")
    return plain.isascii() and plain.isdigit() and 7 <= len(plain) <= 12 and bool(phone_key(text))


def people_with_phone(actor: Actor, text: str, limit: int) -> list[Retiree]:
    """People with exactly this telephone number, by its blind index. For those who see private values only."""
    people = Retiree.objects.visible_to(actor).select_related("county", "unit")
    return _first(people.filter(private__phone_index=phone_index(text)), limit)


def _first(people: RetireeQuerySet, limit: int) -> list[Retiree]:
    return list(people.order_by("name_sort", "pk")[:limit])
