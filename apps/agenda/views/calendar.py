"""The calendar by month, week and as a list, which is the form for screen readers, phones and paper."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.agenda import perms
from apps.agenda.queries.entries import KINDS, Entry, entries_between
from apps.agenda.rules.days import Span, day_words, span_of
from apps.core.chinese import format_date
from apps.core.pages import page
from apps.core.workdays import WEEKDAYS

VIEWS = {"list": "列表", "month": "月", "week": "周"}
FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)


class CalendarConditions(forms.Form):
    """Which form, around which day, what is shown."""

    view = forms.ChoiceField(required=False, choices=[("", ""), *VIEWS.items()])
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    kind = forms.MultipleChoiceField(required=False, choices=list(KINDS.items()))
    own = forms.ChoiceField(required=False, choices=[("", ""), ("1", "1")])

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and not FIRST <= day <= LAST:
            raise forms.ValidationError("没有这一天。")
        return day


@page(perms.can_see_agenda)
def calendar(request: HttpRequest) -> HttpResponse:
    """A month, a week or the list of a month; each line opens its page."""
    form = CalendarConditions(request.GET)
    if set(request.GET) - set(form.fields) or not form.is_valid():
        raise BadRequest("unknown condition")
    asked, today = form.cleaned_data, timezone.localdate()
    view, day = asked["view"] or "list", asked["day"] or today
    span = span_of(view, day)
    kinds, own = asked["kind"], bool(asked["own"])
    entries = entries_between(request.actor, span.start, span.end, kinds=kinds, own=own)
    keep = [("kind", kind) for kind in kinds] + ([("own", "1")] if own else [])
    days = _days(span, entries, today, day.month if view == "month" else 0)
    context = {
        "crumbs": [],
        "heading": "日程",
        "page_actions": [{"label": "日历订阅", "url": reverse("agenda:feeds")}]
        if perms.can_keep_feeds(request.actor)
        else [],
        "subheading": _title(view, span, day),
        "view": view,
        "tabs": [
            {"label": label, "url": _address(name, day, keep), "active": name == view, "count": ""}
            for name, label in VIEWS.items()
        ],
        "before": _address(view, span.before, keep) if span.before >= FIRST else "",
        "after": _address(view, span.after, keep) if span.after <= LAST else "",
        "now": _address(view, today, keep),
        "step": "周" if view == "week" else "月",
        "day": f"{day:%Y-%m-%d}",
        "kinds": [{"name": name, "label": label, "on": name in kinds} for name, label in KINDS.items()],
        "own": own,
        "clear": _address(view, day, []),
        "narrowed": bool(keep),
        "weekdays": WEEKDAYS,
        "days": days,
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "listed": [one for one in days if one["entries"] or one["words"].festivals or one["words"].rest],
        "action": reverse("agenda:calendar"),
        "unpublished": any(not one["words"].known and one["day"] >= today for one in days),
    }
    return render(request, "agenda/calendar.html", context)


def _address(view: str, day: date, keep: list[tuple[str, str]]) -> str:
    return f"{reverse('agenda:calendar')}?{urlencode([('view', view), ('day', f'{day:%Y-%m-%d}'), *keep])}"


def _title(view: str, span: Span, day: date) -> str:
    if view == "week":
        return f"{format_date(span.start)}至{span.end.month}月{span.end.day}日"
    return f"{day.year}年{day.month}月"


def _days(span: Span, entries: list[Entry], today: date, month: int) -> list[dict[str, Any]]:
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    found = []
    for number in range((span.end - span.start).days + 1):
        day = span.start + timedelta(days=number)
        found.append(
            {
                "day": day,
                "weekday": WEEKDAYS[day.weekday()],
                "words": day_words(day),
                "entries": by_day.get(day, []),
                "today": day == today,
                "outside": bool(month) and day.month != month,
                "iso": day.isoformat(),
            }
        )
    return found
