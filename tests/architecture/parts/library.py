"""The guards' part: papers, clauses, what replaces what, the file."""

from collections.abc import Callable
from datetime import date
from typing import Any

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.library.actions.files import keep_file
from apps.library.models import Clause, Paper, Supersession
from tests.architecture.kinds import ACTION, FILE, FORM, OFFICES, PAGE, REGISTER, Url
from tests.architecture.seen import Objects, of_offices

URLS: dict[str, Url] = {
    "library:list": Url(PAGE, REGISTER),
    "library:create": Url(FORM, OFFICES, post=422),
    "library:paper": Url(PAGE, REGISTER, "policy paper", known=200),
    "library:edit": Url(FORM, OFFICES, "policy paper", post=422),
    "library:repeal": Url(FORM, OFFICES, "policy paper", post=422),
    "library:unrepeal": Url(ACTION, OFFICES, "policy paper"),
    "library:remove": Url(FORM, OFFICES, "policy paper"),
    "library:supersede": Url(FORM, OFFICES, "policy paper", post=422),
    "library:clause-add": Url(FORM, OFFICES, "policy paper", post=422),
    "library:clauses-paste": Url(FORM, OFFICES, "policy paper", post=422),
    "library:file-add": Url(FORM, OFFICES, "policy paper", post=422),
    "library:file-download": Url(FILE, REGISTER, "policy paper", post=200, known=200),
    "library:file-drop": Url(ACTION, OFFICES, "policy paper"),
    "library:clause-edit": Url(FORM, OFFICES, "clause", post=422),
    "library:clause-remove": Url(FORM, OFFICES, "clause"),
    "library:supersession-undo": Url(FORM, OFFICES, "supersession"),
}
KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "policy paper": lambda world, role: of_offices(world.more["papers"], role),
    "clause": lambda world, role: of_offices(world.more["clauses"], role),
    "supersession": lambda world, role: of_offices(world.more["supersessions"], role),
}


def build(world: Any) -> None:
    """Of each office a paper with a clause and a file, another that it replaces, and a third."""
    papers, clauses, rows, others, older = {}, {}, {}, {}, {}
    with scope(system_actor()) as actor:
        for office in ("city", "a", "b"):
            mark = "市" if office == "city" else f"ZQ{office.upper()}"
            values: dict[str, Any] = {
                "county": None if office == "city" else world.unit(office),
                "issuer": f"{mark}计划",
                "level": "3",
                "starts_on": date(2025, 1, 1),
            }
            papers[office] = Paper.objects.create(**values, number=f"{mark}计划1号", title=f"{mark}计划")
            older[office] = Paper.objects.create(**values, number=f"{mark}计划2号", title=f"{mark}计划")
            others[office] = Paper.objects.create(**values, number=f"{mark}计划3号", title=f"{mark}计划")
            clauses[office] = Clause.objects.create(
                county=values["county"], paper=papers[office], label="第一条", text=f"{mark}计划"
            )
            rows[office] = Supersession.objects.create(
                county=values["county"], newer=papers[office], older=older[office]
            )
            keep_file(paper=papers[office], file_name=f"{mark}计划.pdf", content=b"%PDF-1.7", by=actor)
    world.more |= {"papers": papers, "clauses": clauses, "supersessions": rows, "other papers": others}
