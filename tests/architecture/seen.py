"""Who owns what in the filled city: the places of a role, and what objects it has to be tried with."""

from dataclasses import dataclass
from typing import Any

Path = dict[str, Any]
PLACES = ("a1", "a2", "b1", "b2")
COUNTY_OF = {"half": "a", "clerk_a": "a", "chief_a": "a", "clerk_b": "b", "unit_a1": "a", "leader_a": "a"}


@dataclass(frozen=True)
class Objects:
    """Arguments of a URL: one's own, foreign ones, and those that are seen but are not one's own."""

    own: Path
    foreign: tuple[Path, ...] = ()
    known: tuple[Path, ...] = ()


def places_of(role: str) -> tuple[str, ...]:
    """Places whose people a role sees."""
    if role == "unit_a1":
        return ("a1",)
    county = COUNTY_OF.get(role)
    return tuple(place for place in PLACES if county in (None, place[0]))


def of_places(rows: dict[str, Path], role: str) -> Objects:
    """An object at each place ("a1"…): the first of the role's places is its own, what lies elsewhere is foreign."""
    mine = places_of(role)
    return Objects(rows[mine[0]], tuple(path for place, path in rows.items() if place not in mine))


def of_offices(rows: dict[str, Any], role: str) -> Objects:
    """Plans: one's own office's, the other county's, and for a county the city's, which it reads."""
    paths = {office: {"pk": row.pk} for office, row in rows.items()}
    county = COUNTY_OF.get(role)
    if county is None:
        return Objects(paths["city"])
    return Objects(paths[county], (paths["b" if county == "a" else "a"],), (paths["city"],))
