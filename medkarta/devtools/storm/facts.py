"""What is left when a storm is over: the tables as plain values, beside what was recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from medkarta.devtools.storm.record import Call, Fault

LIVE = ("proposed", "pending", "booked", "arrived", "checked-in")
GONE = ("cancelled", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Booking:
    """A row of the appointments. Ids are texts; `person` is the patient's row where nobody is linked."""

    id: str
    person: str
    slot: str | None
    status: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    key: str | None = None
    position: str | None = None
    moved_from: str | None = None
    moved_to: str | None = None
    account: str | None = None
    is_withdrawn: bool = False
    made_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE and not self.is_withdrawn

    @property
    def has_slot(self) -> bool:
        return self.slot is not None and self.status not in GONE and not self.is_withdrawn


@dataclass(frozen=True, slots=True)
class Time:
    """A slot, as far as a waiting entry asks."""

    position: str
    clinic: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A waiting entry of the portal's own engine. `requests`: the status of each of its requests, one is right.

    `history`: (moment, status) of the request, the first is when it joined.
    """

    id: str
    person: str
    status: str
    position: str
    priority: int
    requested_at: datetime
    clinics: tuple[str, ...] = ()
    appointment: str | None = None
    requests: tuple[str, ...] = ()
    history: tuple[tuple[datetime, str], ...] = ()

    @property
    def turn(self) -> tuple[int, datetime, str]:
        return self.priority, self.requested_at, self.id


@dataclass(frozen=True, slots=True)
class Offer:
    id: str
    entry: str
    slot: str
    state: str
    is_exclusive: bool
    sent_at: datetime
    deadline: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the outbox. `is_late`: it should have been worked off when the workers were asked to stop."""

    handler: str
    key: str
    state: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a check may look at.

    `slots`: slot -> the appointment that its own column names. `events`: (appointment, action) of the histories.
    `audited`: (action, target) of the access log. `notices`: (text, appointment) of the bell.
    `logs`: lines of the processes' logs that look like a failure.
    """

    calls: Sequence[Call] = ()
    faults: Sequence[Fault] = ()
    bookings: Mapping[str, Booking] = field(default_factory=dict)
    slots: Mapping[str, str | None] = field(default_factory=dict)
    times: Mapping[str, Time] = field(default_factory=dict)
    events: Sequence[tuple[str, str]] = ()
    audited: frozenset[tuple[str, str]] = frozenset()
    notices: frozenset[tuple[str, str]] = frozenset()
    queue: Sequence[Queued] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    offers: Sequence[Offer] = ()
    seals: str = ""
    logs: Sequence[str] = ()
    hold_seconds: float = 300
