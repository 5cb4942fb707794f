"""Finding people by what a clerk types: the beginning of a name, of its pinyin or of its initials.

Every branch is written so that an index answers it in list order, however many people there are. When nobody's name
begins with the text, given names that do are looked for (建国 finds 张建国).
"""

from django.db.models import Q

from apps.core import pinyin
from apps.core.national_id import NationalIdError, normalise, parse_national_id
from apps.core.scope import Actor
from apps.retirees.models import Retiree, RetireeQuerySet
from apps.retirees.models.private import id_index


def search_names(people: RetireeQuerySet, text: str) -> RetireeQuerySet:
    """Return the people whose name matches ``text``; all of them for an empty text."""
    text = "".join(text.split())
    if not text:
        return people
    beginning = people.filter(_beginning(text))
    if len(text) == 1 or beginning.exists():
        return beginning
    return people.filter(_given(text))


def _beginning(text: str) -> Q:
    if not text.isascii():
        # The reading repeats the condition in the order of the list, so that the index on it can be walked. One
        # character is a surname of thousands: there the list's index is the better one, and LIKE leaves it alone.
        name = {"name__startswith": text} if len(text) == 1 else {"name__begins": text}
        return Q(**name, name_sort__begins=pinyin.syllables(text)[0] if text[0].isalnum() else "")
    lowered = text.lower()
    if len(lowered) == 1:
        return Q(name_sort__begins=lowered)
    full = Q(name_pinyin__begins=lowered, name_sort__begins=lowered[:2])
    initials = Q(name_initials__begins=lowered, name_sort__begins=lowered[:1])
    return full if _reads_as_pinyin(lowered) else initials | full


def _given(text: str) -> Q:
    if not text.isascii():
        return Q(given_name__begins=text)
    lowered = text.lower()
    full = Q(given_pinyin__begins=lowered)
    return full if _reads_as_pinyin(lowered) else Q(given_initials__begins=lowered) | full


def _reads_as_pinyin(text: str) -> bool:
    """Whether Latin letters look like a reading rather than initials: a vowel follows the first consonant."""
    head = text[1:2] if text[:2] not in ("zh", "ch", "sh") else text[2:3]
    return bool(head) and head in "aeiouv"


def looks_like_id(text: str) -> bool:
    """Whether a text is meant as an ID number: 15 or 18 characters, all but the last of them digits."""
    plain = normalise(text)
    return len(plain) in (15, 18) and plain[:-1].isdigit()


def by_national_id(actor: Actor, text: str) -> Retiree | None:
    """The person with exactly this ID number (15 digits are brought to 18) among those the actor sees."""
    try:
        number = parse_national_id(text).number
    except NationalIdError:
        return None
    return Retiree.objects.visible_to(actor).filter(private__national_id_index=id_index(number)).first()
