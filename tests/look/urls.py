"""The addresses that the frame links to, so that the gallery's pages have live links."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


accounts = [
    path("sign-in/", nothing, name="sign-in"),
    path("sign-out/", nothing, name="sign-out"),
    path("display/", nothing, name="display"),
    path("grant/", nothing, name="grant"),
    path("keep-alive/", nothing, name="keep-alive"),
    path("me/", nothing, name="profile"),
]

urlpatterns = [
    path("", include(([path("", nothing, name="home")], "dashboards"))),
    path("find/", include(([path("", nothing, name="find")], "retirees"))),
    path("account/", include((accounts, "accounts"))),
]
