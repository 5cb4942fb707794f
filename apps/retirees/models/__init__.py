"""Tables of the register: the person, dated facts about him, what is private, and the history of all of it."""

from apps.retirees.models.changesets import UNDO_DAYS, ChangeSet, ChangeSetRow
from apps.retirees.models.custom import CustomField
from apps.retirees.models.dossier import (
    Attachment,
    CareerEntry,
    GroupMark,
    Honour,
    InfoForm,
    PersonNote,
    Portrait,
)
from apps.retirees.models.doubles import Merge, PossibleDouble
from apps.retirees.models.facts import (
    Affiliation,
    Condition,
    LevelFact,
    LifeFact,
    Membership,
    PersonRow,
    Ruling,
)
from apps.retirees.models.figures import FigureCell, RegisterChange, Spell
from apps.retirees.models.history import (
    AffiliationHistory,
    AttachmentHistory,
    CareerEntryHistory,
    ChangeRequestHistory,
    ConditionHistory,
    FamilyMemberHistory,
    GroupMarkHistory,
    HonourHistory,
    LevelFactHistory,
    LifeFactHistory,
    MembershipHistory,
    PersonNoteHistory,
    PortraitHistory,
    PrivateDetailsHistory,
    RetireeHistory,
    RulingHistory,
)
from apps.retirees.models.person import Retiree, RetireeQuerySet
from apps.retirees.models.private import FamilyMember, PrivateDetails, TakenId
from apps.retirees.models.quality import QualityCell, QualityMonth
from apps.retirees.models.requests import ChangeRequest, ReviewSetting
from apps.retirees.models.transfers import Transfer, TransferHistory
from apps.retirees.models.views import SavedView, SavedViewQuerySet, ViewGroup

__all__ = [
    "UNDO_DAYS",
    "Affiliation",
    "AffiliationHistory",
    "Attachment",
    "AttachmentHistory",
    "CareerEntry",
    "CareerEntryHistory",
    "ChangeRequest",
    "ChangeRequestHistory",
    "ChangeSet",
    "ChangeSetRow",
    "Condition",
    "ConditionHistory",
    "CustomField",
    "FamilyMember",
    "FamilyMemberHistory",
    "FigureCell",
    "GroupMark",
    "GroupMarkHistory",
    "Honour",
    "HonourHistory",
    "InfoForm",
    "LevelFact",
    "LevelFactHistory",
    "LifeFact",
    "LifeFactHistory",
    "Membership",
    "MembershipHistory",
    "Merge",
    "PersonNote",
    "PersonNoteHistory",
    "PersonRow",
    "Portrait",
    "PortraitHistory",
    "PossibleDouble",
    "PrivateDetails",
    "PrivateDetailsHistory",
    "QualityCell",
    "QualityMonth",
    "RegisterChange",
    "Retiree",
    "RetireeHistory",
    "RetireeQuerySet",
    "ReviewSetting",
    "Ruling",
    "RulingHistory",
    "SavedView",
    "SavedViewQuerySet",
    "Spell",
    "TakenId",
    "Transfer",
    "TransferHistory",
    "ViewGroup",
]
