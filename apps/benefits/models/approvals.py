"""What is decided about one person: benefits that need an approval, and where his money goes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from apps.benefits.choices import DeathKind
from apps.benefits.models.standards import Benefit
from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.core.secret import SecretField, mask_all
from apps.retirees.models import PersonRow


class Approval(PersonRow):
    """Somebody may have a benefit that nobody has without approval (自雇费), for a time."""

    benefit = models.ForeignKey(Benefit, verbose_name="待遇项目", on_delete=models.PROTECT, related_name="+")
    during = DateRangeField("期间")
    document = models.CharField("批准文号或材料", max_length=120)
    approved_by_name = models.CharField("批准人", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "待遇批准"
        ordering = ("retiree", "benefit", "during")
        constraints = (
            ExclusionConstraint(
                name="one_approval_at_a_time",
                expressions=[
                    ("retiree", RangeOperators.EQUAL),
                    ("benefit", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一时期已经批准过这项待遇。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.benefit_id} {self.during}"


class DeathRuling(PersonRow):
    """How somebody died, where the gratuity depends on it. Without one: 病故."""

    kind = models.CharField("性质", max_length=10, choices=DeathKind)
    document = models.CharField("认定文号或材料", max_length=120)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "牺牲病故性质"
        constraints = (models.UniqueConstraint(fields=["retiree"], name="one_death_ruling"),)

    def __str__(self) -> str:
        return self.get_kind_display()


class PayAccount(models.Model):
    """The account that a person's money is paid into."""

    retiree = models.OneToOneField(
        "retirees.Retiree",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="pay_account",
        db_constraint=False,
    )
    county = models.ForeignKey(
        "units.Unit", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    unit = models.ForeignKey("units.Unit", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    bank = models.CharField("开户行", max_length=80)
    holder = models.CharField("户名", max_length=60)
    number = SecretField("账号", mask=mask_all)

    objects = PlaceQuerySet.as_manager()
    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "发放账户"

    def __str__(self) -> str:
        return f"{self.retiree_id}"
