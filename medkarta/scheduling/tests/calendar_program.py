"""A calendar program as RFC 5546 wants it: it knows events by UID, takes the higher SEQUENCE, drops cancelled ones."""

from dataclasses import dataclass, field
from datetime import date, datetime

from icalendar import Calendar


@dataclass
class Kept:
    """One event in the person's calendar."""

    sequence: int
    stamp: datetime
    starts: date
    summary: str
    status: str


@dataclass
class Program:
    """Events by UID. A cancelled one leaves a tombstone, so that a late older copy brings nothing back."""

    events: dict[str, Kept] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, date]:
        """Return when each event stands that the person sees: UID -> start."""
        return {uid: one.starts for uid, one in self.events.items() if one.status != "CANCELLED"}

    def open(self, text: bytes) -> None:
        """Take over a file: METHOD:PUBLISH adds and updates, METHOD:CANCEL takes away."""
        calendar = Calendar.from_ical(text)
        assert str(calendar["METHOD"]) in ("PUBLISH", "CANCEL")
        for event in calendar.walk("VEVENT"):
            status = "CANCELLED" if calendar["METHOD"] == "CANCEL" else str(event["STATUS"])
            self._take(
                str(event["UID"]),
                Kept(int(event["SEQUENCE"]), event["DTSTAMP"].dt, event["DTSTART"].dt, str(event["SUMMARY"]), status),
            )

    def refresh(self, text: bytes) -> None:
        """Read a feed again: beside updates, what is not in it any more is gone."""
        self.open(text)
        there = {str(event["UID"]) for event in Calendar.from_ical(text).walk("VEVENT")}
        self.events = {uid: one for uid, one in self.events.items() if uid in there}

    def _take(self, uid: str, given: Kept) -> None:
        known = self.events.get(uid)
        if known is None or (given.sequence, given.stamp) > (known.sequence, known.stamp):
            self.events[uid] = given
