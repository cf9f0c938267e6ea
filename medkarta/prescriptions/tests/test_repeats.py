"""Asking for a prescription again, from the form to the clinic's answer."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Actor, ActorKind, StaffScope
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.mailer.models import Notice
from medkarta.patients.tests.factories import NOW, PatientFactory, RepresentationFactory, scope_of
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.prescriptions.repeats import actions, answers, queries, rules
from medkarta.prescriptions.tests.factories import PrescriptionFactory, PrescriptionRepeatFactory
from medkarta.requests import actions as requests
from medkarta.requests.models import Request, RequestEvent

pytestmark = pytest.mark.django_db
FORM = uuid4()


@pytest.fixture
def clinic():
    return FacilityFactory(name="Поликлиника № 3", short_name="")


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def scope(patient):
    right = RepresentationFactory(person=patient.person)
    return replace(scope_of(patient), account_id=right.account_id)


@pytest.fixture
def dispensed(patient, clinic):
    return PrescriptionFactory(patient=patient, status="dispensed", facility_id=clinic.pk)


@pytest.fixture
def desk(clinic):
    return StaffScope(Actor(ActorKind.STAFF, "desk"), clinic.pk, "registrar", "desk")


def ask(scope, prescription, **given):
    told = {"wish": "Осталось на неделю", "form_key": FORM, "now": NOW, **given}
    return actions.ask(scope, prescription_id=prescription.pk, **told)


def test_ask_writes_the_row_its_request_and_the_log(scope, dispensed, clinic):
    row = PrescriptionRepeat.objects.get(pk=ask(scope, dispensed))

    asked = Request.objects.get(target_id=row.pk)
    assert (row.drug, row.facility_id, row.facility_name) == (dispensed.drug_name, clinic.pk, "Поликлиника № 3")
    assert (asked.kind, asked.number, asked.title) == ("prescription-repeat", row.number, dispensed.drug_name)
    assert AuditEvent.objects.filter(action="prescriptions.ask_repeat").count() == 1


def test_ask_by_the_same_form_gives_the_first_request(scope, dispensed):
    first = ask(scope, dispensed)

    assert ask(scope, dispensed) == first
    assert Request.objects.count() == 1


def test_ask_by_another_form_is_refused_while_one_lives(scope, dispensed):
    first = ask(scope, dispensed)

    with pytest.raises(actions.AlreadyAsked) as refused:
        ask(scope, dispensed, form_key=uuid4())

    assert refused.value.repeat_id == first


def test_ask_after_the_answer_needs_a_new_form(scope, dispensed, desk):
    answers.refuse(desk, repeat_id=ask(scope, dispensed), reason="too-early", now=NOW)

    with pytest.raises(actions.FormIsUsedUp):
        ask(scope, dispensed)
    assert ask(scope, dispensed, form_key=uuid4())


@pytest.mark.parametrize(
    ("status", "days", "form", "why"),
    [
        ("dispensed", 30, "", rules.Why.YES),
        ("issued", -1, "", rules.Why.YES),
        ("issued", 5, "", rules.Why.YES),
        ("issued", 6, "", rules.Why.STILL_VALID),
        ("partly-dispensed", 6, "107-1", rules.Why.STILL_VALID),
        ("in-service", 0, "", rules.Why.AT_PHARMACY),
        ("deferred", -9, "", rules.Why.AT_PHARMACY),
        ("cancelled", 0, "", rules.Why.CANCELLED),
        ("unknown", 0, "", rules.Why.YES),
        ("dispensed", 0, "107-np", rules.Why.IN_PERSON),
    ],
)
def test_ask_is_refused_with_the_reason(scope, patient, clinic, status, days, form, why):
    until = date(2026, 11, 25) + timedelta(days)
    one = PrescriptionFactory(patient=patient, status=status, valid_until=until, form=form, facility_id=clinic.pk)

    if why is rules.Why.YES:
        assert ask(scope, one)
    else:
        with pytest.raises(actions.CannotRepeat) as refused:
            ask(scope, one)
        assert str(refused.value.text)
        assert not PrescriptionRepeat.objects.exists()


def test_ask_needs_a_right_to_act_and_a_clinic(scope, patient, dispensed):
    with pytest.raises(actions.MayNotAsk):
        ask(replace(scope, may_act=False), dispensed)
    with pytest.raises(actions.ClinicNotKnown):
        ask(scope, PrescriptionFactory(patient=patient, status="dispensed"))


def test_ask_for_what_is_not_in_this_scope_looks_missing(scope, patient, clinic):
    theirs = PrescriptionFactory(status="dispensed", facility_id=clinic.pk)
    secret = PrescriptionFactory(patient=patient, status="dispensed", facility_id=clinic.pk, is_restricted=True)

    for one in (theirs, secret):
        with pytest.raises(NotFound):
            ask(scope, one)


def test_database_keeps_one_live_request_of_a_prescription(patient):
    first = PrescriptionRepeatFactory(patient=patient)

    with pytest.raises(IntegrityError), transaction.atomic():
        PrescriptionRepeatFactory(patient=patient, prescription_id=first.prescription_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrescriptionRepeatFactory(patient=patient, status="refused")


def test_cancel_takes_a_request_back_once(scope, dispensed, desk):
    repeat_id = ask(scope, dispensed)

    requests.cancel_request(scope, request_id=Request.objects.get().pk, now=NOW)
    actions.cancel(scope, repeat_id=repeat_id, now=NOW)

    assert queries.get_repeat(scope, repeat_id).status == "cancelled"
    assert RequestEvent.objects.filter(status="cancelled").count() == 1
    with pytest.raises(answers.NotForThisStatus):
        answers.take(desk, repeat_id=repeat_id, now=NOW)


def test_cancel_is_refused_after_the_answer_and_to_others(scope, dispensed, desk):
    repeat_id = ask(scope, dispensed)
    with pytest.raises(actions.MayNotAsk):
        actions.cancel(replace(scope, may_act=False), repeat_id=repeat_id, now=NOW)
    with pytest.raises(NotFound):
        actions.cancel(scope_of(PatientFactory()), repeat_id=repeat_id, now=NOW)
    answers.prescribe(desk, repeat_id=repeat_id, now=NOW)

    with pytest.raises(actions.TooLateToCancel):
        actions.cancel(scope, repeat_id=repeat_id, now=NOW)


def test_answers_reach_the_person(scope, patient, dispensed, desk):
    repeat_id = ask(scope, dispensed)
    new = PrescriptionFactory(patient=patient)

    answers.take(desk, repeat_id=repeat_id, now=NOW)
    answers.need_visit(desk, repeat_id=repeat_id, now=NOW, comment="Нужен анализ")
    answers.prescribe(desk, repeat_id=repeat_id, now=NOW, prescription_id=new.pk)

    page = queries.get_repeat(scope, repeat_id)
    assert (page.status, page.issued_id, page.is_live, page.can_cancel) == ("ready", new.pk, False, False)
    assert set(Notice.objects.values_list("text", flat=True)) == {
        "prescriptions.repeat_visit", "prescriptions.repeat_ready",
    }  # fmt: skip
    assert Request.objects.get().status == "ready"


def test_prescribe_takes_only_this_persons_prescription(scope, dispensed, desk):
    repeat_id = ask(scope, dispensed)

    with pytest.raises(answers.NotThisPersons):
        answers.prescribe(desk, repeat_id=repeat_id, now=NOW, prescription_id=PrescriptionFactory().pk)


@pytest.mark.parametrize(
    ("reason", "comment", "told"),
    [
        ("replaced", "", "Врач заменил этот препарат другим."),
        ("replaced", "На розувастатин", "Врач заменил этот препарат другим. На розувастатин"),
        ("other", "Придите лично", "Придите лично"),
    ],
)
def test_refuse_says_why(scope, dispensed, desk, reason, comment, told):
    repeat_id = ask(scope, dispensed)

    answers.refuse(desk, repeat_id=repeat_id, reason=reason, comment=comment, now=NOW)

    assert queries.get_repeat(scope, repeat_id).comment == told
    assert queries.find_latest(scope, dispensed.pk).status == "refused"


def test_refuse_without_a_reason_is_refused(scope, dispensed, desk):
    repeat_id = ask(scope, dispensed)

    with pytest.raises(answers.NoReason):
        answers.refuse(desk, repeat_id=repeat_id, reason="because", now=NOW)
    with pytest.raises(answers.NoWords):
        answers.refuse(desk, repeat_id=repeat_id, reason="other", comment="  ", now=NOW)


def test_answers_of_another_clinic_find_nothing(scope, dispensed):
    other = StaffScope(Actor(ActorKind.STAFF, "desk"), uuid4(), "registrar", "desk")

    with pytest.raises(NotFound):
        answers.take(other, repeat_id=ask(scope, dispensed), now=NOW)


def test_letters_never_name_what_must_not_be_named():
    assert queries.facts_for_letter(str(PrescriptionRepeatFactory().pk))["what"] == "Аторвастатин таблетки 20 мг"
    assert "what" not in queries.facts_for_letter(str(PrescriptionRepeatFactory(is_nameless=True).pk))
    assert queries.facts_for_letter(str(uuid4())) is None


def test_desk_lists_shows_and_answers(scope, dispensed, clinic):
    ask(scope, dispensed)
    number = PrescriptionRepeat.objects.get().number

    def run(*words):
        out = StringIO()
        with suppress(SystemExit):
            call_command("desk", "repeats", *words, "--clinic", str(clinic.pk), stdout=out, stderr=out)
        return out.getvalue().strip()

    assert run("list") == f"{number}  25.11.2026  Отправлен  {dispensed.drug_name}"
    assert run("show", number).endswith("Пожелание: Осталось на неделю")
    assert run("take", number) == f"{number}: take"
    assert run("need-visit", number, "--comment", "Нужен анализ") == f"{number}: need-visit"
    assert "прочитает человек" in run("refuse", number, "--reason", "other")
    assert run("ready", number) == f"{number}: ready"
    assert "уже другой" in run("refuse", number, "--reason", "too-early")
    assert "нет" in run("take", "МК-0")
    assert AuditEvent.objects.filter(action="prescriptions.read_repeats").count() == 1
