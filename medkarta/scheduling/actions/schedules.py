"""Working time of the portal's own: schedules of doctors and rooms, and their weekly hours (draft, agreed, published).

`timetables` makes times of them.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import StaffScope, WorkerScope
from medkarta.scheduling.actions import timetables
from medkarta.scheduling.actions.timetables import Generated, NotOurSchedule
from medkarta.scheduling.models import Schedule, ScheduleTemplate
from medkarta.scheduling.queries import posts, schedules
from medkarta.scheduling.rules import timetable
from medkarta.scheduling.rules.rights import BITS
from medkarta.scheduling.rules.timetable import Stretch

Side = StaffScope | WorkerScope
State = ScheduleTemplate.State
_BEFORE = {State.AGREED: State.DRAFT, State.PUBLISHED: State.AGREED}


class HoursOverlap(Refused):
    text = _("В эти часы у расписания уже есть опубликованный приём. Измените время или сначала закройте прежнее")


class WrongState(Refused):
    text = _("Шаблон проходит три шага: черновик, согласован, опубликован. Этот шаг сейчас не следующий")


class WrongHours(Refused):
    text = _("Проверьте часы приёма: конец позже начала, внутри одних суток, и длительность помещается между ними")


@transaction.atomic
def create_schedule(
    scope: Side,
    *,
    practitioner_role_id: UUID | None = None,
    location_id: UUID | None = None,
    service_name: str = "",
    specialty_code: str = "",
) -> UUID:
    """Open a schedule of a doctor's post or of a room; one that is there already is given back.

    Raises NotFound for a post or a room that nobody knows, or of another clinic than the scope's.
    """
    found = Schedule.objects.filter(
        source=schedules.OWN,
        practitioner_role=practitioner_role_id,
        location=location_id,
        service_name=service_name,
    )
    known = found.order_by("id").first()
    if known is None:
        known = Schedule.objects.create(
            source=schedules.OWN,
            practitioner_role_id=practitioner_role_id,
            location_id=location_id,
            service_name=service_name,
            specialty_code=specialty_code,
        )
    row = schedules.get_schedule(scope, known.pk)
    if row.facility_id is None:
        raise NotFound
    Schedule.objects.filter(pk=known.pk).update(facility_id=row.facility_id)
    audit.record(scope, action="scheduling.create_schedule", target=known)
    posts.forget()
    return known.pk


@transaction.atomic
def add_template(scope: Side, *, schedule_id: UUID, stretch: Stretch) -> UUID:
    """Draft one line of weekly hours. Raises NotFound, NotOurSchedule, WrongHours."""
    _own(scope, schedule_id)
    fits = (
        stretch.minute_from >= 0 and stretch.minute_to <= 1440 and stretch.capacity >= 1 and stretch.slot_minutes >= 1
    )
    known = stretch.kind in timetables.KINDS and set(stretch.rights) <= set(BITS)
    if not fits or not known or stretch.minute_from + stretch.slot_minutes > stretch.minute_to:
        raise WrongHours
    template = ScheduleTemplate.objects.create(
        schedule_id=schedule_id,
        weekday=stretch.weekday,
        week_parity=stretch.week_parity,
        minute_from=stretch.minute_from,
        minute_to=stretch.minute_to,
        slot_minutes=stretch.slot_minutes,
        capacity=stretch.capacity,
        kind=stretch.kind,
        rights=list(stretch.rights),
        valid_from=stretch.valid_from,
        valid_until=stretch.valid_until,
    )
    audit.record(scope, action="scheduling.add_template", target=template)
    return template.pk


@transaction.atomic
def advance_template(scope: Side, *, template_id: UUID, to: str, now: datetime) -> Generated | None:
    """Agree a draft, or publish what is agreed; publishing makes times up to the horizon.

    Raises NotFound, NotOurSchedule, WrongState, HoursOverlap.
    """
    template = _template(scope, template_id)
    if template.state == to:
        return None
    if _BEFORE.get(State(to)) != template.state:
        raise WrongState
    if to == State.PUBLISHED:
        own = schedules.stretch_of(template)
        others = schedules.list_templates(template.schedule_id, published=True)
        if any(timetable.clashes(own, one.stretch) for one in others):
            raise HoursOverlap
    template.state = to
    template.save(update_fields=["state"])
    audit.record(scope, action="scheduling.advance_template", target=template, details={"to": to})
    if to != State.PUBLISHED:
        return None
    return timetables.generate_ahead(scope, schedule_id=template.schedule_id, now=now)


@transaction.atomic
def close_template(scope: Side, *, template_id: UUID, last: date, now: datetime) -> Generated:
    """End weekly hours with a day; a line that never came into force is deleted.

    Free times after it are withdrawn; booked and held ones stay and are listed in the answer.
    """
    template = _template(scope, template_id)
    audit.record(scope, action="scheduling.close_template", target=template, details={"last": last.isoformat()})
    if template.state != State.PUBLISHED or last < template.valid_from:
        template.delete()
    else:
        template.valid_until = last
        template.save(update_fields=["valid_until"])
    return timetables.generate_ahead(scope, schedule_id=template.schedule_id, now=now)


def _own(scope: Side, schedule_id: UUID) -> schedules.ScheduleRow:
    row = schedules.get_schedule(scope, schedule_id)
    if row.source != schedules.OWN:
        raise NotOurSchedule
    return row


def _template(scope: Side, template_id: UUID) -> ScheduleTemplate:
    """Lock a line and its schedule."""
    found = ScheduleTemplate.objects.filter(pk=template_id).select_for_update().first()
    if found is None:
        raise NotFound
    _own(scope, found.schedule_id)
    return found
