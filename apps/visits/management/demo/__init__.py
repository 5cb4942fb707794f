"""Three years of visits in the invented city: plans, campaigns, what happened to people, and the log of it all.

Everything is planned in memory and written in bulk; ``tests/demo`` holds it to what the ordinary actions guarantee.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.concerns.choices import Source
from apps.concerns.models import Concern
from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.visits.actions.dues import make_dues
from apps.visits.actions.settling import settle_fresh
from apps.visits.choices import DueState
from apps.visits.management.demo import calls
from apps.visits.management.demo.campaigns import hold_campaigns
from apps.visits.management.demo.incidents import let_happen
from apps.visits.management.demo.log import Log
from apps.visits.management.demo.people import NEVER, Person, read_people
from apps.visits.management.demo.plans import make_plans
from apps.visits.models import Due, NamedLeader

YEARS = 3


def load_visits(demo: Demo) -> str:
    """Plan and write them; return a line that says what was made."""
    first = demo.as_of.replace(year=demo.as_of.year - YEARS, day=1)
    with scope(demo.loader("city_clerk", "s_city")) as actor:
        people = read_people(first)
        log = Log(demo, make_plans(demo, first), demo.dice("visits"))
        insert_many(_named_leaders(log, people))
        campaigns = hold_campaigns(log, people, first)
        happened = let_happen(log, people, first)
        by_key = {person.id: person for person in people}
        heard = Concern.objects.filter(source=Source.VISIT).order_by("pk")
        calls.hear_concerns(
            log,
            [(key, by_key[of], day) for key, of, day in heard.values_list("pk", "retiree_id", "raised_on")],
        )
        calls.see_the_old(log, people, first)
        calls.see_birthdays(log, people, first)
        calls.call_those_away(log, people, first)
        calls.fill_up(log, people, first)
        log.write()
        made = make_dues(today=demo.as_of, by=actor)
        settle_fresh(Due.objects.filter(state=DueState.OPEN, rule__isnull=False))
    return f"走访：{campaigns}次活动，{len(log.visits)}人次，应访{len(log.dues) + made}人次；{happened}"


def _named_leaders(log: Log, people: Sequence[Person]) -> Iterator[NamedLeader]:
    """Of the 离休 people, the 厅级 and the oldest."""
    today = log.demo.as_of
    for person in people:
        if person.gone == NEVER and (person.is_lixiu or person.is_high or person.age(today) >= 95):
            leaders = log.plans.leaders[log.plans.office(person.county_id)]
            since: date = log.demo.days_ago(log.dice.randint(60, 900))
            yield NamedLeader(
                **person.keys,
                leader=log.dice.choice(leaders).row,
                during=DateRange(max(since, person.came), None),
            )
