"""Every page says who may open it. A view without ``@page`` fails the guard test.

    @page(perms.can_list_retirees)
    def register_list(request): ...

The middleware (apps/accounts/middleware.py) has put ``request.actor`` and opened the scope before the view runs.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.scope import Actor


class PortalRequest(HttpRequest):
    """A request as views get it: the middleware has put these."""

    actor: Actor
    request_number: str


Permission = Callable[[Actor], bool]
View = Callable[..., HttpResponse]
Proof = Callable[[HttpRequest], bool]
"""Whether a POST is an act before which one proves again who one is (step-up, apps/accounts/views/step_up.py)."""


def always(request: HttpRequest) -> bool:
    """Every POST of the page is such an act."""
    return True


@dataclass(frozen=True)
class PageRule:
    """What ``@page`` declared; ``perm`` None means public."""

    perm: Permission | None
    methods: tuple[str, ...]
    scoped: bool
    proof: Proof | None = None


def page(
    perm: Permission, *methods: str, scoped: bool = True, proof: Proof | None = None
) -> Callable[[View], View]:
    """Declare who may open a page and by which methods (GET unless named; HEAD goes with GET).

    ``scoped=False`` is for the few pages that work before a grant is chosen or outside of a county's data. ``proof``
    says which of its POSTs want a factor given within the last PORTAL_STEP_UP_MINUTES (``always``: each).
    """
    return _declare(PageRule(perm, _with_head(methods or ("GET",)), scoped, proof))


def public_page(*methods: str) -> Callable[[View], View]:
    """Declare a page for anyone: sign-in, health."""
    return _declare(PageRule(None, _with_head(methods or ("GET",)), scoped=False))


def _with_head(methods: tuple[str, ...]) -> tuple[str, ...]:
    return (*methods, "HEAD") if "GET" in methods else methods


def _declare(rule: PageRule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @functools.wraps(view)
        def checked(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in rule.methods:
                return _wrong_method(request, rule)
            if rule.perm is not None and not rule.perm(request.actor):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded: Any = checked
        guarded.page_rule = rule
        return guarded

    return decorate


def _wrong_method(request: PortalRequest, rule: PageRule) -> HttpResponse:
    """A form's address opened as a page, from the history or a bookmark: with a way out, unlike Django's empty one."""
    cast(
        Any, request
    ).is_refused = True  # the menu without its counts, as on the other pages that only say no
    context = {"request_number": request.request_number}
    response = render(request, "errors/405.html", context, status=405)
    response.headers["Allow"] = ", ".join(rule.methods)
    return response
