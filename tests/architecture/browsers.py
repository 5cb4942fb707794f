"""A browser for every role, and a probe: one request whose writes are taken back."""

import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import RequestFactory
from django.test.client import ClientHandler

from apps.accounts.models import SessionStore
from apps.accounts.rules import SESSION
from tests.architecture.world import World
from tests.factories.signed_in import signed_in

ROLES = (
    "anonymous",
    "half",
    "clerk_a",
    "chief_a",
    "clerk_b",
    "unit_a1",
    "city_clerk",
    "city_chief",
    "leader",
    "leader_a",
    "system_admin",
    "security_admin",
    "audit_admin",
)


AWAKE = 50
"""Seconds; below the minute of SessionLimitMiddleware."""


class Browsers(RequestFactory):
    """Sends requests through the whole stack of middleware under the session of a role.

    Django's own test client does the same, and copies the context of every template on the way: with thousands of
    probes that is most of the time.
    """

    def __init__(self, world: World, *, csrf: bool = False) -> None:
        super().__init__()
        self.world = world
        self.handler = ClientHandler(enforce_csrf_checks=csrf)
        self.keys = {
            role: signed_in(world.users[role]).cookies[settings.SESSION_COOKIE_NAME].value
            for role in ROLES
            if role != "anonymous"
        }
        self.seen = dict.fromkeys(self.keys, time.time())
        self.crashes: list[str] = []
        got_request_exception.connect(self._crashed)

    def _crashed(self, **signal: Any) -> None:
        self.crashes.append(repr(sys.exc_info()[1]))

    def request(self, **environ: Any) -> Any:
        """Send the request; an exception in a view becomes the page of status 500."""
        with quiet():
            return self.handler(self._base_environ(**environ))

    def probe(
        self, role: str, method: str, address: str, data: Any = None, *, keep: bool = False, **headers: str
    ) -> Any:
        """Send one request as ``role``; unless ``keep``, whatever it wrote is taken back."""
        self.wear(role)
        with transaction.atomic():
            if method == "POST":
                response = self.post(address, data or {}, headers=headers)
            else:
                response = self.generic(method, address, headers=headers)
            if not keep:
                transaction.set_rollback(True)
        return response

    def post_text(self, role: str, address: str) -> Any:
        """A body that is no form, as a page elsewhere can send it without asking."""
        self.wear(role)
        with transaction.atomic():
            return self.generic("POST", address, "probe=1", content_type="text/plain")

    def wear(self, role: str) -> None:
        """Put on the session of ``role``, and no other cookie."""
        self.cookies = SimpleCookie()
        if role in self.keys:
            self.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
            self._stay_awake(role)

    def _stay_awake(self, role: str) -> None:
        """As if somebody had just been at work: a session is written once a minute, and where every probe is taken back
        every one would write it anew."""
        now = time.time()
        if now - self.seen[role] > AWAKE:
            self.seen[role] = now
            session = SessionStore(self.keys[role])
            session[SESSION.SEEN] = int(now)
            session.save()


@contextmanager
def quiet() -> Iterator[None]:
    """Thousands of refusals are wanted here; their log would bury everything else."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


CHANCE = re.compile(r"\b[0-9A-Za-z]{32,}\b")
"""Tokens of forms and sessions, digests: random letters, in which a short mark stands by chance now and then."""


def everything_in(response: Any) -> str:
    """Body, headers and cookies, as a thief would read them."""
    body = response.content.decode("utf-8", "replace")
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return CHANCE.sub("", f"{body}\n{headers}\n{response.cookies.output()}")
