"""Is the portal alive, and is it ready to work.

``/livez`` depends on nothing: when it does not answer, restart the process. ``/readyz`` looks at everything the portal
stands on and answers 503 when it should get no work; it says which part, never what is wrong with it, because anyone
may ask. What is wrong, and what to do, stands on the page 系统状态 for the system administrator, and in the log.

Redis is a doorbell: without it pages and writes work and jobs wait, so its absence is "degraded", not "failing"; and
a worker that has lost Redis gives no signs of life, so then their age is not held against it.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from apps.accounts.perms import can_see_system
from apps.core import fonts
from apps.core.catalogue import catalogue_faults
from apps.core.pages import page, public_page
from apps.jobs.choices import Sign
from apps.jobs.queries import LifeSign, life_signs, queue_state

logger = logging.getLogger(__name__)

OK, DEGRADED, FAILING = "ok", "degraded", "failing"
WORDS = {OK: ("正常", "green"), DEGRADED: ("需要注意", "amber"), FAILING: ("故障", "red")}
SIGN_AGE = timedelta(seconds=60)
"""Worker and beat give a sign every ten seconds."""
REMEMBERED = 30.0
"""Seconds for which the answers that cost something are kept in the process."""
DISK_FAILING, DISK_LOW = 256 * 1024**2, 2 * 1024**3


@dataclass(frozen=True)
class Check:
    """One part: its name for machines and for people, its state, and what there is to say."""

    key: str
    label: str
    state: str = OK
    message: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.state][0]

    @property
    def tone(self) -> str:
        return WORDS[self.state][1]


def examine() -> list[Check]:
    """Look at everything, and never raise."""
    doorbell = check_redis()
    checks = [check_database()]
    if checks[0].state == OK:
        checks += _guarded("migrations", "数据库版本", lambda: [_remembered("migrations", check_migrations)])
        checks += _guarded("walls", "数据隔离", lambda: [_remembered("walls", check_walls)])
        checks += _guarded("signs", "后台进程", lambda: list(check_signs(life_signs(), doorbell.state == OK)))
        checks += _guarded("queue", "任务队列", lambda: [check_queue()])
    return [
        *checks,
        doorbell,
        check_disk(),
        *_guarded("fonts", "字体", lambda: [_remembered("fonts", check_fonts)]),
    ]


def worst(checks: list[Check]) -> str:
    """The state of the whole."""
    return max((check.state for check in checks), key=(OK, DEGRADED, FAILING).index)


def check_database() -> Check:
    """PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseTrouble as error:
        return Check(
            "database",
            "数据库",
            FAILING,
            f"PostgreSQL 没有应答（{type(error).__name__}），请检查数据库服务。",
        )
    return Check("database", "数据库", OK, "PostgreSQL 应答正常。")


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(loader.disk_migrations)


