"""A clinic with a doctor, and people who wait for him: what the tests of the waiting list begin with."""

import re
from datetime import timedelta
from uuid import uuid4

from medkarta.facilities.tests.factories import FacilityFactory, PractitionerRoleFactory
from medkarta.patients.tests.factories import (
    NOW,
    AccountFactory,
    PatientFactory,
    PersonFactory,
    RepresentationFactory,
    scope_of,
)
from medkarta.scheduling.actions import booking, waitlist
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.actions.waitlist_joining import WaitlistForm
from medkarta.scheduling.models import WaitlistEntry, WaitlistOffer
from medkarta.scheduling.queries import posts, settings
from medkarta.scheduling.tests.factories import ScheduleFactory, SlotFactory
from medkarta.signin.tests.factories import signed_in

POSITION = "34"
EVERY_DAY = [str(number) for number in range(7)]
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Clinic:
    """One doctor with a schedule; `slot` makes a time of his that is four days ahead unless told otherwise."""

    def __init__(self, **values):
        posts.forget()
        settings.forget()
        self.facility = FacilityFactory(**values)
        self.role = PractitionerRoleFactory(
            facility=self.facility, specialty_code=POSITION, specialty_name="Офтальмология", position_name="Офтальмолог"
        )
        self.schedule = ScheduleFactory(
            practitioner_role=self.role, facility=self.facility, specialty_code=POSITION, specialty_name="Офтальмолог"
        )

    def slot(self, starts_at=NOW + 4 * DAY, **values):
        given = {
            "schedule": self.schedule, "facility": self.facility, "practitioner_role": self.role,
            "specialty_code": POSITION, "rights_mask": 15, "starts_at": starts_at,
        }  # fmt: skip
        return SlotFactory(**given | values)

    def form(self, **values):
        return WaitlistForm(specialty=POSITION, facility_ids=(self.facility.pk,), **values)

    def join(self, scope=None, now=NOW, **values):
        """Put somebody on the list; return his scope and his entry."""
        scope = scope or someone()
        joined = waitlist.join(scope, form=self.form(**values), form_key=uuid4(), now=now)
        return scope, WaitlistEntry.objects.get(pk=joined.id)


def someone(**person):
    """Return the scope of a new person, who signed in."""
    patient, account = PatientFactory(person=PersonFactory(**person)), AccountFactory()
    RepresentationFactory(account=account, person=patient.person)
    return scope_of(patient, account=account)


def booked(slot, scope=None, now=NOW):
    """Book a time for somebody else; return his scope and the appointment."""
    scope = scope or someone()
    return scope, booking.book(scope, Order(slot_id=slot.pk, key=uuid4()), now=now)


def live_offer(**of):
    return WaitlistOffer.objects.get(state="sent", **of)


def reloaded(row):
    row.refresh_from_db()
    return row


class Visitor:
    """A signed-in person with his browser."""

    def __init__(self, *, kind="self", **person):
        self.account = AccountFactory()
        self.patient = PatientFactory(person=PersonFactory(**person))
        key = RepresentationFactory(account=self.account, person=self.patient.person, kind=kind).key
        self.scope = scope_of(self.patient, account=self.account)
        self.home = f"/p/{key}/appointments/"
        self.browser = signed_in(self.account)

    def get(self, path):
        return self.browser.get(self.home + path)

    def post(self, path, **values):
        return self.browser.post(self.home + path, values)

    def sign_in_again(self):
        self.browser = signed_in(self.account)

    def send(self, clinic, **values):
        told = {
            "specialty": POSITION, "clinics": [str(clinic.facility.pk)], "weekdays": EVERY_DAY,
            "last_day": "2026-12-20", "form_key": str(uuid4()),
        }  # fmt: skip
        return self.post("waitlist/new/", **told | values)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode().replace("\xa0", " "))
