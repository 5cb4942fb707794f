"""The map of the site with two more addresses that break down, one behind sign-in and one before it."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from apps.accounts import perms
from apps.core.pages import page, public_page
from cadre_portal.urls import handler400, handler403, handler404, handler500
from cadre_portal.urls import urlpatterns as of_the_portal


@page(perms.is_signed_in, "GET", "POST")
def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("秘密的内情 SELECT * FROM retirees_privatedetails")


@public_page()
def public_crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("秘密的内情")


@page(perms.is_signed_in)
def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("秘密的内情")


urlpatterns = [
    *of_the_portal,
    path("crash/", crash, name="crash"),
    path("public-crash/", public_crash, name="public-crash"),
    path("suspicious/", suspicious, name="suspicious"),
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
