"""History tables: every insert, change and deletion, with its actor, by triggers."""

from apps.audit.models import history_of
from apps.core.access import ADD, Access
from apps.visits.models.changes import ListChange
from apps.visits.models.due import Due
from apps.visits.models.funds import Budget, FundSource
from apps.visits.models.incidents import ChecklistItem, DeathDraft, Incident, IncidentTask
from apps.visits.models.log import Visit
from apps.visits.models.plans import NamedLeader, VisitRule

PUBLIC = Access.person(append_only=True)
OFFICES = Access.county(units=False, append_only=True)


class VisitHistory(history_of(Visit, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "走访记录变更"


class DueHistory(history_of(Due, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "应访变更"


class ListChangeHistory(history_of(ListChange, Access.person(leaders=False, append_only=True))):
    class Meta:
        verbose_name = verbose_name_plural = "名单增减申请变更"


class IncidentHistory(history_of(Incident, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "重要情况变更"


class IncidentTaskHistory(history_of(IncidentTask, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "办理事项变更"


class DeathDraftHistory(history_of(DeathDraft, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "讣告生平草稿变更"


class NamedLeaderHistory(history_of(NamedLeader, PUBLIC)):
    class Meta:
        verbose_name = verbose_name_plural = "联系领导变更"


class FundSourceHistory(history_of(FundSource, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "资金来源变更"


class BudgetHistory(history_of(Budget, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "慰问经费计划变更"


class VisitRuleHistory(history_of(VisitRule, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "走访规则变更"


class ChecklistItemHistory(history_of(ChecklistItem, Access.shared(s_city=ADD))):
    class Meta:
        verbose_name = verbose_name_plural = "办理清单变更"
