"""`medkarta desk absence|block|unblock`: a doctor or a room is away, and what becomes of those who were booked."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.scheduling.actions import absences as actions
from medkarta.scheduling.desk import clerk
from medkarta.scheduling.desk.clerk import Clerk, Options, Parsers
from medkarta.scheduling.models import Absence, AbsenceCase
from medkarta.scheduling.queries import absences, desk, schedules, settings
from medkarta.ui import format


def add_parsers(found: Parsers) -> None:
    """Add `absence` with its verbs, `block` and `unblock`."""
    verbs = found.add_parser("absence", help=_("отсутствие врача или кабинета")).add_subparsers(
        dest="verb", required=True
    )
    announce = verbs.add_parser("announce", help=_("закрыть дни и предложить записанным другое время"))
    _stretch(announce)
    announce.add_argument("--reason", choices=Absence.Reason.values, required=True, help=_("причина"))
    announce.add_argument("--moving", choices=Absence.Moving.values, help=_("спросить или перенести в тот же день"))
    announce.set_defaults(act=announce_absence)
    withdraw = verbs.add_parser("withdraw", help=_("отменить отсутствие"))
    withdraw.add_argument("absence", type=UUID)
    withdraw.set_defaults(act=withdraw_absence)
    show = verbs.add_parser("show", help=_("сколько перенесено, ответили, обзвонено, осталось"))
    show.add_argument("absence", type=UUID, nargs="?", help=_("без него все отсутствия"))
    show.set_defaults(act=show_absence)
    block = found.add_parser("block", help=_("закрыть времена, на которые никто не записан"))
    _stretch(block)
    block.set_defaults(act=block_times)
    unblock = found.add_parser("unblock", help=_("открыть закрытые времена"))
    unblock.add_argument("absence", type=UUID)
    unblock.set_defaults(act=withdraw_absence)


def _stretch(parser: ArgumentParser) -> None:
    parser.add_argument("--doctor", required=True, help=_("врач или кабинет: часть имени или идентификатор"))
    parser.add_argument("--from", dest="start", type=clerk.moment, required=True, help=_("начало"))
    parser.add_argument("--to", dest="end", type=clerk.moment, required=True, help=_("конец"))
    parser.add_argument("--note", default="", help=_("примечание для своих"))


def announce_absence(who: Clerk, options: Options) -> Iterable[str]:
    row = who.schedule(options["doctor"])
    numbers = settings.booking_rules(facility_id=row.facility_id, position_code=row.position_code, now=who.now)
    absence_id = actions.announce_absence(
        who.at(row.facility_id),
        schedule_id=row.id,
        starts_at=clerk.in_zone(options["start"], row.zone),
        ends_at=clerk.in_zone(options["end"], row.zone),
        reason=options["reason"],
        moving=options["moving"] or numbers.absence_moving,
        note=options["note"],
        now=who.now,
    )
    actions.place_people(absence_id, now=who.now)
    return _lines(absence_id, row)


def block_times(who: Clerk, options: Options) -> Iterable[str]:
    row = who.schedule(options["doctor"])
    absence_id = actions.block(
        who.at(row.facility_id),
        schedule_id=row.id,
        starts_at=clerk.in_zone(options["start"], row.zone),
        ends_at=clerk.in_zone(options["end"], row.zone),
        note=options["note"],
        now=who.now,
    )
    return [str(absence_id)]


def withdraw_absence(who: Clerk, options: Options) -> Iterable[str]:
    row = schedules.get_schedule(who.anywhere(), desk.schedule_of_absence(options["absence"]))
    freed = actions.withdraw_absence(who.at(row.facility_id), absence_id=options["absence"], now=who.now)
    actions.place_people(options["absence"], now=who.now)
    return [_("Снова открыто времён: %(count)s") % {"count": freed}]


def show_absence(who: Clerk, options: Options) -> Iterable[str]:
    if options["absence"] is not None:
        row = schedules.get_schedule(who.anywhere(), desk.schedule_of_absence(options["absence"]))
        who.at(row.facility_id)
        return _lines(options["absence"], row)
    return _all(who)


def _all(who: Clerk) -> Iterator[str]:
    rows = {one.id: one for one in schedules.list_schedules(who.clinic_id)}
    for one in desk.list_absences(list(rows)):
        row = rows[one.schedule_id]
        period = "–".join(format.when(at, tz=row.zone) for at in (one.starts_at, one.ends_at))
        state = _("отменено") if one.withdrawn_at else str(one.get_reason_display())
        yield "  ".join([str(one.pk), row.title, period, state])


def _lines(absence_id: UUID, row: schedules.ScheduleRow) -> Iterator[str]:
    yield str(absence_id)
    found = absences.count(absence_id)
    yield _(
        "Всего: %(total)s, перенесено: %(moved)s, ответили: %(answered)s, обзвонено: %(called)s, осталось: %(left)s"
    ) % {
        "total": found.total,
        "moved": found.moved,
        "answered": found.answered,
        "called": found.called,
        "left": found.left,
    }
    for one in absences.list_cases(absence_id):
        state = str(AbsenceCase.State(one.state).label)
        yield "  ".join([str(one.appointment), format.when(one.starts_at, tz=row.zone), state])
