"""The office's own forms: kept, replaced by a new version, put away, tried with one person."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core import private_files
from apps.core.documents.filling import UnknownField, unknown_fields
from apps.core.documents.forms import Person, fill_form, form_fields
from apps.core.documents.marks import FormValue, Mark
from apps.core.scope import Actor
from apps.exports.choices import Mask
from apps.exports.models import FormTemplate
from apps.exports.rules import Exporter, plain_field

BUCKET = "forms"
TRIED = "试填"
"""Stands for the number in a form that was only tried."""


class Unknown(Exception):
    """The form uses fields that nobody offers. ``fields`` says which, with what looks like them."""

    def __init__(self, fields: Sequence[UnknownField]) -> None:
        self.fields = fields
        super().__init__("、".join(field.name for field in fields))


def offered_fields(exporter: Exporter, actor: Actor) -> dict[str, str]:
    """Field of a form (Chinese) → column of the exporter."""
    return {one.label: one.name for one in exporter.fields(actor)}


def checked_fields(content: bytes, exporter: Exporter, actor: Actor) -> tuple[str, tuple[str, ...]]:
    """("docx" or "xlsx", fields) of what may be a form. Raises DocumentError for what cannot be one, Unknown for fields
    that are not offered."""
    kind, fields = form_fields(content)
    offered = offered_fields(exporter, actor)
    strange = [name for name in fields if plain_field(name) not in offered]
    if strange:
        raise Unknown(unknown_fields(strange, offered))
    return kind, fields


@transaction.atomic
def save_template(*, exporter: Exporter, name: str, content: bytes, by: Actor) -> FormTemplate:
    """Keep a form under its name; one that is there already gets a new version.

    Raises DocumentError for what cannot be a form, Unknown for fields that are not offered, FileNotKept.
    """
    kind, fields = checked_fields(content, exporter, by)
    last = (
        FormTemplate.objects.filter(owner_id=by.county_id, name=name)
        .select_for_update(of=("self",), no_key=True)
        .order_by("-version")
        .first()
    )
    FormTemplate.objects.filter(owner_id=by.county_id, name=name).update(is_current=False)
    stored = private_files.keep(BUCKET, content)
    template = FormTemplate.objects.create(
        owner_id=by.county_id,
        register=exporter.kind,
        name=name,
        version=last.version + 1 if last else 1,
        kind=kind,
        fields=list(fields),
        file_ref=stored.name,
        size=stored.size,
        created_by=by.user_id,
        created_by_name=by.name,
    )
    record_event(
        kind=EventKind.SETTING, summary=f"保存表样：{name}（第{template.version}版）", by=by, subject=template
    )
    return template


@transaction.atomic
def put_away(*, template: FormTemplate, by: Actor) -> None:
    """Offer the form no more; requests that were made with it keep it."""
    FormTemplate.objects.filter(pk=template.pk).update(is_current=False)
    record_event(kind=EventKind.SETTING, summary=f"停用表样：{template.name}", by=by, subject=template)


def fill_template(
    template: FormTemplate,
    people: Sequence[Mapping[str, FormValue]],
    *,
    one_each: bool,
    mark: Mark | None = None,
) -> tuple[str, bytes]:
    """(ending, bytes) of the form filled for each of ``people`` (field → value). Raises DocumentError, FileGone."""
    content = private_files.read(BUCKET, template.file_ref)
    named: list[Person] = [(str(values.get("姓名", "")), values) for values in people]
    return fill_form(content, named, one_each=one_each, mark=mark)


@transaction.atomic
def preview(*, template: FormTemplate, exporter: Exporter, key: int, by: Actor) -> tuple[str, bytes]:
    """The form filled for one person the actor sees, private values masked, and a line in the log.

    Raises LookupError when he does not see that person, DocumentError.
    """
    names = offered_fields(exporter, by)
    used = dict.fromkeys(plain_field(name) for name in [*template.fields, "姓名"])
    found = dict(
        exporter.forms(by, [key], [names[name] for name in used if name in names], Mask.MASKED, TRIED)
    )
    if key not in found:
        raise LookupError(key)
    record_event(
        kind=EventKind.DOWNLOAD,
        summary=f"用一个人试填表样：{template.name}",
        by=by,
        subject=template,
        data={"keys": [key]},
    )
    return fill_template(template, [found[key]], one_each=False, mark=Mark(TRIED, f"{by.name} {TRIED}"))
