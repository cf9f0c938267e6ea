"""Tables of the room. Split by what they are about; everybody in the room imports from here."""

from medkarta.scheduling.models.appointments import Appointment, AppointmentEvent, AppointmentQuerySet
from medkarta.scheduling.models.home_visits import HomeVisitQuerySet, HomeVisitRequest
from medkarta.scheduling.models.served import ServedQuerySet
from medkarta.scheduling.models.settings import BookingSetting, CalendarFeed
from medkarta.scheduling.models.slots import Absence, AbsenceCase, Schedule, ScheduleTemplate, Slot, SlotQuerySet
from medkarta.scheduling.models.waitlist import WaitlistEntry, WaitlistOffer, WaitlistQuerySet

__all__ = [
    "Absence",
    "AbsenceCase",
    "Appointment",
    "AppointmentEvent",
    "AppointmentQuerySet",
    "BookingSetting",
    "CalendarFeed",
    "HomeVisitQuerySet",
    "HomeVisitRequest",
    "Schedule",
    "ScheduleTemplate",
    "ServedQuerySet",
    "Slot",
    "SlotQuerySet",
    "WaitlistEntry",
    "WaitlistOffer",
    "WaitlistQuerySet",
]
