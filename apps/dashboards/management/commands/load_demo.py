"""Fill an empty portal with an invented city. It lives in the topmost app because it calls a part of every app."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from apps.accounts.management.demo import load_accounts
from apps.benefits.management.demo.aid import load_aid
from apps.benefits.management.demo.estimates import load_estimates
from apps.benefits.management.demo.runs import load_runs
from apps.benefits.management.demo.standards import load_standards
from apps.benefits.management.demo.survivors import load_survivors
from apps.benefits.management.demo.unit_funds import load_unit_funds
from apps.concerns.management.demo import load_concerns
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.dashboards.management.late_death import load_late_death
from apps.library.management.demo import load_papers
from apps.reports.management.demo import load_schedules
from apps.retirees.management.demo import load_people
from apps.retirees.management.demo.dossiers import load_dossiers
from apps.retirees.management.demo.quality import load_quality
from apps.retirees.models import Retiree
from apps.units.management.demo import load_units
from apps.units.models import Unit
from apps.visits.management.demo import load_visits

DEMO_PARTS: tuple[Callable[[Demo], str], ...] = (
    load_units,
    load_accounts,
    load_people,
    load_dossiers,
    load_schedules,
    load_quality,
    load_concerns,
    load_visits,
    load_standards,
    load_unit_funds,
    load_runs,
    load_estimates,
    load_late_death,
    load_papers,
    load_survivors,
    load_aid,
)
"""In this order, each on what those before it made. A new app adds its part at the end."""


class Command(BaseCommand):
    help = "载入演示城市云溪市：单位、账号和虚构的离退休干部。只能在空的平台上执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of", type=date.fromisoformat, default=None, help="数据截止日期，如 2026-11-22；默认今天"
        )
        parser.add_argument("--people", type=int, default=12_000, help="人数（含已去世的），默认 12000")

    def handle(self, *args: Any, **options: Any) -> None:
        demo = Demo(as_of=options["as_of"] or timezone.localdate(), people=options["people"])
        if demo.as_of > timezone.localdate() or demo.people < 1:
            raise CommandError("截止日期不能晚于今天，人数至少为 1。")
        started = time.monotonic()
        with transaction.atomic():  # all or nothing: interrupted in the middle, it can simply be run again
            _refuse_unless_empty(demo)
            for part in DEMO_PARTS:
                self.stdout.write(part(demo))
        self.stdout.write(
            f"演示数据已载入（截至{demo.as_of}），用时{time.monotonic() - started:.0f}秒。全部为虚构。"
        )


def _refuse_unless_empty(demo: Demo) -> None:
    with scope(demo.loader("city_clerk", "s_city")):
        if Retiree.objects.exists():
            raise CommandError("名册里已有人员，不载入演示数据。要重新开始请用 make reset-demo。")
        if Unit.objects.exists():
            raise CommandError("已经建有单位，不载入演示数据。演示数据只能放进空的平台。")
