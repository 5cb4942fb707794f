"""Occasions, rules, leaders and campaigns: who is to be seen, when, and by whom. Nothing about retirees stands here."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.core.access import WRITE, Access
from apps.retirees.models import PersonRow
from apps.units.models import OfficeQuerySet, OfficeRow
from apps.visits.choices import (
    RUNNING,
    AgeCount,
    CampaignState,
    Every,
    LeaderLevel,
    OccasionKind,
    RuleClass,
    Target,
    Trigger,
    Way,
)


class Occasion(models.Model):
    """What one goes for: a festival, an illness, a birthday. The office's own beside those that the portal brings."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=20)
    kind = models.CharField("类别", max_length=10, choices=OccasionKind)
    sort = models.SmallIntegerField("次序", default=0)
    is_builtin = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField("启用", default=True)
    money_limit = models.DecimalField(
        "每人每次慰问金上限", max_digits=8, decimal_places=2, null=True, blank=True
    )
    goods_limit = models.DecimalField(
        "每人每次慰问品上限", max_digits=8, decimal_places=2, null=True, blank=True
    )
    limit_paper = models.CharField("标准依据", max_length=120, blank=True)

    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "走访事由"
        ordering = ("sort", "pk")
        constraints = (
            models.CheckConstraint(
                condition=(Q(money_limit=None) | Q(money_limit__gte=0))
                & (Q(goods_limit=None) | Q(goods_limit__gte=0)),
                name="occasion_limits",
                violation_error_message="上限不能是负数。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class VisitRule(OfficeRow):
    """Who is to be seen on what occasion, how often, and who should go. ``query`` is a query string of the register's
    list, so that a rule reads back in the words of the list and means the same people."""

    name = models.CharField("名称", max_length=60)
    occasion = models.ForeignKey(Occasion, verbose_name="事由", on_delete=models.PROTECT, related_name="+")
    rule_class = models.CharField("类型", max_length=12, choices=RuleClass, default=RuleClass.REGULAR)
    trigger = models.CharField("何时应访", max_length=10, choices=Trigger)
    query = models.TextField("人员条件", max_length=4000, blank=True)
    target = models.CharField("看望对象", max_length=10, choices=Target, default=Target.SELF)
    every = models.CharField("周期", max_length=10, choices=Every, blank=True)
    times = models.SmallIntegerField("每周期次数", default=1)
    within_days = models.SmallIntegerField("几天之内", null=True, blank=True)
    """After what happened: hospital, discharge, death."""
    repeat_every = models.CharField("持续期间", max_length=10, choices=Every, blank=True)
    """While a stay in hospital lasts: at least once each."""
    ages = ArrayField(models.SmallIntegerField(), verbose_name="年龄", default=list, blank=True)
    """Of birthdays: these ages; none: every birthday."""
    age_count = models.CharField("年龄计法", max_length=10, choices=AgeCount, default=AgeCount.FULL)
    ahead_days = models.SmallIntegerField("提前几天提醒", default=7)
    who = models.CharField("应由谁去", max_length=1, choices=LeaderLevel, blank=True)
    ways = ArrayField(
        models.CharField(max_length=12, choices=Way), verbose_name="方式", default=list, blank=True
    )
    """Those that count as done; none: any."""
    basis = models.CharField("依据", max_length=200, blank=True)
    is_example = models.BooleanField("示例", default=False)
    is_active = models.BooleanField("启用", default=True)
    starts_on = models.DateField("从哪天起")
    ends_on = models.DateField("到哪天止", null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "走访规则"
        ordering = ("-is_active", "occasion__sort", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(times__gte=1, times__lte=31),
                name="rule_times",
                violation_error_message="每周期次数：1到31。",
            ),
            models.CheckConstraint(
                condition=~Q(trigger=Trigger.PERIOD) | ~Q(every=""),
                name="period_rule_has_period",
                violation_error_message="定期走访要选周期。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="rule_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Leader(OfficeRow):
    """Somebody in office who visits: name and post as of now. What he was when he went stands in the visit."""

    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=80)
    level = models.CharField("层级", max_length=1, choices=LeaderLevel)
    sort = models.SmallIntegerField("次序", default=0)
    is_active = models.BooleanField("在任", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "走访领导"
        ordering = ("county__sort", "sort", "level", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "name", "post"],
                name="leader_once",
                nulls_distinct=False,
                violation_error_message="这位领导已经登记。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.post}）"


class NamedLeader(PersonRow):
    """The leader who keeps in touch with a person (联系领导), for a time."""

    leader = models.ForeignKey(Leader, verbose_name="联系领导", on_delete=models.PROTECT, related_name="+")
    during = DateRangeField("期间")
    note = models.CharField("说明", max_length=120, blank=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "联系领导"
        ordering = ("retiree", "during")
        indexes = (
            models.Index(
                fields=["leader", "retiree"],
                name="named_leader_now",
                condition=Q(during__endswith__isnull=True),
            ),
        )
        constraints = (
            ExclusionConstraint(
                name="one_named_leader_at_a_time",
                expressions=[("retiree", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message="同一时期已有联系领导，请先结束原来的。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.leader_id}"


class CampaignQuerySet(OfficeQuerySet):
    def running(self) -> Self:
        """Whose list is frozen and which is not closed."""
        return self.filter(state__in=RUNNING)


class Campaign(OfficeRow):
    """A round of visits, as at 春节: people chosen by rule or view, the list frozen, groups formed, results kept."""

    title = models.CharField("名称", max_length=60)
    occasion = models.ForeignKey(Occasion, verbose_name="事由", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    query = models.TextField("人员条件", max_length=4000, blank=True)
    """As of ``VisitRule.query``; copied from a rule or a saved view when it was chosen."""
    picked = ArrayField(
        models.BigIntegerField(), verbose_name="选中的人", default=list, blank=True, editable=False
    )
    """Keys of the people who were picked in a list; empty where ``query`` says who is meant."""
    target = models.CharField("看望对象", max_length=10, choices=Target, default=Target.SELF)
    state = models.CharField("状态", max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    planned_money = models.DecimalField("每人慰问金", max_digits=8, decimal_places=2, null=True, blank=True)
    planned_goods = models.CharField("每人慰问品", max_length=80, blank=True)
    planned_goods_value = models.DecimalField(
        "每人慰问品价值", max_digits=8, decimal_places=2, null=True, blank=True
    )
    planned_source = models.ForeignKey(
        "visits.FundSource",
        verbose_name="资金来源",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    letter = models.TextField("慰问信", max_length=3000, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    frozen_at = models.DateTimeField("定名单时间", null=True, blank=True)
    frozen_count = models.IntegerField("名单人数", default=0)
    published_at = models.DateTimeField("下发时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_counts = models.JSONField("结束时的数字", default=dict, blank=True)
    """What the coverage said when the campaign was closed: due, done, missing, money. Counts only."""
    made_by_name = models.CharField("建立人", max_length=60)
    version = models.IntegerField(default=1, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访活动"
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=CampaignState.DRAFT) | Q(frozen_at__isnull=False),
                name="campaign_frozen_when",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Team(OfficeRow):
    """A group of a campaign (走访组): who leads, which day, which way round. Its people are ``Due`` rows."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="走访活动", on_delete=models.CASCADE, related_name="teams"
    )
    name = models.CharField("组名", max_length=40)
    lead = models.ForeignKey(
        Leader, verbose_name="带队领导", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    members = models.ManyToManyField(Leader, through="TeamMember", verbose_name="成员", related_name="+")
    staff = models.CharField("随行人员", max_length=120, blank=True)
    day = models.DateField("日期", null=True, blank=True)
    starts_at = models.TimeField("出发时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    route = models.CharField("路线", max_length=200, blank=True)
    sort = models.SmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "走访组"
        ordering = ("campaign", "sort", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "county", "name"],
                name="team_name_once",
                nulls_distinct=False,
                violation_error_message="这次活动已有同名的组。",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="team_ends_after_start",
                violation_error_message="结束时间应晚于出发时间。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TeamMember(OfficeRow):
    """A leader who goes along."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    leader = models.ForeignKey(Leader, verbose_name="成员", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "走访组成员"
        ordering = ("leader__sort", "leader__level", "pk")
        constraints = (models.UniqueConstraint(fields=["team", "leader"], name="once_in_a_team"),)

    def __str__(self) -> str:
        return str(self.leader_id)
