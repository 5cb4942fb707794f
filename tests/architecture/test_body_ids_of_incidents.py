"""Another county's keys in the bodies of the forms of illness and death: the path counts, and nothing else."""

from typing import Any

import pytest
from django.utils import timezone

from tests.architecture.bodies import TOKENS, Case, at, check, person_a
from tests.architecture.browsers import Browsers
from tests.architecture.world import World


def stay(world: World) -> Any:
    return world.more["incidents"]["a1"][0].pk


def line(world: World) -> Any:
    return world.more["incidents"]["a1"][1].pk


def death(world: World) -> Any:
    return world.more["death drafts"]["a1"].incident_id


def notice(world: World) -> str:
    return "obituary"


def body(**values: Any) -> Any:
    return lambda world: {"token": TOKENS[0], **values}


def foreign(**values: Any) -> Any:
    """The same with every key of county B that such a form could name."""

    def found(world: World) -> dict[str, Any]:
        theirs, task = world.more["incidents"]["b1"]
        person = world.people["b1"]
        keys = {"pk": theirs.pk, "incident": theirs.pk, "incident_id": theirs.pk, "task": task.pk}
        keys |= {"retiree": person.pk, "retiree_id": person.pk, "county": world.city.b.pk}
        return {"token": TOKENS[1], **values, **keys, "county_id": world.city.b.pk}

    return found


def case(address: Any, works: int, **values: Any) -> Case:
    return Case("POST", address, body(**values), foreign(**values), (works,), (works,))


TODAY = timezone.localdate().isoformat()
LINE = {"who": "试责任人", "due_on": TODAY, "note": ""}
DRAFT = {"age_count": "full", "farewell": "", "departs": "", "body": "试正文", "version": "1"}
CASES: dict[str, Case] = {
    "report": case(
        at("visits:incident-report", pk=person_a), 302, kind="family", started_on=TODAY, reported_on=TODAY
    ),
    "end": case(at("visits:incident-end", pk=stay), 302, ended_on=TODAY),
    "retract": case(at("visits:incident-retract", pk=stay), 302, reason="试撤销"),
    "line settled": case(at("visits:incident-task", pk=line), 302, word="done"),
    "line edited": case(at("visits:incident-task-edit", pk=line), 302, **LINE),
    "line added": case(at("visits:incident-task-add", pk=stay), 302, part="do", label="试事项", **LINE),
    "draft kept": case(at("visits:incident-draft", pk=death, kind=notice), 302, **DRAFT),
    "draft taken": case(at("visits:incident-draft-file", pk=death, kind=notice), 200, form="docx"),
}


@pytest.mark.parametrize("name", CASES)
def test_keys_of_another_county_in_a_body_do_nothing(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)
