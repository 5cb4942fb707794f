"""Which canaries a role must never see."""

from functools import cache

from tests.architecture.browsers import everything_in
from tests.architecture.objects import COUNTY_OF, places_of
from tests.architecture.world import PLACES, World, leader_canaries, mark, plain_secrets, secret_mark

ADMINS = ("system_admin", "security_admin", "audit_admin")


@cache
def forbidden(role: str) -> list[str]:
    """Texts that must not be in anything a role is sent."""
    return [*_register(role), *_private(role), *_names_of_places(role)]


def _register(role: str) -> list[str]:
    """Marks of other places, in people, batches, documents, jobs and accounts."""
    if role in ("anonymous", "half"):
        return [mark(place) for place in (*PLACES, "b", "city")]
    if role in ("system_admin", "security_admin"):
        return [f"{mark(place)}{word}" for place in (*PLACES, "a", "b") for word in PERSONAL]
    if role == "audit_admin":
        return [f"{mark(place)}{word}" for place in (*PLACES, "a", "b") for word in PERSONAL if word != "名"]
    foreign = [mark(place) for place in PLACES if place not in places_of(role)]
    county = COUNTY_OF.get(role)
    if county is not None:
        foreign += [f"{mark('b' if county == 'a' else 'a')}{word}" for word in OF_COUNTY]
        foreign += [f"{mark('city')}{word}" for word in OF_COUNTY]
    return foreign


PERSONAL = (
    "名",
    "曾用名",
    "籍贯",
    "职务",
    "新职务",
    "支部",
    "备注",
    "依据",
    "病情",
    "材料",
    "原单位",
    "任职单位",
    "奖章",
    "困难原因",
    "任务",
    "结果",
    "原因",
)
OF_COUNTY = ("名册", "表", "列", "计划", "员", "核对人", "签发人", "任务", "结果", "原因")


def _private(role: str) -> list[str]:
    if role in ("leader", "leader_a", "anonymous", *ADMINS):
        return [text for place in PLACES for text in leader_canaries(place)]
    plain = [text for place in PLACES for text in plain_secrets(place)]
    return plain + [secret_mark(place) for place in PLACES if place not in places_of(role)]


def _names_of_places(role: str) -> list[str]:
    """Names of units themselves: the other county's do not belong in a county's pages."""
    county = COUNTY_OF.get(role)
    if role == "anonymous":
        return ["南岭", "石桥"]
    if role == "unit_a1":
        return ["石桥", "南岭水利局"]
    return {"a": ["石桥"], "b": ["南岭"]}.get(county or "", [])


OTHER_COUNTIES = (
    "南岭县",
    "石桥县",
    "南岭财政局",
    "石桥财政局",
    "南岭水利局",
    "石桥水利局",
    "ZQA员clerk_a",
    "ZQB员clerk_b",
)


def names_other_counties(response: object) -> bool:
    """Pages of transfers name the other county, the unit there and who proposed it; nothing else of it."""
    match = getattr(getattr(response, "wsgi_request", None), "resolver_match", None)
    return match is not None and match.view_name.startswith("retirees:transfer")


def seen(world: World, role: str, response: object) -> list[str]:
    """Canaries in an answer that must not be there."""
    text = everything_in(response)
    if names_other_counties(response):
        for name in OTHER_COUNTIES:
            text = text.replace(name, "")
    return [canary for canary in forbidden(role) if canary in text]
