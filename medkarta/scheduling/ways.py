"""The way on from each "no" of booking: addresses of what lifts the rule, or helps otherwise."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from medkarta.core.scopes import PatientScope, Restricted
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.refusals import BookingRefused


@dataclass(frozen=True, slots=True)
class Way:
    """A button: its words, its address, its looks."""

    text: str
    href: str
    kind: str = "line"
    icon: str = ""


def on(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> list[Way]:
    """Return what a person may do now, the likeliest first. There is always something."""
    found = [_OF[refusal.code](scope, wish, refusal)] if refusal.code in _OF else []
    if refusal.code not in ("MAY_NOT_ACT", "TOO_MANY_CHANGES", "PROVE_YOURSELF"):
        found.append(Way(_("Другие дни и время"), wish.but(slot=None).url(scope, "times/")))
        found.append(Way(_("Почему нет записи"), wish.but(slot=None).url(scope, "why/"), "quiet"))
    found.append(Way(_("Мои записи"), scope.url("appointments/"), "quiet"))
    return found


def _existing(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    if refusal.appointment_id is None:  # the schema said no: nothing tells by which appointment
        return _call(scope, wish, refusal)
    return Way(_("Открыть эту запись"), scope.url(f"appointments/{refusal.appointment_id}/"))


def _prove(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    """Lead to another login where that shows what is locked; nobody else gets more by it."""
    if scope.restricted is not Restricted.LOCKED:
        return _call(scope, wish, refusal)
    return _unlock(scope, wish, refusal)


def _unlock(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    back = urlencode({"again": 1, "next": wish.but(slot=None).url(scope, "times/")})
    return Way(_("Войти ещё раз"), f"/login?{back}", "primary")


def _call(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    return Way(_("Позвонить по номеру 122"), "tel:122", "line", "phone")


def _therapist(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    return Way(_("Выбрать врача, который даст направление"), scope.url("appointments/book/"), "primary")


def _own_clinic(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    elsewhere = Wish(specialty=wish.specialty, move=wish.move, grant_kind=wish.grant_kind, grant_ref=wish.grant_ref)
    return Way(_("Найти в другой клинике"), elsewhere.url(scope, "times/" if wish.specialty else ""), "primary")


def _referrals(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    return Way(_("Мои направления"), scope.url("referrals/"), "primary")


def _cancel_some(scope: PatientScope, wish: Wish, refusal: BookingRefused) -> Way:
    return Way(_("Выбрать, что отменить"), scope.url("appointments/?state=ahead"), "primary")


_OF = {
    "APPOINT_PATIENT_REGISTERED_SPECIALIST": _existing,
    "APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST": _existing,
    "NOT_AT_THIS_TIME": _prove,
    "NOT_TO_THIS_DOCTOR": _prove,
    "PROVE_YOURSELF": _prove,
    "NEEDS_REFERRAL": _therapist,
    "NO_RIGHT": _call,
    "NO_ATTACHMENT": _own_clinic,
    "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE": _own_clinic,
    "OTHER_SEX": _therapist,
    "GRANT_DOES_NOT_FIT": _referrals,
    "REFERRAL_PERIOD_HAS_EXPIRED": _referrals,
    "REFERRAL_USED": _referrals,
    "TOO_MANY_ACTIVE": _cancel_some,
    "TOO_MANY_CHANGES": _call,
    "MAY_NOT_ACT": _call,
}
