"""Which object of the filled city is a role's own, which is foreign to it, and which it sees without owning it."""

import uuid
from collections.abc import Callable, Iterable

from apps.audit.models import Event
from apps.core.scope import scope
from apps.imports.models import ImportMapping, Row
from apps.reports.choices import State
from tests.architecture import parts
from tests.architecture.seen import COUNTY_OF, PLACES, Objects, Path, places_of
from tests.architecture.world import EXPORTING, World, mark
from tests.factories.city import actor_of

MISSING_NUMBER, MISSING_KEY = 987654321, uuid.UUID("00000000-0000-4000-8000-000000000000")


def objects(world: World, what: str, role: str) -> Objects:
    """The objects of one kind, from a role's point of view. A role without any right has somebody's as its own."""
    return (KINDS | parts.kinds())[what](world, role)


def missing(what: str, own: Path) -> Path:
    """The same path to an object that does not exist."""
    if what == "link":
        return {"uid": "zzzzz", "token": own["token"]}
    first = next(iter(own))
    return own | {first: MISSING_KEY if isinstance(own[first], uuid.UUID) else MISSING_NUMBER}


def malformed(address: str, own: Path) -> Iterable[str]:
    """Addresses whose key is no key at all, and one that no column can hold."""
    key = str(next(iter(own.values())))
    for bad in ("abc", "%27%20or%201=1%00", "99999999999999999999999999"):
        yield address.replace(f"/{key}/", f"/{bad}/", 1)


def _person(world: World, role: str) -> Objects:
    mine = places_of(role)
    return Objects(
        {"pk": world.people[mine[0]].pk},
        tuple({"pk": world.people[place].pk} for place in PLACES if place not in mine),
    )


def _dead(world: World, role: str) -> Objects:
    mine = places_of(role)
    return Objects(
        {"pk": world.dead[mine[0]].pk},
        tuple({"pk": world.dead[place].pk} for place in PLACES if place not in mine),
    )


def _pair(world: World, role: str) -> Objects:
    mine = places_of(role)
    return Objects(
        {"key": world.pairs[mine[0]].pk},
        tuple({"key": world.pairs[place].pk} for place in PLACES if place not in mine),
    )


def _merge(world: World, role: str) -> Objects:
    mine = places_of(role)
    return Objects(
        {"key": world.merges[mine[0]].pk},
        tuple({"key": world.merges[place].pk} for place in PLACES if place not in mine),
    )


def _secret(world: World, role: str) -> Objects:
    found = _person(world, role)
    return Objects(
        found.own | {"name": "national_id"}, tuple(path | {"name": "phone"} for path in found.foreign)
    )


def _member(world: World, role: str) -> Objects:
    def path(person: str, member: str) -> Path:
        return {"pk": world.people[person].pk, "member_pk": world.members[member].pk}

    mine = places_of(role)
    others = [place for place in PLACES if place not in mine]
    crossed = [path(mine[0], place) for place in others] + [path(place, mine[0]) for place in others]
    return Objects(path(mine[0], mine[0]), (*(path(place, place) for place in others), *crossed))


def _of_person(name: str, key: str) -> Callable[[World, str], Objects]:
    """Rows of people: of one's own, of others, and crossed with a person they do not belong to."""

    def find(world: World, role: str) -> Objects:
        def path(person: str, row: str) -> Path:
            value = world.rows[name, row]
            return {"pk": world.people[person].pk, key: value}

        mine = places_of(role)
        others = [place for place in PLACES if place not in mine]
        crossed = [path(mine[0], place) for place in others] + [path(place, mine[0]) for place in others]
        return Objects(path(mine[0], mine[0]), (*(path(place, place) for place in others), *crossed))

    return find


def _request(world: World, role: str) -> Objects:
    """A request of one's own level and place; the units' are seen by their county, but are not its own."""
    own = "unit a1" if role == "unit_a1" else COUNTY_OF.get(role, "a")
    mine = places_of(role)
    hidden = [name for name, row in world.requests.items() if world.place_of_unit(row.unit_id) not in mine]
    return Objects({"pk": world.requests[own].pk}, tuple({"pk": world.requests[name].pk} for name in hidden))


def _asked_of_me(world: World, role: str) -> Objects:
    """A request that the role decides: a unit's for the county's chief, who sees the county's own as well."""
    own = "unit a1" if role == "chief_a" else "a"
    known = ({"pk": world.requests["a"].pk},) if role == "chief_a" else ()
    mine = places_of(role)
    hidden = [name for name, row in world.requests.items() if world.place_of_unit(row.unit_id) not in mine]
    return Objects(
        {"pk": world.requests[own].pk}, tuple({"pk": world.requests[name].pk} for name in hidden), known
    )


def _batch(world: World, role: str) -> Objects:
    own = "a1" if role == "unit_a1" else COUNTY_OF.get(role, "a")
    seen = (
        {"a1"}
        if role == "unit_a1"
        else {name for name in world.batches if COUNTY_OF.get(role, name[0]) == name[0]}
    )
    return Objects(
        {"pk": world.batches[own].pk},
        tuple({"pk": batch.pk} for name, batch in world.batches.items() if name not in seen),
    )


