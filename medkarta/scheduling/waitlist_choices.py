"""What the form of the waiting list offers to whom: clinics by distance, the doctor of the address, other children."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from medkarta.core.http import PatientRequest
from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as patients
from medkarta.scheduling import refusals, refusals_waitlist
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.queries import finding
from medkarta.scheduling.queries.finding import Seeker
from medkarta.scheduling.queries.posts import Post
from medkarta.scheduling.rules import eligibility
from medkarta.scheduling.waitlist_form import Choices
from medkarta.ui import format

CLINICS = 12


def of(request: PatientRequest, seeker: Seeker, wish: Wish, *, now: datetime) -> Choices:
    """Return what there is to choose from. Raises a Refused for a wish that has no list for this person."""
    if not request.scope.may_act:
        raise refusals.BookingRefused("MAY_NOT_ACT")
    wide = wish.but(facility=None, role=None, location=None)
    posts = [one for one in finding.posts_of(seeker, wide) if one.code and one.facility_id] if wish.specialty else []
    by_clinic: dict[UUID, list[Post]] = {}
    for post in posts:
        if post.facility_id and not seeker.verdict(post).code and seeker.rules_of(post).waitlist_enabled:
            by_clinic.setdefault(post.facility_id, []).append(post)
    if not by_clinic:
        codes = [seeker.verdict(one).code for one in posts if seeker.verdict(one).code]
        raise refusals.BookingRefused(codes[0]) if codes else refusals_waitlist.NoSuchList()
    order = sorted(by_clinic, key=lambda one: finding.clinic_order(seeker, one, by_clinic[one]))
    if wish.facility in by_clinic:
        order.sort(key=lambda one: one != wish.facility)
    clinics = tuple((one, _clinic_words(seeker, by_clinic[one][0])) for one in order[:CLINICS])
    doctor = next(
        (one for one in posts if wish.role and one.role_id == wish.role and one.facility_id in by_clinic), None
    )
    limit = seeker.grant.not_after if seeker.grant else None
    return Choices(
        clinics=clinics,
        doctor=_("Только к врачу: %(name)s") % {"name": doctor.doctor or doctor.title} if doctor else "",
        doctor_clinic=doctor.facility_id if doctor else None,
        together=_together(request, seeker, posts[0], now=now),
        last=limit,
        days=seeker.rules_of(posts[0]).waitlist_default_days,
    )


def scopes_of(request: PatientRequest, keys: Collection[str], *, now: datetime) -> list[PatientScope]:
    """Return the records of the account that the form names beside the open one."""
    members = request.visitor.family(now=now).members if keys else ()
    return [one for one in members if one.key in keys and one.key != request.scope.key]


def _clinic_words(seeker: Seeker, post: Post) -> str:
    words = ", ".join(part for part in (post.clinic.name, post.clinic.address) if part)
    km = seeker.distance(post.clinic)
    if finding.is_home(seeker, post):
        return _("%(clinic)s (ваша)") % {"clinic": words}
    return _("%(clinic)s, %(km)s км") % {"clinic": words, "km": format.number(round(km, 1))} if km else words


def _together(request: PatientRequest, seeker: Seeker, post: Post, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the other children of the account who are attached to the same clinic: key and name."""
    today = timezone.localdate(now)
    adult_age = seeker.rules_of(post).adult_age
    age = seeker.asker.age
    if age is None or age >= adult_age or seeker.grant is not None:
        return ()
    found = []
    for scope in request.visitor.family(now=now).members:
        member = request.visitor.member(scope.key)
        years = eligibility.age_at(member.birth_date, today)
        if scope.key == request.scope.key or not scope.may_act or years is None or years >= adult_age:
            continue
        client = patients.get_client(scope)
        if client.registered_facility_ids & seeker.client.registered_facility_ids:
            found.append((scope.key, member.given_name))
    return tuple(found)
