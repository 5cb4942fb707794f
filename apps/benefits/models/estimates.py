"""What was reckoned ahead: what a change of standards comes to, next year's budget, where the same condition gets
another amount. Sums and conditions, nobody's names."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.benefits.choices import EstimateKind
from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.units.models import Unit


class Estimate(models.Model):
    """One reckoning with all that it was made from, so that it can be read years later. It is never changed: other
    assumptions make another."""

    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose office asked, and whose people are reckoned; empty: the city's, of all counties."""
    kind = models.CharField("类型", max_length=10, choices=EstimateKind)
    title = models.CharField("名称", max_length=120)
    first_month = models.DateField("从")
    last_month = models.DateField("到")
    standards = ArrayField(models.IntegerField(), verbose_name="标准", default=list, blank=True)
    """Keys of those that an EFFECT is about."""
    assumptions = models.JSONField("假设", default=dict, blank=True)
    """EFFECT: ``amount`` (standard, amount, starts); FORECAST: ``rates`` (shares that die in a year, by age)."""
    result = models.JSONField("结果", null=True, blank=True)
    """Empty while it is being reckoned; then ``rows`` and ``notes``. Money as text."""
    made_by = models.IntegerField(editable=False)
    made_by_name = models.CharField("测算人", max_length=60)
    made_at = models.DateTimeField("测算时间", auto_now_add=True)

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False)

    class Meta:
        verbose_name = verbose_name_plural = "测算"
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month")) & Q(first_month__day=1) & Q(last_month__day=1),
                name="estimate_months",
                violation_error_message="截止月份不能早于起始月份。",
            ),
        )

    def __str__(self) -> str:
        return self.title
