"""Every page of every kind of reader: no dead ends, nothing of others, no live markup, and all of it Chinese.

One crawl a role for all of it: opening a page costs most.
"""

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.architecture.browsers import Browsers
from tests.architecture.canaries import seen
from tests.architecture.language import slips
from tests.architecture.matrix import URLS
from tests.architecture.pages import Visit, crawl, own_pages
from tests.architecture.world import World

READERS = (
    "clerk_a",
    "chief_a",
    "unit_a1",
    "city_chief",
    "leader",
    "leader_a",
    "system_admin",
    "security_admin",
    "audit_admin",
    "anonymous",
)


@pytest.mark.parametrize("role", READERS)
def test_pages_of(role: str, world: World, browsers: Browsers) -> None:
    """Wherever a page offers to go, the reader may go; what it says, he may read and can."""
    faults: set[str] = set()
    count = 0
    public = role == "anonymous"
    starts = [reverse("accounts:sign-in" if public else "dashboards:home")]
    for visit in crawl(browsers, role, *starts, *([] if public else own_pages(world, role))):
        count += 1
        path = visit.address.split("?")[0]
        if visit.response.status_code not in (200, 204, 302) and visit.address != "/readyz":
            faults.add(f"{visit.address} (from {visit.come_from}): {visit.response.status_code}")
        faults |= {f"{visit.address} shows {canary}" for canary in seen(world, role, visit.response)}
        faults |= {f"{visit.address}: {method} {action}" for method, action in _closed(role, visit)}
        faults |= {f"{path}: {live}" for live in visit.page.runs}
        faults |= {f"{path}: {slip}" for slip in slips(visit.page)}
    assert not faults, "\n".join(sorted(faults))
    assert count >= (1 if public else 11)


def _closed(role: str, visit: Visit) -> list[tuple[str, str]]:
    """Forms of a page that the role has no right to send."""
    found = []
    for method, action in visit.page.forms:
        path = (action or visit.address).split("?")[0].split("#")[0] or visit.address.split("?")[0]
        try:
            url = URLS[resolve(path).view_name]
        except Resolver404:
            url = None
        if url is None or method.upper() not in url.allowed or (role not in url.who and url.kind != "public"):
            found.append((method, path))
    return found
