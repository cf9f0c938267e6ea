"""Who may book which time, in the order of booking rules §1.4. Pure; the answer is a code with its own sentence.

The codes are those of the national exchange where it has one (booking rules §1.5, §2.3).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from medkarta.scheduling.rules import rights
from medkarta.scheduling.rules.defaults import BookingRules

STAFF_CHANNELS = ("Registry", "CallCenter", "Doctor", "DoctorOtherLpu")


@dataclass(frozen=True, slots=True)
class Offered:
    """A time, as far as the rules look at it. Neither `serves_…` is true while nobody has said."""

    starts_at: datetime
    ends_at: datetime
    position_code: str
    facility_id: UUID | None
    rights_mask: int
    serves_adults: bool
    serves_children: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the person, and the door that he comes through. `age` is in whole years, None if unknown."""

    age: int | None
    gender: str
    registered_facility_ids: frozenset[UUID]
    may_act: bool
    channel: str
    has_grant: bool
    sees_restricted: bool = True


@dataclass(frozen=True, slots=True)
class Live:
    """One live appointment of the same person. `is_hidden`: whoever asks may not learn that it exists."""

    id: UUID
    starts_at: datetime | None
    ends_at: datetime | None
    position_code: str
    is_hidden: bool = False


def refusal(offered: Offered, asker: Asker, rules: BookingRules, *, now: datetime) -> str:
    """Return the code of the first rule that forbids this booking, or "". Limits of §1.5 are `conflict`."""
    if not asker.may_act:
        return "MAY_NOT_ACT"
    if asker.channel not in STAFF_CHANNELS:
        code = _self_service(offered, asker, rules)
        if code:
            return code
    wrong = _other_person(offered, asker, rules)
    if wrong:
        return wrong
    if not offered.rights_mask & rights.mask_for(asker.channel, has_grant=asker.has_grant):
        return "NO_RIGHT"
    lead = timedelta(0) if asker.channel in STAFF_CHANNELS else timedelta(minutes=rules.min_lead_minutes)
    return "APPOINT_VISIT_TIME_HAS_PASSED" if offered.starts_at < now + lead else ""


def _self_service(offered: Offered, asker: Asker, rules: BookingRules) -> str:
    is_known = not offered.facility_id or offered.facility_id in asker.registered_facility_ids
    needs_attachment = rules.require_attachment and offered.position_code not in rules.free_of_attachment
    if needs_attachment and not asker.has_grant and not is_known and asker.registered_facility_ids:
        return "NO_ATTACHMENT"
    if offered.position_code in rules.restricted_positions and not asker.sees_restricted:
        return "PROVE_YOURSELF"
    is_open = not offered.position_code or offered.position_code in rules.self_positions
    return "" if is_open or asker.has_grant else "NEEDS_REFERRAL"


def _other_person(offered: Offered, asker: Asker, rules: BookingRules) -> str:
    if asker.gender == "male" and offered.position_code in rules.female_positions:
        return "OTHER_SEX"
    if asker.age is None:
        return ""
    is_child = asker.age < rules.adult_age
    for_children = offered.serves_children or offered.position_code in rules.children_positions
    if is_child and offered.serves_adults and not for_children:
        return "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE"
    only_children = offered.position_code in rules.children_positions or (
        offered.serves_children and not offered.serves_adults
    )
    return "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE" if not is_child and only_children else ""


def conflict(
    offered: Offered,
    live: list[Live],
    rules: BookingRules,
    *,
    changes_today: int,
    is_exempt: bool,
    is_move: bool = False,
) -> tuple[str, UUID | None]:
    """Return the code of the first limit that this booking would pass and the appointment in its way, or ("", None).

    `live` leaves out the appointment that a move gives up. `is_exempt`: a follow-up that a doctor asked for.
    `is_move`: it adds none to those that are there. What is hidden stands in the way by a code that tells nothing.
    """
    for one in live:
        if one.starts_at and one.ends_at and one.starts_at < offered.ends_at and one.ends_at > offered.starts_at:
            return (
                ("NOT_AT_THIS_TIME", None) if one.is_hidden else ("APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST", one.id)
            )
    if rules.one_per_position and offered.position_code and not is_exempt:
        for one in live:
            if one.position_code == offered.position_code:
                return same_position(one)
    if len(live) >= rules.max_active_total and not is_move:
        return "TOO_MANY_ACTIVE", None
    return ("TOO_MANY_CHANGES", None) if changes_today >= rules.max_changes_per_day else ("", None)


def same_position(live: Live) -> tuple[str, UUID | None]:
    """Return the code of an appointment that leaves no room for another of its position, and the appointment."""
    return ("NOT_TO_THIS_DOCTOR", None) if live.is_hidden else ("APPOINT_PATIENT_REGISTERED_SPECIALIST", live.id)


def age_at(birth_date: date | None, day: date) -> int | None:
    """Return the age in whole years on a day; born on 29 February: a year older on 1 March."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