def _change_set(world: World, role: str) -> Objects:
    own = "a1" if role == "unit_a1" else COUNTY_OF.get(role, "a")
    seen = {"a1"} if role == "unit_a1" else {name for name in world.change_sets if name[0] == own}
    if role not in COUNTY_OF and role != "unit_a1":
        seen = set(world.change_sets)
    return Objects(
        {"pk": world.change_sets[own].pk},
        tuple({"pk": found.pk} for name, found in world.change_sets.items() if name not in seen),
    )


def _batch_mapping(world: World, role: str) -> Objects:
    found = _batch(world, role)
    with scope(actor_of(world.users["city_clerk"])):
        keys = dict(ImportMapping.objects.values_list("header", "pk"))
        places = {batch.pk: keys[mark(name)] for name, batch in world.batches.items()}
    others = [path | {"mapping": places[path["pk"]]} for path in found.foreign]
    crossed = [found.own | {"mapping": path["mapping"]} for path in others]
    return Objects(found.own | {"mapping": places[found.own["pk"]]}, (*others, *crossed))


def _batch_row(**more: str) -> Callable[[World, str], Objects]:
    """A row of one's batch; foreign are those of foreign batches, and foreign rows under one's own batch."""

    def find(world: World, role: str) -> Objects:
        def row(batch: int) -> uuid.UUID:
            return Row.objects.filter(batch_id=batch).order_by("position").values_list("pk", flat=True)[0]

        found = _batch(world, role)
        with scope(actor_of(world.users["city_clerk"])):
            own = found.own | {"row": row(found.own["pk"])} | more
            others = [path | {"row": row(path["pk"])} | more for path in found.foreign]
        crossed = [own | {"row": path["row"]} for path in others]
        return Objects(own, (*others, *crossed))

    return find


def _papers(state: str) -> Callable[[World, str], Objects]:
    """Documents of one state. The city sees all of them and owns its own; city leaders see what was issued."""

    def find(world: World, role: str) -> Objects:
        own = COUNTY_OF.get(role, "city")
        rest = [{"pk": world.documents[name, state].pk} for name in ("city", "a", "b") if name != own]
        hidden = [{"pk": world.documents[own, other].pk} for other in (State.DRAFT, State.CHECKED)]
        is_leader = role in ("leader", "leader_a")
        return Objects(
            {"pk": world.documents[own, state].pk},
            tuple(rest if own != "city" else []) + tuple(hidden if is_leader else []),
            tuple(rest if own == "city" else []),
        )

    return find


def _schedule(world: World, role: str) -> Objects:
    own = COUNTY_OF.get(role, "city")
    return Objects(
        {"pk": world.schedules[own].pk},
        tuple({"pk": schedule.pk} for name, schedule in world.schedules.items() if name != own),
    )


def _job(name: str) -> Callable[[World, str], Objects]:
    """The system administrator sees that others have jobs."""

    def find(world: World, role: str) -> Objects:
        own = role if (role, name) in world.jobs else "clerk_a"
        rest = tuple(
            {"pk": job.pk}
            for (owner, kind), job in world.jobs.items()
            if kind == name and owner in OTHERS - {own}
        )
        path = {"pk": world.jobs[own, name].pk}
        return Objects(path, known=rest) if role == "system_admin" else Objects(path, rest)

    return find


OTHERS = {"clerk_b", "city_clerk", "chief_a"}


def _export(world: World, role: str) -> Objects:
    """One's own request. Chiefs see those of their place, and cannot take them back for others."""
    own = role if role in world.exports else "clerk_a"
    seen = {own}
    if role == "city_chief":
        seen |= set(EXPORTING)
    if role == "chief_a":
        seen |= {"clerk_a", "unit_a1"}
    return Objects(
        {"pk": world.exports[own].pk},
        tuple({"pk": one.pk} for name, one in world.exports.items() if name not in seen),
        tuple({"pk": world.exports[name].pk} for name in sorted(seen - {own})),
    )


def _form(world: World, role: str) -> Objects:
    """Forms of the office: a county uses the city's and its own, the city sees all and keeps its own."""
    own = COUNTY_OF.get(role, "city")
    seen = {"city", own} if own != "city" else {"city", "a", "b"}
    if role == "unit_a1":
        own = "a"
    return Objects(
        {"pk": world.forms[own].pk},
        tuple({"pk": one.pk} for place, one in world.forms.items() if place not in seen),
        tuple({"pk": world.forms[place].pk} for place in sorted(seen - {own})),
    )


def _year_table(world: World, role: str) -> Objects:
    """Tables of a year, frozen; the city sees those of the counties."""
    own = COUNTY_OF.get(role, "city")
    rest = tuple({"pk": one.pk} for place, one in world.year_tables.items() if place != own)
    return Objects({"pk": world.year_tables[own].pk}, *(((), rest) if own == "city" else (rest, ())))


