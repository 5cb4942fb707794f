"""What was done, by whom, and what private values were read. Rows are added, never changed."""

import uuid
from typing import TYPE_CHECKING, Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models.functions import Now
from pghistory.models import Event as PghistoryEvent

from apps.audit.choices import EventKind, SignInOutcome
from apps.core.access import ADD, READ, Access

if TYPE_CHECKING:
    from apps.core.scope import Actor

ADD_ONLY = "INSERT"


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, actor: "Actor") -> Self:
        """The audit administrator and the city see all; counties and units their own; nobody else anything."""
        if actor.db_role in {"s_audit", "s_city"}:
            return self
        if actor.db_role == "s_county":
            return self.filter(county_id=actor.county_id)
        if actor.db_role == "s_unit":
            return self.filter(county_id=actor.county_id, unit_id=actor.unit_id)
        return self.none()


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, actor: "Actor") -> Self:
        """The audit administrator sees all, everybody else their own."""
        return self if actor.db_role == "s_audit" else self.filter(user_id=actor.user_id)


class Event(models.Model):
    """One business event, reading of a private value, export or refusal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField("时间", default=Now, db_index=True)
    """The database's clock. Not db_default: Django would read it back, and most roles may add but not read."""
    kind = models.CharField("类型", max_length=40, choices=EventKind)
    summary = models.CharField("内容", max_length=300)
    reason = models.CharField("事由", max_length=200, blank=True)
    subject = models.CharField("对象", max_length=80, blank=True)
    """ "app.model" of what it is about."""
    subject_id = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict, blank=True)
    """Ids and counts only, never a private value."""
    actor_id = models.IntegerField("操作人编号")
    actor_name = models.CharField("操作人", max_length=60)
    role = models.CharField("身份", max_length=30)
    request = models.CharField("请求编号", max_length=40)
    county_id = models.IntegerField(null=True, blank=True)
    unit_id = models.IntegerField(null=True, blank=True)

    objects = EventQuerySet.as_manager()
    access = Access(
        {
            "s_city": ADD,
            "s_county": ADD,
            "s_unit": ADD,
            "s_leader": ADD_ONLY,
            "s_leader_county": ADD_ONLY,
            "s_system": ADD_ONLY,
            "s_security": ADD_ONLY,
            "s_audit": ADD,
        },
        walled=True,
    )

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ("-at", "id")
        indexes = (
            models.Index(fields=["subject", "subject_id", "-at"], name="audit_event_subject"),
            models.Index(fields=["county_id", "-at"], name="audit_event_county"),
            models.Index(fields=["actor_id", "-at"], name="audit_event_actor"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.summary


class SignIn(models.Model):
    """A sign-in or a failed try; written before anyone's scope is known, so it holds no data of cadres."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField("时间", db_default=Now(), db_index=True)
    user_id = models.IntegerField("用户编号", null=True)
    username = models.CharField("用户名", max_length=150)
    outcome = models.CharField("结果", max_length=20, choices=SignInOutcome)
    address = models.GenericIPAddressField("地址", null=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)

    objects = SignInQuerySet.as_manager()
    access = Access.infrastructure(ADD)

    class Meta:
        verbose_name = verbose_name_plural = "登录记录"
        ordering = ("-at", "id")
        indexes = (
            models.Index(fields=["user_id", "-at"], name="audit_signin_user"),
            models.Index(fields=["username", "-at"], name="audit_signin_username"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.username} {self.outcome}"


class History(PghistoryEvent):
    """Base of every history table: who and in which request, taken from the scope by the database itself.

    ``portal_actor()`` raises when nobody is named, so a change without an actor is refused.
    """

    pgh_actor = models.IntegerField(db_default=models.Func(function="portal_actor"))
    pgh_request = models.CharField(max_length=40, db_default=models.Func(function="portal_request"))

    class Meta:
        abstract = True


def history_of(model: type[models.Model], access: Access, **options: Any) -> type[models.Model]:
    """Return the abstract history model of ``model``: a row for each insert, change and deletion, by
    statement-level triggers, so that bulk writes and plain SQL are in it too."""
    return pghistory.create_event_model(
        model,
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        base_model=History,
        context_field=None,
        append_only=True,
        level=pgtrigger.Statement,
        attrs={"access": access},
        **options,
    )


__all__ = ["ADD_ONLY", "READ", "Event", "History", "SignIn", "history_of"]
