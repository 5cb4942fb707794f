"""What every answer carries, whatever kind of answer it is; and what no page holds."""

import re
from typing import Any

from django.test import override_settings
from django.urls import reverse

from tests.architecture.browsers import Browsers
from tests.architecture.language import not_chinese
from tests.architecture.reading import Page
from tests.architecture.world import World

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTMX = {"HX-Request": "true"}


def ask(role: str, method: str, address: str, *, status: int, data: Any = None, **headers: str) -> Any:
    """A kind of answer: how to get it and the status it has."""
    return role, method, address, status, data, headers


def answers(world: World) -> dict[str, Any]:
    """One of every kind of answer there is."""
    person = world.people["a1"].pk
    member = world.members["a1"].pk
    return {
        "a page": ask("clerk_a", "GET", "/", status=200),
        "a list as fragment": ask("clerk_a", "GET", "/retirees/?q=x", status=200, **HTMX),
        "a private value": ask(
            "clerk_a",
            "POST",
            f"/retirees/{person}/show/phone/",
            status=200,
            data={"reason": "核对档案资料"},
            **HTMX,
        ),
        "a public page": ask("anonymous", "GET", "/account/sign-in/", status=200),
        "somebody who is not signed in": ask("anonymous", "GET", "/retirees/", status=302),
        "the same from htmx": ask("anonymous", "GET", "/retirees/", status=204, **HTMX),
        "after a form": ask("clerk_a", "POST", f"/retirees/{person}/verify/", status=302),
        "signing out": ask("clerk_a", "POST", "/account/sign-out/", status=302),
        "nothing to say": ask("clerk_a", "POST", "/account/keep-alive/", status=204),
        "a bad question": ask("clerk_a", "GET", "/retirees/?password__startswith=a", status=400),
        "a bad body": ask("clerk_a", "POST", f"/retirees/{person}/family/{member}/shift/", status=400),
        "no right": ask("leader", "GET", "/imports/", status=403),
        "no right, from htmx": ask("leader", "GET", "/imports/", status=403, **HTMX),
        "not there": ask("clerk_a", "GET", "/retirees/999999/", status=404),
        "no such address": ask("clerk_a", "GET", "/nowhere/", status=404),
        "no such address, not signed in": ask("anonymous", "GET", "/wp-admin/", status=404),
        "wrong method": ask("clerk_a", "PUT", "/retirees/", status=405),
        "a wrong form": ask("clerk_a", "POST", "/retirees/new/", status=422, data={"name": ""}),
        "a broken page": ask("clerk_a", "GET", "/crash/", status=500),
        "a broken fragment": ask("clerk_a", "POST", "/crash/", status=500, **HTMX),
        "a broken public page": ask("anonymous", "GET", "/public-crash/", status=500),
        "something suspicious": ask("clerk_a", "GET", "/suspicious/", status=400),
        "another host": ask("anonymous", "GET", "/account/sign-in/", status=400, Host="evil.example"),
        "alive": ask("anonymous", "GET", "/livez", status=200),
        "ready": ask("anonymous", "GET", "/readyz", status=503),
        "a briefing": ask(
            "clerk_a",
            "POST",
            reverse("reports:download", args=[world.documents["a", "issued"].pk]),
            status=200,
        ),
        "a job's file": ask(
            "clerk_a", "POST", reverse("jobs:download", args=[world.jobs["clerk_a", "done"].pk]), status=200
        ),
    }


FILES = ("a briefing", "a job's file")


def test_every_kind_of_answer_carries_every_header(world: World, browsers: Browsers) -> None:
    faults = []
    with override_settings(ROOT_URLCONF="tests.architecture.crashing_urls"):
        for kind, (role, method, address, status, data, headers) in answers(world).items():
            response = browsers.probe(role, method, address, data, **headers)
            faults += [f"{kind}: {fault}" for fault in _faults(kind, response, status)]
    assert not faults, "\n".join(faults)


def _faults(kind: str, response: Any, status: int) -> list[str]:
    found = [] if response.status_code == status else [f"status {response.status_code}, not {status}"]
    for name, value in HEADERS.items():
        if value not in response.headers.get(name, ""):
            found.append(f"{name}: {response.headers.get(name)!r}")
    if not re.fullmatch(r"[0-9a-f]{12}", response.headers.get("X-Request-Number", "")):
        found.append("no request number")
    policy = response.headers.get("Content-Security-Policy", "")
    if kind in FILES:
        if "sandbox" not in policy or "'unsafe" in policy:
            found.append(f"policy of a file: {policy}")
        if not response.headers.get("Content-Disposition", "").startswith("attachment"):
            found.append(f"opens in the browser: {response.headers.get('Content-Disposition')}")
    elif dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip()) != POLICY:
        found.append(f"policy: {policy}")
    return found


def test_a_breakdown_tells_its_number_and_nothing_of_the_inside(world: World, browsers: Browsers) -> None:
    with override_settings(ROOT_URLCONF="tests.architecture.crashing_urls"):
        for role, address in (
            ("clerk_a", "/crash/"),
            ("anonymous", "/public-crash/"),
            ("clerk_a", "/suspicious/"),
        ):
            response = browsers.probe(role, "GET", address)
            body = response.content.decode()
            assert response.headers["X-Request-Number"] in body
            assert not re.search(r"秘密的内情|SELECT|Traceback|RuntimeError|File &quot;|\.py\b", body)


@override_settings(HTTPS=True, SECURE_HSTS_SECONDS=31536000)
def test_over_https_the_browser_is_told_to_stay_there(world: World, browsers: Browsers) -> None:
    fresh = Browsers(world)
    response = fresh.probe("anonymous", "GET", "/account/sign-in/", **{"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in response.headers, "a header of a stranger is not believed"
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        response = Browsers(world).probe(
            "anonymous", "GET", "/account/sign-in/", **{"X-Forwarded-Proto": "https"}
        )
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_error_pages_hold_no_live_markup_and_speak_chinese(world: World, browsers: Browsers) -> None:
    faults = []
    with override_settings(ROOT_URLCONF="tests.architecture.crashing_urls"):
        for kind, (role, method, address, status, data, headers) in answers(world).items():
            response = browsers.probe(role, method, address, data, **headers)
            if status >= 400 and response.headers.get("Content-Type", "").startswith("text/html"):
                number = response.headers["X-Request-Number"]
                page = Page(response.content.decode().replace(number, ""))
                faults += [f"{kind}: {live}" for live in page.runs]
                faults += [f"{kind}: {word!r}" for text in page.texts for word in not_chinese(text)]
                if not any(re.search(r"[\u4e00-\u9fff]", text) for text in page.texts):
                    faults.append(f"{kind}: says nothing")
    assert not faults, "\n".join(faults)
