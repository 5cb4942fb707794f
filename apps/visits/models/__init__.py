"""Tables of visits: plans (rules, campaigns, leaders), what is due, what was done, what happened to people."""

from apps.visits.models.changes import ListChange
from apps.visits.models.due import Due
from apps.visits.models.funds import Budget, FundSource
from apps.visits.models.history import (
    BudgetHistory,
    ChecklistItemHistory,
    DeathDraftHistory,
    DueHistory,
    FundSourceHistory,
    IncidentHistory,
    IncidentTaskHistory,
    ListChangeHistory,
    NamedLeaderHistory,
    VisitHistory,
    VisitRuleHistory,
)
from apps.visits.models.incidents import ChecklistItem, DeathDraft, Incident, IncidentTask
from apps.visits.models.log import RaisedConcern, Visit, Visitor, VisitPhoto
from apps.visits.models.plans import Campaign, Leader, NamedLeader, Occasion, Team, TeamMember, VisitRule
from apps.visits.models.tallies import CampaignTally, LeaderTally, WorkChange, WorkTally

__all__ = [
    "Budget",
    "BudgetHistory",
    "Campaign",
    "CampaignTally",
    "ChecklistItem",
    "ChecklistItemHistory",
    "DeathDraft",
    "DeathDraftHistory",
    "Due",
    "DueHistory",
    "FundSource",
    "FundSourceHistory",
    "Incident",
    "IncidentHistory",
    "IncidentTask",
    "IncidentTaskHistory",
    "Leader",
    "LeaderTally",
    "ListChange",
    "ListChangeHistory",
    "NamedLeader",
    "NamedLeaderHistory",
    "Occasion",
    "RaisedConcern",
    "Team",
    "TeamMember",
    "Visit",
    "VisitHistory",
    "VisitPhoto",
    "VisitRule",
    "VisitRuleHistory",
    "Visitor",
    "WorkChange",
    "WorkTally",
]
