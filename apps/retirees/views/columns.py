"""Which columns the reader of the register sees, in which order: his own choice, a view's, or his role's."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from apps.accounts.models import User
from apps.core.pages import page
from apps.retirees import perms
from apps.retirees.actions.views import keep_view
from apps.retirees.models import SavedView
from apps.retirees.queries.custom import CustomFields, custom_fields
from apps.retirees.tables import COLUMNS, allowed_columns, columns_in_hand


def shown_columns(request: HttpRequest, own: CustomFields, view: SavedView | None = None) -> tuple[str, ...]:
    """The columns of the list as the reader has it: see ``columns_in_hand``."""
    return columns_in_hand(request.actor, own, view=view, preferences=request.user.preferences)


@page(perms.can_list_retirees, "POST")
def columns(request: HttpRequest) -> HttpResponse:
    """Keep which columns the reader wants, in which order; back to the list with all its conditions. In an own view
    the choice is the view's; in somebody else's it becomes the reader's own, and the view is left."""
    address, query = _back(request)
    allowed = allowed_columns(request.actor, custom_fields())
    wanted = [name for name in dict.fromkeys(request.POST.getlist("columns")) if name in allowed]
    if "name" not in wanted:
        wanted.insert(0, "name")
    if request.POST.get("reset"):
        wanted = []
    own = SavedView.objects.owned_by(request.actor).filter(pk=_number(query.get("view", ""))).first()
    if own is not None:
        keep_view(view=own, values={"columns": wanted}, by=request.actor)
    else:
        query.pop("view", None)
        preferences = {**request.user.preferences, COLUMNS: wanted}
        User.objects.filter(pk=request.user.pk).update(preferences=preferences)
    return redirect(f"{address}?{query.urlencode()}" if query else address)


def _back(request: HttpRequest) -> tuple[str, QueryDict]:
    """Where the form came from, as path and query."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("retirees:list")
    address, _, query = target.partition("?")
    return address, QueryDict(query.partition("#")[0], mutable=True)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
