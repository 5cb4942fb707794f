"""History tables: every insert, change and deletion, with its actor, by triggers."""

from apps.audit.models import history_of
from apps.benefits.models.aid import AidCase, AidScheme
from apps.benefits.models.approvals import Approval, DeathRuling, PayAccount
from apps.benefits.models.mechanisms import CountyMechanism
from apps.benefits.models.runs import Claim, Run
from apps.benefits.models.standards import Benefit, PublishedFigure, Standard
from apps.benefits.models.survivors import Survivor, SurvivorState
from apps.benefits.models.unit_funds import FundRate, UnitFund
from apps.core.access import ADD, Access

OFFICES = Access.county(units=False, append_only=True)
PRIVATE = Access.person(leaders=False, append_only=True)
CITY = Access.shared(s_city=ADD)


class BenefitHistory(history_of(Benefit, CITY)):
    class Meta:
        verbose_name = verbose_name_plural = "待遇项目变更"


class PublishedFigureHistory(history_of(PublishedFigure, CITY)):
    class Meta:
        verbose_name = verbose_name_plural = "公布数据变更"


class StandardHistory(history_of(Standard, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "待遇标准变更"


class ApprovalHistory(history_of(Approval, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "待遇批准变更"


class DeathRulingHistory(history_of(DeathRuling, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "牺牲病故性质变更"


class PayAccountHistory(history_of(PayAccount, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "发放账户变更"


class RunHistory(history_of(Run, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "发放名单变更"


class ClaimHistory(history_of(Claim, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "多发追回变更"


class FundRateHistory(history_of(FundRate, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "单位经费标准变更"


class UnitFundHistory(history_of(UnitFund, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "单位经费变更"


class SurvivorHistory(history_of(Survivor, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "遗属变更"


class SurvivorStateHistory(history_of(SurvivorState, PRIVATE)):
    class Meta:
        verbose_name = verbose_name_plural = "遗属状态变更"


class AidSchemeHistory(history_of(AidScheme, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "帮扶项目变更"


class AidCaseHistory(history_of(AidCase, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "帮扶申请变更"


class CountyMechanismHistory(history_of(CountyMechanism, OFFICES)):
    class Meta:
        verbose_name = verbose_name_plural = "县市区机制变更"
