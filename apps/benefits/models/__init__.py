"""Tables of benefits; see the modules."""

from apps.benefits.models.aid import AidCase, AidScheme
from apps.benefits.models.approvals import Approval, DeathRuling, PayAccount
from apps.benefits.models.estimates import Estimate
from apps.benefits.models.history import (
    AidCaseHistory,
    AidSchemeHistory,
    ApprovalHistory,
    BenefitHistory,
    ClaimHistory,
    CountyMechanismHistory,
    DeathRulingHistory,
    FundRateHistory,
    PayAccountHistory,
    PublishedFigureHistory,
    RunHistory,
    StandardHistory,
    SurvivorHistory,
    SurvivorStateHistory,
    UnitFundHistory,
)
from apps.benefits.models.mechanisms import CountyMechanism
from apps.benefits.models.runs import Claim, Opening, PaidRow, Payment, Run, RunLine
from apps.benefits.models.standards import Benefit, PublishedFigure, Standard
from apps.benefits.models.survivors import Survivor, SurvivorState
from apps.benefits.models.unit_funds import FundEntry, FundRate, UnitFund

__all__ = [
    "AidCase",
    "AidCaseHistory",
    "AidScheme",
    "AidSchemeHistory",
    "Approval",
    "ApprovalHistory",
    "Benefit",
    "BenefitHistory",
    "Claim",
    "ClaimHistory",
    "CountyMechanism",
    "CountyMechanismHistory",
    "DeathRuling",
    "DeathRulingHistory",
    "Estimate",
    "FundEntry",
    "FundRate",
    "FundRateHistory",
    "Opening",
    "PaidRow",
    "PayAccount",
    "PayAccountHistory",
    "Payment",
    "PublishedFigure",
    "PublishedFigureHistory",
    "Run",
    "RunHistory",
    "RunLine",
    "Standard",
    "StandardHistory",
    "Survivor",
    "SurvivorHistory",
    "SurvivorState",
    "SurvivorStateHistory",
    "UnitFund",
    "UnitFundHistory",
]
