"""Where the money comes from, and how much is planned of each source."""

from django.db import models
from django.db.models import Q

from apps.core.access import Access
from apps.units.models import OfficeRow
from apps.visits.models.plans import Campaign


class FundSource(OfficeRow):
    """A pot: the fiscal special fund, the unit's own money, party dues."""

    name = models.CharField("名称", max_length=40)
    sort = models.SmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金来源"
        ordering = ("sort", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "name"],
                name="fund_source_once",
                nulls_distinct=False,
                violation_error_message="这个资金来源已经有了。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Budget(OfficeRow):
    """What may be spent of a source: in a campaign, or (without one) on everything else of a year."""

    source = models.ForeignKey(
        FundSource, verbose_name="资金来源", on_delete=models.PROTECT, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign, verbose_name="走访活动", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    year = models.SmallIntegerField("年份")
    amount = models.DecimalField("计划金额", max_digits=12, decimal_places=2)
    approved_by_name = models.CharField("批准人", max_length=60, blank=True)
    paper = models.CharField("依据", max_length=120, blank=True)

    access = Access.county(units=False, leaders=True)

    class Meta:
        verbose_name = verbose_name_plural = "慰问经费计划"
        ordering = ("-year", "source", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "source", "campaign", "year"],
                name="one_budget",
                nulls_distinct=False,
                violation_error_message="这个来源在这次活动（或这一年）已有计划。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="budget_amount",
                violation_error_message="计划金额不能是负数。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.amount}"
