"""The person: what is the same all life, and the present value of what changes (the dated facts beside it hold)."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from apps.core import pinyin
from apps.core.access import Access
from apps.core.chinese import age_on
from apps.core.fields import BirthdayNumber, EarliestDay, PartialDateField
from apps.core.lunar import lunar_of
from apps.core.places import PlaceQuerySet
from apps.retirees.choices import (
    NATION_CHOICES,
    ON_REGISTER,
    Category,
    Education,
    Health,
    Level,
    LifeState,
    Living,
    Marriage,
    Period,
    Political,
    Residence,
    SelfCare,
    Sex,
)
from apps.retirees.rules import missing_fields, period_of
from apps.units.models import Unit


class RetireeQuerySet(PlaceQuerySet["Retiree"]):
    """``visible_to`` is the only way into a list, an export, a search."""

    def on_register(self) -> Self:
        """People who are on the register now."""
        return self.filter(state__in=ON_REGISTER)


class Retiree(models.Model):
    """A retired cadre, 离休 or 退休. ``unit`` is the managing unit, the one home a person has at a time."""

    county = models.ForeignKey(Unit, verbose_name="县市区", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, verbose_name="管理单位", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=60)
    former_name = models.CharField("曾用名", max_length=60, blank=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    nation = models.CharField("民族", max_length=2, choices=NATION_CHOICES, blank=True)
    birth_date = PartialDateField("出生时间（档案）")
    card_birth_date = PartialDateField("出生日期（身份证）")
    native_place = models.CharField("籍贯", max_length=80, blank=True)
    birthplace = models.CharField("出生地", max_length=80, blank=True)
    political = models.CharField("政治面貌", max_length=2, choices=Political, blank=True)
    joined_party_on = PartialDateField("入党时间")
    education = models.CharField("学历", max_length=2, choices=Education, blank=True)
    marriage = models.CharField("婚姻状况", max_length=2, choices=Marriage, blank=True)

    category = models.CharField("类别", max_length=10, choices=Category)
    joined_on = PartialDateField("参加革命工作时间")
    joined_basis = models.CharField("参加革命工作时间依据", max_length=200, blank=True)
    work_started_on = PartialDateField("参加工作时间")
    work_basis = models.CharField("参加工作时间依据", max_length=200, blank=True)
    retired_on = PartialDateField("离退休时间")
    approval_number = models.CharField("批准文号", max_length=80, blank=True)
    post = models.CharField("退休时职务", max_length=120, blank=True)
    highest_post = models.CharField("曾任最高职务", max_length=120, blank=True)
    held_leading_post = models.BooleanField("担任过实职", null=True, blank=True)
    residence = models.CharField("居住地", max_length=10, choices=Residence, blank=True)
    settled_place = models.CharField("异地安置地点", max_length=80, blank=True)
    party_branch = models.CharField("所在党支部", max_length=80, blank=True)
    speciality = models.CharField("特长", max_length=120, blank=True)
    note = models.TextField("备注", max_length=1000, blank=True)

    # Present value of dated facts, kept by apps/retirees/actions; the facts are the truth.
    state = models.CharField("状态", max_length=10, choices=LifeState, default=LifeState.ALIVE)
    died_on = PartialDateField("去世时间")
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="merged",
        editable=False,
    )
    """The record that was kept, when this one was the second of the same person."""
    rank = models.CharField("退休时职级", max_length=3, choices=Level, blank=True)
    rank_number = models.CharField("职级批准文号", max_length=80, blank=True)
    treatment = models.CharField("现享受待遇", max_length=3, choices=Level, blank=True)
    treatment_on = PartialDateField("享受待遇时间")
    treatment_number = models.CharField("待遇批准文号", max_length=80, blank=True)
    medical_treatment = models.CharField("医疗待遇", max_length=3, choices=Level, blank=True)
    medical_treatment_on = PartialDateField("医疗待遇时间")
    medical_number = models.CharField("医疗待遇批准文号", max_length=80, blank=True)
    health = models.CharField("健康状况", max_length=2, choices=Health, blank=True)
    self_care = models.CharField("生活自理", max_length=10, choices=SelfCare, blank=True)
    living = models.CharField("居住方式", max_length=12, choices=Living, blank=True)

    # Derived, see ``derive``.
    name_sort = models.CharField(max_length=240, db_collation="C", editable=False)
    name_pinyin = models.CharField(max_length=200, db_collation="C", editable=False)
    name_initials = models.CharField(max_length=30, db_collation="C", editable=False)
    given_name = models.CharField(max_length=60, db_collation="C", editable=False)
    given_pinyin = models.CharField(max_length=200, db_collation="C", editable=False)
    given_initials = models.CharField(max_length=30, db_collation="C", editable=False)
    name_key = models.GeneratedField(
        expression=models.Func("name", function="retirees_name_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    """``cells.name_key`` of the name, made by the database (migrations/0001), so that no writer can forget it."""
    former_key = models.GeneratedField(
        expression=models.Func("former_name", function="retirees_name_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    period = models.CharField("参加革命工作时期", max_length=20, choices=Period, editable=False)
    birth_lunar = models.CharField("出生时间（农历）", max_length=12, blank=True, editable=False)
    """Code of apps/core/lunar.py (1933-L05-30) where the birth date was given as lunar; else empty."""
    birth_from = models.GeneratedField(
        expression=EarliestDay("birth_date"), output_field=models.DateField(null=True), db_persist=True
    )
    birth_order = models.GeneratedField(
        expression=Coalesce(EarliestDay("birth_date"), Value(date(9999, 12, 31))),
        output_field=models.DateField(),
        db_persist=True,
    )
    """Place in a list by age; unknown comes last."""
    birth_round = models.GeneratedField(
        expression=BirthdayNumber("birth_date", "birth_lunar"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    """Number of the birthday, the same every year (rules/birthdays.py)."""
    missing = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    filled = models.SmallIntegerField("资料完整", default=0, editable=False)

    custom = models.JSONField("自定义栏目", default=dict, blank=True, editable=False)
    """Values of the bureau's own fields by key (models/custom.py). Never private values."""
    verified_on = models.DateField("核实日期", null=True, blank=True)
    visited_on = models.DateField("最近走访", null=True, editable=False)
    """Kept by the visits' log (apps/visits/actions); no change of the record, and not in its history."""
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    import_batch_id = models.BigIntegerField(null=True, editable=False)

    objects = RetireeQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "离退休干部"
        ordering = ("name_sort", "pk")
        indexes = (
            models.Index(fields=["name_sort", "id"], name="retiree_name", condition=Q(state__in=ON_REGISTER)),
            models.Index(
                fields=["county", "name_sort", "id"],
                name="retiree_county_name",
                condition=Q(state__in=ON_REGISTER),
            ),
            models.Index(
                fields=["county", "unit", "name_sort", "id"],
                name="retiree_unit_name",
                condition=Q(state__in=ON_REGISTER),
            ),
            models.Index(
                fields=["name", "id"], name="retiree_name_itself", opclasses=["text_pattern_ops", "int8_ops"]
            ),
            models.Index(fields=["name_pinyin", "id"], name="retiree_pinyin"),
            models.Index(fields=["name_initials", "id"], name="retiree_initials"),
            models.Index(
                fields=["birth_order", "id"], name="retiree_birth", condition=Q(state__in=ON_REGISTER)
            ),
            models.Index(
                fields=["county", "birth_order", "id"],
                name="retiree_county_birth",
                condition=Q(state__in=ON_REGISTER),
            ),
            # Birthdays and 整寿 of a month (queries/birthdays.py).
            models.Index(
                fields=["birth_round", "birth_order", "id"],
                name="retiree_birthday",
                condition=Q(state__in=ON_REGISTER),
            ),
            models.Index(
                fields=["county", "birth_round", "birth_order", "id"],
                name="retiree_county_birthday",
                condition=Q(state__in=ON_REGISTER),
            ),
            models.Index(fields=["filled", "id"], name="retiree_filled", condition=Q(state__in=ON_REGISTER)),
            models.Index(
                fields=["county", "filled", "id"],
                name="retiree_county_filled",
                condition=Q(state__in=ON_REGISTER),
            ),
            models.Index(
                fields=["self_care", "county"], name="retiree_self_care", condition=~Q(self_care="")
            ),
            models.Index(fields=["category", "county", "name_sort"], name="retiree_category"),
            models.Index(
                fields=["county", "visited_on"], name="retiree_visited", condition=Q(state__in=ON_REGISTER)
            ),
            models.Index(
                fields=["visited_on", "id"], name="retiree_city_visited", condition=Q(state__in=ON_REGISTER)
            ),
            # For those who see the whole city: behind a county's row policy no operator of JSON uses an index.
            GinIndex(fields=["custom"], name="retiree_custom"),
            models.Index(fields=["county", "treatment", "name_sort"], name="retiree_treatment"),
            models.Index(
                fields=["import_batch_id"], name="retiree_batch", condition=Q(import_batch_id__isnull=False)
            ),
            models.Index(fields=["given_name", "id"], name="retiree_given"),
            models.Index(fields=["given_pinyin", "id"], name="retiree_given_pinyin"),
            models.Index(fields=["given_initials", "id"], name="retiree_given_initials"),
            # Looking for doubles (queries/doubles.py).
            models.Index(fields=["name_key", "birth_from"], name="retiree_name_key"),
            models.Index(fields=["unit", "name_pinyin"], name="retiree_unit_pinyin"),
            models.Index(fields=["former_key"], name="retiree_former_key", condition=~Q(former_name="")),
            # Any one or more of the rarer conditions of the list: bitmaps joined in the index itself.
            GinIndex(
                fields=["county", "health", "living", "residence", "political", "nation", "period"],
                name="retiree_various",
                condition=Q(state__in=ON_REGISTER),
            ),
            # What waits for the staff (queries/due.py), counted on every home page.
            *(
                models.Index(
                    fields=["county", "name_sort", "id"],
                    name=f"retiree_lacks_{field}",
                    condition=Q(state__in=ON_REGISTER, missing__contains=[field]),
                )
                for field in ("national_id", "birth_date", "phone")
            ),
            models.Index(
                fields=["county", "name_sort", "id"],
                name="retiree_rulings",
                condition=Q(state__in=ON_REGISTER, category=Category.LIXIU, period=Period.NEEDS_RULING),
            ),
            models.Index(
                fields=["state", "name_sort", "id"],
                name="retiree_off_name",
                condition=~Q(state__in=ON_REGISTER),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["county", "unit", "id"], name="retiree_place"),
            models.CheckConstraint(
                condition=~Q(state=LifeState.DEAD) | ~Q(died_on=""),
                name="dead_has_date",
                violation_error_message="去世要有时间（可以只到月或年）。",
            ),
            models.CheckConstraint(
                condition=Q(state=LifeState.MERGED, merged_into__isnull=False)
                | (~Q(state=LifeState.MERGED) & Q(merged_into__isnull=True)),
                name="merged_says_into_whom",
            ),
            models.CheckConstraint(condition=Q(filled__gte=0, filled__lte=22), name="filled_of_22"),
        )

    def __str__(self) -> str:
        return self.name

    def row_keys(self) -> dict[str, Any]:
        """What every row of this person carries: him and his place."""
        return {"retiree": self, "county_id": self.county_id, "unit_id": self.unit_id}

    def derive(self, private: "dict[str, Any] | None" = None) -> None:
        """Set what follows from the other fields. ``private``: truth values of the private fields for the
        completeness count; without it those of before are kept."""
        self.name_sort = pinyin.sort_key(self.name)[:240]
        self.name_pinyin = pinyin.full(self.name)[:200]
        self.name_initials = pinyin.initials(self.name)[:30]
        name, reading, initials = pinyin.given(self.name)
        self.given_name, self.given_pinyin, self.given_initials = name, reading[:200], initials[:30]
        lunar = lunar_of(self.birth_date)
        self.birth_lunar = lunar.code() if lunar else ""
        self.period = period_of(self.joined_on)
        if private is None:
            private = {name: name not in self.missing for name in PRIVATE_FIELDS}
        values = {name: getattr(self, name) for name in PUBLIC_FIELDS} | private
        self.missing = list(missing_fields(values))
        self.filled = 22 - len(self.missing)

    def age_on(self, day: date) -> int | None:
        """周岁 on a day, by the earliest day of the archive date."""
        return age_on(self.birth_from, day)

    @property
    def birth_known(self) -> bool:
        """Whether an age can be told at all."""
        return self.birth_date is not None


PRIVATE_FIELDS = (
    "monthly_income",
    "basic_fee",
    "allowance",
    "national_id",
    "medical_card",
    "address",
    "phone",
)
PUBLIC_FIELDS = (
    "name",
    "sex",
    "birth_date",
    "nation",
    "native_place",
    "political",
    "joined_party_on",
    "education",
    "work_started_on",
    "retired_on",
    "treatment",
    "treatment_on",
    "health",
    "rank",
    "post",
    "marriage",
)

__all__ = ["PRIVATE_FIELDS", "PUBLIC_FIELDS", "Retiree", "RetireeQuerySet"]
