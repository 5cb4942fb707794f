"""The other side of the comparison: the Django admin as its tutorial would have it, on the same tables.

It reads through the owner with the walls down and asks no session who is there, so that all of the difference lies
in the list itself.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.retirees.models import Retiree
from apps.visits.models import Visit
from cadre_portal.menu import portal

PREFIX = "/plain-admin/"


class Anybody:
    """A superuser without an account."""

    pk = id = 0
    is_active = is_staff = is_authenticated = True
    is_anonymous = False

    def has_perm(self, *args: Any) -> bool:
        return True

    has_module_perms = has_perm

    def get_username(self) -> str:
        return "anybody"

    def get_short_name(self) -> str:
        return "anybody"

    def has_usable_password(self) -> bool:
        return False


class AnybodyMiddleware:
    """Lets everybody into the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PREFIX):
            request.user = Anybody()
        return self.get_response(request)


def portal_pages_only(request: HttpRequest) -> dict[str, Any]:
    """The portal's own context, which the admin's pages do not have to pay for."""
    return {} if request.path.startswith(PREFIX) else portal(request)


class RetireeAdmin(admin.ModelAdmin):
    """The columns, filters, searches and the page size of the portal's list."""

    list_display = (
        *(
            "name",
            "sex",
            "birth_date",
            "birth_from",
            "category",
            "treatment",
            "county",
            "unit",
            "health",
            "filled",
        ),
    )
    list_filter = ("category", "treatment", "state")
    search_fields = ("name", "name_pinyin", "name_initials")
    list_select_related = ("county", "unit")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).using("plain")


class VisitAdmin(admin.ModelAdmin):
    """The columns and the page size of the portal's log."""

    list_display = (*("retiree", "visited_on", "occasion", "way", "visitors_text", "money", "goods", "unit"),)
    list_select_related = ("retiree", "occasion", "unit")
    list_per_page = 50
    list_filter = ("way",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).using("plain")


site = admin.AdminSite(name="plain-admin")
site.register(Retiree, RetireeAdmin)
site.register(Visit, VisitAdmin)
