"""What leaders are not shown and the disk does not hold in plain: numbers, addresses, money, family."""

import uuid

from django.db import models

from apps.core.access import Access
from apps.core.fields import PartialDateField
from apps.core.keyring import keyring
from apps.core.places import PlaceQuerySet
from apps.core.secret import SecretField, mask_address, mask_all, mask_id, mask_phone
from apps.retirees.choices import Political, Relation
from apps.retirees.models.facts import PersonRow
from apps.retirees.models.person import Retiree
from apps.retirees.rules.doubles import phone_key
from apps.units.models import Unit


def id_index(national_id: str) -> bytes:
    """Blind index of a normalised ID number: exact search and uniqueness without the number itself."""
    return keyring().blind("national_id", national_id)


def phone_index(phone: str) -> bytes | None:
    """Blind index of the first number of what is kept as telephone; None where there is none."""
    number = phone_key(phone)
    return keyring().blind("phone", number) if number else None


class PrivateDetails(models.Model):
    """One row a person, keyed by him, so that a value is sealed for its person before it is saved."""

    retiree = models.OneToOneField(
        Retiree, primary_key=True, on_delete=models.CASCADE, related_name="private", db_constraint=False
    )
    county = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    national_id = SecretField("身份证号", null=True, blank=True, mask=mask_id)
    national_id_index = models.BinaryField(null=True, blank=True, max_length=32)
    phone = SecretField("联系电话", null=True, blank=True, mask=mask_phone)
    phone_index = models.BinaryField(null=True, blank=True, max_length=32)
    address = SecretField("现居住地址", null=True, blank=True, mask=mask_address)
    medical_card = SecretField("医保号", null=True, blank=True, mask=mask_all)
    monthly_income = models.DecimalField("月收入总额", max_digits=10, decimal_places=2, null=True, blank=True)
    basic_fee = models.DecimalField("基本离退休费", max_digits=10, decimal_places=2, null=True, blank=True)
    allowance = models.DecimalField("补贴", max_digits=10, decimal_places=2, null=True, blank=True)

    objects = PlaceQuerySet.as_manager()
    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "敏感信息"
        indexes = (
            models.Index(
                fields=["phone_index"], name="private_phone", condition=models.Q(phone_index__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["national_id_index"],
                name="one_person_per_id",
                violation_error_message="该证件号码已登记，请联系市局核实。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.retiree_id}"

    def known(self) -> dict[str, bool]:
        """Which of the private required fields are filled."""
        return {
            "monthly_income": self.monthly_income is not None,
            "basic_fee": self.basic_fee is not None,
            "allowance": self.allowance is not None,
            "national_id": bool(self.national_id),
            "medical_card": bool(self.medical_card),
            "address": bool(self.address),
            "phone": bool(self.phone),
        }


class TakenId(models.Model):
    """Blind indexes of the ID numbers that are registered anywhere in the city, and nothing else: lets an import say
    "registered elsewhere" without showing where. Kept by a trigger on the private details (migrations/0003)."""

    national_id_index = models.BinaryField(primary_key=True, max_length=32)

    access = Access.infrastructure("DELETE, INSERT, SELECT")

    class Meta:
        verbose_name = verbose_name_plural = "已登记证件号索引"

    def __str__(self) -> str:
        return bytes(self.national_id_index).hex()[:8]


class FamilyMember(PersonRow):
    """Spouse, children, carers: in the order of calling."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    relation = models.CharField("关系", max_length=10, choices=Relation)
    kinship = models.CharField("称谓", max_length=20, blank=True)
    """The word that papers want (妻子, 长子 …); without it the relation stands for it, see ``kin``."""
    name = models.CharField("姓名", max_length=60)
    birth_date = PartialDateField("出生时间")
    political = models.CharField("政治面貌", max_length=2, choices=Political, blank=True)
    work = models.CharField("工作单位及职务", max_length=120, blank=True)
    phone = SecretField("电话", null=True, blank=True, mask=mask_phone)
    is_emergency = models.BooleanField("紧急联系人", default=False)
    is_survivor = models.BooleanField("遗属", default=False)
    """Provided for after the cadre's death."""
    sort = models.SmallIntegerField("联系次序", default=1)
    verified_on = models.DateField("核实日期", null=True, blank=True)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员与联系人"
        ordering = ("retiree", "sort", "pk")
        constraints = (models.UniqueConstraint(fields=["retiree", "id"], name="member_of_person"),)

    def __str__(self) -> str:
        return f"{self.kin} {self.name}"

    @property
    def kin(self) -> str:
        """What he is to the cadre: 长子, or 子女 where nobody said more."""
        return self.kinship or str(self.get_relation_display())
