"""Fields that the city bureau adds to the register without code. Never private: they stand in lists and for leaders."""

from typing import TYPE_CHECKING, Self

from django.db import models

from apps.core.access import WRITE, Access
from apps.retirees.choices import CustomKind

if TYPE_CHECKING:
    from apps.core.scope import Actor


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Everybody; only the city writes them."""
        return self

    def in_use(self) -> Self:
        """Those that forms ask for."""
        return self.filter(is_retired=False)


class CustomField(models.Model):
    """One field. The values stand in ``Retiree.custom`` under its key; retiring it keeps them."""

    label = models.CharField("名称", max_length=20, unique=True)
    kind = models.CharField("类型", max_length=10, choices=CustomKind)
    help_text = models.CharField("填写说明", max_length=100, blank=True)
    is_required = models.BooleanField("必填", default=False)
    dictionary = models.CharField("选项来自字典", max_length=30, blank=True)
    minimum = models.DecimalField("最小", max_digits=12, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField("最大", max_digits=12, decimal_places=2, null=True, blank=True)
    max_length = models.PositiveSmallIntegerField("最多字数", default=200)
    sort = models.SmallIntegerField("次序", default=0)
    is_retired = models.BooleanField("停用", default=False)

    objects = CustomFieldQuerySet.as_manager()
    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "自定义栏目"
        ordering = ("sort", "pk")

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        """Name of the field wherever values have names."""
        return f"x_{self.pk}"
