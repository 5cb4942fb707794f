"""History tables: every insert, change and deletion, with its actor, by triggers."""

from django.contrib.postgres.indexes import BrinIndex

from apps.audit.models import history_of
from apps.core.access import Access
from apps.retirees.models.dossier import Attachment, CareerEntry, GroupMark, Honour, PersonNote, Portrait
from apps.retirees.models.facts import Affiliation, Condition, LevelFact, LifeFact, Membership, Ruling
from apps.retirees.models.person import Retiree
from apps.retirees.models.private import FamilyMember, PrivateDetails
from apps.retirees.models.requests import ChangeRequest

PUBLIC = Access.person(append_only=True)
DERIVED = [
    *("birth_from", "birth_order", "birth_round", "name_key", "former_key"),
    *("given_name", "given_pinyin", "given_initials"),
    "visited_on",
]
PRIVATE = Access.person(leaders=False, append_only=True)


def by_day(name: str) -> tuple[BrinIndex, ...]:
    """What was written between two days: rows come in the order of time, so that a summary of blocks is enough."""
    return (BrinIndex(fields=["pgh_created_at"], name=name, autosummarize=True, pages_per_range=32),)


class RetireeHistory(history_of(Retiree, PUBLIC, exclude=DERIVED)):
    class Meta:
        verbose_name = verbose_name_plural = "人员变更"
        indexes = by_day("retiree_history_day")


class PrivateDetailsHistory(history_of(PrivateDetails, PRIVATE, exclude=["phone_index"])):
    class Meta:
        verbose_name = verbose_name_plural = "敏感信息变更"
        indexes = by_day("private_history_day")


class FamilyMemberHistory(history_of(FamilyMember, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "家庭成员变更"


class AttachmentHistory(history_of(Attachment, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "文件变更"


class PortraitHistory(history_of(Portrait, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "照片变更"


class CareerEntryHistory(history_of(CareerEntry, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "履历变更"


class HonourHistory(history_of(Honour, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "荣誉变更"


class PersonNoteHistory(history_of(PersonNote, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "记事变更"


class GroupMarkHistory(history_of(GroupMark, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "特殊群体变更"


class LevelFactHistory(history_of(LevelFact, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "级别待遇变更"


class ConditionHistory(history_of(Condition, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "状况变更"


class LifeFactHistory(history_of(LifeFact, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "状态变更"


class AffiliationHistory(history_of(Affiliation, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "单位关系变更"


class MembershipHistory(history_of(Membership, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "在册期间变更"


class RulingHistory(history_of(Ruling, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "认定变更"


class ChangeRequestHistory(history_of(ChangeRequest, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "变更申请的变更"
