"""Tables of a year, one a place."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.choices import Role
from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.statistics.choices import State
from apps.statistics.rules import last_day
from apps.units.models import Unit

if TYPE_CHECKING:
    from apps.core.scope import Actor


class TableQuerySet(CountyQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """As of every row of a county; leaders see what is frozen."""
        found = super().visible_to(actor)
        return found.filter(state=State.FROZEN) if actor.role == Role.LEADER else found


class YearTable(models.Model):
    """The numbers of one place at the end of one year, as they were counted; a draft can be counted again."""

    county = models.ForeignKey(
        Unit, verbose_name="县市区", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    year = models.IntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    counties = models.JSONField(default=list)
    """[[key, name]]: rows of the city's section."""
    cells = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    """The same cells at the end of the year before, counted at the same time."""
    checks = models.JSONField(default=list)
    counted_at = models.DateTimeField("统计时间", db_default=Now())
    made_by_name = models.CharField("统计人", max_length=60)
    checked_by_name = models.CharField("核对人", max_length=60, blank=True)
    frozen_by_name = models.CharField("定稿人", max_length=60, blank=True)
    frozen_at = models.DateTimeField("定稿时间", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    version = models.IntegerField(default=1)

    objects = TableQuerySet.as_manager()
    access = Access.county(units=False, leaders=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度统计表"
        ordering = ("-year", "county_id")
        constraints = (
            models.UniqueConstraint(fields=["county", "year"], name="one_table_a_year", nulls_distinct=False),
            models.CheckConstraint(
                condition=~Q(state=State.FROZEN) | Q(frozen_at__isnull=False), name="frozen_table_has_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year}年度统计表"

    @property
    def until(self) -> date:
        """The day the numbers are as of."""
        return last_day(self.year, timezone.localdate(self.counted_at))

    @property
    def is_trial(self) -> bool:
        """Counted before its year was over."""
        return timezone.localdate(self.counted_at) <= date(self.year, 12, 31)

    @property
    def state_words(self) -> str:
        return "试算" if self.is_trial else self.get_state_display()

    @property
    def place(self) -> str:
        return self.county.label if self.county else "全市"

    @property
    def faults(self) -> int:
        """Sums that do not come out."""
        return sum(not one["is_right"] for one in self.checks)
