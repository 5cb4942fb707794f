"""Whole papers about people that go out by a request: 任免审批表, 一人一档, 干部信息表."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from apps.core.scope import Actor
from apps.exports.choices import Format
from apps.retirees.actions.lrmx import lrmx_of
from apps.retirees.actions.papers import info_form_docx, person_sheet_pdf
from apps.retirees.models import Retiree

PAPER_COLUMNS = {
    Format.LRMX: ("name", "national_id"),
    Format.FILE: ("name", "national_id", "phone", "address", "medical_card"),
    Format.INFO: ("name", "national_id", "phone", "address", "medical_card"),
}
"""What stands in each, as columns of a sheet."""


def whole_papers(
    keys: Sequence[int], format: str, *, plain: bool, reason: str, number: str, by: Actor
) -> Iterator[tuple[int, str, bytes]]:
    """(key, name of the file, bytes) of each of ``keys`` whom ``by`` sees. Raises DocumentError."""
    people = Retiree.objects.visible_to(by).select_related("county", "unit").in_bulk(list(keys))
    today = timezone.localdate()
    for key in keys:
        person = people.get(key)
        if person is None:
            continue
        if format == Format.LRMX:
            yield key, f"{person.name}.lrmx", lrmx_of(person, plain=plain, by=by)
        elif format == Format.FILE:
            made = person_sheet_pdf(
                person=person, today=today, plain=plain, reason=reason, by=by, number=number
            )
            yield key, f"{person.name}.pdf", made
        else:
            made = info_form_docx(
                person=person, today=today, plain=plain, reason=reason, by=by, number=number
            )
            yield key, f"{person.name}.docx", made
