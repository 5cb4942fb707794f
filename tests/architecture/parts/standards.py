"""The guards' part: standards of benefits, benefits, published figures."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.models import Benefit, PublishedFigure, Standard
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.library.models import Paper
from tests.architecture.kinds import ACTION, CITY, FORM, OFFICES, PAGE, REGISTER, Url
from tests.architecture.seen import COUNTY_OF, Objects, of_offices

URLS: dict[str, Url] = {
    "benefits:standards": Url(PAGE, REGISTER),
    "benefits:standard-create": Url(FORM, OFFICES, post=422),
    "benefits:standards-publish": Url(ACTION, OFFICES),
    "benefits:standard": Url(PAGE, REGISTER, "standard", known=200),
    "benefits:standard-edit": Url(FORM, OFFICES, "draft standard", post=422),
    "benefits:standard-submit": Url(FORM, OFFICES, "standard"),
    "benefits:standard-return": Url(FORM, OFFICES, "standard", post=422),
    "benefits:standard-publish": Url(FORM, OFFICES, "standard"),
    "benefits:standard-withdraw": Url(FORM, OFFICES, "standard", post=422),
    "benefits:standard-end": Url(FORM, OFFICES, "standard", post=422),
    "benefits:standard-delete": Url(FORM, OFFICES, "standard"),
    "benefits:items": Url(PAGE, REGISTER),
    "benefits:item-create": Url(FORM, CITY, post=422),
    "benefits:item-edit": Url(FORM, CITY, "benefit", post=422),
    "benefits:figures": Url(PAGE, REGISTER),
    "benefits:figure-create": Url(FORM, CITY, post=422),
    "benefits:figure-edit": Url(FORM, CITY, "published figure", post=422),
}


def _standard(world: Any, role: str) -> Objects:
    return of_offices(world.more["standards"], role)


def _draft(world: Any, role: str) -> Objects:
    """What an office has not published is its own matter, the city's too."""
    paths = {office: {"pk": row.pk} for office, row in world.more["draft standards"].items()}
    own = COUNTY_OF.get(role) or "city"
    return Objects(paths[own], tuple(path for office, path in paths.items() if office != own))


def _benefit(world: Any, role: str) -> Objects:
    return Objects({"pk": world.more["benefit"]["own"].pk})


def _figure(world: Any, role: str) -> Objects:
    return Objects({"pk": world.more["figure"]["own"].pk})


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "standard": _standard,
    "draft standard": _draft,
    "benefit": _benefit,
    "published figure": _figure,
}


def build(world: Any) -> None:
    """A paper, a published standard, one that waits and a draft of each office."""
    published, waiting, drafts = {}, {}, {}
    with scope(system_actor()):
        benefit = Benefit.objects.get(code="nursing")
        for office in ("city", "a", "b"):
            county = None if office == "city" else world.unit(office)
            mark = "云溪" if office == "city" else f"ZQ{office.upper()}"
            paper = Paper.objects.create(
                county=county, number=f"{mark}〔2026〕7号", title=f"{mark}护理费", issuer=mark, level="3"
            )
            for found, state, word, starts in (
                (published, "published", "在用标准", date(2026, 1, 1)),
                (waiting, "waiting", "新标准", date(2031, 1, 1)),
                (drafts, "draft", "标准稿", date(2032, 1, 1)),
            ):
                found[office] = Standard.objects.create(
                    county=county,
                    benefit=benefit,
                    paper=paper,
                    level="3",
                    label=f"{mark}{word}",
                    conditions={"category": ["lixiu"], "period": ["liberation"]},
                    amount=90002,
                    during=DateRange(starts, None),
                    note=f"{mark}说明",
                    state=state,
                    made_by=0,
                    made_by_name=f"{mark}拟定人",
                    confirmed_by=1 if state == "published" else None,
                )
            world.more.setdefault("papers of standards", {})[office] = paper
        figure = PublishedFigure.objects.create(
            series="urban_income", year=2024, value=54188, source="试出处"
        )
    world.more |= {
        "standards": published,
        "waiting standards": waiting,
        "draft standards": drafts,
        "benefit": {"own": benefit},
        "figure": {"own": figure},
    }
