"""Views of the register that somebody keeps: conditions, columns, order, grouping, and who else may use them.

A view holds no people and opens nobody's rows: whoever opens it sees his own register under its conditions.
"""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import User, UserGroup
from apps.core.access import WRITE, Access
from apps.retirees.choices import Audience
from apps.units.models import Unit

if TYPE_CHECKING:
    from apps.core.scope import Actor


def place_of(actor: "Actor") -> int | None:
    """The unit whose colleagues are 本单位 for somebody: the own unit or county; None for the city bureau."""
    return actor.unit_id or actor.county_id


READERS = ("s_city", "s_county", "s_unit", "s_leader", "s_leader_county")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own, those for everybody, for one's own unit, and for a group one is in."""
        shared = ViewGroup.objects.filter(group__memberships__user_id=actor.user_id).values("view_id")
        return self.filter(
            Q(owner_id=actor.user_id)
            | Q(audience=Audience.ALL)
            | Q(audience=Audience.PLACE, place=place_of(actor))
            | Q(audience=Audience.GROUP, pk__in=shared)
        )

    def owned_by(self, actor: "Actor") -> Self:
        """Those that one may change."""
        return self.filter(owner_id=actor.user_id)


class SavedView(models.Model):
    """A named way to look at the register. ``query`` is the query string of the list, validated when it was kept and
    once more by whoever opens it: what is no condition for him is left out and named."""

    owner = models.ForeignKey(User, verbose_name="所有者", on_delete=models.CASCADE, related_name="+")
    name = models.CharField("名称", max_length=40)
    query = models.TextField("条件", max_length=4000, blank=True)
    columns = models.JSONField("列", default=list, blank=True)
    sort = models.CharField("排序", max_length=20, blank=True)
    grouping = models.CharField("分组", max_length=20, blank=True)
    audience = models.CharField("谁能用", max_length=10, choices=Audience, default=Audience.PRIVATE)
    place = models.ForeignKey(
        Unit, verbose_name="本单位", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    groups = models.ManyToManyField(
        UserGroup, through="ViewGroup", verbose_name="用户组", blank=True, related_name="+"
    )
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = SavedViewQuerySet.as_manager()
    access = Access(dict.fromkeys(READERS, WRITE))

    class Meta:
        verbose_name = verbose_name_plural = "名册视图"
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="view_named_once"),)

    def __str__(self) -> str:
        return self.name


class ViewGroup(models.Model):
    """A group that a view is shared with; without the last one the view is its owner's alone."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="shares")
    group = models.ForeignKey(UserGroup, verbose_name="用户组", on_delete=models.CASCADE, related_name="+")

    access = Access(dict.fromkeys(READERS, WRITE))

    class Meta:
        verbose_name = verbose_name_plural = "视图共享"
        constraints = (models.UniqueConstraint(fields=["view", "group"], name="shared_once"),)

    def __str__(self) -> str:
        return f"{self.view_id} {self.group_id}"
