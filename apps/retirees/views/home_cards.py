"""Saved views that somebody put on his home page: how many people each holds now, and the way to them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.accounts.perms import sees_private
from apps.core.chinese import format_count
from apps.core.home import HomeCard
from apps.core.patience import TooSlow, answered_within
from apps.core.scope import Actor
from apps.core.small_cells import FEW, is_small
from apps.retirees import perms
from apps.retirees.actions.views import HOME_VIEWS
from apps.retirees.figures.counts import people_total
from apps.retirees.figures.grouped import is_sensitive
from apps.retirees.forms.views import valid_part
from apps.retirees.models import SavedView
from apps.retirees.queries.listing import register_list

PATIENCE = 200
"""Milliseconds for the number on a card; the home page does not wait longer for a condition that no index answers."""


def view_cards(actor: Actor, preferences: Mapping[str, Any]) -> list[HomeCard]:
    """Cards of the views that the actor put on his home page and may use still, in the order he put them there."""
    chosen = preferences.get(HOME_VIEWS) or []
    if not chosen or not perms.can_list_retirees(actor):
        return []
    found = SavedView.objects.visible_to(actor).in_bulk(chosen)
    return [_card(actor, found[key]) for key in chosen if key in found]


def _card(actor: Actor, view: SavedView) -> HomeCard:
    form, dropped = valid_part(actor, view.query)
    href = reverse("retirees:view", args=[view.pk])
    note = f"现在用不上：{'、'.join(dropped)}" if dropped else ""
    today = timezone.localdate()
    try:
        with answered_within(PATIENCE):
            found = register_list(actor, form.cleaned_data, today)
            total, at_least = people_total(actor, form.cleaned_data, found, today)
    except TooSlow:
        return HomeCard(view.name, "—", "", href, note or "打开名单看人数")
    hidden = is_small(total) and is_sensitive("", form.cleaned_data) and not sees_private(actor)
    value = FEW if hidden else f"{'超过' if at_least else ''}{format_count(total)}"
    return HomeCard(view.name, value, "人", href, note)
