"""Secret addresses under which a calendar program reads one's dates."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import FormToken
from apps.agenda import perms
from apps.agenda.actions import READ_AGAIN, TooManyFeeds, make_feed, note_reading, revoke_feed
from apps.agenda.forms import FeedForm
from apps.agenda.models import Feed
from apps.agenda.queries.feeds import events_of, feed_of
from apps.agenda.rules.ics import calendar_text
from apps.core.chinese import format_moment
from apps.core.pages import page, public_page
from apps.core.scope import scope

TITLE = "日历订阅"


@page(perms.can_keep_feeds)
def feeds(request: HttpRequest) -> HttpResponse:
    """One's addresses, when each was read last, and the form for another."""
    return _page(request, FeedForm(initial={"token": uuid.uuid4()}))


@page(perms.can_keep_feeds, "POST")
def make(request: HttpRequest) -> HttpResponse:
    """A new address, shown on this page and never again."""
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    token, _ = FormToken.objects.claim(form.cleaned_data["token"], request.actor)
    if token.result:
        messages.warning(request, "地址已经建立过了，只显示一次。没有记下的，请撤销后重新建立。")
        return redirect("agenda:feeds")
    try:
        secret = make_feed(shows_names=form.cleaned_data["names"], by=request.actor)
    except TooManyFeeds as reason:
        form.add_error(None, str(reason))
        return _page(request, form, status=422)
    token.result = "made"
    token.save(update_fields=["result"])
    address = request.build_absolute_uri(reverse("agenda:feed", args=[secret]))
    return _page(request, FeedForm(initial={"token": uuid.uuid4()}), address=address)


@page(perms.can_keep_feeds, "POST")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """An address gives nothing from now on."""
    row = get_object_or_404(Feed.objects.visible_to(request.actor), pk=pk)
    revoke_feed(feed=row, by=request.actor)
    messages.success(request, "已撤销，这个地址读不到任何内容了。")
    return redirect("agenda:feeds")


def _page(request: HttpRequest, form: FeedForm, *, address: str = "", status: int = 200) -> HttpResponse:
    rows: list[dict[str, Any]] = [
        {
            "made": format_moment(row.created_at),
            "read": format_moment(row.last_read_at) if row.last_read_at else "还没有读过",
            "names": "写出姓名" if row.shows_names else "只写数量",
            "place": str(row.grant),
            "revoke_url": reverse("agenda:feed-revoke", args=[row.pk]),
        }
        for row in Feed.objects.visible_to(request.actor).select_related("grant__unit")
    ]
    context = {
        "heading": TITLE,
        "subheading": "在办公电脑的日历软件里看日程",
        "crumbs": [{"label": "日程", "url": reverse("agenda:calendar")}, {"label": TITLE, "url": ""}],
        "form": form,
        "rows": rows,
        "address": address,
        "make_url": reverse("agenda:feed-make"),
    }
    return render(request, "agenda/feeds.html", context, status=status)


@public_page()
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of an address. A program has no session: the address alone opens it, with the rights that its
    grant has at this moment; one that is unknown, revoked or without rights is simply not there."""
    found = feed_of(token)
    if found is None:
        return HttpResponse(status=404)
    row, grant = found
    actor = grant.actor(request.request_number)
    with scope(actor):
        events = events_of(actor, timezone.localdate(), names=row.shows_names)
        if not note_reading(feed=row, by=actor, events=len(events)):
            return HttpResponse(status=429, headers={"Retry-After": str(int(READ_AGAIN.total_seconds()))})
    content = calendar_text(f"{grant.unit.label}老干部工作日程", events, timezone.now())
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
