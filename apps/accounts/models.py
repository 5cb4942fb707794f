"""People who sign in, and what they were granted where."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.choices import Contrast, Role, TextSize
from apps.accounts.rules import ADMIN_ROLES, CITY_ROLES, SESSION, db_role
from apps.audit.models import history_of
from apps.core.access import ADD, BASE, READ, WRITE, Access
from apps.core.scope import Actor
from apps.core.secret import SecretField
from apps.units.choices import Level
from apps.units.models import Unit


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: Actor) -> Self:
        """All accounts for those who keep them or grant rights; one's own for everybody else."""
        if actor.role in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}:
            return self
        return self.filter(pk=actor.user_id)

    def idle_since(self, moment: datetime) -> Self:
        """Active accounts that nobody has signed in to since ``moment``."""
        return self.filter(
            Q(last_login__lt=moment) | Q(last_login=None, created_at__lt=moment),
            is_active=True,
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """Create an account; without a password nobody can sign in until one is set by the one-time link."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """One person, one account."""

    username = models.CharField("用户名", max_length=60, unique=True)
    full_name = models.CharField("姓名", max_length=40)
    staff_number = models.CharField("工号", max_length=30, unique=True, null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    session_epoch = models.IntegerField(default=0)
    """Raised to end every session of the account at its next request."""
    text_size = models.CharField("字号", max_length=10, choices=TextSize, default=TextSize.STANDARD)
    contrast = models.CharField("对比度", max_length=10, choices=Contrast, default=Contrast.NORMAL)
    preferences = models.JSONField("界面偏好", default=dict, blank=True)
    """Columns and density by list name."""

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("full_name",)
    access = Access.infrastructure()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ("full_name", "pk")

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_staff(self) -> bool:
        """The portal has no Django admin."""
        return False


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self) -> Self:
        """Grants whose days include today."""
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)

    def valid(self) -> Self:
        """Grants in force, of accounts that are not switched off."""
        return self.in_force().filter(user__is_active=True)


IN_FORCE = models.Func("starts_on", "ends_on", function="daterange")
"""Days on which a grant is in force; the last day is not among them."""


class Grant(models.Model):
    """A role on a unit, for a time. The rights at work are those of one grant, never of all together."""

    user = models.ForeignKey(User, verbose_name="用户", on_delete=models.CASCADE, related_name="grants")
    role = models.CharField("身份", max_length=30, choices=Role)
    unit = models.ForeignKey(Unit, verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("生效日期", default=timezone.localdate)
    ends_on = models.DateField("失效日期", null=True, blank=True)
    exports = models.BooleanField("可以导出", default=True, db_default=True)
    """Taken away or given grant by grant; of roles that never export (``may_export``) it says nothing."""
    granted_by = models.ForeignKey(
        User, verbose_name="授权人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    user_has_code: bool
    """Whether an authenticator is enrolled; of grants that ``valid_grants`` gave."""

    objects = GrantQuerySet.as_manager()
    access = Access({"portal_base": READ, "s_security": WRITE, "s_system": READ})

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        ordering = ("user", "pk")
        constraints = (
            ExclusionConstraint(
                name="grant_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (IN_FORCE, RangeOperators.OVERLAPS),
                ],
                violation_error_message="这个用户已经有这项授权。",
            ),
            ExclusionConstraint(
                name="one_admin_power",
                expressions=[("user", RangeOperators.EQUAL), (IN_FORCE, RangeOperators.OVERLAPS)],
                condition=Q(role__in=sorted(ADMIN_ROLES)),
                violation_error_message="系统、安全、审计管理员不能由同一个账号担任。",
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")),
                name="grant_not_to_oneself",
                violation_error_message="不能给自己授权。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="grant_ends_after_start",
                violation_error_message="失效日期不能早于生效日期。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit.label} · {self.get_role_display()}"

    def actor(self, request: str = "") -> Actor:
        """The user at work under this grant."""
        unit = self.unit
        return Actor(
            user_id=self.user_id,
            name=self.user.full_name,
            role=self.role,
            db_role=db_role(self.role, unit.level),
            grant_id=self.pk,
            county_id=None if unit.level == Level.CITY else unit.area_id,
            unit_id=unit.pk if unit.level == Level.UNIT else None,
            exports=self.exports,
            place=unit.label,
            request=request,
        )


class GrantHistory(history_of(Grant, Access({"s_security": ADD, "s_audit": READ}))):
    class Meta:
        verbose_name = verbose_name_plural = "授权变更"


class UserGroupQuerySet(models.QuerySet["UserGroup"]):
    def visible_to(self, actor: Actor) -> Self:
        """All groups for those who keep them; for everybody else the groups he is in."""
        if actor.role in CITY_ROLES:
            return self
        return self.filter(pk__in=GroupMember.objects.filter(user_id=actor.user_id).values("group_id"))


class UserGroup(models.Model):
    """Named people to share a saved view with. It gives no right to see anybody: rights are grants alone."""

    name = models.CharField("名称", max_length=40, unique=True)
    members = models.ManyToManyField(User, through="GroupMember", verbose_name="成员", related_name="+")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = UserGroupQuerySet.as_manager()
    access = Access({BASE: READ, "s_city": WRITE})

    class Meta:
        verbose_name = verbose_name_plural = "用户组"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """Somebody in a group."""

    group = models.ForeignKey(UserGroup, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, verbose_name="成员", on_delete=models.CASCADE, related_name="+")

    access = Access({BASE: READ, "s_city": WRITE})

    class Meta:
        verbose_name = verbose_name_plural = "用户组成员"
        constraints = (models.UniqueConstraint(fields=["group", "user"], name="in_a_group_once"),)

    def __str__(self) -> str:
        return f"{self.group_id} {self.user_id}"


class Session(AbstractBaseSession):
    """A signed-in browser. Deleting the row ends it at the next request, and a request on its way cannot revive it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    """Empty until the sign-in is complete, the second factor included."""
    started_at = models.DateTimeField("登录时间", null=True)
    address = models.GenericIPAddressField("地址", null=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)

    access = Access({BASE: WRITE})

    class Meta(AbstractBaseSession.Meta):
        verbose_name = verbose_name_plural = "登录会话"

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore


class SessionStore(DatabaseSessionStore):
    """Django's sessions in the database, which also know whose they are (SESSION_ENGINE names this module)."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        if data.get(SESSION.COMPLETE):
            session.user_id = int(data["_auth_user_id"])
            session.started_at = datetime.fromtimestamp(data[SESSION.STARTED], UTC)
            session.address = data.get(SESSION.ADDRESS)
            session.agent = data.get(SESSION.AGENT, "")
        return session


class FormTokenQuerySet(models.QuerySet["FormToken"]):
    def claim(self, token: uuid.UUID, actor: Actor) -> tuple["FormToken", bool]:
        """Return the row of a form's token, and whether this is the first time the form is sent.

        A second sending at the same moment waits here until the first has committed, then sees its ``result``; when
        the first rolled back, the second is the first. Old tokens go on the way.
        Raises PermissionDenied for a token that somebody else has used.
        """
        self.filter(created_at__lt=timezone.now() - timedelta(days=7)).delete()
        row, is_new = self.get_or_create(token=token, defaults={"actor_id": actor.user_id})
        if row.actor_id != actor.user_id:
            raise PermissionDenied("form token of another user")
        return row, is_new


class FormToken(models.Model):
    """One sending of a form that makes something new: a double click or a reload makes it once."""

    token = models.UUIDField(primary_key=True)
    actor_id = models.IntegerField("操作人编号")
    result = models.CharField("结果", max_length=60, blank=True)
    """Key of what was made; empty while it is being made, or when it was refused."""
    created_at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    objects = FormTokenQuerySet.as_manager()
    access = Access.infrastructure()

    class Meta:
        verbose_name = verbose_name_plural = "表单令牌"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.token)


DRAFT_DAYS = 14


class FormDraftQuerySet(models.QuerySet["FormDraft"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, of the grant in hand."""
        return self.filter(user_id=actor.user_id, grant_id=actor.grant_id)

    def expired(self) -> Self:
        """Nobody has saved them for a fortnight."""
        return self.filter(saved_at__lt=timezone.now() - timedelta(days=DRAFT_DAYS))


class FormDraft(models.Model):
    """What somebody has typed into a long form and not yet sent. It may hold private values: sealed, behind the
    wall of his place, and nobody's but his own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    grant_id = models.IntegerField("授权编号")
    county_id = models.IntegerField(null=True)
    unit_id = models.IntegerField(null=True)
    form = models.CharField("表单", max_length=40)
    about = models.CharField("对象", max_length=40, blank=True)
    """Key of what is being changed; empty for something new."""
    contents = SecretField("内容")
    """JSON: texts by field, as typed."""
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    objects = FormDraftQuerySet.as_manager()
    access = Access.county()

    class Meta:
        verbose_name = verbose_name_plural = "表单草稿"
        ordering = ("-saved_at",)
        constraints = (
            models.UniqueConstraint(fields=["user", "grant_id", "form", "about"], name="draft_once"),
        )
        indexes = (models.Index(fields=["saved_at"], name="draft_saved"),)

    def __str__(self) -> str:
        return f"{self.form} {self.about}"

    def typed(self) -> dict[str, str]:
        """Texts by field."""
        found: dict[str, str] = json.loads(self.contents.for_processing())
        return found
