"""One change of many people at once, by the road of every other change, and undone as a whole."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.retirees.actions.changesets import change_recorded, open_change_set
from apps.retirees.actions.requests import request_changes, split_for_review
from apps.retirees.choices import ChangeSetKind
from apps.retirees.models import ChangeSet, Retiree
from apps.retirees.queries.bulk import state_of, stored_values


class ListMoved(Exception):
    """Somebody changed one of the people after the preview; nothing was written."""

    def __init__(self) -> None:
        super().__init__("预览之后名单里有人变动过，没有写入。请重新预览再确认。")


@transaction.atomic
def bulk_edit(
    *,
    keys: Sequence[int],
    values: Mapping[str, Any],
    labels: Mapping[str, str],
    expected: str,
    seen_on: date,
    today: date,
    reason: str,
    by: Actor,
) -> ChangeSet | None:
    """Give all of these people the same values; return the change set, None where nothing would change. Its
    ``asked`` says for how many of them reviewed fields of ``values`` wait for a word (actions/requests).

    ``values``: names as ``Entry.values``, none of them private. ``expected``: ``state`` of the preview that was
    confirmed. ``seen_on``: the day from which changed health, care and living hold.
    Raises ListMoved.
    """
    people = list(
        Retiree.objects.visible_to(by)
        .filter(pk__in=keys)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if state_of(stored_values([person.pk for person in people], values)) != expected:
        raise ListMoved
    change_set = open_change_set(
        kind=ChangeSetKind.BULK,
        label=f"修改{'、'.join(labels[name] for name in values)}",
        reason=reason,
        by=by,
    )
    direct, held = split_for_review(by, values)
    change_recorded(
        change_set=change_set, changes=[(person, direct) for person in people], seen_on=seen_on, today=today
    )
    if held:
        origin = f"来自批量修改：{reason}"
        wanted = [(person, held) for person in people]
        change_set.asked = len(request_changes(changes=wanted, reason=reason, origin=origin, by=by))
    if not change_set.people and not change_set.asked:
        change_set.delete()
        return None
    record_event(
        kind=EventKind.CHANGE,
        summary=f"批量修改{change_set.people}人：{'、'.join(labels[name] for name in values)}",
        reason=reason,
        by=by,
        subject=change_set,
        data={"fields": sorted(values), "people": change_set.people},
    )
    return change_set
