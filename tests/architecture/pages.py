"""The pages of a role: the addresses of the matrix with the role's own objects, and whatever they lead to."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve, reverse

from tests.architecture.browsers import Browsers
from tests.architecture.matrix import PUBLIC, URLS
from tests.architecture.objects import objects
from tests.architecture.reading import Page
from tests.architecture.world import World

PER_KIND = 2
"""How many addresses of one view with the same conditions (and the same tab) are followed."""
PER_VIEW = 10
"""How many of one view at all: lists link to themselves with hundreds of combinations of their conditions, which
test_query_strings.py asks for by chance instead."""


class Visit(NamedTuple):
    """A page that was opened, and from where."""

    address: str
    come_from: str
    response: Any
    page: Page


def own_pages(world: World, role: str) -> Iterator[str]:
    """Addresses that the role may read, with its own objects; a secret address that opens nothing is no page."""
    for name, url in URLS.items():
        right = url.kind == PUBLIC or (role in url.who and url.by_role.get(role) != 403)
        if "GET" in url.allowed and right and url.get != 404:
            yield reverse(name, kwargs=objects(world, url.what, role).own if url.what else {})


def crawl(browsers: Browsers, role: str, *starts: str) -> Iterator[Visit]:
    """Open the pages and follow every link on them, a few of each kind."""
    waiting, known = [(start, "") for start in starts], set(starts)
    kinds, views = Counter[tuple[str, frozenset[str], str]](), Counter[str]()
    while waiting:
        address, come_from = waiting.pop(0)
        response = browsers.probe(role, "GET", address)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        page = Page(response.content.decode() if is_page else "")
        yield Visit(address, come_from, response, page)
        for link in (response.headers.get("Location", ""), *page.links):
            target = urlsplit(urljoin(address, link))
            if not link or target.netloc or target.scheme:
                continue
            query = dict(parse_qsl(target.query, keep_blank_values=True))
            view = _view(target.path)
            kind = (view, frozenset(query) - {"sort", "on"}, query.get("tab", ""))
            bare = target._replace(fragment="").geturl()
            if bare not in known and kinds[kind] < PER_KIND and views[view] < PER_VIEW:
                kinds[kind] += 1
                views[view] += 1
                known.add(bare)
                waiting.append((bare, address))


def _view(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return path
