"""Keeping, changing and dropping saved views, and choosing which one the register opens with."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction

from apps.accounts.models import FormToken, User
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, not_stale
from apps.retirees.choices import Audience
from apps.retirees.models import SavedView
from apps.retirees.models.views import place_of

DEFAULT_VIEW = "retirees_view"
"""Key of the preference that names the view a user's register opens with."""
HOME_VIEWS = "retirees_home_views"
"""Key of the preference that lists the views on a user's home page, in order."""
HOME_LIMIT = 6
VIEWS_LIMIT = 60


class ViewRefused(Exception):
    """The view cannot be kept; the text says why."""


@transaction.atomic
def keep_view(
    *,
    values: Mapping[str, Any],
    by: Actor,
    view: SavedView | None = None,
    token: uuid.UUID | None = None,
    opened: Opened | None = None,
) -> SavedView:
    """Make a view of ``values`` (name, query, columns, sort, grouping, audience, groups), or change the given ones of
    an own view. ``token`` is the form's: sent twice, it makes one; ``opened`` what it was opened on.

    Raises ViewRefused for a name that one of one's own views has, and beyond VIEWS_LIMIT; Stale when the view was
    changed since the form was opened.
    """
    claimed = None
    if view is None:
        claimed = FormToken.objects.claim(token, by)[0] if token else None
        if claimed is not None and claimed.result:
            return SavedView.objects.owned_by(by).get(pk=int(claimed.result))
        if SavedView.objects.owned_by(by).count() >= VIEWS_LIMIT:
            raise ViewRefused(f"您已保存 {VIEWS_LIMIT} 个视图，请先删去不用的。")
        view = SavedView(owner_id=by.user_id)
    else:
        view = SavedView.objects.owned_by(by).select_for_update(of=("self",), no_key=True).get(pk=view.pk)
        not_stale(view, opened)
    groups = values.get("groups")
    for name, value in values.items():
        if name != "groups":
            setattr(view, name, value)
    view.place_id = place_of(by) if view.audience == Audience.PLACE else None
    if view.audience != Audience.GROUP:
        groups = ()
    try:
        with transaction.atomic():
            view.save()
            if groups is not None:
                view.groups.set(groups)
    except IntegrityError:
        raise ViewRefused(f"您已有叫“{view.name}”的视图，请换个名称。") from None
    if claimed is not None:
        claimed.result = str(view.pk)
        claimed.save(update_fields=["result"])
    if view.audience != Audience.PRIVATE:
        _log(f"名册视图“{view.name}”给{view.get_audience_display()}用", view, by)
    return view


@transaction.atomic
def copy_view(*, view: SavedView, by: Actor) -> SavedView:
    """An own copy of a view that one sees, for oneself alone.

    Raises ViewRefused beyond VIEWS_LIMIT.
    """
    taken = set(SavedView.objects.owned_by(by).values_list("name", flat=True))
    base = view.name if view.owner_id != by.user_id else f"{view.name[:34]}（副本）"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base[:36]}{number}"
    values = {key: getattr(view, key) for key in ("query", "columns", "sort", "grouping")}
    return keep_view(values=values | {"name": name, "audience": Audience.PRIVATE}, by=by)


@transaction.atomic
def delete_view(*, view: SavedView, by: Actor) -> None:
    """Take an own view away, for everybody who used it."""
    if view.audience != Audience.PRIVATE:
        _log(f"删除名册视图“{view.name}”", view, by)
    view.delete()


@transaction.atomic
def replace_in_views(*, name: str, before: str, after: str) -> int:
    """Let every saved view, whosever it is, ask for ``after`` where its condition ``name`` asked for ``before``, also
    inside its groups: the people who had the one have the other now. Return how many views changed."""
    changed = 0
    for view in SavedView.objects.filter(query__contains=name).select_for_update(no_key=True):
        query = _replaced(view.query, name, before, after)
        if query != view.query:
            SavedView.objects.filter(pk=view.pk).update(query=query)
            changed += 1
    return changed


def _replaced(query: str, name: str, before: str, after: str) -> str:
    """The query string with the one value in place of the other, once; itself where it does not ask for it."""
    given = parse_qsl(query, keep_blank_values=True)
    found = []
    for key, value in given:
        if key == "any":
            found.append((key, _replaced(value, name, before, after)))
        else:
            found.append((key, after if (key, value) == (name, before) else value))
    return urlencode(list(dict.fromkeys(found))) if found != given else query


@transaction.atomic
def choose_default_view(*, view: SavedView | None, by: Actor) -> None:
    """The register opens with this view for the one who acts; None: with everybody."""
    user = User.objects.select_for_update().get(pk=by.user_id)
    user.preferences.pop(DEFAULT_VIEW, None)
    if view is not None:
        user.preferences[DEFAULT_VIEW] = view.pk
    user.save(update_fields=["preferences"])


@transaction.atomic
def put_on_home(*, view: SavedView, wanted: bool, by: Actor) -> None:
    """Put a view that one may use on one's home page, behind those that are there, or take it off.

    Raises ViewRefused beyond HOME_LIMIT.
    """
    user = User.objects.select_for_update().get(pk=by.user_id)
    before = user.preferences.get(HOME_VIEWS) or []
    usable = set(SavedView.objects.visible_to(by).filter(pk__in=before).values_list("pk", flat=True))
    kept = [key for key in before if key in usable and key != view.pk]
    if wanted and len(kept) >= HOME_LIMIT:
        raise ViewRefused(f"首页最多放 {HOME_LIMIT} 个视图，请先撤下一个。")
    if wanted:
        kept = before if view.pk in before else [*kept, view.pk]
    user.preferences[HOME_VIEWS] = kept
    user.save(update_fields=["preferences"])


def _log(summary: str, view: SavedView, by: Actor) -> None:
    record_event(kind=EventKind.SETTING, summary=summary, by=by, subject=view)
