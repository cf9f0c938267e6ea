"""Decisions about time: what still lies ahead, what a waiting entry has become. Pure.

A moment is aware; "now" comes from the caller. Sources: booking rules §1.8 and §1.10 of the portal.
"""

from datetime import date, datetime, time, timedelta, tzinfo

LIVE_APPOINTMENT = ("proposed", "pending", "booked", "arrived", "checked-in")
KEPT_APPOINTMENT = (*LIVE_APPOINTMENT, "fulfilled")
GONE_APPOINTMENT = ("cancelled", "entered-in-error")
LIVE_HOME_VISIT = ("new", "accepted", "assigned")
KEPT_HOME_VISIT = (*LIVE_HOME_VISIT, "done")
LIVE_WAITLIST = ("created", "offered")
ANSWER_AFTER = timedelta(hours=2)
"""How long after its start an appointment's link still opens: late people look at it too."""


def is_ahead(*, status: str, ends_at: datetime | None, now: datetime, live: tuple[str, ...]) -> bool:
    """Tell whether something is still to come: its status is live and its end has not passed.

    The minute of the end itself has passed; an end that nobody named has not.
    """
    return status in live and (ends_at is None or ends_at > now)


def waitlist_status(*, status: str, not_after: datetime | None, now: datetime) -> str:
    """Return what a waiting entry is now: a live one whose last day has passed is `expired`."""
    if status in LIVE_WAITLIST and not_after is not None and not_after <= now:
        return "expired"
    return status


def can_change(*, starts_at: datetime | None, now: datetime, notice_minutes: int) -> bool:
    """Tell whether an appointment may still be moved or cancelled: the notice before its start has not begun."""
    return starts_at is None or now < starts_at - timedelta(minutes=notice_minutes)


def reminders(
    starts_at: datetime, *, now: datetime, offsets_minutes: tuple[int, ...]
) -> tuple[tuple[int, datetime], ...]:
    """Return when a visit is recalled: (minutes before it, moment), those left out that would come right after now."""
    due = ((minutes, starts_at - timedelta(minutes=minutes)) for minutes in offsets_minutes)
    return tuple((minutes, at) for minutes, at in due if at > now + timedelta(minutes=minutes) / 4)


def day_bounds(first: date | None, last: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return the moments [start, end) of whole days in a zone; None stays open. `last` counts whole."""
    start = datetime.combine(first, time.min, zone) if first else None
    end = datetime.combine(last + timedelta(days=1), time.min, zone) if last and last < date.max else None
    return start, end


def month_bounds(month: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the moments [start, end) of the month of a day in a zone."""
    start = month.replace(day=1)
    after = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return datetime.combine(start, time.min, zone), datetime.combine(after, time.min, zone)
