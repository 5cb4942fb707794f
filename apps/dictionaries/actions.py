"""What city staff do with dictionaries. Nothing is ever deleted: terms are switched off, or become another one."""

from django.db import IntegrityError, transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, not_stale
from apps.dictionaries.models import Dictionary, Term
from apps.dictionaries.queries import entries_of
from apps.dictionaries.rules import merges, standards


class NotPossible(Exception):
    """The act does not fit; the text says why."""


def _log(what: str, by: Actor, subject: Term | None = None) -> None:
    record_event(kind=EventKind.SETTING, summary=what, by=by, subject=subject)


@transaction.atomic
def create_dictionary(*, label: str, note: str = "", by: Actor) -> Dictionary:
    """A dictionary of the bureau. Raises NotPossible for a name that is taken."""
    try:
        with transaction.atomic():
            made = Dictionary.objects.create(label=label, note=note)
    except IntegrityError:
        raise NotPossible("已有同名的字典。") from None
    _log(f"新建字典：{label}", by)
    return made


@transaction.atomic
def add_term(*, dictionary: Dictionary, label: str, by: Actor) -> Term:
    """A term at the end. Raises NotPossible for a name that is taken."""
    held = Dictionary.objects.select_for_update(no_key=True).get(pk=dictionary.pk)
    number = Term.objects.filter(dictionary=held.code).count() + 1
    try:
        with transaction.atomic():
            term = Term.objects.create(dictionary=held.code, code=str(number), label=label, sort=number * 10)
    except IntegrityError:
        raise NotPossible("这个字典里已有同名的项。") from None
    _log(f"字典“{held.label}”增加：{label}", by)
    return term


@transaction.atomic
def rename_term(
    *, dictionary: Dictionary, code: str, label: str, by: Actor, opened: Opened | None = None
) -> None:
    """Correct the words of a bureau term. ``opened``: what the form was opened on. Raises NotPossible, and Stale when
    somebody else renamed it since."""
    term = Term.objects.select_for_update(no_key=True).get(dictionary=dictionary.code, code=code)
    not_stale(term, opened)
    before, term.label = term.label, label
    try:
        with transaction.atomic():
            term.save(update_fields=["label"])
    except IntegrityError:
        raise NotPossible("这个字典里已有同名的项。") from None
    _log(f"字典“{dictionary.label}”改名：{before} → {label}", by, term)


@transaction.atomic
def switch_term(*, dictionary: str, code: str, enabled: bool, by: Actor) -> None:
    """Offer a term in forms, or no longer; whoever has it keeps it. Raises NotPossible for a merged one."""
    terms = _settled(dictionary)
    term = terms[code]
    if term.merged_into and enabled:
        raise NotPossible("已并入别的项，不能再启用。")
    term.is_enabled = enabled
    term.save(update_fields=["is_enabled"])
    _log(f"字典{_name(dictionary)}{'启用' if enabled else '停用'}：{_word(dictionary, code)}", by)


@transaction.atomic
def move_term(*, dictionary: str, code: str, up: bool, by: Actor) -> None:
    """One place up or down; at the end nothing happens."""
    terms = list(_settled(dictionary).values())
    at = next(number for number, term in enumerate(terms) if term.code == code)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(terms):
        return
    terms[at].sort, terms[other].sort = terms[other].sort, terms[at].sort
    Term.objects.bulk_update([terms[at], terms[other]], ["sort"])
    _log(f"字典{_name(dictionary)}调整次序：{_word(dictionary, code)}", by)


@transaction.atomic
def merge_terms(*, dictionary: Dictionary, code: str, into: str, by: Actor) -> list[str]:
    """Make one term of two: whoever has ``code`` gets ``into``, and ``code`` is not offered again. Return sentences
    of what happened to the people. Raises NotPossible."""
    terms = _settled(dictionary.code)
    if code == into or into not in terms or not terms[into].is_enabled:
        raise NotPossible("请选择另一个启用的项。")
    term = terms[code]
    term.is_enabled, term.merged_into = False, into
    term.save(update_fields=["is_enabled", "merged_into"])
    said = [merge(dictionary.code, code, into, by) for merge in merges]
    _log(f"字典“{dictionary.label}”合并：{term.label} → {terms[into].label}", by)
    return said


def _settled(dictionary: str) -> dict[str, Term]:
    """All terms as rows in their order, held; a standard's are written down the first time somebody decides."""
    if dictionary in standards:
        known = set(Term.objects.filter(dictionary=dictionary).values_list("code", flat=True))
        entries = entries_of([dictionary])[dictionary]
        if len(known) < len(entries):
            Term.objects.filter(dictionary=dictionary).delete()
            Term.objects.bulk_create(
                Term(dictionary=dictionary, code=entry.code, sort=number * 10, is_enabled=entry.enabled)
                for number, entry in enumerate(entries, start=1)
            )
    rows = Term.objects.filter(dictionary=dictionary).order_by("sort", "pk").select_for_update(no_key=True)
    return {term.code: term for term in rows}


def _name(dictionary: str) -> str:
    return f"“{standards[dictionary].label}”" if dictionary in standards else f"“{dictionary}”"


def _word(dictionary: str, code: str) -> str:
    return next((entry.label for entry in entries_of([dictionary])[dictionary] if entry.code == code), code)
