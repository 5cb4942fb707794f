"""Lists of payments of the invented city: three months that were paid, this month's in every state."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Grant
from apps.benefits.actions.compute import compute_run
from apps.benefits.actions.runs import (
    approve_run,
    check_lines,
    open_county,
    open_run,
    pay_as_approved,
    submit_run,
)
from apps.benefits.models import PayAccount, Run, RunLine, Standard
from apps.benefits.queries.runs import DIFFERING
from apps.benefits.rules.months import month_of
from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.scope import Actor, scope
from apps.jobs.rules import system_actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.models import Retiree
from apps.units.models import Unit

PAID_MONTHS = 3
WITH_ACCOUNT = 0.92
"""Of the people on the lists; the others are paid over the counter."""
DRAFTED, SUBMITTED = 1, 3
"""Of this month's lists so many of the counties, in their order, are still being checked, and so many wait; the last
has none."""


def load_runs(demo: Demo) -> str:
    """Open, compute, check, approve, pay; return a line that says what was made."""
    with scope(system_actor()):
        counties = list(Unit.objects.counties())
        if not Standard.objects.in_use().exists():
            return "发放名单：没有发布的标准，没有制表。"
    clerk, chief = _actor("city_clerk"), _actor("city_chief")
    this = month_of(demo.as_of)
    months = [this]
    for _ in range(PAID_MONTHS):
        months.insert(0, month_of(months[0] - timedelta(days=1)))
    made = 0
    for place, county in enumerate(counties):
        with scope(clerk) as actor:
            open_county(county=county, month=months[0], by=actor)
        for month in months:
            if month == this and place == len(counties) - 1:
                continue
            run = _computed(county, month, demo, clerk)
            made += 1
            if month == this and place < DRAFTED:
                continue
            if not _checked(run, clerk):
                continue
            if month == this and place < DRAFTED + SUBMITTED:
                continue
            with scope(chief) as actor:
                approve_run(run=run, by=actor)
            if month != this:
                with scope(clerk) as actor:
                    pay_as_approved(run=run, paid_on=timezone.localdate(), by=actor)
    accounts = _accounts(demo)
    return f"发放名单：{made}份，已发放{PAID_MONTHS}个月，发放账户{accounts}个"


def _accounts(demo: Demo) -> int:
    """Where the money of most people on the lists goes; numbers of noughts and the person's key, of no bank."""
    dice = demo.dice("accounts")
    with scope(demo.loader("city_clerk", "s_city")):
        listed = RunLine.objects.order_by().values("retiree_id").distinct()
        people = Retiree.objects.filter(pk__in=listed, state__in=ON_REGISTER).order_by("pk")
        rows = [
            PayAccount(
                **one.row_keys(), bank="演示银行（虚构）", holder=one.name, number=f"00000000{one.pk:011d}"
            )
            for one in people
            if dice.random() < WITH_ACCOUNT
        ]
        insert_many(rows)
    return len(rows)


def _actor(username: str) -> Actor:
    return Grant.objects.select_related("user", "unit").filter(user__username=username)[0].actor()


def _computed(county: Unit, month: object, demo: Demo, clerk: Actor) -> Run:
    with scope(clerk) as actor:
        run = open_run(
            county=county, kind="month", first_month=month, last_month=month, today=demo.as_of, by=actor
        )
    with scope(system_actor()) as portal:
        return compute_run(run=run, by=portal)


def _checked(run: Run, clerk: Actor) -> bool:
    """Looked at and sent on; a list without anybody stays as it is."""
    with scope(clerk) as actor:
        for difference in DIFFERING:
            check_lines(run=run, difference=difference, by=actor)
        if not RunLine.objects.filter(run=run).exists():
            return False
        submit_run(run=run, by=actor)
        return True
