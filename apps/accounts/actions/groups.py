"""Groups of users, kept by the city bureau."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from apps.accounts.actions.errors import NotPossible
from apps.accounts.models import GroupMember, User, UserGroup
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor


@transaction.atomic
def save_group(*, name: str, members: Iterable[User], group: UserGroup | None = None, by: Actor) -> UserGroup:
    """Make a group, or give an existing one its name and exactly these members.

    Raises NotPossible for a name that another group has.
    """
    is_new = group is None
    group = group or UserGroup()
    group.name = name
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise NotPossible(f"已经有叫“{name}”的用户组。") from None
    wanted = {user.pk for user in members}
    there = set(GroupMember.objects.filter(group=group).values_list("user_id", flat=True))
    GroupMember.objects.filter(group=group, user_id__in=there - wanted).delete()
    GroupMember.objects.bulk_create(GroupMember(group=group, user_id=key) for key in sorted(wanted - there))
    record_event(
        kind=EventKind.SETTING,
        summary=f"{'建立' if is_new else '修改'}用户组“{name}”，{len(wanted)}人",
        by=by,
        subject=group,
        data={"added": sorted(wanted - there), "removed": sorted(there - wanted)},
    )
    return group


@transaction.atomic
def delete_group(*, group: UserGroup, by: Actor) -> None:
    """Take a group away. Views shared with it stay with their owners."""
    record_event(kind=EventKind.SETTING, summary=f"删除用户组“{group.name}”", by=by, subject=group)
    group.delete()
