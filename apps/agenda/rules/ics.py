"""A calendar as RFC 5545 text. All events are whole days, so that no time zone is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True)
class DayEvent:
    """One event: its lasting key, its day and its words."""

    uid: str
    day: date
    summary: str
    description: str = ""


def calendar_text(name: str, events: Iterable[DayEvent], made_at: datetime) -> bytes:
    """The feed. ``made_at`` knows its time zone. Lines are folded at 75 octets and end with CRLF; commas, semicolons
    and line feeds are escaped, all by the library."""
    calendar = Calendar()
    calendar.add("prodid", "-//cadre portal//agenda//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    for one in events:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", made_at)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.summary)
        event.add("transp", "TRANSPARENT")
        if one.description:
            event.add("description", one.description)
        calendar.add_component(event)
    return calendar.to_ical()
