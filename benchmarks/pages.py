"""Seconds and queries of every page of the register, beside the Django admin's on the same tables.

    python -m benchmarks.pages        (in the environment that benchmarks/homes.py makes; prints JSON)

Both sides run in one process, turn and turn about, through Django's test client: the whole request with its
middleware, its templates and, on our side, session, grants, scope and row policies. Each page is asked with several
values in turn, so that none is measured on one lucky row.
"""

import importlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

REPEATS = int(os.environ.get("BENCH_REPEATS", "40"))
WARM = 3
PATIENCE = 8.0
"""Seconds after which the slower side of a comparison is not asked again."""
AT_LEAST = 5
POSTED = " <- "
"""Between an address and what is posted to it."""
ON_REGISTER = {"state__in": "alive,critical,missing"}


@dataclass(frozen=True)
class Case:
    """One page with the values it is asked with, ours and the admin's."""

    name: str
    ours: Sequence[str]
    admin: Sequence[str] = ()


@dataclass
class Timed:
    """Milliseconds of one side."""

    times: list[float] = field(default_factory=list)
    queries: int = 0

    def summary(self) -> dict[str, Any]:
        if not self.times:
            return {}
        ordered = sorted(self.times)
        last = len(ordered) - 1
        return {
            "p50": round(ordered[last // 2], 1),
            "p95": round(ordered[round(last * 0.95)], 1),
            "times": len(ordered),
            "queries": self.queries,
        }


def main() -> None:
    """Measure every case for a county clerk, the city's clerk and their leaders, and print JSON."""
    from django.db import connections

    from benchmarks.build import count_cells, walls

    with connections["plain"].cursor() as cursor:
        walls(cursor, "NO FORCE")
    count_cells()
    found = []
    for username, place in (("nanling_clerk", "县"), ("city_clerk", "市")):
        ask = signed_in(username)
        for case in [*cases(place), *search_cases(place), view_case(place, username)]:
            found.append({"who": username, "place": place, **measure(case, ask)})
            print(f"  {place} {found[-1]}", file=sys.stderr, flush=True)
    for username, place in (("nanling_leader", "县"), ("city_leader", "市")):
        found.append(
            {"who": username, "place": place, **measure(Case("领导看板", ["/board/"]), signed_in(username))}
        )
        print(f"  {place} {found[-1]}", file=sys.stderr, flush=True)
    json.dump(found, sys.stdout, ensure_ascii=False)


def signed_in(username: str) -> Callable[[str], float]:
    """A way to ask for pages as that user; the answer is the milliseconds it took."""
    from django.test import Client
    from django.urls import reverse

    from apps.accounts.management.demo import PASSWORD

    client = Client(raise_request_exception=True)
    client.post(reverse("accounts:sign-in"), {"username": username, "password": PASSWORD})

    def ask(path: str) -> float:
        started = time.perf_counter()
        address, _, posted = path.partition(POSTED)
        if posted:
            answer = client.post(address, {"q": posted}, headers={"HX-Request": "true"})
        else:
            answer = client.get(address)
        taken = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{username} {path}: {answer.status_code} {answer.headers.get('Location', '')}")
        return taken

    return ask


def measure(case: Case, ask: Callable[[str], float]) -> dict[str, Any]:
    """Both sides of a case, turn and turn about."""
    ours, admin = Timed(), Timed()
    sides = [
        (ours, itertools.cycle(case.ours)),
        *([(admin, itertools.cycle(case.admin))] if case.admin else []),
    ]
    for timed, paths in sides:
        timed.queries = _queries(ask, next(paths))
        slow = ask(next(paths)) > PATIENCE * 1000 / AT_LEAST
        for _ in range(0 if slow else WARM):
            ask(next(paths))
    for number in range(REPEATS):
        for timed, paths in sides:
            if number < AT_LEAST or sum(timed.times) < PATIENCE * 1000:
                timed.times.append(ask(next(paths)))
    return {"case": case.name, "ours": ours.summary(), "admin": admin.summary()}


def _queries(ask: Callable[[str], float], path: str) -> int:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with (
        CaptureQueriesContext(connections["default"]) as ours,
        CaptureQueriesContext(connections["plain"]) as plain,
    ):
        ask(path)
    return len(ours) + len(plain)


@dataclass(frozen=True)
class Known:
    """Values to ask with, from the database itself."""

    county: int | None
    units: list[int]
    people: list[int]
    deep: list[tuple[int, int]]
    """(page, key of the row before it) in the middle of the list."""
    names: list[str]


def cases(place: str) -> Iterator[Case]:
    """All pages, for the county of nanling or the whole city."""
    known = _look(place)
    yield _list_case("名单首页", known, [{}])
    yield _list_case("筛选：离休", known, [{"category": "lixiu"}])
    yield _list_case("筛选：正县级待遇", known, [{"treatment": "131"}])
    yield _list_case("筛选：90岁以上", known, [{"age_min": "90"}])
    yield _list_case("筛选：一个单位", known, [{"unit": str(unit)} for unit in known.units])
    yield _list_case("筛选：三项合用", known, [{"category": "tuixiu", "treatment": "141", "age_min": "80"}])
    yield _list_case("筛选：不能自理", known, [{"self_care": "helpless"}])
    yield _list_case("按姓名倒排", known, [{"sort": "-name"}])
    yield _list_case("按出生排", known, [{"sort": "birth"}])
    yield _list_case("中间一页", known, [{"page": str(page), "after": str(key)} for page, key in known.deep])
    yield _list_case("最后一页", known, [{"page": "last"}])
    yield _list_case("查姓名", known, [{"q": name} for name in known.names])
    yield _list_case("查姓名开头", known, [{"q": name[:2]} for name in known.names])
    yield _list_case("查名字（不含姓）", known, [{"q": name[1:]} for name in known.names])
    yield _list_case("查全拼", known, [{"q": _pinyin(name)} for name in known.names])
    yield _list_case("查首字母", known, [{"q": _initials(name)} for name in known.names])
    yield _list_case("查无此人", known, [{"q": "龘龘"}, {"q": "qqq"}])
    yield Case(
        "人员页",
        [f"/retirees/{key}/" for key in known.people],
        [f"/plain-admin/retirees/retiree/{key}/change/" for key in known.people],
    )
    yield Case("人员页：变更记录", [f"/retirees/{key}/?tab=history" for key in known.people])
    yield Case("工作台", ["/"])
    yield Case("数据质量", ["/retirees/quality/"])
    yield Case("领导看板", ["/board/"])


def search_cases(place: str) -> Iterator[Case]:
    """The search over everything as somebody types, beside the admin's search box over people alone."""
    known = _look(place)
    yield _search_case("Ctrl+K：姓名", known, list(known.names))
    yield _search_case("Ctrl+K：全拼", known, [_pinyin(name) for name in known.names])
    yield _search_case("Ctrl+K：首字母", known, [_initials(name) for name in known.names])
    yield _search_case("Ctrl+K：拼错一个字母", known, [_misspelt(_pinyin(name)) for name in known.names])
    yield _search_case("Ctrl+K：查无此人", known, ["龘龘龘", "qqqqqqqq"])


def _search_case(name: str, known: Known, asked: list[str]) -> Case:
    from django.urls import reverse

    address = reverse("palette:search")
    admin = [f"/plain-admin/retirees/retiree/?{urlencode(_as_admin({'q': text}, known))}" for text in asked]
    return Case(name, [f"{address}{POSTED}{text}" for text in asked], admin)


def _misspelt(reading: str) -> str:
    """Two letters in the middle exchanged."""
    middle = len(reading) // 2
    return reading[: middle - 1] + reading[middle] + reading[middle - 1] + reading[middle + 1 :]


def view_case(place: str, username: str) -> Case:
    """A saved view with three filters, opened at the list that its stable address leads to."""
    from apps.accounts.models import Grant
    from apps.core.scope import scope
    from apps.retirees.actions.views import keep_view
    from apps.retirees.models import SavedView
    from apps.retirees.views.tabs import view_address

    three = {"category": "tuixiu", "treatment": "141", "age_min": "80"}
    grant = Grant.objects.select_related("user", "unit").filter(user__username=username)[0]
    with scope(grant.actor()) as actor:
        view = SavedView.objects.owned_by(actor).filter(name="基准").first()
        values = {"name": "基准", "query": urlencode(three), "columns": ["name", "sex", "treatment", "unit"]}
        view = keep_view(values=values, view=view, by=actor)
        ours = view_address(view, actor)
    admin = f"/plain-admin/retirees/retiree/?{urlencode(_as_admin(three, _look(place)))}"
    return Case("保存的视图：三项条件", [ours], [admin])


def _list_case(name: str, known: Known, asked: list[dict[str, str]]) -> Case:
    from django.urls import reverse

    address = reverse("retirees:list")
    ours = [f"{address}?{urlencode(values)}" if values else address for values in asked]
    admin = [f"/plain-admin/retirees/retiree/?{urlencode(_as_admin(values, known))}" for values in asked]
    return Case(name, ours, admin)


def _as_admin(values: dict[str, str], known: Known) -> dict[str, str]:
    """The same conditions in the admin's words."""
    from django.utils import timezone

    from apps.core.chinese import years_before

    found = dict(ON_REGISTER)
    if known.county:
        found["county__id__exact"] = str(known.county)
    for name, value in values.items():
        if name == "age_min":
            found["birth_from__lte"] = years_before(timezone.localdate(), int(value)).isoformat()
        elif name in ("category", "treatment", "self_care"):
            found[f"{name}__exact"] = value
        elif name == "unit":
            found["unit__id__exact"] = value
        elif name == "sort":
            found["o"] = {"-name": "-1", "birth": "4"}[value]
        elif name == "page":
            found["p"] = value if value != "last" else str(_last_page(known))
        elif name == "q":
            found["q"] = value
    return found


def _last_page(known: Known) -> int:
    return -(-_people(known.county).count() // 50)


def _people(county: int | None) -> Any:
    from apps.retirees.models import Retiree

    people = Retiree.objects.using("plain").on_register().order_by("name_sort", "pk")
    return people.filter(county=county) if county else people


def _look(place: str) -> Known:
    from apps.units.models import Unit

    units = Unit.objects.using("plain")
    county = units.get(code="nanling").pk if place == "县" else None
    some = units.filter(level="unit", closed_on=None, **({"area": county} if county else {})).order_by("pk")
    people = _people(county)
    total = people.count()
    keys = list(people.values_list("pk", "name")[total // 20 :: max(total // 20, 1)][:16])
    middle = total // 2 // 50
    before = people.values_list("pk", flat=True)[middle * 50 - 1]
    return Known(
        county=county,
        units=list(some.values_list("pk", flat=True)[:8]),
        people=[key for key, _ in keys],
        deep=[(middle + 1, before)],
        names=[name for _, name in keys if len(name) == 3 and "·" not in name],
    )


def _pinyin(name: str) -> str:
    from apps.core import pinyin

    return pinyin.full(name)


def _initials(name: str) -> str:
    from apps.core import pinyin

    return pinyin.initials(name)


if __name__ == "__main__":
    importlib.import_module("cadre_portal.wsgi")  # set up as a worker of the server is
    main()
