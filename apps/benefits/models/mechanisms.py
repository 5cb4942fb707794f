"""Which mechanisms a county has set up (困难帮扶机制, 共享发展成果机制), since when and by which paper."""

from django.db import models
from django.db.models import Q

from apps.benefits.choices import MechanismKind
from apps.core.access import Access
from apps.core.places import CountyQuerySet
from apps.library.models import Paper
from apps.units.models import Unit


class CountyMechanism(models.Model):
    """What one county says of one mechanism. Without a row it has not said anything."""

    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("机制", max_length=10, choices=MechanismKind)
    is_there = models.BooleanField("已建立")
    since = models.DateField("建立日期", null=True, blank=True)
    paper = models.ForeignKey(
        Paper, verbose_name="依据文件", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proof = models.CharField("证明", max_length=200, blank=True)
    """In words, where the paper is not in the library; of one that is not there, why."""
    set_by_name = models.CharField("填报人", max_length=60)
    set_at = models.DateTimeField("填报时间", auto_now=True)

    objects = CountyQuerySet.as_manager()
    access = Access.county(units=False)

    class Meta:
        verbose_name = verbose_name_plural = "县市区机制"
        ordering = ("county__sort", "county_id", "kind")
        constraints = (
            models.UniqueConstraint(fields=["county", "kind"], name="mechanism_once"),
            models.CheckConstraint(
                condition=Q(is_there=False, since=None)
                | (Q(is_there=True, since__isnull=False) & (Q(paper__isnull=False) | ~Q(proof=""))),
                name="mechanism_proved",
                violation_error_message="已建立的要有建立日期和依据文件或证明。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {'已建立' if self.is_there else '没有建立'}"