def missing_migrations(applied: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of this version that are not among the applied ones."""
    return set(_migrations_on_disk() - applied)


def check_migrations() -> Check:
    """Every migration of this version has been applied."""
    missing = missing_migrations(set(MigrationRecorder(connection).applied_migrations()))
    if not missing:
        return Check("migrations", "数据库版本", OK, "与程序版本一致。")
    names = "、".join(sorted(f"{app}.{name}" for app, name in missing)[:5])
    return Check(
        "migrations", "数据库版本", FAILING, f"有 {len(missing)} 项没有升级：{names}。请运行 setup。"
    )


def check_walls() -> Check:
    """Policies, grants and the login are as the models declare."""
    faults = catalogue_faults()
    if not faults:
        return Check("walls", "数据隔离", OK, "行级策略、授权和登录账号与声明一致。")
    logger.error("the walls are not as declared: %s", "; ".join(faults))
    return Check("walls", "数据隔离", FAILING, "；".join(faults))


def check_signs(signs: list[LifeSign], bell_is_heard: bool) -> Iterator[Check]:
    """Worker and beat were heard of within a minute."""
    for sign in Sign:
        age = next((life.age for life in signs if life.sign == sign), None)
        if age is not None and age < SIGN_AGE:
            yield Check(sign.value, sign.label, OK, f"{int(age.total_seconds())} 秒前有心跳。")
            continue
        seen = f"上次心跳在 {_span(age)}前" if age is not None else "一天之内没有心跳"
        what = f"{seen}，请检查{sign.label}（{sign.value}）是否在运行。"
        if bell_is_heard:
            yield Check(sign.value, sign.label, FAILING, what)
        else:
            yield Check(sign.value, sign.label, DEGRADED, f"{seen}；Redis 恢复后自动继续。")


def check_queue() -> Check:
    """Nothing waits whose time has long come, and nothing has died."""
    queue = queue_state()
    message = f"排队 {queue.waiting}，进行中 {queue.running}，失败 {queue.dead}。"
    if queue.stuck:
        return Check(
            "queue",
            "任务队列",
            DEGRADED,
            f"{message}其中 {queue.stuck} 项已等待 5 分钟以上，任务进程可能不够用。",
        )
    return Check("queue", "任务队列", OK, message)


def check_redis() -> Check:
    """Redis answers."""
    try:
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1, retry=None
        ) as client:
            client.ping()
    except redis.RedisError as error:
        text = f"Redis 没有应答（{type(error).__name__}）。页面照常使用，后台任务等它恢复后自动继续。"
        return Check("redis", "任务门铃", DEGRADED, text)
    return Check("redis", "任务门铃", OK, "Redis 应答正常。")


def check_disk() -> Check:
    """There is room for uploads and documents."""
    folder = Path(settings.PORTAL_DATA_DIR)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    message = f"数据目录剩余 {free / 1024**3:.1f} GB。"
    if free < DISK_FAILING:
        return Check("disk", "磁盘空间", FAILING, f"{message}已经不够保存文件，请立即清理或扩容。")
    if free < DISK_LOW:
        return Check("disk", "磁盘空间", DEGRADED, f"{message}请尽快清理或扩容。")
    return Check("disk", "磁盘空间", OK, message)


def check_fonts() -> Check:
    """Every kind of lettering has a font, the office's or a bundled one."""
    missing = [state.message for state in fonts.check(settings.PORTAL_FONT_DIR) if state.state == "missing"]
    if missing:
        return Check("fonts", "字体", DEGRADED, "".join(missing))
    return Check("fonts", "字体", OK, "简报所需字体齐全。")


_answers: dict[str, tuple[float, Check]] = {}


def _remembered(key: str, check: Callable[[], Check]) -> Check:
    at, answer = _answers.get(key, (float("-inf"), None))
    if answer is None or time.monotonic() - at > REMEMBERED:
        answer = check()
        _answers[key] = (time.monotonic(), answer)
    return answer


def forget() -> None:
    """Look again at once."""
    _answers.clear()


def _guarded(key: str, label: str, checks: Callable[[], list[Check]]) -> list[Check]:
    try:
        return checks()
    except (DatabaseTrouble, OSError) as error:
        logger.exception("check %s broke down", key)
        return [Check(key, label, FAILING, f"检查没有完成（{type(error).__name__}），详见日志。")]


def _span(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes // 60} 小时" if minutes >= 60 else f"{minutes} 分钟"


@public_page()
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public_page()
def readyz(request: HttpRequest) -> HttpResponse:
    checks = examine()
    state = worst(checks)
    body = {"status": state, "checks": {check.key: check.state for check in checks}}
    return JsonResponse(body, status=503 if state == FAILING else 200)


@page(can_see_system)
def status(request: HttpRequest) -> HttpResponse:
    """系统状态, looked at anew."""
    forget()
    checks = examine()
    signs = [
        {"cells": [{"text": life.name}, {"text": Sign(life.sign).label}, {"text": _ago(life)}]}
        for life in life_signs()
    ]
    context: dict[str, Any] = {
        "crumbs": [{"label": "系统状态"}],
        "overall": Check("all", "", worst(checks)),
        "troubles": [f"{check.label}：{check.message}" for check in checks if check.state != OK],
        "checks": checks,
        "signs": signs,
        "sign_columns": [{"label": "进程"}, {"label": "类型"}, {"label": "最近心跳"}],
    }
    return render(request, "health/status.html", context)


def _ago(life: LifeSign) -> str:
    seconds = int(life.age.total_seconds())
    return f"{seconds} 秒前" if seconds < 120 else f"{_span(life.age)}前"


app_name = "health"
urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("system/", status, name="status"),
]
