"""Who waits for a doctor in the demo: one entry in its place, and one with an offer that waits for an answer."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from medkarta.accounts import actions as accounts
from medkarta.core.errors import NotFound, Refused
from medkarta.core.ids import NAMESPACE, digits
from medkarta.core.scopes import Actor, ActorKind, PatientScope
from medkarta.devtools.standin.persons import SEED
from medkarta.patients import actions as patients
from medkarta.scheduling.actions import offering, waitlist
from medkarta.scheduling.actions.waitlist_joining import WaitlistForm
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.models import Slot, WaitlistEntry
from medkarta.scheduling.queries import finding, posts

WHO = "1000100001"
WAITS_FOR, OFFERED = "34", "61"
"""Positions: an ophthalmologist in the evening, a surgeon whose time has just become free."""
AHEAD = (timedelta(days=3, hours=1), timedelta(days=9))


def put(*, now: datetime) -> None:
    """Let a stand-in person wait; again, only what she has answered or let pass is renewed."""
    scope = scope_of_stand_in(now=now)
    posts.forget()
    _join(scope, WAITS_FOR, now=now, minute_from=17 * 60, weekdays=0b0010101)
    entry_id = _join(scope, OFFERED, now=now)
    if entry_id is not None:
        _offer(scope, entry_id, now=now)


def scope_of_stand_in(*, now: datetime) -> PatientScope:
    """Return the own scope of her who waits; her account is made as her first sign-in would make it."""
    person = next(one for one in SEED if one.oid == WHO)
    account = accounts.sign_in(provider="esia", subject=person.oid, is_confirmed=person.trusted, now=now)
    facts = patients.PersonFacts(
        family_name=person.family_name,
        given_name=person.given_name,
        patronymic=person.middle_name,
        birth_date=person.born,
        gender="female" if person.gender == "F" else "male",
        snils=digits(person.snils),
    )
    person_id = patients.register_self(accounts.scope_of_account(account.pk), facts, now=now)
    actor = Actor(ActorKind.PERSON, str(account.pk))
    return PatientScope(actor, account.pk, person_id, key="", is_self=True)


def _join(
    scope: PatientScope, position: str, *, now: datetime, minute_from: int = 0, weekdays: int = 127
) -> UUID | None:
    """Return her live entry for a position; a new one where there is none and nothing stands in its way."""
    live = WaitlistEntry.objects.for_scope(scope).filter(
        is_own=True, specialty_code=position, status__in=("created", "offered"), not_after__gt=now
    )
    known: UUID | None = live.values_list("pk", flat=True).first()
    if known is not None:
        return known
    wish = Wish(specialty=position)
    seeker = finding.seeker_of(scope, wish, now=now)
    home = [one.facility_id for one in finding.posts_of(seeker, wish) if finding.is_home(seeker, one)]
    if not home or home[0] is None:
        return None
    form = WaitlistForm(position, (home[0],), weekdays=weekdays, minute_from=minute_from)
    try:
        key = uuid5(NAMESPACE, f"demo:{position}:{now.isoformat()}")
        return waitlist.join(scope, form=form, form_key=key, now=now).id
    except (Refused, NotFound):
        return None


def _offer(scope: PatientScope, entry_id: UUID, *, now: datetime) -> None:
    """Offer her a time that nobody has, unless one waits for her answer."""
    waitlist.still_needed(scope, entry_id=entry_id, now=now)
    entry = WaitlistEntry.objects.get(pk=entry_id)
    if entry.status != WaitlistEntry.Status.CREATED or entry.facility_id is None:
        return
    free = Slot.objects.claimable(by=None, now=now).released(now).filter(specialty_code=OFFERED)
    near = free.filter(facility_id=entry.facility_id, starts_at__gte=now + AHEAD[0], starts_at__lt=now + AHEAD[1])
    for slot_id in near.order_by("starts_at", "id").values_list("pk", flat=True)[:10]:
        if offering.offer_slot(slot_id, now=now) is offering.Outcome.OFFERED:
            return
