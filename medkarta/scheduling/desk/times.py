"""`medkarta desk doctors|slots|schedule|generate`: whose times there are, and the hours that they are made of."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.scheduling import rules
from medkarta.scheduling.actions import schedules as actions
from medkarta.scheduling.actions import timetables
from medkarta.scheduling.desk import clerk
from medkarta.scheduling.desk.clerk import Clerk, Options, Parsers
from medkarta.scheduling.queries import desk, schedules
from medkarta.scheduling.queries.slots import SlotRow
from medkarta.scheduling.rules import timetable
from medkarta.scheduling.rules.timetable import Stretch
from medkarta.ui import format

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_PARITY = {"even": 0, "odd": 1}


def add_parsers(found: Parsers) -> None:
    """Add `doctors`, `slots`, `generate` and `schedule` with its verbs."""
    doctors = found.add_parser("doctors", help=_("врачи и кабинеты с расписаниями и их идентификаторы"))
    doctors.set_defaults(act=list_doctors)
    slots = found.add_parser("slots", help=_("времена врача или кабинета за день"))
    _of_doctor(slots)
    slots.add_argument("--day", type=clerk.day, help=_("день, например 2026-11-26; без него сегодня"))
    slots.set_defaults(act=list_slots)
    generate = found.add_parser("generate", help=_("создать времена по опубликованным часам"))
    _of_doctor(generate)
    generate.add_argument("--first", type=clerk.day, help=_("первый день; без него до горизонта записи"))
    generate.add_argument("--last", type=clerk.day, help=_("последний день"))
    generate.set_defaults(act=generate_times)
    verbs = found.add_parser("schedule", help=_("расписания и часы приёма")).add_subparsers(dest="verb", required=True)
    _schedule_parsers(verbs)


def _schedule_parsers(verbs: Parsers) -> None:
    create = verbs.add_parser("create", help=_("завести расписание врача или кабинета"))
    whose = create.add_mutually_exclusive_group(required=True)
    whose.add_argument("--role", type=UUID, help=_("должность врача, идентификатор"))
    whose.add_argument("--room", type=UUID, help=_("кабинет, идентификатор"))
    create.add_argument("--service", default="", help=_("что делают в кабинете"))
    create.add_argument("--code", default="", help=_("код специальности, если его нет у должности"))
    create.set_defaults(act=create_schedule)
    add = verbs.add_parser("template", help=_("внести часы приёма черновиком"))
    _of_doctor(add)
    _hours(add)
    add.set_defaults(act=add_template)
    for verb, words in (("agree", _("согласовать черновик")), ("publish", _("опубликовать согласованные часы"))):
        step = verbs.add_parser(verb, help=words)
        step.add_argument("template", type=UUID)
        step.set_defaults(act=advance)
    close = verbs.add_parser("close", help=_("закрыть часы приёма; занятые времена останутся и будут названы"))
    close.add_argument("template", type=UUID)
    close.add_argument("--last", type=clerk.day, required=True, help=_("последний день"))
    close.set_defaults(act=close_template)
    show = verbs.add_parser("show", help=_("часы приёма расписания"))
    _of_doctor(show)
    show.set_defaults(act=show_schedule)


def _of_doctor(parser: ArgumentParser) -> None:
    parser.add_argument("--doctor", required=True, help=_("врач или кабинет: часть имени или идентификатор"))


def _hours(parser: ArgumentParser) -> None:
    parser.add_argument("--weekday", type=int, choices=range(1, 8), required=True, help=_("1 — понедельник"))
    parser.add_argument("--from", dest="start", type=minute, required=True, help=_("начало, например 09:00"))
    parser.add_argument("--to", dest="end", type=minute, required=True, help=_("конец, например 12:00"))
    parser.add_argument("--minutes", type=int, required=True, help=_("минут на приём"))
    parser.add_argument("--group", type=int, default=1, help=_("сколько человек на одно время"))
    parser.add_argument("--kind", choices=timetables.KINDS, default="primary", help=_("вид приёма"))
    parser.add_argument("--right", action="append", default=[], help=_("кто записывает; без этого по доле должности"))
    parser.add_argument("--weeks", choices=tuple(_PARITY), help=_("только чётные или нечётные недели"))
    parser.add_argument("--since", type=clerk.day, help=_("с какого дня; без него с сегодняшнего"))
    parser.add_argument("--until", type=clerk.day, help=_("по какой день включительно"))


def minute(text: str) -> int:
    """Return the minute of the day of `HH:MM`; 24:00 is the end of a day."""
    if not _CLOCK.fullmatch(text):
        raise ArgumentTypeError(_("нужно время: 09:00"))
    return timetable.minute_of(text)


def list_doctors(who: Clerk, options: Options) -> Iterable[str]:
    for one in schedules.list_schedules(who.clinic_id):
        yield "  ".join([str(one.id), one.facility, one.title])


def list_slots(who: Clerk, options: Options) -> Iterable[str]:
    row = who.schedule(options["doctor"])
    on = options["day"] or who.now.astimezone(row.zone).date()
    start, end = rules.day_bounds(on, on, row.zone)
    for one in schedules.list_times(row.id, start=start or who.now, end=end or who.now):
        rights = "" if one.rights_mask & 1 else _("не для записи через портал")
        line = [str(one.id), format.when(one.starts_at, tz=row.zone), state_of(one, who), rights]
        yield "  ".join(part for part in line if part)


def state_of(slot: SlotRow, who: Clerk) -> str:
    """Return what can be done with a time, in words."""
    if slot.appointment is not None:
        return _("занято")
    if slot.blocked_by is not None or slot.status != "free":
        return _("приёма нет")
    if slot.held_until is not None and slot.held_until > who.now:
        return _("удерживается до %(time)s") % {"time": format.time_of(slot.held_until, tz=slot.zone)}
    if slot.opens_at is not None and slot.opens_at > who.now:
        return _("свободно, для пациентов откроется %(when)s") % {"when": format.when(slot.opens_at, tz=slot.zone)}
    return _("свободно")


def generate_times(who: Clerk, options: Options) -> Iterable[str]:
    row = who.schedule(options["doctor"])
    scope = who.at(row.facility_id)
    if options["first"] is None and options["last"] is None:
        return _lines(row, timetables.generate_ahead(scope, schedule_id=row.id, now=who.now))
    first = options["first"] or who.now.astimezone(row.zone).date()
    last = options["last"] or first
    made = timetables.generate(scope, schedule_id=row.id, first=first, last=last, now=who.now)
    return _lines(row, made)


def create_schedule(who: Clerk, options: Options) -> Iterable[str]:
    schedule_id = actions.create_schedule(
        who.anywhere(),
        practitioner_role_id=options["role"],
        location_id=options["room"],
        service_name=options["service"],
        specialty_code=options["code"],
    )
    return [str(schedule_id)]


def add_template(who: Clerk, options: Options) -> Iterable[str]:
    row = who.schedule(options["doctor"])
    stretch = Stretch(
        weekday=options["weekday"] - 1,
        minute_from=options["start"],
        minute_to=options["end"],
        slot_minutes=options["minutes"],
        valid_from=options["since"] or who.now.astimezone(row.zone).date(),
        valid_until=options["until"],
        week_parity=_PARITY.get(options["weeks"]),
        capacity=options["group"],
        kind=options["kind"],
        rights=tuple(options["right"]),
    )
    return [str(actions.add_template(who.at(row.facility_id), schedule_id=row.id, stretch=stretch))]


def advance(who: Clerk, options: Options) -> Iterable[str]:
    row = schedules.get_schedule(who.anywhere(), desk.schedule_of_template(options["template"]))
    to = "agreed" if options["verb"] == "agree" else "published"
    made = actions.advance_template(who.at(row.facility_id), template_id=options["template"], to=to, now=who.now)
    return _lines(row, made) if made else [to]


def close_template(who: Clerk, options: Options) -> Iterable[str]:
    row = schedules.get_schedule(who.anywhere(), desk.schedule_of_template(options["template"]))
    scope = who.at(row.facility_id)
    made = actions.close_template(scope, template_id=options["template"], last=options["last"], now=who.now)
    return _lines(row, made)


def show_schedule(who: Clerk, options: Options) -> Iterable[str]:
    row = who.schedule(options["doctor"])
    yield f"{row.id}  {row.facility}  {row.title}"
    for one in schedules.list_templates(row.id):
        hours = one.stretch
        monday = who.now.date() - timedelta(days=who.now.weekday())
        weekday = format.day(monday + timedelta(days=hours.weekday)).partition(",")[0]
        clock = "–".join(f"{at // 60:02d}:{at % 60:02d}" for at in (hours.minute_from, hours.minute_to))
        until = hours.valid_until.isoformat() if hours.valid_until else ""
        yield f"{one.id}  {one.state}  {weekday} {clock} / {hours.slot_minutes} × {hours.capacity}" + (
            f"  {hours.kind}  {hours.valid_from.isoformat()}…{until}"
        )


def _lines(row: schedules.ScheduleRow, made: timetables.Generated) -> Iterator[str]:
    counts = {"added": made.added, "changed": made.changed, "withdrawn": made.withdrawn}
    yield _("Создано: %(added)s, изменено: %(changed)s, снято: %(withdrawn)s") % counts
    for one in made.kept:
        taken = str(one.appointment) if one.appointment else _("удерживается")
        yield _("Осталось вне часов: %(when)s, %(what)s") % {
            "when": format.when(one.starts_at, tz=row.zone),
            "what": taken,
        }
