"""Every "no" of booking, each with its own sentence and a code; pages add a way on."""

from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Refused, Text


class BookingRefused(Refused):
    """`code` as in the national exchange where it has one; `appointment_id`: what stands in the way."""

    code = "INTERNAL_ERROR"

    def __init__(self, code: str = "", appointment_id: UUID | None = None) -> None:
        super().__init__()
        self.code = code or self.code
        self.appointment_id = appointment_id
        self.text = TEXTS.get(self.code, Refused.text)


class TimeTaken(BookingRefused):
    """Somebody was faster, or the clinic took the time away: alternatives come at once."""

    code = "APPOINT_TIME_IS_BUSY"


class HoldIsOver(BookingRefused):
    code = "HOLD_IS_OVER"


TEXTS: dict[str, Text] = {
    "APPOINT_TIME_IS_BUSY": _("Это время только что заняли. Мы нашли ближайшие другие"),
    "SLOT_WITHDRAWN": _("Клиника убрала это время из расписания. Выберите другое"),
    "HOLD_IS_OVER": _("Дольше держать это время нельзя: его ждут и другие. Выберите время снова"),
    "APPOINT_VISIT_TIME_HAS_PASSED": _("Это время прошло или вот-вот наступит. Выберите более позднее"),
    "APPOINT_PATIENT_REGISTERED_SPECIALIST": _("К этому специалисту уже есть запись. Её можно перенести"),
    "APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST": _("На это время уже есть другая запись. Оставьте её или замените"),
    "NOT_AT_THIS_TIME": _("На это время запись невозможна. Выберите другое или позвоните по номеру 122"),
    "NOT_TO_THIS_DOCTOR": _("Запись к этому специалисту сейчас невозможна. Позвоните по номеру 122"),
    "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE": _(
        "Здесь принимают пациентов другого возраста. Выберите другую клинику"
    ),
    "OTHER_SEX": _("К этому специалисту записывают женщин. Выберите другую специальность"),
    "NO_ATTACHMENT": _("Сюда записывают прикреплённых к этой клинике. Запишитесь в свою или прикрепитесь к этой"),
    "NEEDS_REFERRAL": _("К этому специалисту записывают по направлению. Его даёт терапевт или педиатр"),
    "NO_RIGHT": _("Это время не для записи через портал: его даёт врач или регистратура, телефон 122"),
    "PROVE_YOURSELF": _("К этому специалисту записывается сам пациент, войдя ещё раз, или через регистратуру: 122"),
    "MAY_NOT_ACT": _("В эту карту у вас есть доступ только на просмотр: записать этого человека вы не можете"),
    "TOO_MANY_ACTIVE": _("Записей уже столько, сколько можно иметь одновременно. Отмените ненужную"),
    "TOO_MANY_CHANGES": _("Сегодня слишком много записей и отмен. Попробуйте завтра или позвоните по номеру 122"),
    "GRANT_DOES_NOT_FIT": _("Направление выдано не к этому специалисту, не в эту клинику или не на эту дату"),
    "REFERRAL_PERIOD_HAS_EXPIRED": _("Срок направления истёк. Попросите врача выдать новое"),
    "REFERRAL_USED": _("По этому направлению уже есть запись. Её можно перенести"),
    "NOT_LIVE": _("Эта запись уже отменена или завершена"),
    "TOO_LATE_TO_CHANGE": _("Изменить эту запись уже нельзя: время приёма прошло или наступает. Позвоните в клинику"),
    "MOVED_BY_CLINIC": _("Эту запись переносит сама клиника. Позвоните ей или отмените запись и выберите другое время"),
    "KEY_IS_FOREIGN": _("Эта форма уже отправлена. Откройте свои записи и начните снова"),
    "WAITS_FOR_CLINIC": _("Клиника ещё не подтвердила эту запись. Дождитесь её ответа или отмените запись"),
}

_CONSTRAINTS = {
    "appointment_one_live_per_slot": "APPOINT_TIME_IS_BUSY",
    "scheduling_appointment.slot_id": "APPOINT_TIME_IS_BUSY",
    "appointment_one_live_per_position": "APPOINT_PATIENT_REGISTERED_SPECIALIST",
    "scheduling_appointment.exclusive_position": "APPOINT_PATIENT_REGISTERED_SPECIALIST",
    "appointment_no_overlap": "APPOINT_PATIENT_REGISTERED_OTHER_SPECIALIST",
    "booking_key": "KEY_IS_FOREIGN",
}


def of_constraint(error: IntegrityError) -> BookingRefused | None:
    """Return what a backstop of the schema says in words; None for any other error of the database."""
    text = str(error)
    for name, code in _CONSTRAINTS.items():
        if name in text:
            return TimeTaken() if code == TimeTaken.code else BookingRefused(code)
    return None
