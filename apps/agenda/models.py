"""Secret addresses under which somebody's calendar reads his dates, and the digests that were sent."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from apps.accounts.models import Grant, User
from apps.core.access import Access

if TYPE_CHECKING:
    from apps.core.scope import Actor


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own."""
        return self.filter(user_id=actor.user_id)


class Feed(models.Model):
    """An ICS address. The token is shown once; kept is its digest. It reads with the rights of the grant, asked again
    each time, and names people only as far as ``shows_names`` says: the address leaves the portal."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    shows_names = models.BooleanField("写出姓名", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    last_read_at = models.DateTimeField("最近读取", null=True, blank=True)

    objects = OwnQuerySet.as_manager()
    access = Access.infrastructure()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.user_id)


class Digest(models.Model):
    """What was due and overdue in a week, told to one user: numbers and addresses, no names."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    week = models.CharField("周", max_length=8)
    """2026-W47."""
    lines = models.JSONField(default=list)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    read_at = models.DateTimeField("查看时间", null=True, blank=True)

    objects = OwnQuerySet.as_manager()
    access = Access.infrastructure()

    class Meta:
        verbose_name = verbose_name_plural = "每周提醒"
        ordering = ("-week", "-pk")
        constraints = (models.UniqueConstraint(fields=["grant", "week"], name="one_digest_a_week"),)

    def __str__(self) -> str:
        return self.week
