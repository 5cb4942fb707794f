"""Who stands behind a collective matter, changed after it was registered: each change has its day and reason."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.concerns.actions.steps import NotPossible, check_place, held_as_opened, write_step
from apps.concerns.choices import StepKind
from apps.concerns.models import Concern, ConcernPerson
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree


@transaction.atomic
def change_signers(
    *,
    concern: Concern,
    joined: Sequence[Retiree],
    left: Collection[int],
    people_count: int,
    version: int,
    on: date,
    reason: str,
    by: Actor,
) -> Concern:
    """Let people join a matter that is open, or take them off it (``left``: keys of people); return the matter.

    ``people_count`` is how many it concerns now, and never fewer than stand there by name. The steps tell how many and
    why; who it was tells the history, each row behind its own wall. Raises Stale for another version, NotPossible for
    a matter that is finished, a day that cannot be, people of another county or no longer on the register, no reason,
    and where nothing would change.
    """
    held = held_as_opened(concern, version, on)
    there = set(ConcernPerson.objects.filter(concern=held).values_list("retiree_id", flat=True))
    new = [one for one in joined if one.pk not in there and one.pk != held.retiree_id]
    gone = there & set(left)
    _check(held, new, reason)
    count = max(people_count, 1 + len(there) + len(new) - len(gone))
    if not new and not gone and count == held.people_count:
        raise NotPossible("没有改动。")
    ConcernPerson.objects.filter(concern=held, retiree_id__in=gone).delete()
    ConcernPerson.objects.bulk_create(ConcernPerson(**one.row_keys(), concern=held) for one in new)
    held.people_count = count
    held.touched_at = timezone.now()
    held.version += 1
    held.save(update_fields=["people_count", "touched_at", "version"])
    told = f"涉及人数现为{count}人。{reason}"
    if new or not gone:
        write_step(held, StepKind.JOINED, on, f"增加{len(new)}人，{told}" if new else told, by)
    if gone:
        write_step(held, StepKind.LEFT, on, f"减少{len(gone)}人，{told}", by)
    record_event(
        kind=EventKind.CHANGE,
        summary=f"诉求 {held.label}：共同提出人增加{len(new)}人、减少{len(gone)}人",
        reason=reason,
        by=by,
        subject=held,
        data={"joined": [one.pk for one in new], "left": sorted(gone)},
    )
    return held


def _check(held: Concern, new: Sequence[Retiree], reason: str) -> None:
    if not held.is_open:
        raise NotPossible(f"现在是“{held.get_state_display()}”，不能改共同提出人；要改，先重新办理。")
    if not reason.strip():
        raise NotPossible("请写明增减的理由。")
    check_place(held.retiree, new)
    if any(one.state not in ON_REGISTER for one in new):
        raise NotPossible("新增的人应在册；去世、转出的人不能再加。")
