"""One late death of the invented city: it touches payments and visits, of which neither knows the other."""

from datetime import date

from apps.accounts.models import Grant
from apps.benefits.choices import Cycle, RunKind, RunState
from apps.benefits.models import Run, RunLine
from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree
from apps.visits.models import Visit

DAY = 20


def load_late_death(demo: Demo) -> str:
    """Somebody of one of the last counties died in a month that was paid and is reported only now: what was paid since
    is to come back. It is somebody who was not visited after that day."""
    with scope(Grant.objects.get(user__username="city_clerk").actor("load-demo")) as actor:
        found = _somebody()
        if found is None:
            return "迟报去世：没有合适的人，没有登记"
        person, died = found
        record_death(retiree=person, died_on=PartialDate.from_date(died), reported_on=demo.as_of, by=actor)
    return "迟报去世：1人"


def _somebody() -> tuple[Retiree, date] | None:
    """With the day of death: in the first month that was paid, or the next; of the last county that has one."""
    runs = list(Run.objects.filter(state=RunState.RECONCILED, kind=RunKind.MONTH).select_related("county"))
    last = max((run.first_month for run in runs), default=None)
    early = [run for run in runs if run.first_month != last]
    for run in sorted(early, key=lambda one: (one.first_month, -one.county.sort, -one.county_id)):
        died = run.first_month.replace(day=DAY)
        paid = RunLine.objects.filter(run=run, benefit__cycle=Cycle.MONTH, amount__gt=0).values("retiree_id")
        seen = Visit.objects.filter(visited_on__gte=died).values("retiree_id")
        people = Retiree.objects.filter(pk__in=paid, state=LifeState.ALIVE).exclude(pk__in=seen)
        person = people.order_by("pk").first()
        if person is not None:
            return person, died
    return None
