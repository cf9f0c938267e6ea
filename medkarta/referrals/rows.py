"""Rows ready for the tables, and how plain values of a statement become them. Pure: no database, no clock.

The list page and the home page give the same values under the same names (`models.ReferralQuerySet.with_names`, `sql`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core import sql
from medkarta.core.scopes import PatientScope
from medkarta.referrals import rules
from medkarta.referrals.models import Referral
from medkarta.referrals.rules import Term
from medkarta.referrals.texts import status_note
from medkarta.ui import format
from medkarta.ui.marks import StateMark

Raw = Mapping[str, Any]

_STATUS_MARKS = {
    "draft": ("neutral", "progress"),
    "active": ("info", "circle-check"),
    "on-hold": ("warn", "clock"),
    "revoked": ("neutral", "circle-x"),
    "completed": ("ok", "circle-check"),
    "unknown": ("neutral", "info-circle"),
}
_HOSPITALIZATION_MARKS = {
    "new": ("neutral", "hourglass"),
    "agreed": ("info", "circle-check"),
    "date-set": ("info", "calendar-event"),
    "postponed": ("warn", "clock"),
    "admitted": ("ok", "circle-check"),
    "refused": ("bad", "circle-x"),
    "annulled": ("neutral", "circle-x"),
}


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral of either table. `warning` speaks of the term of one that is still open; `note` says what
    its status means for the person. Texts may be empty.
    """

    id: UUID
    href: str
    what: str
    department: str
    number: str
    valid_until: date | None
    facility: str
    address: str
    is_hospital: bool
    is_open: bool
    state: StateMark
    warning: StateMark | None
    note: str

    @property
    def title(self) -> str:
        """What it is for, in the words of the sender; the kind of referral if he gave none."""
        return (self.department if self.is_hospital else self.what) or self.what or _("Направление")

    @property
    def mark(self) -> StateMark:
        """The one thing to know about it now."""
        return self.warning or self.state


@dataclass(frozen=True, slots=True)
class Attention:
    """A referral that soon expires, for «Требует внимания»."""

    href: str
    title: str
    text: str


def referral_rows(scope: PatientScope, raw: Iterable[Raw], *, now: datetime) -> list[ReferralRow]:
    """Return rows of referrals from plain values, in their order."""
    return [_row(scope, one, now) for one in raw]


def expiring_referrals(scope: PatientScope, raw: Iterable[Raw], *, now: datetime) -> list[Attention]:
    """Return what to say of the referrals that end within a week, each by the calendar of its clinic."""
    found = []
    for one in raw:
        row = _row(scope, one, now)
        term = rules.term_of(row.valid_until, now=now, zone=format.zone_of(one["timezone"]))
        if row.is_open and term is Term.EXPIRING:
            text = _("%(what)s. Действует до %(day)s") % {"what": row.title, "day": format.day(row.valid_until)}
            found.append(Attention(row.href, _("Направление скоро истечёт"), text))
    return found


def _row(scope: PatientScope, one: Raw, now: datetime) -> ReferralRow:
    found, valid_until = sql.uuid_of(one["id"]), sql.day(one["valid_until"])
    status, hospitalization_status = one["status"], one["hospitalization_status"]
    is_open = rules.is_open(status=status, hospitalization_status=hospitalization_status)
    if hospitalization_status:
        state = StateMark(
            str(Referral.Hospitalization(hospitalization_status).label), *_HOSPITALIZATION_MARKS[hospitalization_status]
        )
    else:
        state = StateMark(str(Referral.Status(status).label), *_STATUS_MARKS.get(status, ("neutral", "info-circle")))
    return ReferralRow(
        id=found,
        href=scope.url(f"referrals/{found}/"),
        what=one["what"],
        department=one["department"],
        number=one["number"],
        valid_until=valid_until,
        facility=one["clinic"],
        address=one["address"],
        is_hospital=one["category"] == Referral.Category.HOSPITALIZATION,
        is_open=is_open,
        state=state,
        warning=_warning(valid_until, now, format.zone_of(one["timezone"])) if is_open else None,
        note=status_note(status, hospitalization_status),
    )


def _warning(valid_until: date | None, now: datetime, zone: tzinfo) -> StateMark | None:
    term = rules.term_of(valid_until, now=now, zone=zone)
    if valid_until is None or term in (Term.UNKNOWN, Term.VALID):
        return None
    if term is Term.EXPIRED:
        return StateMark(_("Срок истёк"), "bad", "circle-x")
    left = rules.days_left(valid_until, now=now, zone=zone)
    if left == 0:
        return StateMark(_("Истекает сегодня"), "warn", "alert-triangle")
    days = format.counted(left, _("день"), _("дня"), _("дней"))
    return StateMark(_("Истекает через %(days)s") % {"days": days}, "warn", "alert-triangle")
