"""Another county's keys in what is sent about papers: which paper is replaced, whose paper and clause is changed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.architecture.bodies import TOKENS, Case, Values, at, check
from tests.architecture.browsers import Browsers
from tests.architecture.world import World


def of(kind: str, office: str) -> Callable[[World], Any]:
    """Key of a row of the filled city."""
    return lambda world: world.more[kind][office].pk


def case(name: str, values: Callable[[World, str], Values], refused: tuple[int, ...], **path: Any) -> Case:
    """The same body with a key of A's office, which works, and with B's."""
    return Case(
        "POST",
        at(name, **path),
        lambda world: values(world, "a"),
        lambda world: values(world, "b"),
        (302,),
        refused,
    )


def replaced(world: World, office: str) -> Values:
    return {"older": of("other papers", office)(world), "extent": "whole", "token": TOKENS[0]}


def paper(world: World, office: str) -> Values:
    given = {"number": "试字〔2026〕1号", "title": "试文件", "issuer": "试机关", "level": "4"}
    whose = {"pk": of("papers", office)(world), "county": getattr(world.city, office).pk}
    return given | whose | {"secrecy": "open", "token": TOKENS[1], "version": "1"}


def clause(world: World, office: str) -> Values:
    whose = {"pk": of("clauses", office)(world), "paper": of("papers", office)(world)}
    return whose | {"label": "第九条", "text": "试条文", "token": TOKENS[2], "version": "1"}


OWN = {"pk": of("other papers", "a")}
CASES: dict[str, Case] = {
    "which paper is replaced": case("library:supersede", replaced, (422,), pk=of("papers", "a")),
    "a county's does not replace the city's": Case(
        "POST",
        at("library:supersede", pk=of("papers", "a")),
        lambda world: replaced(world, "a"),
        lambda world: replaced(world, "city"),
        (302,),
        (422,),
    ),
    "a new paper: whose it is": case("library:create", paper, (302,)),
    "a paper: another one in the body": case("library:edit", paper, (302,), **OWN),
    "a new clause: of another paper": case("library:clause-add", clause, (302,), **OWN),
    "a clause: another one in the body": case("library:clause-edit", clause, (302,), pk=of("clauses", "a")),
    "removed: another paper in the body": case("library:remove", paper, (302,), **OWN),
    "file away: of another paper in the body": case("library:file-drop", paper, (302,), pk=of("papers", "a")),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)
