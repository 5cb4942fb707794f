"""Error pages: what happened, what to do, the request number; nothing of the inside."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def _page(request: HttpRequest, status: int, name: str = "") -> HttpResponse:
    """The menu without its counts: a page that only says no asks the database as little as it can."""
    cast(Any, request).is_refused = True
    number = getattr(request, "request_number", "")
    return render(request, f"errors/{name or status}.html", {"request_number": number}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the context of other pages: the menu asks the database, which may be what is broken."""
    number = getattr(request, "request_number", "")
    return HttpResponse(render_to_string("errors/500.html", {"request_number": number}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "403_csrf")
