"""Asking for a prescription again and taking the request back: the row, its request, audit, or nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import PatientScope
from medkarta.patients import queries as people
from medkarta.prescriptions import queries as prescriptions
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.prescriptions.repeats import rules, steps, words
from medkarta.requests import actions as requests

MOST_LETTERS = 500


class MayNotAsk(Refused):
    text = _("Эту карту вы можете только смотреть. Рецепт просит сам человек или его законный представитель")


class CannotRepeat(Refused):
    """Why a prescription is not prescribed again from here; the text is that of the reason."""

    def __init__(self, why: rules.Why) -> None:
        super().__init__()
        self.text = words.why_not(why)


class ClinicNotKnown(Refused):
    text = _("Портал не знает, какая клиника выписала этот рецепт. Запишитесь на приём")


class AlreadyAsked(Refused):
    text = _("Этот рецепт уже попросили выписать снова")

    def __init__(self, repeat_id: UUID) -> None:
        super().__init__()
        self.repeat_id = repeat_id


class FormIsUsedUp(Refused):
    text = _("Запрос по этой форме уже отменён или завершён. Отправьте ещё раз")


class TooLateToCancel(Refused):
    text = _("Отменить этот запрос уже нельзя: клиника ответила на него")


@transaction.atomic
def ask(scope: PatientScope, *, prescription_id: UUID, wish: str, form_key: UUID, now: datetime) -> UUID:
    """Ask the clinic to prescribe the same again; return the request's row. The same form again gives the first back.

    Raises NotFound, MayNotAsk, CannotRepeat, ClinicNotKnown, AlreadyAsked, FormIsUsedUp; nothing is written then.
    """
    people.get_client(scope, lock=True)
    found = prescriptions.get_prescription(scope, prescription_id, today=timezone.localdate(now))
    if not scope.may_act:
        raise MayNotAsk
    key = rules.repeat_key(form_key, account_id=scope.account_id, prescription_id=prescription_id)
    known = PrescriptionRepeat.objects.filter(form_key=key).first()
    if known is not None and known.status in rules.LIVE:
        return known.pk
    live = PrescriptionRepeat.objects.filter(prescription_id=prescription_id, status__in=rules.LIVE).first()
    if live is not None:
        raise AlreadyAsked(live.pk)
    if known is not None:
        raise FormIsUsedUp
    if found.can_repeat is not rules.Why.YES:
        raise CannotRepeat(found.can_repeat)
    if found.facility_id is None:
        raise ClinicNotKnown
    row = _row(scope, found, facility_id=found.facility_id, wish=wish, key=key, now=now)
    asked = requests.open_request(
        scope, kind=steps.KIND, now=now, target_id=row.pk, title=row.drug[:200], is_restricted=row.is_restricted
    )
    row.number = asked.number
    row.save(force_insert=True)
    audit.record(scope, action="prescriptions.ask_repeat", target=row, patient_id=row.patient_id)
    return row.pk


def _row(
    scope: PatientScope,
    found: prescriptions.PrescriptionPage,
    *,
    facility_id: UUID,
    wish: str,
    key: UUID,
    now: datetime,
) -> PrescriptionRepeat:
    return PrescriptionRepeat(
        patient_id=found.patient_id,
        is_restricted=found.is_restricted,
        prescription_id=found.row.id,
        drug=found.row.drug,
        is_nameless=found.form_code in rules.IN_PERSON_FORMS,
        account_id=scope.account_id,
        facility_id=facility_id,
        facility_name=found.row.place[:255],
        wish=wish.strip()[:MOST_LETTERS],
        form_key=key,
        asked_at=now,
        changed_at=now,
    )


@transaction.atomic
def cancel(scope: PatientScope, *, repeat_id: UUID, now: datetime) -> None:
    """Take a request back; one that is cancelled stays so. Raises NotFound, MayNotAsk, TooLateToCancel."""
    found = PrescriptionRepeat.objects.for_scope(scope).select_for_update(of=("self",)).filter(pk=repeat_id)
    row = found.first()
    if row is None:
        raise NotFound
    if not scope.may_act:
        raise MayNotAsk
    if row.status == PrescriptionRepeat.Status.CANCELLED:
        return
    if row.status not in rules.CANCELLABLE:
        raise TooLateToCancel
    steps.move(scope, row, PrescriptionRepeat.Status.CANCELLED, person_id=scope.person_id, now=now)


def cancel_target(scope: PatientScope, target_id: UUID, now: datetime) -> None:
    """Cancel the row of a request, for «Статусы заявлений»."""
    cancel(scope, repeat_id=target_id, now=now)
