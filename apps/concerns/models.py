"""What people ask for, propose or complain about: raised anywhere, answered here, with every step dated."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import User
from apps.audit.models import history_of
from apps.concerns.choices import OPEN, Kind, Result, Satisfaction, Source, State, StepKind, Topic, Way
from apps.core.access import Access
from apps.core.places import PlaceQuerySet
from apps.retirees.models import PersonRow
from apps.units.models import Unit

if TYPE_CHECKING:
    from datetime import date


class ConcernQuerySet(PlaceQuerySet["Concern"]):
    def open(self) -> Self:
        """Not finished."""
        return self.filter(state__in=OPEN)

    def overdue(self, today: "date") -> Self:
        """Past the deadline without an answer."""
        return self.filter(state__in=(State.RECEIVED, State.WORKING), due_on__lt=today)


class Concern(PersonRow):
    """One matter of one person (or, collective, of several with one speaking for them). ``unit`` is his managing unit;
    who has to answer is ``owner_unit``. The deadline is counted in working days from the day it was received."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Unit, verbose_name="登记的县市区", on_delete=models.PROTECT, related_name="+", editable=False
    )
    """Where it was registered and numbered; stays when the person moves."""
    year = models.SmallIntegerField("年份", editable=False)
    number = models.IntegerField("编号", editable=False)
    """Counted by office and year, without gaps; shown as 2026-0012."""
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.DEMAND)
    source = models.CharField("来源", max_length=10, choices=Source)
    topic = models.CharField("内容分类", max_length=10, choices=Topic)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("内容", max_length=4000, blank=True)
    raised_on = models.DateField("提出日期")
    received_on = models.DateField("受理日期")
    received_by_name = models.CharField("受理人", max_length=60)
    people_count = models.SmallIntegerField("涉及人数", default=1)
    repeat_of = models.ForeignKey(
        "self",
        db_constraint=False,
        verbose_name="重复事项",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="repeats",
    )
    owner_unit = models.ForeignKey(Unit, verbose_name="办理单位", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        User, verbose_name="经办人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    working_days = models.SmallIntegerField("办理时限（工作日）")
    due_on = models.DateField("办理期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answer_way = models.CharField("答复方式", max_length=10, choices=Way, blank=True)
    answer = models.TextField("答复内容", max_length=4000, blank=True)
    result = models.CharField("办理结果", max_length=10, choices=Result, blank=True)
    satisfaction = models.CharField("满意度", max_length=10, choices=Satisfaction, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    touched_at = models.DateTimeField("最近进展")
    """When somebody last did something about it: what nobody touches for long is shown as ageing."""
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ConcernQuerySet.as_manager()
    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        ordering = ("-received_on", "-number")
        indexes = (
            models.Index(fields=["county", "due_on"], name="concern_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["due_on", "id"], name="concern_open_city", condition=Q(state__in=OPEN)),
            models.Index(
                fields=["county", "touched_at"], name="concern_touched", condition=Q(state__in=OPEN)
            ),
            models.Index(fields=["county", "-received_on"], name="concern_received"),
            models.Index(fields=["-received_on"], name="concern_received_city"),
            models.Index(fields=["retiree", "-received_on"], name="concern_person"),
            models.Index(fields=["owner", "due_on"], name="concern_owner", condition=Q(state__in=OPEN)),
        )
        constraints = (
            models.UniqueConstraint(fields=["retiree", "id"], name="concern_of_person"),
            models.UniqueConstraint(fields=["office", "year", "number"], name="concern_number"),
            models.CheckConstraint(
                condition=Q(people_count__gte=1),
                name="concern_people",
                violation_error_message="涉及人数至少是1。",
            ),
            models.CheckConstraint(
                condition=Q(received_on__gte=F("raised_on")),
                name="concern_received_after_raised",
                violation_error_message="受理日期不能早于提出日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.ANSWERED, State.CLOSED)) | Q(answered_on__isnull=False),
                name="answered_has_day",
                violation_error_message="答复要有日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | (Q(closed_on__isnull=False) & ~Q(result="")),
                name="closed_has_result",
                violation_error_message="办结要有日期和结果。",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """2026-0012, as it is quoted."""
        return f"{self.year}-{self.number:04d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_collective(self) -> bool:
        """Of several people."""
        return self.people_count > 1


class ConcernPerson(PersonRow):
    """Who else stands behind a collective matter; the one who speaks is ``Concern.retiree``. Who no longer does is
    deleted here and stays in the history."""

    concern = models.ForeignKey(Concern, db_constraint=False, on_delete=models.CASCADE, related_name="others")

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "共同提出人"
        constraints = (models.UniqueConstraint(fields=["concern", "retiree"], name="once_in_a_concern"),)

    def __str__(self) -> str:
        return str(self.retiree_id)


class ConcernStep(PersonRow):
    """What was done about it, and when. Steps are added, never changed."""

    concern = models.ForeignKey(Concern, db_constraint=False, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField("步骤", max_length=10, choices=StepKind)
    happened_on = models.DateField("日期")
    text = models.TextField("说明", max_length=2000, blank=True)
    by_name = models.CharField("经办", max_length=60)
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)

    access = Access.person()

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ("concern", "recorded_at", "pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"


class ConcernCounter(models.Model):
    """Last number given in a county and year; locked while one is registered. Unit clerks register too."""

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    access = Access.infrastructure()

    class Meta:
        verbose_name = verbose_name_plural = "诉求编号"
        constraints = (models.UniqueConstraint(fields=["office", "year"], name="one_concern_counter"),)

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class ConcernHistory(history_of(Concern, Access.person(append_only=True))):
    class Meta:
        verbose_name = verbose_name_plural = "诉求变更"


class ConcernPersonHistory(history_of(ConcernPerson, Access.person(append_only=True))):
    class Meta:
        verbose_name = verbose_name_plural = "共同提出人变更"
