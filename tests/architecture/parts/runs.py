"""The guards' part: lists of payments, from which month a county pays, what is to come back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from apps.benefits.models import Benefit, Claim, Opening, Run, RunLine
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.architecture.kinds import ACTION, CITY, FORM, OFFICES, PAGE, Url
from tests.architecture.seen import COUNTY_OF, Objects

APPROVERS = CITY | {"chief_a"}
STATES = ("draft", "waiting", "approved")

URLS: dict[str, Url] = {
    "benefits:runs": Url(PAGE, OFFICES),
    "benefits:run-open": Url(FORM, OFFICES, post=422),
    "benefits:run-arrears": Url(FORM, OFFICES, post=422),
    "benefits:openings": Url(PAGE, OFFICES),
    "benefits:opening": Url(FORM, OFFICES, "paying county", post=422),
    "benefits:run": Url(PAGE, OFFICES, "draft run"),
    "benefits:run-check": Url(ACTION, OFFICES, "draft run"),
    "benefits:run-submit": Url(ACTION, OFFICES, "draft run"),
    "benefits:run-recompute": Url(ACTION, OFFICES, "draft run"),
    "benefits:run-drop": Url(FORM, OFFICES, "draft run"),
    "benefits:run-return": Url(FORM, APPROVERS, "waiting run", post=422),
    "benefits:run-approve": Url(ACTION, APPROVERS, "waiting run"),
    "benefits:run-reconcile": Url(FORM, OFFICES, "approved run", post=422),
    "benefits:run-file": Url(ACTION, OFFICES, "run file"),
    "benefits:earlier-list": Url(FORM, OFFICES, post=422),
    "benefits:late-deaths": Url(PAGE, OFFICES),
    "benefits:claims": Url(PAGE, OFFICES),
    "benefits:claim": Url(FORM, OFFICES, "claim", post=422),
}


def _of_county(rows: dict[str, dict[str, Any]], role: str) -> Objects:
    """One's own county's (the city's may be any), and the other county's as the foreign one."""
    county = COUNTY_OF.get(role)
    if county is None:
        return Objects(rows["a"])
    return Objects(rows[county], (rows["b" if county == "a" else "a"],))


def _run(state: str) -> Callable[[Any, str], Objects]:
    def find(world: Any, role: str) -> Objects:
        return _of_county({key: {"pk": world.more["runs"][state, key].pk} for key in "ab"}, role)

    return find


def _file(world: Any, role: str) -> Objects:
    rows = {key: {"pk": world.more["runs"]["approved", key].pk, "what": "sheet"} for key in "ab"}
    return _of_county(rows, role)


def _county(world: Any, role: str) -> Objects:
    return _of_county({key: {"pk": world.unit(key).pk} for key in "ab"}, role)


def _claim(world: Any, role: str) -> Objects:
    return _of_county({key: {"pk": world.more["claims"][key].pk} for key in "ab"}, role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    **{f"{state} run": _run(state) for state in STATES},
    "run file": _file,
    "paying county": _county,
    "claim": _claim,
}


def build(world: Any) -> None:
    """Of each county a list in every state, with a line that bears its mark, and a claim."""
    runs, claims = {}, {}
    with scope(system_actor()):
        nursing = Benefit.objects.get(code="nursing")
        for key in "ab":
            county = world.unit(key)
            Opening.objects.create(county=county, month=date(2026, 1, 1))
            for state in STATES:
                run, line = _made(world, key, nursing, f"ZQ{key.upper()}1名单")
                runs[state, key] = run
                Run.objects.filter(pk=run.pk).update(
                    state=state, approved_by=None if state != "approved" else -1
                )
            claims[key] = Claim.objects.create(
                **_keys(line), line=line, amount=100, note=f"ZQ{key.upper()}1多发"
            )
    world.more["runs"], world.more["claims"] = runs, claims


def _made(world: Any, key: str, benefit: Benefit, name: str) -> tuple[Run, RunLine]:
    run = Run.objects.create(
        county=world.unit(key),
        kind="arrears",
        first_month=date(2026, 1, 1),
        last_month=date(2026, 1, 1),
        computed_at="2026-02-01T00:00+00:00",
        reason=f"ZQ{key.upper()}1事由",
        made_by=0,
        made_by_name="系统",
    )
    line = RunLine.objects.create(
        run=run,
        county=world.unit(key),
        unit=world.unit(f"{key}1"),
        retiree_id=world.people[f"{key}1"].pk,
        name=name,
        benefit=benefit,
        month=date(2026, 1, 1),
        entitled=200,
        amount=200,
        difference="new",
    )
    return run, line


def _keys(line: RunLine) -> dict[str, Any]:
    return {
        "county_id": line.county_id,
        "unit_id": line.unit_id,
        "retiree_id": line.retiree_id,
        "name": line.name,
        "benefit_id": line.benefit_id,
        "month": line.month,
    }
