"""Birthdays of a month: the list, on paper, as cards and as the list of gifts."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.perms import may_export
from apps.agenda import perms
from apps.agenda.exports.birthdays import PAPERS, TYPES, make_paper
from apps.agenda.forms import SHOWN, BirthdayConditions
from apps.agenda.queries.birthdays import LIMIT, counted, listed_birthdays, listed_people
from apps.agenda.tables import BirthdayTable, UnknownDayTable
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_count, format_date, format_moment
from apps.core.documents.errors import DocumentError
from apps.core.downloads import attachment
from apps.core.pages import page
from apps.core.scope import Actor
from apps.core.sheets.table import About

PAGE = 100
PRINTED = 500
SHORT = 20
"""What somebody without the right to export prints at a time."""
MOST_CARDS = 200


def _form(request: HttpRequest) -> BirthdayConditions:
    form = BirthdayConditions(request.GET, actor=request.actor, today=timezone.localdate())
    if not form.is_known or not form.is_valid():
        raise BadRequest("unknown condition")
    return form


def _address(form: BirthdayConditions, **changed: str) -> str:
    query = form.query(**changed)
    return f"{reverse('agenda:birthdays')}{f'?{query}' if query else ''}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


@page(perms.can_see_agenda)
def birthdays(request: HttpRequest) -> HttpResponse:
    """One month, one tab at a time, in the order of the days."""
    actor, form = request.actor, _form(request)
    span, shown, equal = form.span, form.shown, form.equal()
    people = listed_people(actor, span, shown, equal)
    pages = Paginator(range(counted(people, 10_000)), PAGE).get_page(request.GET.get("page"))
    start = (pages.number - 1) * PAGE
    table = _table(actor, people[start : start + PAGE], form)
    tabs = [
        {
            "label": label,
            "url": _address(form, show=name),
            "active": name == shown,
            "count": _tab_count(counted(listed_people(actor, span, name, equal))),
        }
        for name, label in SHOWN.items()
    ]
    total = f"{format_count(pages.paginator.count)}{table.row_unit if shown == 'unknown' else '人'}"
    context = {
        "heading": "生日",
        "subheading": f"{span[0].year}年{span[0].month}月 {SHOWN[shown]} {total}",
        "crumbs": [],
        "views": tabs,
        "months": _months(form),
        "filters": {
            "action": reverse("agenda:birthdays"),
            "fields": [form[name] for name in ("category", "county", "unit") if name in form.fields],
            "more": [],
            "keep": [
                {"name": name, "value": value}
                for name, value in (("month", _month(span[0])), ("show", shown))
            ],
            "columns_url": "",
            "density_url": "",
        },
        "chips": [{"label": words, "url": _address(form, **{name: ""})} for name, words in form.chips()],
        "clear_url": _address(form, category="", county="", unit=""),
        "conditions": _conditions(form),
        "columns": None,
        "selection": None,
        "page_actions": _actions(form),
        "table": table,
        "total": total,
        "pages": pages,
        "query": f"{form.query()}&" if form.query() else "",
        "unknown": shown == "unknown",
        "papers": PAPERS.items() if perms.can_take_papers(actor) and shown != "unknown" else (),
        "paper_url": f"{reverse('agenda:birthday-paper')}?{form.query()}".rstrip("?"),
    }
    return render(request, "agenda/birthdays.html", context)


def _tab_count(number: int) -> str | int:
    return f"{LIMIT}+" if number > LIMIT else number


def _conditions(form: BirthdayConditions) -> str:
    first = form.span[0]
    words = [f"{first.year}年{first.month}月", SHOWN[form.shown], *(text for _, text in form.chips())]
    return "；".join(words)


def _table(actor: Actor, people: Any, form: BirthdayConditions) -> Any:
    several = actor.county_id is None
    if form.shown == "unknown":
        return UnknownDayTable(list(people.select_related("county", "unit")), show_county=several)
    found = listed_birthdays(people, form.span, form.shown)
    return BirthdayTable(found, show_county=several, today=form.today)


def _months(form: BirthdayConditions) -> dict[str, str]:
    first, last = form.span
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    return {
        "now": f"{first.year}年{first.month}月",
        "before": _address(form, month=_month(before)),
        "before_label": f"{before.month}月",
        "after": _address(form, month=_month(after)),
        "after_label": f"{after.month}月",
        "today": _address(form, month=""),
    }


def _actions(form: BirthdayConditions) -> list[dict[str, str]]:
    if form.shown == "unknown":
        return []
    query = form.query()
    return [
        {
            "label": "打印",
            "url": f"{reverse('agenda:birthdays-print')}?{query}".rstrip("?"),
            "method": "post",
            "repeatable": "yes",
        }
    ]


def _meant(request: HttpRequest, form: BirthdayConditions, most: int) -> list[Any] | None:
    """Everybody of the tab who is on the register at this moment; None, with a message, for nobody or too many."""
    shown = "all" if form.shown == "unknown" else form.shown
    people = list(listed_people(request.actor, form.span, shown, form.equal())[: most + 1])
    if len(people) > most:
        messages.warning(request, f"超过{most}人，请先加条件（如整寿、单位）。")
        return None
    if not people:
        messages.warning(request, "没有符合条件的人。")
        return None
    return listed_birthdays(people, form.span, shown)


@page(perms.can_see_agenda, "POST")
def birthdays_print(request: HttpRequest) -> HttpResponse:
    """The tab for the printer with room to sign, written to the log."""
    actor, form = request.actor, _form(request)
    found = _meant(request, form, PRINTED if may_export(actor) else SHORT)
    if found is None:
        return redirect(_address(form))
    words = _conditions(form)
    _record(actor, f"打印生日名单：{words}", found)
    several = actor.county_id is None
    context = {
        "table": BirthdayTable(found, show_county=several, today=form.today, signed=True),
        "count": f"{len(found)}人次",
        "conditions": words,
        "on": format_date(form.today),
        "back": _address(form),
        "crumbs": [{"label": "生日", "url": reverse("agenda:birthdays")}, {"label": "打印", "url": ""}],
    }
    return render(request, "agenda/birthdays_print.html", context)


@page(perms.can_take_papers, "POST")
def birthday_paper(request: HttpRequest) -> HttpResponse:
    """Cards, or the list of gifts, as a file made now: nobody stands in it who has died since the page was opened."""
    actor, form = request.actor, _form(request)
    kind = request.POST.get("kind", "")
    found = _meant(request, form, MOST_CARDS) if kind in PAPERS else None
    if found is None:
        return redirect(_address(form))
    words, now = _conditions(form), format_moment(timezone.now())
    label = PAPERS[kind].partition("（")[0]
    about = About(
        title=f"{form.span[0].year}年{form.span[0].month}月生日{label}",
        lines=(("条件", words), ("人数", f"{len(found)}人次"), ("制表时间", now)),
        mark=f"{actor.name} {now}",
        number="",
    )
    try:
        content = make_paper(kind, found, about, sender=actor.place)
    except DocumentError as problem:
        messages.error(request, f"没有生成：{problem}")
        return redirect(_address(form))
    _record(actor, f"{PAPERS[kind]}：{words}", found)
    ending = kind.partition("-")[2]
    return attachment(content, filename=f"{about.title}.{ending}", content_type=TYPES[ending])


def _record(actor: Actor, summary: str, found: list[Any]) -> None:
    keys = sorted({one.person.pk for one in found})
    record_event(kind=EventKind.EXPORT, summary=summary, by=actor, data={"people": len(keys), "keys": keys})
