"""Reading the log: conditions, pages that stay fast however long the log grows, and names for what it holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.audit.models import Event, EventQuerySet, SignInQuerySet
from apps.core.chinese import format_moment
from apps.core.scope import Actor

SIZE = 50


def matching_events(events: EventQuerySet, conditions: Mapping[str, Any]) -> EventQuerySet:
    """``events`` under the conditions: since, until (days, both included), kind, actor (part of the name), request
    (the whole number), q (part of the text or of the reason)."""
    events = events.filter(_between(conditions))
    if conditions.get("kind"):
        events = events.filter(kind=conditions["kind"])
    if conditions.get("actor"):
        events = events.filter(actor_name__icontains=conditions["actor"])
    if conditions.get("request"):
        events = events.filter(request=conditions["request"])
    if conditions.get("q"):
        events = events.filter(Q(summary__icontains=conditions["q"]) | Q(reason__icontains=conditions["q"]))
    return events


def matching_sign_ins(sign_ins: SignInQuerySet, conditions: Mapping[str, Any]) -> SignInQuerySet:
    """``sign_ins`` under the conditions: since, until, outcome, username (part), address (beginning)."""
    sign_ins = sign_ins.filter(_between(conditions))
    if conditions.get("outcome"):
        sign_ins = sign_ins.filter(outcome=conditions["outcome"])
    if conditions.get("username"):
        sign_ins = sign_ins.filter(username__icontains=conditions["username"])
    if conditions.get("address"):
        sign_ins = sign_ins.filter(address=conditions["address"])
    return sign_ins


def _between(conditions: Mapping[str, Any]) -> Q:
    found = Q()
    if conditions.get("since"):
        found &= Q(at__gte=_midnight(conditions["since"]))
    if conditions.get("until"):
        found &= Q(at__lt=_midnight(conditions["until"] + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class LogPage:
    """Rows, newest first, and the cursors of the pages beside it ("" for none)."""

    rows: Sequence[Any]
    newer: str
    older: str


def log_page(rows: QuerySet, *, older_than: str = "", newer_than: str = "") -> LogPage:
    """One page of the log in order of time, beginning behind a cursor.

    Raises ValueError for a cursor that is none.
    """
    if newer_than:
        at, key = _read_cursor(newer_than)
        found = list(
            rows.filter(Q(at__gte=at), Q(at__gt=at) | Q(at=at, pk__gt=key)).order_by("at", "pk")[: SIZE + 1]
        )
        more = len(found) > SIZE
        shown = found[:SIZE][::-1]
        return LogPage(shown, _cursor(shown[0]) if more else "", _cursor(shown[-1]) if shown else "")
    if older_than:
        at, key = _read_cursor(older_than)
        rows = rows.filter(Q(at__lte=at), Q(at__lt=at) | Q(at=at, pk__lt=key))
    found = list(rows.order_by("-at", "-pk")[: SIZE + 1])
    shown = found[:SIZE]
    return LogPage(
        shown,
        _cursor(shown[0]) if older_than and shown else "",
        _cursor(shown[-1]) if len(found) > SIZE else "",
    )


def _cursor(row: Any) -> str:
    return f"{int(row.at.timestamp() * 1_000_000)}.{row.pk.hex}"


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    moment, _, key = text.partition(".")
    whole, part = divmod(int(moment), 1_000_000)
    try:
        at = datetime.fromtimestamp(whole, timezone.get_current_timezone()).replace(microsecond=part)
    except (OverflowError, OSError) as error:
        raise ValueError(text) from error
    return at, UUID(key)


def subject_label(subject: str) -> str:
    """What an event is about, in words: the name of the model "app.model"; the text itself if there is none now."""
    try:
        return str(apps.get_model(subject)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject


def last_act(actor: Actor, subject: models.Model) -> list[str]:
    """Who did something to ``subject`` last, and when: 张三，2026年3月5日 14:05. Nothing for those who may not read the
    log."""
    events = Event.objects.visible_to(actor)
    about = events.filter(subject=subject._meta.label_lower, subject_id=str(subject.pk))
    return [f"{event.actor_name}，{format_moment(event.at)}" for event in about.order_by("-at")[:1]]


Namer = Callable[[Any], str]
_namers: dict[str, Namer] = {}


def set_namer(of: str, namer: Namer) -> None:
    """Let an app above give names to what the log holds only as a value: "role", "place" (key of a unit), "browser"."""
    _namers[of] = namer


def name_of(kind: str, value: Any) -> str:
    """The name that the app above gives, else the value as text; "—" for none."""
    if value in (None, ""):
        return "—"
    namer = _namers.get(kind)
    return namer(value) if namer else str(value)


DATA_LABELS = {
    "added": "加入",
    "attachment": "文件编号",
    "batch": "导入编号",
    "count": "数量",
    "visit": "走访编号",
    "visits": "走访编号",
    "column": "列",
    "columns": "列",
    "conflicts": "有冲突",
    "conditions": "条件",
    "faults": "对不上的处数",
    "field": "字段",
    "fields": "字段",
    "from": "原编号",
    "grant": "授权编号",
    "job": "任务编号",
    "kept": "保留的编号",
    "keys": "编号",
    "kind": "种类",
    "merged": "并入的编号",
    "method": "方法",
    "new": "新增",
    "number": "号",
    "other": "另一人编号",
    "path": "地址",
    "people": "人数",
    "removed": "移除",
    "request": "申请编号",
    "requests": "申请",
    "restored": "恢复",
    "retiree": "人员编号",
    "role": "身份",
    "row": "行",
    "rows": "行数",
    "sha256": "文件摘要",
    "size": "字节",
    "to": "新编号",
    "transfer": "转移编号",
    "unit": "单位编号",
    "update": "更新",
    "written": "写入",
}


def data_in_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """What an event keeps beside its words, with its keys as a reader knows them."""
    return {
        DATA_LABELS.get(key, key): data_in_words(value) if isinstance(value, Mapping) else value
        for key, value in data.items()
    }
