"""Dictionaries of the bureau, and what it decided about the terms of all of them."""

from typing import TYPE_CHECKING, Self

from django.db import models

from apps.core.access import WRITE, Access

if TYPE_CHECKING:
    from apps.core.scope import Actor

CODE = 30


class SharedQuerySet(models.QuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """Everybody reads dictionaries; only the city writes them."""
        return self


class Dictionary(models.Model):
    """A list of terms that the bureau made itself; those of the standards come with the apps (rules.standards)."""

    label = models.CharField(
        "名称", max_length=40, unique=True, error_messages={"unique": "已有同名的字典。"}
    )
    note = models.CharField("说明", max_length=200, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = SharedQuerySet.as_manager()
    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "字典"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.label

    @property
    def code(self) -> str:
        """What fields name it by."""
        return f"d{self.pk}"


class Term(models.Model):
    """One term. Of a standard's dictionary it holds only place and whether it is offered; its words are the
    standard's. Never deleted: what people have stays readable."""

    dictionary = models.CharField("字典", max_length=CODE)
    code = models.CharField("代码", max_length=CODE)
    label = models.CharField("名称", max_length=40, blank=True)
    sort = models.IntegerField("次序")
    is_enabled = models.BooleanField("启用", default=True)
    merged_into = models.CharField("并入", max_length=CODE, blank=True)

    objects = SharedQuerySet.as_manager()
    access = Access.shared(s_city=WRITE)

    class Meta:
        verbose_name = verbose_name_plural = "字典项"
        ordering = ("dictionary", "sort", "pk")
        constraints = (
            models.UniqueConstraint(fields=["dictionary", "code"], name="term_once"),
            models.UniqueConstraint(
                fields=["dictionary", "label"],
                name="term_label_once",
                condition=~models.Q(label=""),
                violation_error_message="这个字典里已有同名的项。",
            ),
        )

    def __str__(self) -> str:
        return self.label or self.code
