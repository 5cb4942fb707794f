"""Every address × every role × own, foreign, missing and malformed keys × every method, from htmx and not.

The answer is the declared one, and nothing of another place stands in it: not in the body, a header or a cookie.
Acceptance 5; that each refusal leaves a line in the log is test_refusals.py.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.architecture.browsers import ROLES, Browsers
from tests.architecture.canaries import seen
from tests.architecture.matrix import ENTRY, PUBLIC, URLS, Url
from tests.architecture.objects import Objects, malformed, missing, objects
from tests.architecture.world import World

HTMX = {"HX-Request": "true"}
NOT_FOUND, WRONG_METHOD, REFUSED, ELSEWHERE = 404, 405, 403, 302
BODY = {"probe": "1"}


class Probe(NamedTuple):
    """One request and the status it must have."""

    method: str
    address: str
    status: int
    htmx: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.address}{' (htmx)' if self.htmx else ''}"


def patterns(resolver: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(full name, pattern) of every URL there is."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from patterns(pattern, inner)
        else:
            yield f"{space}{pattern.name}", pattern


def test_every_url_is_declared_and_every_declared_one_is_there() -> None:
    found = [name for name, _ in patterns()]
    assert sorted(found) == sorted(set(found)), "two URLs of one name"
    assert sorted(set(found) - set(URLS)) == [], "not in tests/architecture/matrix.py"
    assert sorted(set(URLS) - set(found)) == [], "declared, but gone"


def test_every_page_says_who_may_open_it() -> None:
    bare = [name for name, pattern in patterns() if not hasattr(pattern.callback, "page_rule")]
    assert bare == []


def test_pages_allow_the_declared_methods_and_are_public_only_where_declared() -> None:
    wrong = []
    for name, pattern in patterns():
        rule, url = pattern.callback.page_rule, URLS[name]
        if set(rule.methods) - {"HEAD"} != set(url.allowed):
            wrong.append((name, rule.methods))
        if (rule.perm is None) != (url.kind == PUBLIC) or rule.scoped != (url.kind not in (PUBLIC, ENTRY)):
            wrong.append((name, rule))
    assert wrong == []


def probes(world: World, role: str) -> Iterator[Probe]:
    """All probes of a role. Where a role has no right at all, one foreign key stands for all of them."""
    for number, (name, url) in enumerate(URLS.items()):
        found = objects(world, url.what, role) if url.what else Objects({})
        right = url.kind == PUBLIC or role in url.who
        address = reverse(name, kwargs=found.own)
        # A method that a page does not have is refused before anybody's rights are looked at: asked of those who have.
        for method in ("GET", "POST", *((("PUT", "DELETE")[number % 2],) if right else ())):
            yield Probe(method, address, _status(url, role, method))
        for method in url.allowed if right else url.allowed[:1]:
            yield Probe(method, address, _status(url, role, method, htmx=True), htmx=True)
        if url.what and right:
            yield from _foreign_keys(name, url, found)
            yield from _no_keys(name, url, found, role)
        elif url.what:
            for path in found.foreign[:1]:
                yield Probe(url.allowed[0], reverse(name, kwargs=path), _status(url, role, url.allowed[0]))


def _foreign_keys(name: str, url: Url, found: Objects) -> Iterator[Probe]:
    """Keys of others: not found, whichever way one asks."""
    for method in url.allowed:
        for path in found.foreign:
            yield Probe(method, reverse(name, kwargs=path), NOT_FOUND)
        for path in found.foreign[:1]:
            yield Probe(method, reverse(name, kwargs=path), NOT_FOUND, htmx=True)
        for path in found.known:
            yield Probe(method, reverse(name, kwargs=path), url.known)


def _no_keys(name: str, url: Url, found: Objects, role: str) -> Iterator[Probe]:
    """A key that nothing has, keys that are none, and one that no column can hold. What is no address at all comes to
    no page, whoever asks: one of those who have the right asks for all."""
    method = url.allowed[-1]
    yield Probe(method, reverse(name, kwargs=missing(url.what, found.own)), NOT_FOUND)
    speaks_for_all = role == next(one for one in ROLES if one in url.who)
    for address in malformed(reverse(name, kwargs=found.own), found.own):
        if speaks_for_all or _is_address(address):
            yield Probe(method, address, NOT_FOUND)


def _is_address(address: str) -> bool:
    try:
        resolve(unquote(address))
    except Resolver404:
        return False
    return True


def _status(url: Url, role: str, method: str, *, htmx: bool = False) -> int:
    """What one's own object answers."""
    signed_out = role == "anonymous" and url.kind != PUBLIC
    owes_code = role == "half" and url.kind not in (PUBLIC, ENTRY)
    if signed_out or owes_code:
        return 204 if htmx else ELSEWHERE
    if method not in url.allowed:
        return WRONG_METHOD
    if role not in url.who and url.kind not in (PUBLIC, ENTRY):
        return REFUSED
    return url.by_role.get(role, url.get if method == "GET" else url.post)


def where_to(response: Any) -> str:
    return response.headers.get("HX-Redirect") or response.headers.get("Location", "")


@pytest.mark.parametrize("role", ROLES)
def test_walk(role: str, world: World, browsers: Browsers, record_property: Any) -> None:
    faults, number = [], 0
    for probe in probes(world, role):
        number += 1
        browsers.crashes.clear()
        headers = HTMX if probe.htmx else {}
        response = browsers.probe(
            role, probe.method, probe.address, BODY if probe.method == "POST" else None, **headers
        )
        if response.status_code != probe.status:
            faults.append(f"{probe}: {response.status_code}, not {probe.status} {browsers.crashes}")
        if canaries := seen(world, role, response):
            faults.append(f"{probe}: shows {canaries}")
        if (
            probe.status in (204, ELSEWHERE)
            and role in ("anonymous", "half")
            and not _leads_to_sign_in(role, response)
        ):
            faults.append(f"{probe}: leads to {where_to(response)!r}")
    record_property("probes", number)
    assert not faults, "\n".join(faults)
    assert number >= 150, f"only {number} probes as {role}"


def _leads_to_sign_in(role: str, response: Any) -> bool:
    target = where_to(response)
    entry = reverse(settings.LOGIN_URL) if role == "anonymous" else reverse("accounts:second-factor")
    public = (reverse(settings.LOGIN_URL), reverse("accounts:second-factor"))
    return target.startswith((entry, *public))


def test_there_are_enough_probes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    counts = {role: sum(1 for _ in probes(world, role)) for role in ROLES}
    with capsys.disabled():
        print(f"\nURL walk: {sum(counts.values()):,} probes of {len(URLS)} addresses as {len(ROLES)} roles")
    assert sum(counts.values()) >= 1000
