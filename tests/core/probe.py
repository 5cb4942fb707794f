"""A site of a few pages that do what a page must not, or must survive: the URL configuration of test_scope."""

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from apps.accounts.perms import is_signed_in
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.pages import page
from apps.retirees.models import Retiree
from cadre_portal.urls import handler400, handler403, handler404, handler500
from cadre_portal.urls import urlpatterns as portal_urls

__all__ = ["handler400", "handler403", "handler404", "handler500"]

LAZY = "{% for person in people %}{{ person.county_id }} {% endfor %}"
BROKEN = "{{ people.0.county_id }}{% include 'no/such/template.html' %}"


@page(is_signed_in)
def who(request: HttpRequest) -> HttpResponse:
    """Whose rows, as whom."""
    if "boom" in request.GET:
        raise RuntimeError("boom")
    counties = sorted(set(Retiree.objects.values_list("county_id", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('app.county', true)")
        role, county = cursor.fetchone()
    return JsonResponse({"counties": counties, "role": role, "county": county})


@page(is_signed_in)
def lazy(request: HttpRequest) -> HttpResponse:
    """Rendered after the view has returned."""
    return TemplateResponse(request, engines["django"].from_string(LAZY), {"people": Retiree.objects.all()})


@page(is_signed_in)
def streaming(request: HttpRequest) -> HttpResponse:
    return StreamingHttpResponse(str(person.pk) for person in Retiree.objects.iterator())


@page(is_signed_in, "POST")
def write(request: HttpRequest, then: str) -> HttpResponse:
    """Write a row, then end in one of many ways."""
    record_event(kind=EventKind.CHANGE, summary="probe", by=request.actor)
    if then == "raise":
        raise RuntimeError("boom")
    if then == "forbid":
        raise PermissionDenied
    if then == "miss":
        raise Http404
    if then == "error":
        return HttpResponse(status=503)
    if then == "template":
        return TemplateResponse(request, engines["django"].from_string(BROKEN), {"people": []})
    if then == "stream":
        return StreamingHttpResponse(["x"])
    if then == "refuse":
        return HttpResponse(status=422)
    return HttpResponse("ok")


def failing_middleware(get_response):
    """A middleware inside the scope that breaks down on the way out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.headers.get("X-Break"):
            raise RuntimeError("middleware")
        return response

    return middleware


urlpatterns = [
    path("probe/who", who),
    path("probe/lazy", lazy),
    path("probe/streaming", streaming),
    path("probe/write/<then>", write),
    path("", include(portal_urls)),
]
