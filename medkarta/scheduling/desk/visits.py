"""`medkarta desk find|book|move|cancel|confirm|refuse|arrived|noshow|done`: people and their visits."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused
from medkarta.core.ids import digits, is_valid_enp, is_valid_snils
from medkarta.patients import queries as patients
from medkarta.scheduling import refusals
from medkarta.scheduling.actions import booking, keeping, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.desk import clerk
from medkarta.scheduling.desk.clerk import Clerk, Options, Parsers
from medkarta.scheduling.models import Appointment
from medkarta.scheduling.queries import desk, slots
from medkarta.ui import format

CHANNELS = ("Registry", "CallCenter")


class BeingChosen(Refused):
    text = gettext_lazy("Это время сейчас выбирает пациент. Подождите до {until} или возьмите другое")


class WrongNumber(Refused):
    text = gettext_lazy("Это не СНИЛС и не номер полиса: проверьте цифры")


class NobodyFound(Refused):
    text = gettext_lazy("Никого с таким номером и датой рождения нет. Проверьте оба")


def add_parsers(found: Parsers) -> None:
    """Add the verbs."""
    find = found.add_parser("find", help=_("найти пациента по номеру и дате рождения"))
    find.add_argument("--number", required=True, help=_("СНИЛС или номер полиса"))
    find.add_argument("--born", type=clerk.day, required=True, help=_("дата рождения, например 1988-04-17"))
    find.set_defaults(act=find_patient)
    book = found.add_parser("book", help=_("записать пациента"))
    book.add_argument("--patient", type=UUID, required=True, help=_("пациент, идентификатор из «desk find»"))
    _time(book)
    book.set_defaults(act=book_visit)
    move = found.add_parser("move", help=_("перенести запись: новое и прежнее время вместе или никак"))
    move.add_argument("appointment", type=UUID)
    _time(move)
    move.set_defaults(act=move_visit)
    cancel = found.add_parser("cancel", help=_("отменить запись"))
    cancel.add_argument("appointment", type=UUID)
    cancel.add_argument("--reason", required=True, help=_("причина, её увидит пациент"))
    cancel.set_defaults(act=cancel_visit)
    refuse = found.add_parser("refuse", help=_("не подтвердить запись, которая ждёт ответа клиники"))
    refuse.add_argument("appointment", type=UUID)
    refuse.add_argument("--reason", required=True, help=_("причина, её увидит пациент"))
    refuse.set_defaults(act=refuse_visit)
    for verb, words, action in (
        ("confirm", _("подтвердить запись, которая ждёт ответа клиники"), keeping.confirm),
        ("arrived", _("отметить, что пациент пришёл"), keeping.mark_arrived),
        ("noshow", _("отметить неявку"), keeping.mark_no_show),
        ("done", _("отметить, что приём состоялся"), keeping.mark_done),
    ):
        parser = found.add_parser(verb, help=words)
        parser.add_argument("appointment", type=UUID)
        parser.set_defaults(act=_keeper(action))


def _time(parser: ArgumentParser) -> None:
    parser.add_argument("--slot", type=UUID, required=True, help=_("время, идентификатор из «desk slots»"))
    parser.add_argument("--channel", choices=CHANNELS, default=CHANNELS[0], help=_("регистратура или служба 122"))
    parser.add_argument("--key", type=UUID, help=_("ключ: повтор с ним не запишет второй раз"))


def find_patient(who: Clerk, options: Options) -> Iterable[str]:
    number = digits(options["number"])
    if not (is_valid_snils(number) or is_valid_enp(number)):
        raise WrongNumber
    found = patients.find_rows(who.person, number=number, birth_date=options["born"])
    if not found:
        raise NobodyFound
    for one in found:
        audit.record(who.person, action="scheduling.find_patient", patient_id=one.id)
    return [
        "  ".join([str(one.id), f"{one.family_name} {one.given_name} {one.patronymic}", format.figures(one.birth_date)])
        for one in found
    ]


def book_visit(who: Clerk, options: Options) -> Iterable[str]:
    order = Order(
        slot_id=options["slot"], key=options["key"], patient_id=options["patient"], channel=options["channel"]
    )
    return [_book(who, order)]


def move_visit(who: Clerk, options: Options) -> Iterable[str]:
    visit = desk.get_visit(options["appointment"])
    who.at(visit.facility_id)
    kept = slots.get_slot(options["slot"]).held_by == visit.id
    order = Order(
        slot_id=options["slot"],
        key=options["key"],
        patient_id=visit.patient_id,
        move_of=visit.id,
        held_by=visit.id if kept else None,
        channel=options["channel"],
    )
    return [_book(who, order)]


def cancel_visit(who: Clerk, options: Options) -> Iterable[str]:
    visit = desk.get_visit(options["appointment"])
    row = releasing.cancel(
        who.at(visit.facility_id),
        appointment_id=visit.id,
        patient_id=visit.patient_id,
        reason=options["reason"].strip(),
        now=who.now,
    )
    return [_line(row)]


def refuse_visit(who: Clerk, options: Options) -> Iterable[str]:
    visit = desk.get_visit(options["appointment"])
    scope = who.at(visit.facility_id)
    return [_line(keeping.refuse(scope, appointment_id=visit.id, reason=options["reason"], now=who.now))]


def _keeper(action: Callable[..., Appointment]) -> clerk.Act:
    def act(who: Clerk, options: Options) -> Iterable[str]:
        visit = desk.get_visit(options["appointment"])
        return [_line(action(who.at(visit.facility_id), appointment_id=visit.id, now=who.now))]

    return act


def _book(who: Clerk, order: Order) -> str:
    """Book, and say so when it is a patient who holds the time right now: the desk doesn't take it from him."""
    slot = slots.get_slot(order.slot_id)
    try:
        return _line(booking.book(who.at(slot.facility_id), order, now=who.now))
    except refusals.TimeTaken:
        slot = slots.get_slot(order.slot_id)
        if not slot.is_withdrawn and slot.appointment is None and slot.held_until and slot.held_until > who.now:
            raise BeingChosen(until=format.time_of(slot.held_until, tz=slot.zone)) from None
        raise


def _line(row: Any) -> str:
    return f"{row.pk}  {row.status}"
