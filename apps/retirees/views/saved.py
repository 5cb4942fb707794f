"""Pages of the saved views: all that one may use, keeping one, changing, copying, dropping it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.chinese import format_moment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.side_by_side import Editing, Stale, conflict_page
from apps.retirees import perms
from apps.retirees.actions.views import (
    DEFAULT_VIEW,
    HOME_VIEWS,
    ViewRefused,
    choose_default_view,
    copy_view,
    delete_view,
    keep_view,
    put_on_home,
)
from apps.retirees.choices import Audience
from apps.retirees.forms.listing import UnknownCondition, conditions_of
from apps.retirees.forms.views import ContentsForm, ViewForm, valid_part
from apps.retirees.models import SavedView
from apps.retirees.queries.custom import custom_fields
from apps.retirees.views.columns import shown_columns
from apps.retirees.views.tabs import view_address, visible_views

LIST = {"label": "人员名册"}
VIEWS = {"label": "视图"}


def _crumbs(*rest: str) -> list[dict[str, str]]:
    found = [LIST | {"url": reverse("retirees:list")}, VIEWS | {"url": reverse("retirees:views")}]
    return [*found, *({"label": label, "url": ""} for label in rest)]


def _the_view(actor: Actor, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(actor), pk=pk)


def _own_view(actor: Actor, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.owned_by(actor), pk=pk)


@page(perms.can_list_retirees)
def views(request: HttpRequest) -> HttpResponse:
    """All views that one may use: what is in each, whose it is, who else uses it."""
    first = request.user.preferences.get(DEFAULT_VIEW)
    at_home = request.user.preferences.get(HOME_VIEWS) or []
    rows, found = [], visible_views(request.actor)
    prefetch_related_objects(found, "groups", "owner")
    for view in found:
        form, dropped = valid_part(request.actor, view.query)
        rows.append(
            {
                "view": view,
                "is_own": view.owner_id == request.actor.user_id,
                "is_default": view.pk == first,
                "is_home": view.pk in at_home,
                "conditions": form.told() or "在册的全部",
                "dropped": dropped,
                "audience": _audience(view),
            }
        )
    context = {"rows": rows, "crumbs": _crumbs()}
    return render(request, "retirees/views.html", context)


def _audience(view: SavedView) -> str:
    if view.audience == Audience.GROUP:
        names = "、".join(group.name for group in view.groups.all())
        return f"用户组：{names}" if names else "仅自己（用户组已删除）"
    return str(view.get_audience_display())


@page(perms.can_list_retirees)
def open_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The stable address of a view: on to the list under its conditions. Somebody's own first view that was taken
    from him meanwhile is no dead end."""
    view = SavedView.objects.visible_to(request.actor).filter(pk=pk).first()
    if view is not None:
        return redirect(view_address(view, request.actor))
    if request.user.preferences.get(DEFAULT_VIEW) == pk:
        return redirect("retirees:list")
    return redirect(view_address(_the_view(request.actor, pk), request.actor))