def _export_to_decide(world: World, role: str) -> Objects:
    """What a chief may decide on: others' requests of his place, never his own."""
    hidden = ("clerk_b", "city_clerk", "city_chief") if role == "chief_a" else ()
    mine = ({"pk": world.exports[role].pk},) if role in ("chief_a", "city_chief") else ()
    return Objects(
        {"pk": world.exports["clerk_a"].pk}, tuple({"pk": world.exports[name].pk} for name in hidden), mine
    )


def _failed_draft(world: World, role: str) -> Objects:
    owner = {"a": "clerk_a", "b": "clerk_b"}
    own = owner.get(COUNTY_OF.get(role, ""), "city_clerk")
    return Objects(
        {"pk": world.jobs[own, "failed-draft"].pk},
        tuple(
            {"pk": world.jobs[name, "failed-draft"].pk}
            for name in ("clerk_a", "clerk_b", "city_clerk")
            if name != own
        ),
    )


def _unit(world: World, role: str) -> Objects:
    own, names = COUNTY_OF.get(role, "a"), ("city", "a", "b", "a1", "a2", "b1")
    if role == "unit_a1":
        seen: tuple[str, ...] = ("a", "a1")
    elif role in COUNTY_OF:
        seen = (own, f"{own}1", f"{own}2")
    else:
        seen = names
    return Objects(
        {"pk": world.unit(own).pk}, tuple({"pk": world.unit(name).pk} for name in names if name not in seen)
    )


def _view(world: World, role: str) -> Objects:
    """Everybody keeps one for himself alone."""
    own = role if role in world.views else "clerk_a"
    others = (view for owner, view in world.views.items() if owner != own)
    return Objects({"pk": world.views[own].pk}, tuple({"pk": view.pk} for view in others))


def _condition(world: World, role: str) -> Objects:
    """A condition of the list: the same for everybody."""
    return Objects({"name": "treatment"})


def _group(world: World, role: str) -> Objects:
    return Objects({"pk": world.group.pk})


def _user(world: World, role: str) -> Objects:
    return Objects({"pk": world.users["clerk_b"].pk})


def _grant(world: World, role: str) -> Objects:
    return Objects({"pk": actor_of(world.users["clerk_b"]).grant_id})


def _event(world: World, role: str) -> Objects:
    with scope(actor_of(world.users["audit_admin"])):
        return Objects(
            {"pk": Event.objects.filter(subject_id=str(world.people["b1"].pk)).order_by("at", "pk")[0].pk}
        )


def _dictionary(world: World, role: str) -> Objects:
    return Objects({"code": world.dictionary.code})


def _term(world: World, role: str) -> Objects:
    return Objects({"code": world.dictionary.code, "term": "1"})


def _custom_field(world: World, role: str) -> Objects:
    return Objects({"pk": world.custom_field.pk})


def _link(world: World, role: str) -> Objects:
    uid, token = world.link
    others = ({"uid": uid, "token": "x" * 40}, {"uid": "1", "token": token})
    return Objects({"uid": uid, "token": token}, others)


def _transfer(side: str) -> Callable[[World, str], Objects]:
    """One side of a transfer; the other county's side is not there for a county."""

    def find(world: World, role: str) -> Objects:
        own = COUNTY_OF.get(role)
        other = "b" if own == "a" else "a"
        rest = ({"pk": world.transfers[other, side].pk},) if own else ()
        return Objects({"pk": world.transfers[own or "a", side].pk}, rest)

    return find


KINDS: dict[str, Callable[[World, str], Objects]] = {
    "person": _person,
    "dead person": _dead,
    "pair": _pair,
    "merge": _merge,
    "secret": _secret,
    "member": _member,
    "career line": _of_person("career", "line_pk"),
    "honour": _of_person("honour", "line_pk"),
    "note": _of_person("note", "line_pk"),
    "group mark": _of_person("mark", "mark_pk"),
    "paper": _of_person("paper", "paper_pk"),
    "thrown paper": _of_person("thrown", "paper_pk"),
    "portrait": _of_person("portrait", "digest"),
    "request": _request,
    "asked of me": _asked_of_me,
    "batch": _batch,
    "change set": _change_set,
    "batch mapping": _batch_mapping,
    "batch row": _batch_row(),
    "batch cell": _batch_row(name="name"),
    "mistaken person": lambda world, role: Objects({"pk": world.mistaken.pk}),
    "transfer in": _transfer("in"),
    "transfer out": _transfer("out"),
    "issued": _papers(State.ISSUED),
    "draft": _papers(State.DRAFT),
    "checked": _papers(State.CHECKED),
    "schedule": _schedule,
    "failed draft": _failed_draft,
    "export": _export,
    "form": _form,
    "year table": _year_table,
    "export to decide": _export_to_decide,
    "job": _job("done"),
    "open job": _job("open"),
    "dead job": _job("dead"),
    "unit": _unit,
    "view": _view,
    "condition": _condition,
    "group": _group,
    "user": _user,
    "grant": _grant,
    "event": _event,
    "link": _link,
    "dictionary": _dictionary,
    "term": _term,
    "custom field": _custom_field,
}
