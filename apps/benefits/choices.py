"""Code lists of benefits."""

from django.db import models


class Cycle(models.TextChoices):
    """When a benefit falls due."""

    MONTH = "month", "按月"
    YEAR = "year", "按年"
    DEATH = "death", "去世时一次"


class Audience(models.TextChoices):
    """Whom a benefit is for."""

    CADRE = "cadre", "离退休干部"
    SURVIVOR = "survivor", "遗属"


class StateDay(models.TextChoices):
    """Which day of a month decides a person's state in it. No paper at hand says; the office sets it."""

    LAST = "last", "变化当月起"
    FIRST = "first", "变化次月起"


class Precedence(models.TextChoices):
    """Which of several standards in force holds, where papers of several levels speak about one benefit."""

    NEAREST = "nearest", "就近：县、市、省、中央依次"
    HIGHEST = "highest", "就高"


class StandardState(models.TextChoices):
    DRAFT = "draft", "草稿"
    WAITING = "waiting", "待复核"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已停用"


class AgeCount(models.TextChoices):
    FULL = "full", "周岁"
    NOMINAL = "nominal", "虚岁"


class DeathKind(models.TextChoices):
    """民发〔2007〕64号, 民发〔2011〕192号."""

    ILLNESS = "illness", "病故"
    DUTY = "duty", "因公牺牲"
    MARTYR = "martyr", "烈士"


class SurvivorRelation(models.TextChoices):
    SPOUSE = "spouse", "配偶"
    PARENT = "parent", "父母"
    OTHER = "other", "其他供养亲属"


class Household(models.TextChoices):
    FARMING = "farming", "农业户口"
    TOWN = "town", "非农业户口"


class Series(models.TextChoices):
    """Figures that an office of statistics publishes once a year and papers build on."""

    URBAN_INCOME = "urban_income", "全国城镇居民人均可支配收入（元/年）"
    LOCAL_WAGE = "local_wage", "本地职工月平均工资（元/月）"


class RunKind(models.TextChoices):
    MONTH = "month", "月度发放"
    ARREARS = "arrears", "补发"


class RunState(models.TextChoices):
    DRAFT = "draft", "核对中"
    WAITING = "waiting", "待审批"
    APPROVED = "approved", "已审批"
    RECONCILED = "reconciled", "已对账"
    DROPPED = "dropped", "已作废"


RUN_OPEN = (RunState.DRAFT, RunState.WAITING)
RUN_FROZEN = (RunState.APPROVED, RunState.RECONCILED)


class Difference(models.TextChoices):
    """How a line differs from what the person got for the month before."""

    SAME = "same", "无变化"
    NEW = "new", "新增"
    STOPPED = "stopped", "停发"
    RAISED = "raised", "增加"
    LOWERED = "lowered", "减少"


class PaymentSource(models.TextChoices):
    RUN = "run", "按审批名单发放"
    EARLIER = "earlier", "系统启用前发放"
    RECOVERY = "recovery", "追回"


class ClaimState(models.TextChoices):
    OPEN = "open", "待追回"
    RECOVERED = "recovered", "已追回"
    WAIVED = "waived", "不再追回"


class FundKind(models.TextChoices):
    """Money that a unit holds by heads and nobody's pay."""

    SPECIAL = "special", "特需经费"
    OFFICE = "office", "公用经费"


class FundPeople(models.TextChoices):
    """Whom a rate is reckoned for."""

    LIXIU = "lixiu", "离休干部"
    TUIXIU = "tuixiu", "退休干部"
    BOTH = "both", "离休和退休干部"


class Headcount(models.TextChoices):
    """No paper at hand says when heads are counted; the office sets it with the rate."""

    YEAR_START = "year_start", "年初（1月1日）人数"
    MONTHLY = "monthly", "逐月人数的平均"


class FundPurpose(models.TextChoices):
    HARDSHIP = "hardship", "特殊困难"
    ACTIVITY = "activity", "必要活动"
    OTHER = "other", "其他支出"
    ADDED = "added", "追加拨款"
    """The one that comes in."""


class EstimateKind(models.TextChoices):
    """What is reckoned ahead."""

    EFFECT = "effect", "标准测算"
    FORECAST = "forecast", "预算测算"
    FAIRNESS = "fairness", "同条件标准对比"


class SurvivorStateKind(models.TextChoices):
    """What became of a survivor; in all but the first nobody is provided for."""

    ALIVE = "alive", "在世"
    REMARRIED = "remarried", "再婚"
    INCOME = "income", "有固定收入"
    DEAD = "dead", "去世"


class AidKind(models.TextChoices):
    """What an office gives by application, or offers once a year."""

    HARDSHIP = "hardship", "困难帮扶"
    SHARING = "sharing", "共享发展成果"
    MEDICAL = "medical", "医疗补助"
    CHECKUP = "checkup", "体检"
    REST = "rest", "疗养"


YEARLY_KINDS = (AidKind.CHECKUP, AidKind.REST)
"""Signed up for and done; no money goes to the person."""


class AidState(models.TextChoices):
    APPLIED = "applied", "待核查"
    CHECKED = "checked", "待审批"
    APPROVED = "approved", "待发放"
    PAID = "paid", "已发放"
    SIGNED = "signed", "已报名"
    DONE = "done", "已完成"
    REFUSED = "refused", "不予帮扶"
    WITHDRAWN = "withdrawn", "已撤回"


AID_OVER = (AidState.REFUSED, AidState.WITHDRAWN)
"""Came to nothing: the person may apply again."""
AID_GRANTED = (AidState.APPROVED, AidState.PAID)
"""Takes from the budget."""
AID_MONEY = (AidState.APPLIED, AidState.CHECKED, *AID_GRANTED)


class Feast(models.TextChoices):
    """A feast before which money is to be paid."""

    SPRING = "spring", "春节"
    DRAGON_BOAT = "dragon_boat", "端午节"
    PARTY_DAY = "party_day", "七一"
    MID_AUTUMN = "mid_autumn", "中秋节"
    NATIONAL_DAY = "national_day", "国庆节"
    DOUBLE_NINTH = "double_ninth", "重阳节"


class MechanismKind(models.TextChoices):
    """What a county should have set up, by the norms of work in counties."""

    HARDSHIP = "hardship", "困难帮扶机制"
    SHARING = "sharing", "共享发展成果机制"
