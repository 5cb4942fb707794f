"""A pasted block laid onto the lines of the grid: who is meant, who is meant twice, whom the list does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.core.cells import name_key
from apps.visits.choices import DueState
from apps.visits.models import Due
from apps.visits.rules.pasted import WAY_CODES, PastedLine, day_of

CHOICE = "pasted-"
"""Begins the name of the select in which a namesake is chosen; the number of the line follows."""


@dataclass
class Laid:
    """``values``: what is laid into the grid, by name of the form's field; ``dues``: the keys of its lines.
    ``asked``: lines with namesakes, [{line, name, said, choices}]; ``notes``: what was not laid in, and why."""

    values: dict[str, str] = field(default_factory=dict)
    dues: list[int] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    """Why nothing could be read at all."""


def lay(lines: Sequence[PastedLine], dues: Sequence[Due], given: Mapping[str, Any], today: date) -> Laid:
    """Match by name. ``dues``: rows of the list, waiting or done; ``given``: what was posted, with the choices."""
    people: dict[str, list[Due]] = {}
    for due in dues:
        people.setdefault(name_key(due.retiree.name), []).append(due)
    laid = Laid()
    for line in lines:
        due = _meant(line, people.get(name_key(line.name), []), given, laid)
        if due is None:
            continue
        if due.pk in laid.dues:
            laid.notes.append(f"第{line.number}行：{line.name}前面已经有一行，这一行没有放进来。")
            continue
        laid.dues.append(due.pk)
        laid.values |= _values(line, due.pk, laid, today)
    return laid


def _meant(line: PastedLine, found: Sequence[Due], given: Mapping[str, Any], laid: Laid) -> Due | None:
    waiting = [due for due in found if due.state == DueState.OPEN]
    if not found:
        laid.notes.append(f"第{line.number}行：“{line.name[:20]}”不在这份名单里，没有放进来。")
    elif not waiting:
        laid.notes.append(f"第{line.number}行：{line.name[:20]}已经登记过，没有放进来。")
    elif len(found) == 1:
        return waiting[0]
    else:
        chosen = str(given.get(f"{CHOICE}{line.number}", ""))
        for due in waiting:
            if str(due.pk) == chosen:
                return due
        if chosen != "none":
            said = " ".join(line.cells.values())[:80]
            choices = [(str(due.pk), _told(due)) for due in waiting]
            asked = {"field": f"{CHOICE}{line.number}", "line": line.number, "name": line.name}
            laid.asked.append(asked | {"said": said, "choices": choices})
    return None


def _told(due: Due) -> str:
    born = f"，{due.retiree.birth_date}生" if due.retiree.birth_date else ""
    target = "" if due.target == "self" else f"，{due.get_target_display()}"
    return f"{due.unit.label}{born}{target}"


def _values(line: PastedLine, key: int, laid: Laid, today: date) -> dict[str, str]:
    """What cannot be read does not go in: a date field or a list of ways could not even show it."""
    cells = dict(line.cells)
    if "way" in cells and cells["way"] not in WAY_CODES:
        laid.notes.append(
            f"第{line.number}行：{line.name}的方式“{cells.pop('way')[:20]}”读不出，请在表格里选。"
        )
    if "visited_on" in cells and not day_of(cells["visited_on"], today):
        laid.notes.append(
            f"第{line.number}行：{line.name}的日期“{cells.pop('visited_on')[:20]}”读不出，请在表格里填。"
        )
    return {f"{key}-{name}": text for name, text in cells.items()} | {f"{key}-done": "on"}
