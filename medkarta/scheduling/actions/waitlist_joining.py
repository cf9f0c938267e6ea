"""Putting somebody on the waiting list: what he wishes, whether the rules would ever let him have it, the rows."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone

from medkarta.audit import actions as audit
from medkarta.core.scopes import Actor, ActorKind, PatientScope, StaffScope, WorkerScope
from medkarta.patients import actions as patient_actions
from medkarta.patients import queries as patients
from medkarta.requests import actions as requests
from medkarta.scheduling import grants, refusals, refusals_waitlist, rules, waitlist_words
from medkarta.scheduling.actions import recipients, waitlist_steps
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Appointment, WaitlistEntry
from medkarta.scheduling.queries import finding, posts, settings, slots
from medkarta.scheduling.rules import eligibility, waitlist
from medkarta.scheduling.rules.defaults import BookingRules


@dataclass(frozen=True, slots=True)
class WaitlistForm:
    """What was asked, already checked. `facility_ids`: the first is the best; days are whole, by the clinic's clock."""

    specialty: str
    facility_ids: tuple[UUID, ...]
    role: UUID | None = None
    weekdays: int = waitlist.ALL_DAYS
    minute_from: int = 0
    minute_to: int = 1440
    first_day: date | None = None
    last_day: date | None = None
    auto_book: bool = False
    complaint: str = ""
    grant_kind: str = ""
    grant_ref: UUID | None = None
    swaps: UUID | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """An entry that stands. `is_new` is False where the same form had come before."""

    id: UUID
    is_new: bool


def add(scope: PatientScope, form: WaitlistForm, *, key: UUID, group: UUID | None, now: datetime) -> Joined:
    """Put one person on the list inside the caller's transaction; the same form sent again gives the first entry back.

    Raises refusals.BookingRefused for what no offered time could cure, and the refusals of `refusals_waitlist`.
    """
    if not scope.may_act:
        raise refusals.BookingRefused("MAY_NOT_ACT")
    client = patients.get_client(scope, lock=True)
    own_key = uuid5(key, f"{scope.account_id}:{scope.person_id}")
    known = WaitlistEntry.objects.filter(form_key=own_key).first()
    if known is not None:
        if known.status not in rules.LIVE_WAITLIST:
            raise refusals_waitlist.FormIsUsedUp
        return Joined(known.pk, is_new=False)
    old = _visit_to_swap(client, form, now=now)
    if old is not None and not form.grant_kind:
        form = replace(form, grant_kind=old.grant_kind, grant_ref=old.grant_ref)
    grant = _grant(client, form, now=now)
    found_rules = _check(scope, client, form, now=now)
    row = _row(scope, form, key=own_key, group=group, now=now)
    row.is_restricted = form.specialty in found_rules.restricted_positions
    row.priority = waitlist.priority(is_urgent=grant is not None and grant.is_urgent, is_swap=old is not None)
    row.not_before, row.not_after = _period(form, grant, old, found_rules, now=now)
    row.patient_id = patient_actions.portal_patient(scope, now=now)
    _save(scope, row, now=now)
    return Joined(row.pk, is_new=True)


def add_displaced(scope: StaffScope | WorkerScope, appointment: Appointment, *, now: datetime) -> UUID | None:
    """Put on the list, before everybody, whom the clinic took his time away and no other was found for.

    Returns the entry, also one that waits already; None where the position has no list. In the caller's transaction.
    """
    code = appointment.exclusive_position or _position_of(appointment)
    if not code or appointment.facility_id is None:
        return None
    found = settings.booking_rules(facility_id=appointment.facility_id, position_code=code, now=now)
    last = now + timedelta(days=found.waitlist_default_days)
    live = WaitlistEntry.objects.filter(is_own=True, status__in=rules.LIVE_WAITLIST, specialty_code=code)
    known = live.filter(patient=appointment.patient_id).first()
    if known is not None:
        known.priority, known.swaps = waitlist.Priority.DISPLACED, appointment.pk
        known.not_after = max(known.not_after or last, last)
        known.save(update_fields=["priority", "swaps", "not_after"])
        return known.pk
    row = WaitlistEntry(
        patient_id=appointment.patient_id,
        account_id=appointment.account_id,
        is_restricted=appointment.is_restricted,
        priority=waitlist.Priority.DISPLACED,
        not_before=now,
        not_after=last,
        swaps=appointment.pk,
        grant_kind=appointment.grant_kind,
        grant_ref=appointment.grant_ref,
        **_place(code, (appointment.facility_id,), appointment.specialty_name, now=now),
    )
    _save(scope, row, now=now)
    return row.pk


