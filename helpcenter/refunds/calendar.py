"""A day of the timeline for the reader's own calendar, so that it is not forgotten."""

from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from helpcenter.refunds.timeline import LABELS

REMINDED = (timedelta(hours=-15), timedelta(hours=9))
"""From the day's beginning: at nine in the morning, of the day before and of the day itself."""


def calendar(kind: str, day: date, link: str) -> bytes:
    """An all-day event as iCalendar (RFC 5545), the same bytes for the same day. `link` leads on from there."""
    words = f"Midjourney: {LABELS[kind]}"
    event = Event()
    event.add("uid", f"{kind}-{day.isoformat()}@{link}")
    event.add("dtstamp", datetime.combine(day, time.min, UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", words)
    event.add("description", link)
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    for before in REMINDED:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words)
        alarm.add("trigger", before)
        event.add_component(alarm)
    found = Calendar()
    found.add("prodid", "-//Cancelling Midjourney//EN")
    found.add("version", "2.0")
    found.add_component(event)
    return bytes(found.to_ical())
