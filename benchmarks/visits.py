"""Milliseconds of the pages of visits, and seconds of freezing a list, beside the plain ways.

    python -m benchmarks.visits       (in the environment that benchmarks/homes.py makes; prints JSON)

Pages are measured as benchmarks/pages.py does it: the log beside the Django admin's changelist of the same table.
Freezing is beside a loop that saves one row a person through the ORM, on a sample and reckoned up; neither is kept.
"""

import importlib
import json
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks.pages import Case, measure, signed_in

SAMPLE = 500
TIMES = 5


class Measured(Exception):
    """Ends the transaction: what was measured leaves nothing behind."""


def main() -> None:
    from django.db import connections

    from benchmarks.build import count_cells, walls

    with connections["plain"].cursor() as cursor:
        walls(cursor, "NO FORCE")
    count_cells()
    pages = []
    for username, place in (("nanling_clerk", "县"), ("city_clerk", "市")):
        ask = signed_in(username)
        for case in cases(place):
            pages.append({"who": username, "place": place, **measure(case, ask)})
            print(f"  {place} {pages[-1]}", file=sys.stderr, flush=True)
    json.dump({"pages": pages, "freezing": freezing()}, sys.stdout, ensure_ascii=False)


def cases(place: str) -> Iterator[Case]:
    """The pages; those of an address that this portal does not have are left out, and said."""
    from apps.retirees.models import Retiree
    from apps.retirees.rules.page import person_tabs
    from apps.visits.models import Campaign, Visit

    of_county = _county() if place == "县" else {}
    admin = (
        f"/plain-admin/visits/visit/?{urlencode({f'{name}__exact': key for name, key in of_county.items()})}"
    )
    people = list(
        Retiree.objects.using("plain").on_register().filter(**of_county).order_by("name_sort")[:4000:500]
    )
    running = Campaign.objects.using("plain").filter(state="published").first()
    seen = Visit.objects.using("plain").filter(**of_county).order_by("-visited_on", "-pk")[5000:5001].first()
    yield from _case("应访名单", "visits:due")
    yield from _case("应访名单：已超期", "visits:due", query="show=overdue")
    yield from _case("走访记录", "visits:log", admin=[admin])
    yield from _case(
        "走访记录：翻到很后", "visits:log", query=f"after={seen.pk}" if seen else "", admin=[f"{admin}&p=100"]
    )
    yield from _case("活动覆盖情况", "visits:campaign", arguments=[[running.pk]] if running else [])
    yield from _case("活动名单", "visits:campaign-people", arguments=[[running.pk]] if running else [])
    yield from _case("诉求", "concerns:list")
    yield from _case("住院病危", "visits:incidents")
    yield from _case("慰问经费", "visits:funds")
    yield from _case("走访情况", "dashboards:visits")
    if any(tab.name == "visits" for tab in person_tabs(_clerk())):
        keys = [[one.pk] for one in people]
        yield from _case("人员页：走访", "retirees:detail", query="tab=visits", arguments=keys)
    yield from _case("工作台", "dashboards:home")


def _county() -> dict[str, int]:
    from apps.units.models import Unit

    return {"county_id": Unit.objects.using("plain").get(code="nanling").pk}


def _case(
    name: str,
    view: str,
    *,
    query: str = "",
    arguments: list[list[int]] | None = None,
    admin: list[str] | None = None,
) -> Iterator[Case]:
    from django.urls import NoReverseMatch, reverse

    try:
        ours = [reverse(view, args=some) + (f"?{query}" if query else "") for some in arguments or [[]]]
    except NoReverseMatch:
        print(f"  {name}: 没有 {view} (no such page)", file=sys.stderr, flush=True)
        return
    yield Case(name, ours, admin or [])


def freezing() -> dict[str, Any]:
    """Seconds of freezing the draft's list, ours and by a row at a time."""
    from apps.visits.models import Campaign

    draft = Campaign.objects.using("plain").filter(state="draft").order_by("pk").first()
    if draft is None:
        return {}
    _, cold = _frozen(draft.pk)  # told apart, as pages are measured warm
    ours = [_frozen(draft.pk) for _ in range(TIMES)]
    people = ours[0][0]
    return {
        "people": people,
        "p50": sorted(seconds for _, seconds in ours)[TIMES // 2],
        "slowest": max(seconds for _, seconds in ours),
        "cold": cold,
        "sample": SAMPLE,
        "plain_reckoned": round(_one_by_one(draft.pk) * people / SAMPLE, 1),
    }


def _frozen(key: int) -> tuple[int, float]:
    from django.utils import timezone

    from apps.core.scope import scope
    from apps.visits.actions.campaigns import freeze_campaign
    from apps.visits.models import Campaign

    found = (0, 0.0)
    try:
        with scope(_clerk()) as actor:
            campaign = Campaign.objects.get(pk=key)
            started = time.perf_counter()
            count = freeze_campaign(
                campaign=campaign, version=campaign.version, today=timezone.localdate(), by=actor
            )
            found = (count, round(time.perf_counter() - started, 3))
            raise Measured
    except Measured:
        return found


def _one_by_one(key: int) -> float:
    """A row of the list saved for each of some people, as a loop over a queryset does it."""
    from django.utils import timezone

    from apps.core.scope import scope
    from apps.retirees.queries.asked import people_asked
    from apps.visits.models import Campaign, Due

    taken = 0.0
    try:
        with scope(_clerk()) as actor:
            campaign = Campaign.objects.get(pk=key)
            started = time.perf_counter()
            for person in people_asked(actor, campaign.query, timezone.localdate())[:SAMPLE]:
                Due.objects.create(
                    **person.row_keys(),
                    campaign=campaign,
                    occasion=campaign.occasion,
                    from_on=campaign.starts_on,
                    due_on=campaign.ends_on,
                )
            taken = time.perf_counter() - started
            raise Measured
    except Measured:
        return taken


def _clerk() -> Any:
    from apps.accounts.models import Grant

    return Grant.objects.select_related("user", "unit").get(user__username="city_clerk").actor()


if __name__ == "__main__":
    importlib.import_module("cadre_portal.wsgi")  # set up as a worker of the server is
    main()
