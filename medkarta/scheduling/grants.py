"""How others open times that self-booking does not: a referral, a check-up, a follow-up bring a `BookingGrant`.

The room of a grant registers its kind from its `apps.py`; scheduling stores (kind, ref) and asks again while booking.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope, WorkerScope

GrantScope = PatientScope | WorkerScope


@dataclass(frozen=True, slots=True)
class BookingGrant:
    """What one opens. Empty `positions`, `facility_ids` or `practitioner_role_ids` narrow nothing.

    `not_after`: the last day of the visit, whole. `is_follow_up`: the limit of one per position does not bind it.
    `is_urgent`: the waiting list serves it before others.
    """

    kind: str
    source_ref: UUID
    title: str
    positions: tuple[str, ...] = ()
    facility_ids: tuple[UUID, ...] = ()
    practitioner_role_ids: tuple[UUID, ...] = ()
    location_ids: tuple[UUID, ...] = ()
    not_after: date | None = None
    is_follow_up: bool = False
    is_urgent: bool = False
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class GrantKind:
    """`list_open(scope, now=)`: what the person may book by. `recheck(person_id, ref, now=)`: one of these again,

    inside the booking transaction; raises NotFound or a Refused that says what is wrong. With `besides=` an appointment
    that moves is taken for given up already.
    `on_change(ref, appointment_id, is_booked, now=)`: it was used, or given back.
    """

    code: str
    list_open: Callable[..., Sequence[BookingGrant]]
    recheck: Callable[..., BookingGrant]
    on_change: Callable[..., None]


_KINDS: dict[str, GrantKind] = {}


def register(
    code: str,
    *,
    list_open: Callable[..., Sequence[BookingGrant]],
    recheck: Callable[..., BookingGrant],
    on_change: Callable[..., None],
) -> None:
    _KINDS[code] = GrantKind(code, list_open, recheck, on_change)


def registered() -> Mapping[str, GrantKind]:
    return dict(_KINDS)


def list_open(scope: PatientScope, *, now: datetime) -> list[BookingGrant]:
    """Return everything that this person may book by now, the soonest to end first."""
    found = [one for kind in _KINDS.values() for one in kind.list_open(scope, now=now)]
    return sorted(found, key=lambda one: (one.not_after or date.max, one.title))


def recheck(
    kind: str, source_ref: UUID, *, person_id: UUID | None, now: datetime, besides: UUID | None = None
) -> BookingGrant:
    """Return a grant as it stands now; `besides`: the appointment that moves, which gives its grant back.

    Raises NotFound for an unknown kind or a foreign one, Refused with a reason.
    """
    if kind not in _KINDS or person_id is None:
        raise NotFound
    moving = {} if besides is None else {"besides": besides}
    return _KINDS[kind].recheck(person_id, source_ref, now=now, **moving)


def tell(kind: str, source_ref: UUID | None, *, appointment_id: UUID, is_booked: bool, now: datetime) -> None:
    """Tell the room of a grant that it was used or given back."""
    if kind in _KINDS and source_ref is not None:
        _KINDS[kind].on_change(source_ref, appointment_id, is_booked, now=now)
