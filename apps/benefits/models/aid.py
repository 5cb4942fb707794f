"""What an office gives by application (困难帮扶, 共享发展成果, 医疗补助) or offers once a year (体检, 疗养).

Limits and budgets are the office's own, entered with the scheme; no paper at hand says any. A case stays with the place
that decided it and names the person as he was called, without a key, as lists of payments do (models/runs.py); two
records of one person are followed by ``merged_into`` (queries/aid.py).
"""

import uuid

from django.db import models
from django.db.models import F, Q

from apps.benefits.choices import (
    AID_GRANTED,
    AID_MONEY,
    AID_OVER,
    YEARLY_KINDS,
    AidKind,
    AidState,
    Feast,
    FundPeople,
)
from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.core.secret import SecretField
from apps.library.models import Clause, Paper
from apps.units.models import OfficeRow, Unit


class AidScheme(OfficeRow):
    """What is given in a year, to whom, how much at most. The city's own are seen by the counties, who apply for their
    people; a county's are its own."""

    kind = models.CharField("类型", max_length=10, choices=AidKind)
    year = models.SmallIntegerField("年度")
    name = models.CharField("名称", max_length=80)
    people = models.CharField("对象", max_length=10, choices=FundPeople, default=FundPeople.BOTH)
    limit = models.DecimalField("每人每年限额", max_digits=10, decimal_places=2, null=True, blank=True)
    budget = models.DecimalField("预算", max_digits=12, decimal_places=2, null=True, blank=True)
    times_a_year = models.SmallIntegerField("每人每年次数", default=1)
    feast = models.CharField("节前发放", max_length=12, choices=Feast, blank=True)
    pay_before = models.DateField("在哪天以前发放", null=True, blank=True)
    """The feast itself, where one was chosen: the first day that is too late."""
    paper = models.ForeignKey(
        Paper, verbose_name="依据文件", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    clause = models.ForeignKey(
        Clause, verbose_name="依据条款", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    closed_on = models.DateField("停止申请日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "帮扶项目"
        ordering = ("-year", "kind", "name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "year", "kind", "name"],
                name="aid_scheme_once",
                nulls_distinct=False,
                violation_error_message="这一年已有同名的项目。",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=YEARLY_KINDS) | Q(limit__isnull=False),
                name="aid_scheme_limited",
                violation_error_message="发钱的项目要填每人每年限额。",
            ),
            models.CheckConstraint(
                condition=(Q(limit=None) | Q(limit__gt=0)) & (Q(budget=None) | Q(budget__gt=0)),
                name="aid_scheme_amounts",
                violation_error_message="限额和预算要大于0。",
            ),
            models.CheckConstraint(
                condition=Q(times_a_year__gte=1, times_a_year__lte=12)
                & (~Q(kind__in=YEARLY_KINDS) | Q(times_a_year=1)),
                name="aid_scheme_times",
                violation_error_message="每年次数填1到12；体检、疗养每年一次。",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="aid_scheme_named"),
            models.CheckConstraint(
                condition=Q(clause=None) | Q(paper__isnull=False),
                name="aid_scheme_clause_of_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.year}年{self.name}"

    @property
    def is_yearly(self) -> bool:
        """Signed up for and done, without money."""
        return self.kind in YEARLY_KINDS

    @property
    def office(self) -> str:
        """Whose it is, in words."""
        return self.county.label if self.county else "市本级"


class AidCase(models.Model):
    """One person's application, or his sign-up, step by step."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(
        AidScheme, verbose_name="帮扶项目", on_delete=models.PROTECT, related_name="cases"
    )
    only_once = models.BooleanField("每年一次", default=True, editable=False)
    """Of the scheme, so that the database can keep it."""
    retiree_id = models.BigIntegerField("人员编号")
    name = models.CharField("姓名", max_length=60)
    state = models.CharField("状态", max_length=10, choices=AidState)
    applied_on = models.DateField("申请日期")
    asked = models.DecimalField("申请金额", max_digits=10, decimal_places=2, null=True, blank=True)
    reason = SecretField("申请理由", null=True, blank=True)
    """Illness and want are nobody's business but the office's."""
    limit = models.DecimalField("核查时限额", max_digits=10, decimal_places=2, null=True, blank=True)
    granted = models.DecimalField("核定金额", max_digits=10, decimal_places=2, null=True, blank=True)
    findings = SecretField("核查情况", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    words = models.CharField("意见", max_length=200, blank=True)
    """Of the approval, or why it came to nothing."""
    made_by = models.IntegerField(editable=False)
    made_by_name = models.CharField("登记人", max_length=60)
    made_at = models.DateTimeField("登记时间", auto_now_add=True)
    checked_by = models.IntegerField(null=True, blank=True, editable=False)
    checked_by_name = models.CharField("核查人", max_length=60, blank=True)
    checked_at = models.DateTimeField("核查时间", null=True, blank=True)
    approved_by = models.IntegerField(null=True, blank=True, editable=False)
    approved_by_name = models.CharField("审批人", max_length=60, blank=True)
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    ended_by_name = models.CharField("经办人", max_length=60, blank=True)
    """Who paid, noted it done, refused or took it back."""
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False)

    class Meta:
        verbose_name = verbose_name_plural = "帮扶申请"
        ordering = ("-applied_on", "-made_at", "pk")
        indexes = (
            models.Index(fields=["county", "state"], name="aid_case_state"),
            models.Index(fields=["retiree_id"], name="aid_case_person"),
            models.Index(
                fields=["state", "county"],
                name="aid_case_waits",
                condition=Q(state__in=(AidState.CHECKED, AidState.APPROVED)),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["scheme", "retiree_id"],
                condition=Q(only_once=True) & ~Q(state__in=AID_OVER),
                name="aid_once_a_year",
                violation_error_message="这个人今年已经申请过这个项目。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AID_GRANTED)
                | (
                    Q(approved_by__isnull=False)
                    & ~Q(approved_by=F("made_by"))
                    & ~Q(approved_by=F("checked_by"))
                ),
                name="aid_four_eyes",
                violation_error_message="自己登记或核查的，由别人审批。",
            ),
            models.CheckConstraint(
                condition=(Q(asked=None) | Q(asked__gt=0))
                & (Q(granted=None) | Q(granted__gt=0, limit__isnull=False, granted__lte=F("limit"))),
                name="aid_within_limit",
                violation_error_message="核定金额要大于0，不能超过限额。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AID_MONEY) | (Q(asked__isnull=False) & Q(reason__isnull=False)),
                name="aid_asked_for",
                violation_error_message="要填申请金额和理由。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(AidState.CHECKED, *AID_GRANTED))
                | (Q(granted__isnull=False) & Q(checked_by__isnull=False)),
                name="aid_checked_first",
                violation_error_message="先核查，再审批。",
            ),
            models.CheckConstraint(
                condition=~Q(state=AidState.PAID) | (Q(paid_on__isnull=False) & ~Q(voucher="")),
                name="aid_paid_with_proof",
                violation_error_message="发放要写日期和凭证号。",
            ),
            models.CheckConstraint(
                condition=~Q(state=AidState.DONE) | Q(done_on__isnull=False),
                name="aid_done_on_a_day",
                violation_error_message="要写完成日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AID_OVER) | ~Q(words=""),
                name="aid_ended_with_words",
                violation_error_message="不予帮扶或者撤回，要写明原因。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.get_state_display()}"

    @property
    def is_living(self) -> bool:
        """Not refused and not taken back."""
        return self.state not in AID_OVER
