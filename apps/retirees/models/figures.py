"""What figures are computed from. A spell is a stretch of time in which nothing counted about a person changes, so
that any figure as of any day is one scan of one table; cells keep the counts of a day until something changes."""

import uuid

from django.db import models
from django.db.models import Q

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.retirees.choices import AgeBand, Category, Level, Period, Sex
from apps.units.models import Unit


class Spell(models.Model):
    """Derived from membership, level facts and the person by apps/retirees/actions; rebuilt, never edited."""

    county = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    retiree_id = models.BigIntegerField(db_index=True)
    starts_on = models.DateField(null=True)
    """None: since before anything is known."""
    ends_on = models.DateField(null=True)
    """First day on which it no longer holds; None: it holds now."""
    enters = models.CharField(max_length=10, blank=True)
    """EntryKind, on the first spell of a membership only."""
    leaves = models.CharField(max_length=10, blank=True)
    """ExitKind, on the last spell of a membership only."""
    category = models.CharField(max_length=10, choices=Category)
    period = models.CharField(max_length=20, choices=Period)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    birth_from = models.DateField(null=True)
    treatment = models.CharField(max_length=3, choices=Level, blank=True)
    party_member = models.BooleanField(default=False)
    helpless = models.BooleanField(default=False)
    """完全不能自理."""
    filled = models.SmallIntegerField(default=0)

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "统计区间"
        indexes = (
            models.Index(fields=["county", "starts_on", "ends_on"], name="spell_county"),
            models.Index(fields=["county", "starts_on"], name="spell_enters", condition=~Q(enters="")),
            models.Index(fields=["county", "ends_on"], name="spell_leaves", condition=~Q(leaves="")),
            models.Index(
                fields=["starts_on"],
                include=("county", "enters"),
                name="spell_city_enters",
                condition=~Q(enters=""),
            ),
            models.Index(
                fields=["ends_on"],
                include=("county", "leaves"),
                name="spell_city_leaves",
                condition=~Q(leaves=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.retiree_id} {self.starts_on}—{self.ends_on}"


class FigureCell(models.Model):
    """Headcount of one combination of dimensions in one county on one day."""

    county = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    category = models.CharField(max_length=10, choices=Category)
    period = models.CharField(max_length=20, choices=Period)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    age_band = models.CharField(max_length=3, choices=AgeBand, blank=True)
    treatment = models.CharField(max_length=3, choices=Level, blank=True)
    people = models.IntegerField()
    party_members = models.IntegerField()
    helpless = models.IntegerField()
    filled = models.IntegerField()
    """Sum over people of filled required fields."""

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "统计单元"
        indexes = (
            models.Index(fields=["on", "unit"], name="figurecell_unit"),
            models.Index(fields=["on", "county"], name="figurecell_county"),
        )

    def __str__(self) -> str:
        return f"{self.county_id} {self.on} {self.people}"


class RegisterChange(models.Model):
    """A mark that the register of a county changed after its cells were counted.

    Written by a trigger; whoever counts again deletes the marks he sees in the same transaction, so that a change
    committed meanwhile keeps its own mark. No lock, no lost update.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    county_id = models.IntegerField()
    unit_id = models.IntegerField(db_index=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "变动标记"

    def __str__(self) -> str:
        return str(self.county_id)