def _save(scope: PatientScope | StaffScope | WorkerScope, row: WaitlistEntry, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        live = WaitlistEntry.objects.filter(patient=row.patient_id, status__in=rules.LIVE_WAITLIST, is_own=True)
        known = live.get(specialty_code=row.specialty_code)
        if known.is_restricted and isinstance(scope, PatientScope) and not scope.shows_restricted:
            raise refusals.BookingRefused("NOT_TO_THIS_DOCTOR") from None
        raise refusals_waitlist.AlreadyWaiting(known.pk, row.patient.person_id) from None
    asker = scope if isinstance(scope, PatientScope) else _for_person(scope, row, now=now)
    title = "" if row.is_restricted else row.specialty_name[:200]
    requests.open_request(
        asker,
        kind=waitlist_steps.KIND,
        now=now,
        target_id=row.pk,
        title=title,
        is_restricted=row.is_restricted,
        person_id=row.patient.person_id,
    )
    audit.record(scope, action="scheduling.waitlist_join", target=row, patient_id=row.patient_id)
    waitlist_steps.tell(scope, row, waitlist_words.JOINED, key=str(row.pk), now=now)


def _for_person(
    scope: StaffScope | WorkerScope, row: WaitlistEntry, *, now: datetime
) -> PatientScope | StaffScope | WorkerScope:
    """Return the scope under which the house itself asks for somebody: of an account, if anybody has one."""
    person_id = row.patient.person_id
    accounts = recipients.of(scope, row, now=now)
    if person_id is None or not accounts:
        return scope
    return PatientScope(Actor(ActorKind.WORKER, "worker"), accounts[0], person_id, key="", is_self=False)


def _grant(client: patients.Client, form: WaitlistForm, *, now: datetime) -> grants.BookingGrant | None:
    if not form.grant_kind or form.grant_ref is None:
        return None
    grant = grants.recheck(form.grant_kind, form.grant_ref, person_id=client.person_id, now=now, besides=form.swaps)
    if grant.positions and form.specialty not in grant.positions:
        raise refusals.BookingRefused("GRANT_DOES_NOT_FIT")
    return grant


def _check(scope: PatientScope, client: patients.Client, form: WaitlistForm, *, now: datetime) -> BookingRules:
    """Return the numbers of the first clinic. Raises BookingRefused for what would refuse every offered time."""
    wish = Wish(specialty=form.specialty, grant_kind=form.grant_kind, grant_ref=form.grant_ref, move=form.swaps)
    seeker = finding.seeker_of(scope, wish, now=now)
    found = {one.facility_id: one for one in finding.posts_of(seeker, wish) if one.code == form.specialty}
    if not form.facility_ids or any(one not in found for one in form.facility_ids):
        raise refusals_waitlist.NoSuchList
    for facility_id in form.facility_ids:
        code = seeker.verdict(found[facility_id]).code
        if code:
            raise refusals.BookingRefused(code)
    numbers = seeker.rules_of(found[form.facility_ids[0]])
    if not numbers.waitlist_enabled:
        raise refusals_waitlist.NoSuchList
    if form.swaps is None and numbers.one_per_position:
        for live in slots.live_of(client.patient_ids, shows_restricted=scope.shows_restricted, now=now):
            if live.position_code == form.specialty:
                raise refusals.BookingRefused(*eligibility.same_position(live))
    return numbers


def _visit_to_swap(client: patients.Client, form: WaitlistForm, *, now: datetime) -> Appointment | None:
    """Return the live visit that an earlier time would replace; None where none is meant."""
    if form.swaps is None:
        return None
    found = Appointment.objects.filter(pk=form.swaps, patient_id__in=client.patient_ids, is_withdrawn=False)
    old = found.filter(status__in=rules.LIVE_APPOINTMENT, starts_at__gt=now).select_related("slot").first()
    if old is None or _position_of(old) != form.specialty:
        raise refusals_waitlist.VisitToSwapIsGone
    return old


def _position_of(appointment: Appointment) -> str:
    return appointment.exclusive_position or (appointment.slot.specialty_code if appointment.slot else "")


def _period(
    form: WaitlistForm,
    grant: grants.BookingGrant | None,
    old: Appointment | None,
    found: BookingRules,
    *,
    now: datetime,
) -> tuple[datetime, datetime]:
    """Return between which moments a visit may begin: within the grant, before the visit that it would replace."""
    clinic = posts.directory(now=now).clinics.get(form.facility_ids[0])
    zone = clinic.zone if clinic else timezone.get_default_timezone()
    last = form.last_day or now.astimezone(zone).date() + timedelta(days=found.waitlist_default_days)
    if grant is not None and grant.not_after is not None:
        last = min(last, grant.not_after)
    start, end = rules.day_bounds(form.first_day, last, zone)
    start, end = max(start or now, now), (end or now) - timedelta(seconds=1)  # so that it is still the last day
    if old is not None and old.starts_at is not None:
        end = min(end, old.starts_at)
    if end <= start + waitlist.PUBLIC_BEFORE:
        raise refusals_waitlist.PeriodIsOver
    return start, end


def _row(scope: PatientScope, form: WaitlistForm, *, key: UUID, group: UUID | None, now: datetime) -> WaitlistEntry:
    return WaitlistEntry(
        account_id=scope.account_id,
        form_key=key,
        practitioner_role_id=form.role,
        weekdays=form.weekdays,
        minute_from=form.minute_from,
        minute_to=form.minute_to,
        auto_book=form.auto_book,
        comment=form.complaint,
        grant_kind=form.grant_kind,
        grant_ref=form.grant_ref,
        swaps=form.swaps,
        group=group,
        **_place(form.specialty, form.facility_ids, "", now=now),
    )


def _place(code: str, facility_ids: tuple[UUID, ...], title: str, *, now: datetime) -> dict[str, Any]:
    directory = posts.directory(now=now)
    clinic = directory.clinics.get(facility_ids[0])
    return {
        "is_own": True,
        "status": WaitlistEntry.Status.CREATED,
        "requested_at": now,
        "specialty_code": code,
        "specialty_name": (directory.titles.get(code) or title)[:255],
        "facility_ids": [str(one) for one in facility_ids],
        "facility_id": facility_ids[0],
        "facility_name": clinic.name[:255] if clinic else "",
    }
