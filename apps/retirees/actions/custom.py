"""What city staff do with the bureau's own fields, and with the terms that people have in them. Retiring a field keeps
the values that people have."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, not_stale
from apps.dictionaries.queries import labels_of
from apps.jobs.actions import request_job
from apps.retirees.actions.changesets import change_recorded, open_change_set
from apps.retirees.actions.views import replace_in_views
from apps.retirees.choices import ChangeSetKind
from apps.retirees.models import ChangeSet, CustomField
from apps.retirees.queries.custom import keys_with, people_with_term
from apps.retirees.queries.own_conditions import CUSTOM

MERGE_JOB = "retirees.merge_term"
AT_ONCE = 300
"""People changed within the request; more become a job."""


@transaction.atomic
def save_custom_field(
    *, field: CustomField | None, values: Mapping[str, Any], by: Actor, opened: Opened | None = None
) -> CustomField:
    """Make a field or change its definition; kind and dictionary of one that exists stay. ``opened``: what the form was
    opened on. Raises Stale when somebody else changed it since."""
    held = (
        CustomField()
        if field is None
        else CustomField.objects.select_for_update(no_key=True).get(pk=field.pk)
    )
    not_stale(held, opened)
    for name, value in values.items():
        if field is None or name not in ("kind", "dictionary"):
            setattr(held, name, value)
    held.save()
    what = "修改" if field else "新建"
    record_event(kind=EventKind.SETTING, summary=f"{what}自定义栏目：{held.label}", by=by, subject=held)
    return held


@transaction.atomic
def retire_custom_field(*, field: CustomField, retired: bool, by: Actor) -> None:
    """Ask for it no longer, or again."""
    CustomField.objects.filter(pk=field.pk).update(is_retired=retired)
    what = "停用" if retired else "启用"
    record_event(kind=EventKind.SETTING, summary=f"{what}自定义栏目：{field.label}", by=by, subject=field)


def merge_term(dictionary: str, code: str, into: str, by: Actor) -> str:
    """What merging two terms does to people: whoever has ``code`` in a field of the bureau's own gets ``into``, at once
    or, where they are many, by a job; saved views that ask for ``code`` ask for ``into``. Return sentences that say
    so, "" where nobody has it and no view asks for it."""
    return _merge_people(dictionary, code, into, by) + _merge_views(dictionary, code, into)


def _merge_views(dictionary: str, code: str, into: str) -> str:
    names = [CUSTOM + key for key in keys_with(dictionary)]
    views = sum(replace_in_views(name=name, before=code, after=into) for name in names)
    return f"{views}个保存的视图改用合并后的项。" if views else ""


def _merge_people(dictionary: str, code: str, into: str, by: Actor) -> str:
    heads = people_with_term(by, keys_with(dictionary), code).count()
    if heads > AT_ONCE:
        request_job(
            kind=MERGE_JOB,
            label=f"字典合并，{heads}人",
            dedupe_key=f"{MERGE_JOB}:{dictionary}:{code}:{into}",
            payload={"dictionary": dictionary, "code": code, "into": into},
            by=by,
        )
        return f"有{heads}人要改，正在后台办理，在“任务”里看进度。"
    made = replace_term(dictionary=dictionary, code=code, into=into, by=by)
    return f"{made.people}人已改，可以在“成批改动”里撤销。" if made else ""


@transaction.atomic
def replace_term(*, dictionary: str, code: str, into: str, by: Actor) -> ChangeSet | None:
    """Give everybody who has the term ``code`` in a field of the bureau's own the term ``into``; return the change set,
    None where nobody has it. The people keep the rest of what they have, and are a version on."""
    keys = keys_with(dictionary)
    people = people_with_term(by, keys, code).order_by("pk").select_for_update(of=("self",), no_key=True)
    changes = [(person, {key: into for key in keys if person.custom.get(key) == code}) for person in people]
    if not changes:
        return None
    words = labels_of([dictionary])[dictionary]
    label = f"字典合并：{words.get(code, code)} → {words.get(into, into)}"
    change_set = open_change_set(kind=ChangeSetKind.BULK, label=label, by=by)
    today = timezone.localdate()
    change_recorded(change_set=change_set, changes=changes, seen_on=today, today=today)
    record_event(
        kind=EventKind.CHANGE,
        summary=f"{label}，修改{change_set.people}人",
        by=by,
        subject=change_set,
        data={"fields": keys, "people": change_set.people},
    )
    return change_set
