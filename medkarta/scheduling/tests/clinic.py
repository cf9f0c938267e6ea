"""A clinic with a therapist and a room whose times the portal makes."""

from datetime import date, timedelta

from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.facilities.tests.factories import FacilityFactory, LocationFactory, PractitionerRoleFactory
from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.actions import schedules
from medkarta.scheduling.rules.timetable import Stretch

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TODAY = NOW.date()  # a Wednesday
HOURS = Stretch(weekday=3, minute_from=540, minute_to=600, slot_minutes=20, valid_from=date(2026, 11, 1))
THURSDAY_NINE = NOW.replace(hour=6) + DAY  # 09:00 in Moscow


def staff(facility, name="desk"):
    return StaffScope(Actor(ActorKind.STAFF, name), facility.pk, "registrar", "desk")


class Clinic:
    def __init__(self, **facility):
        self.facility = FacilityFactory(serves_adults=True, **facility)
        self.scope = staff(self.facility)

    def doctor(self, code="49", hours=HOURS):
        """Return the schedule of a new doctor; with published hours unless `hours` is None."""
        role = PractitionerRoleFactory(facility=self.facility, specialty_code=code, position_name="Терапевт")
        schedule_id = schedules.create_schedule(self.scope, practitioner_role_id=role.pk)
        if hours is not None:
            self.publish(schedule_id, hours)
        return schedule_id

    def room(self):
        place = LocationFactory(facility=self.facility, name="Прививочный кабинет", is_room=True)
        return schedules.create_schedule(self.scope, location_id=place.pk, service_name="Вакцинация")

    def publish(self, schedule_id, hours=HOURS, now=NOW):
        template_id = schedules.add_template(self.scope, schedule_id=schedule_id, stretch=hours)
        schedules.advance_template(self.scope, template_id=template_id, to="agreed", now=now)
        schedules.advance_template(self.scope, template_id=template_id, to="published", now=now)
        return template_id