@page(perms.can_list_retirees, "GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands: the conditions come in the address (GET) or hidden in the form (POST)."""
    form = ViewForm(
        request.POST if request.method == "POST" else None, actor=request.actor, initial=_from_list(request)
    )
    if request.method == "POST" and form.is_valid():
        values = form.values() | {"columns": list(shown_columns(request, custom_fields()))}
        try:
            view = keep_view(values=values, token=form.cleaned_data["token"], by=request.actor)
        except ViewRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            return _kept(request, form, view)
    return _form_page(request, form, "保存为视图", _contents(request, form))


def _from_list(request: HttpRequest) -> dict[str, Any]:
    """What the list stands under, from the address of its 另存为视图."""
    if request.method == "POST":
        return {}
    try:
        conditions = conditions_of(request.actor, request.GET)
    except UnknownCondition:
        raise BadRequest("unknown condition") from None
    return {
        "query": conditions.query(),
        "sort": request.GET.get("sort", ""),
        "grouping": request.GET.get("by", ""),
        "audience": Audience.PRIVATE,
    }


def _contents(request: HttpRequest, form: ViewForm) -> str:
    query = form["query"].value() or ""
    conditions, _ = valid_part(request.actor, query) if len(query) <= 4000 else valid_part(request.actor, "")
    return (
        f"视图里存的是条件（{conditions.told() or '在册的全部'}）、现在显示的列、排序和分组，不存名单。"
        "别人打开时，看到的是他自己范围内的人员。"
    )


def _kept(request: HttpRequest, form: ViewForm, view: SavedView) -> HttpResponse:
    """The box 打开名册时先用这个视图 says yes or no for the one who saved."""
    is_first = request.user.preferences.get(DEFAULT_VIEW) == view.pk
    if form.cleaned_data["is_default"] != is_first:
        choose_default_view(view=view if form.cleaned_data["is_default"] else None, by=request.actor)
    messages.success(request, f"视图“{view.name}”已保存。")
    return redirect("retirees:view", view.pk)


@page(perms.can_list_retirees, "GET", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name or audience; what the view holds stays."""
    view = _own_view(request.actor, pk)
    groups = list(view.groups.all())
    initial = {
        "name": view.name,
        "audience": view.audience if groups or view.audience != Audience.GROUP else Audience.PRIVATE,
        "groups": groups,
        "is_default": request.user.preferences.get(DEFAULT_VIEW) == view.pk,
    }
    editing = Editing(request, view, ("name", "audience", "groups"))
    form = ViewForm(editing.data, actor=request.actor, initial=initial, view=view)
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep_view(view=view, values=form.values(), opened=editing.opened, by=request.actor)
            return _kept(request, form, kept)
        except Stale as stale:
            theirs: SavedView = stale.theirs
            return conflict_page(
                request,
                editing,
                form,
                theirs,
                typed=form.values(),
                saves=[f"{request.actor.name}（您自己，在另一个窗口），{format_moment(theirs.updated_at)}"],
                name=theirs.name,
                crumbs=_crumbs("两次修改对照"),
                back=reverse("retirees:views"),
            )
        except ViewRefused as refusal:
            form.add_error("name", str(refusal))
    note = "条件、列、排序和分组不变；要改它们，请打开视图，调好后按“保存修改”。"
    return _form_page(request, form, "视图的名称和共享", note, hidden=editing.hidden)


def _form_page(request: HttpRequest, form: ViewForm, heading: str, note: str, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "crumbs": _crumbs(heading),
        "submit_label": "保存",
        "cancel_url": reverse("retirees:views"),
        "note": note,
        **more,
    }
    return render(request, "generic/form.html", context, status=422 if request.method == "POST" else 200)


@page(perms.can_list_retirees, "POST")
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """保存修改: the view holds from now on what its owner's list stands under."""
    view = _own_view(request.actor, pk)
    form = ContentsForm(request.POST, actor=request.actor)
    if not form.is_valid():
        raise BadRequest("contents of a view")
    keep_view(view=view, values=form.cleaned_data, by=request.actor)
    messages.success(request, f"视图“{view.name}”已改成现在的条件、排序和分组。")
    return redirect("retirees:view", view.pk)


@page(perms.can_list_retirees, "POST")
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy for oneself, to change it."""
    try:
        view = copy_view(view=_the_view(request.actor, pk), by=request.actor)
    except ViewRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("retirees:views")
    messages.success(request, f"已复制为您自己的视图“{view.name}”。")
    return redirect("retirees:view", view.pk)


@page(perms.can_list_retirees, "POST")
def default(request: HttpRequest, pk: int) -> HttpResponse:
    """The register opens with this view, or, asked again, no longer does."""
    view = _the_view(request.actor, pk)
    was = request.user.preferences.get(DEFAULT_VIEW) == view.pk
    choose_default_view(view=None if was else view, by=request.actor)
    words = "打开名册时不再先用这个视图。" if was else f"以后打开名册，先用视图“{view.name}”。"
    messages.success(request, words)
    return redirect("retirees:views")


@page(perms.can_list_retirees, "POST")
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the view on one's home page (``home=1``), or take it off."""
    view, wanted = _the_view(request.actor, pk), request.POST.get("home") == "1"
    try:
        put_on_home(view=view, wanted=wanted, by=request.actor)
    except ViewRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        words = f"视图“{view.name}”已放到首页。" if wanted else f"视图“{view.name}”已从首页撤下。"
        messages.success(request, words)
    return redirect("retirees:views")


@page(perms.can_list_retirees, "GET", "POST")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an own view, after a question."""
    view = _own_view(request.actor, pk)
    if request.method == "POST":
        delete_view(view=view, by=request.actor)
        messages.success(request, f"视图“{view.name}”已删除。")
        return redirect("retirees:views")
    shared = view.audience != Audience.PRIVATE
    context = {
        "heading": "删除视图",
        "crumbs": _crumbs("删除视图"),
        "confirm": {
            "question": f"删除视图“{view.name}”吗？",
            "text": "",
            "effects": [
                "视图里只有条件和列，人员不受影响。",
                *(["正在共用它的人也不能再用。"] if shared else []),
            ],
            "url": reverse("retirees:view-delete", args=[view.pk]),
            "hidden": [],
            "submit_label": "删除",
            "danger": "yes",
            "cancel_url": reverse("retirees:views"),
        },
    }
    return render(request, "generic/confirm.html", context)
