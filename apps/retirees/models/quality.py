"""How many people each quality rule finds: by unit for today, by county for each month (the trend)."""

from django.db import models

from apps.core.access import Access
from apps.core.places import CountyQuerySet, PlaceQuerySet
from apps.units.models import Unit


class QualityCell(models.Model):
    """Heads of one rule in one unit, counted on ``on``; ``rule`` is a name of rules/quality.py, EVERYBODY or FILLED."""

    county = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    rule = models.CharField(max_length=20)
    people = models.IntegerField()

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "数据质量计数"
        constraints = (models.UniqueConstraint(fields=["unit", "rule"], name="one_cell_a_rule"),)
        indexes = (models.Index(fields=["county", "rule"], name="qualitycell_county"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.rule} {self.people}"


class QualityMonth(models.Model):
    """The same by county, as it stood at the last count of a month."""

    county = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    """Its first day."""
    rule = models.CharField(max_length=20)
    people = models.IntegerField()

    objects = CountyQuerySet.as_manager()
    access = Access.county(leaders=True, units=False)

    class Meta:
        verbose_name = verbose_name_plural = "数据质量月末数"
        constraints = (models.UniqueConstraint(fields=["county", "month", "rule"], name="one_month_a_rule"),)
        indexes = (models.Index(fields=["month", "rule"], name="qualitymonth_month"),)

    def __str__(self) -> str:
        return f"{self.county_id} {self.month} {self.rule} {self.people}"
