"""The log: who was seen, by whom, how, what was given, what was heard. A row is one person seen once."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import Q

from apps.concerns.models import Concern
from apps.core.access import Access
from apps.retirees.choices import Health, SelfCare
from apps.retirees.models import FamilyMember, PersonRow
from apps.visits.choices import LeaderLevel, Mood, Recorded, SignedBy, Target, Way
from apps.visits.models.funds import FundSource
from apps.visits.models.plans import Campaign, Leader, Occasion, Team


class Visit(PersonRow):
    """Somebody was seen, called or written to. Money and goods stand apart, each with its source."""

    key = models.UUIDField("登记标识", default=uuid.uuid4, unique=True, editable=False)
    """Made by the form before it is sent: the same log sent twice is one visit."""
    occasion = models.ForeignKey(Occasion, verbose_name="事由", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        Campaign, verbose_name="走访活动", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        Team, verbose_name="走访组", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    visited_on = models.DateField("走访日期")
    way = models.CharField("方式", max_length=12, choices=Way)
    place = models.CharField("地点", max_length=80, blank=True)
    """Of the hospital or home for the aged; never the person's address."""
    target = models.CharField("看望对象", max_length=10, choices=Target, default=Target.SELF)
    family = models.ForeignKey(
        FamilyMember,
        db_constraint=False,
        verbose_name="家属",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    level = models.CharField("最高层级", max_length=1, choices=LeaderLevel)
    """The highest level of those who went, for rules and coverage."""
    visitors_text = models.CharField("走访人", max_length=200)
    """In words, as it stands in lists: 王××（副市长）等3人. Each of them is a ``Visitor``."""
    health_seen = models.CharField("健康状况", max_length=2, choices=Health, blank=True)
    self_care_seen = models.CharField("生活自理", max_length=10, choices=SelfCare, blank=True)
    mood = models.CharField("情绪", max_length=10, choices=Mood, blank=True)
    summary = models.TextField("走访情况", max_length=2000, blank=True)
    money = models.DecimalField("慰问金", max_digits=8, decimal_places=2, default=Decimal(0))
    goods = models.CharField("慰问品", max_length=80, blank=True)
    goods_value = models.DecimalField("慰问品价值", max_digits=8, decimal_places=2, default=Decimal(0))
    source = models.ForeignKey(
        FundSource, verbose_name="资金来源", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by_name = models.CharField("批准人", max_length=60, blank=True)
    over_limit_reason = models.CharField("超标准说明", max_length=120, blank=True)
    signed_by = models.CharField("签收", max_length=10, choices=SignedBy, blank=True)
    signed_name = models.CharField("签收人", max_length=40, blank=True)
    signed_on = models.DateField("签收日期", null=True, blank=True)
    recorded = models.CharField("登记途径", max_length=10, choices=Recorded, default=Recorded.FORM)
    recorded_by = models.IntegerField("登记人编号")
    recorded_by_name = models.CharField("登记人", max_length=60)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    import_batch_id = models.BigIntegerField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "走访记录"
        ordering = ("-visited_on", "-pk")
        indexes = (
            models.Index(fields=["county", "-visited_on", "-id"], name="visit_county"),
            models.Index(fields=["-visited_on", "-id"], name="visit_city"),
            models.Index(fields=["retiree", "-visited_on"], name="visit_person"),
            models.Index(fields=["unit", "visited_on"], name="visit_unit"),
            models.Index(
                fields=["campaign", "county"], name="visit_campaign", condition=Q(campaign__isnull=False)
            ),
            models.Index(
                fields=["county", "visited_on"],
                include=("source", "campaign", "occasion", "money", "goods_value", "retiree", "signed_by"),
                name="visit_gifts",
                condition=Q(source__isnull=False),
            ),
            models.Index(
                fields=["county", "visited_on"], name="visit_over", condition=~Q(over_limit_reason="")
            ),
            models.Index(
                fields=["import_batch_id"], name="visit_batch", condition=Q(import_batch_id__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["retiree", "id"], name="visit_of_person"),
            models.UniqueConstraint(
                fields=["campaign", "retiree", "family"],
                name="one_gift_in_a_campaign",
                condition=Q(campaign__isnull=False) & (Q(money__gt=0) | ~Q(goods="")),
                nulls_distinct=False,
                violation_error_message="此人在这次活动里已经领过慰问金或慰问品。",
            ),
            models.CheckConstraint(
                condition=Q(money__gte=0, goods_value__gte=0),
                name="visit_amounts",
                violation_error_message="金额不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(money=0, goods_value=0) | Q(source__isnull=False),
                name="gift_has_source",
                violation_error_message="有慰问金或慰问品的，要写明资金来源。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.retiree_id} {self.visited_on}"

    @property
    def has_gift(self) -> bool:
        return bool(self.money or self.goods or self.goods_value)


class Visitor(PersonRow):
    """One of those who went, with his post of that day."""

    visit = models.ForeignKey(Visit, db_constraint=False, on_delete=models.CASCADE, related_name="visitors")
    leader = models.ForeignKey(
        Leader, verbose_name="领导", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("时任职务", max_length=80, blank=True)
    level = models.CharField("层级", max_length=1, choices=LeaderLevel)
    position = models.SmallIntegerField("次序", default=0)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "走访人"
        ordering = ("visit", "position", "pk")
        indexes = (
            models.Index(
                fields=["leader", "visit"], name="visitor_leader", condition=Q(leader__isnull=False)
            ),
        )
        constraints = (models.UniqueConstraint(fields=["visit", "name", "post"], name="visitor_once"),)

    def __str__(self) -> str:
        return self.name


class VisitPhoto(PersonRow):
    """A picture of the visit, made anew without metadata; staff see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, db_constraint=False, on_delete=models.CASCADE, related_name="photos")
    file_ref = models.CharField(max_length=64)
    thumb_ref = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    caption = models.CharField("说明", max_length=80, blank=True)
    uploaded_by_name = models.CharField("上传人", max_length=60)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    access = Access.person(leaders=False)

    class Meta:
        verbose_name = verbose_name_plural = "走访照片"
        ordering = ("visit", "uploaded_at", "pk")
        constraints = (models.UniqueConstraint(fields=["visit", "digest"], name="photo_once"),)

    def __str__(self) -> str:
        return self.caption or "照片"


class RaisedConcern(PersonRow):
    """A want raised in a visit: the concern that answers it."""

    visit = models.ForeignKey(Visit, db_constraint=False, on_delete=models.CASCADE, related_name="raised")
    concern = models.OneToOneField(Concern, db_constraint=False, on_delete=models.CASCADE, related_name="+")

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "走访中提出的诉求"

    def __str__(self) -> str:
        return str(self.concern_id)
