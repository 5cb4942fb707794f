"""Papers as lists ask for them: by words, by what they are worth on a day, and what replaces what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from apps.core.scope import Actor
from apps.library.choices import Validity
from apps.library.models import Clause, Paper, Supersession
from apps.library.rules import Replacement
from apps.units.models import OfficeQuerySet

LONG_AGO = date(1900, 1, 1)
DATED = Coalesce("dated", Value(LONG_AGO))
"""Place of a paper in lists; one without any day comes last."""
CITY = "city"
"""The city's own papers, where lists ask whose they are."""


def with_validity(rows: OfficeQuerySet, day: date) -> OfficeQuerySet:
    """Rows with ``validity``, what rules.validity_on() says of each on ``day``."""
    begun = Supersession.objects.filter(older=OuterRef("pk"), newer__starts_on__lte=day)
    return rows.annotate(
        validity=Case(
            When(ended_on__lte=day, then=Value(Validity.REPEALED)),
            When(Exists(begun.filter(is_whole=True)), then=Value(Validity.REPLACED)),
            When(starts_on__gt=day, then=Value(Validity.NOT_YET)),
            When(Exists(begun), then=Value(Validity.PARTLY)),
            default=Value(Validity.IN_FORCE),
            output_field=CharField(),
        )
    )


def papers_under(actor: Actor, conditions: Mapping[str, Any], day: date) -> OfficeQuerySet:
    """The papers that somebody sees under the conditions of the list, each with its validity on ``day``."""
    rows = with_validity(Paper.objects.visible_to(actor), day)
    for word in (conditions.get("q") or "").split():
        rows = rows.filter(_says(word))
    for name in ("level", "validity"):
        if conditions.get(name):
            rows = rows.filter(**{name: conditions[name]})
    if office := conditions.get("office"):
        rows = rows.filter(county=None) if office == CITY else rows.filter(county_id=int(office))
    return rows


def _says(word: str) -> Q:
    clauses = Clause.objects.filter(Q(label__icontains=word) | Q(text__icontains=word), paper=OuterRef("pk"))
    found = Q(Exists(clauses))
    for name in ("number", "title", "issuer", "summary"):
        found |= Q(**{f"{name}__icontains": word})
    return found


def replacements_of(rows: Iterable[Supersession]) -> list[Replacement]:
    """What replaces a paper, of its rows ``replaced_by`` with their newer papers; one without a day of effect replaces
    nothing yet."""
    return [
        Replacement(row.newer.starts_on, row.is_whole, row.newer.number)
        for row in rows
        if row.newer.starts_on is not None
    ]


def replaced_in(county_id: int | None) -> dict[int, list[int]]:
    """The keys that each paper of an office replaces."""
    found: dict[int, list[int]] = defaultdict(list)
    for newer, older in Supersession.objects.filter(county_id=county_id).values_list("newer_id", "older_id"):
        found[newer].append(older)
    return dict(found)


def files_in_use(names: set[str]) -> set[str]:
    """Of the files given, those that papers still name."""
    return set(Paper.objects.filter(file_ref__in=names).values_list("file_ref", flat=True))
