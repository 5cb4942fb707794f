"""Counts of visits and lists kept ready, unit by unit, so that boards open at once; and the marks of what is stale.

Nothing but what can be counted again stands here. Written by apps/visits/actions/tallies.py, read by the figures and
by the coverage of campaigns, which count a marked unit anew.
"""

import uuid
from decimal import Decimal

from django.db import models

from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.units.models import Unit
from apps.visits.models.plans import Campaign, Leader


class WorkTally(models.Model):
    """What was done in one unit within a span for people of one category, as apps/visits/figures counts it; a row of
    noughts without a category where nothing was. What tells of the people holds as of ``ends_on``, the day on
    which it was counted."""

    county = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    category = models.CharField(max_length=10, blank=True)
    visits = models.IntegerField(default=0)
    led = models.IntegerField(default=0)
    people = models.IntegerField(default=0)
    lixiu = models.IntegerField(default=0)
    money = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    goods = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    done = models.IntegerField(default=0)
    missing = models.IntegerField(default=0)
    due = models.IntegerField(default=0)
    there = models.IntegerField(default=0)
    covered = models.IntegerField(default=0)
    never = models.IntegerField(default=0)
    unseen = models.IntegerField(default=0)
    seen = models.IntegerField(default=0)
    days = models.BigIntegerField(default=0)
    """Sum over the people of the days since the last visit."""

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "走访统计单元"
        constraints = (
            models.UniqueConstraint(
                fields=["starts_on", "ends_on", "county", "unit", "category"], name="tally_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.starts_on}—{self.ends_on}"


class LeaderTally(models.Model):
    """Visits of one leader in one unit within a span, and the different people he saw."""

    county = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    leader = models.ForeignKey(Leader, on_delete=models.CASCADE, related_name="+")
    visits = models.IntegerField()
    people = models.IntegerField()

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "领导走访统计单元"
        constraints = (
            models.UniqueConstraint(
                fields=["starts_on", "ends_on", "county", "unit", "leader"], name="leader_tally_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.leader_id} {self.starts_on}—{self.ends_on}"


class CampaignTally(models.Model):
    """The rows of a campaign's list in one unit, by group and category, as queries/coverage.py counts them."""

    county = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    team_id = models.IntegerField(null=True)
    category = models.CharField(max_length=10)
    done = models.IntegerField()
    missing = models.IntegerField()
    excused = models.IntegerField()
    removed = models.IntegerField()
    added = models.IntegerField()
    gone = models.IntegerField()
    planned = models.DecimalField(max_digits=12, decimal_places=2)
    given = models.DecimalField(max_digits=12, decimal_places=2)

    objects = PlaceQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "活动统计单元"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "county", "unit", "team_id", "category"],
                name="campaign_tally_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.unit_id}"


class WorkChange(models.Model):
    """A mark that a unit's visits, lists or people changed after they were counted.

    Written by triggers (migrations/0011_tallies.py); whoever counts again deletes the marks he sees in the same
    transaction, so that a change committed meanwhile keeps its own mark.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    county_id = models.IntegerField()
    unit_id = models.IntegerField(db_index=True)
    since = models.DateField(null=True)
    """Spans that end before it are not touched; None: all are."""

    objects = PlaceQuerySet.as_manager()
    access = Access.person(cascades=True)

    class Meta:
        verbose_name = verbose_name_plural = "走访变动标记"

    def __str__(self) -> str:
        return str(self.unit_id)
