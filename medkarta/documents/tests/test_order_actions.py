"""Ordering, taking back, and the clinic's answers: what is written together, or not at all."""

import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from medkarta.audit.models import AuditEvent
from medkarta.checkups.tests.factories import CheckupFactory
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.documents import queries as documents
from medkarta.documents.models import CertificateOrder, DocumentContent, MedicalDocument
from medkarta.documents.orders import actions, answers, catalogue, ordering, queries
from medkarta.documents.orders.answers import Given
from medkarta.documents.tests.factories import MedicalDocumentFactory
from medkarta.documents.tests.factories_orders import CertificateOrderFactory, desk_of, order_of, pdf
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.integrations.storage.port import storage
from medkarta.mailer.models import Notice
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import NOW, PatientFactory, PersonFactory, RepresentationFactory, scope_of
from medkarta.printing.models import IssuedSheet
from medkarta.requests import queries as requests
from medkarta.requests.models import Request, RequestEvent
from medkarta.search.models import SearchEntry
from medkarta.visits.tests.factories import VisitFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 25)


@pytest.fixture
def clinic():
    return FacilityFactory(name="Поликлиника № 3", serves_adults=True)


@pytest.fixture
def home(clinic):
    """A representation of a person's own record at the clinic."""
    person = PersonFactory()
    PatientFactory(person=person, registered_facility_id=clinic.pk)
    return RepresentationFactory(person=person)


@pytest.fixture
def scope(home):
    return scope_of(home.person.patients.get(), account=home.account)


@pytest.fixture
def row(scope, clinic):
    actions.order_certificate(scope, order=order_of(clinic.pk), form_key=uuid4(), now=NOW)
    return CertificateOrder.objects.get()


def test_order_writes_the_row_its_request_and_the_audit_row(scope, clinic):
    order_id = actions.order_certificate(scope, order=order_of(clinic.pk), form_key=uuid4(), now=NOW)

    row, asked = CertificateOrder.objects.get(pk=order_id), Request.objects.get()
    assert (row.status, row.facility_name, row.answers["period_from"]) == ("new", "Поликлиника № 3", "2025-01-01")
    assert row.patient.person_id == scope.person_id
    assert (asked.kind, asked.target_id, asked.number, asked.due_on) == ("certificate", row.pk, row.number, None)
    assert requests.find_row_of(scope, kind="certificate", target_id=row.pk).title == row.title
    assert AuditEvent.objects.get(action="documents.order_certificate").person_id == scope.person_id
    assert not Notice.objects.exists()  # what one has just done himself, is no news


def test_order_promises_a_day_only_where_the_term_is_sure(settings, scope, clinic):
    told = json.loads(catalogue.SHIPPED.read_text(encoding="utf-8"))
    kind = next(one for one in told["kinds"] if one["code"] == "extract-027")
    kind["days"] = {"least": 1, "most": 3, "is_sure": True}
    (settings.DATA_DIR / catalogue.OWN).write_text(json.dumps(told), encoding="utf-8")

    actions.order_certificate(scope, order=order_of(clinic.pk), form_key=uuid4(), now=NOW)

    assert Request.objects.get().due_on == date(2026, 11, 30)


def test_order_sent_twice_by_one_form_is_one_order(scope, clinic):
    key = uuid4()
    first = actions.order_certificate(scope, order=order_of(clinic.pk), form_key=key, now=NOW)

    assert actions.order_certificate(scope, order=order_of(clinic.pk), form_key=key, now=NOW + DAY) == first
    assert Request.objects.count() == 1
    assert queries.find_sent(scope, form_key=key) == first


def test_order_of_the_same_thing_names_the_first(scope, clinic, row):
    with pytest.raises(actions.AlreadyOrdered) as refused:
        actions.order_certificate(scope, order=order_of(clinic.pk, purpose="Другое"), form_key=uuid4(), now=NOW)

    assert refused.value.order_id == row.pk
    assert CertificateOrder.objects.count() == Request.objects.count() == 1


def test_order_of_another_period_is_another(scope, clinic, row):
    other = order_of(clinic.pk, answers={"period_from": "2024-01-01", "period_until": "2025-01-01"})

    actions.order_certificate(scope, order=other, form_key=uuid4(), now=NOW)

    assert CertificateOrder.objects.count() == 2


def test_two_live_orders_of_a_thing_are_refused_by_the_database(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateOrderFactory(patient=row.patient, same_key=row.same_key)

    CertificateOrderFactory(patient=row.patient, same_key=row.same_key, status="refused")


def test_order_again_after_a_refusal_is_a_new_one(scope, clinic, row):
    answers.refuse(desk_of(clinic.pk), order_id=row.pk, reason="Уточните период", now=NOW)

    again = actions.order_certificate(scope, order=order_of(clinic.pk), form_key=uuid4(), now=NOW)

    assert again != row.pk
    assert queries.get_answers(scope, row.pk, kind=catalogue.find("extract-027"))["q_period_from"] == "2025-01-01"


def test_order_by_a_form_whose_order_is_over_is_refused(scope, clinic):
    key = uuid4()
    first = actions.order_certificate(scope, order=order_of(clinic.pk), form_key=key, now=NOW)
    actions.cancel_order(scope, order_id=first, now=NOW)

    with pytest.raises(actions.FormIsUsedUp):
        actions.order_certificate(scope, order=order_of(clinic.pk), form_key=key, now=NOW)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"kind": "nothing"}, actions.NotOrdered),
        ({"kind": "mse-088"}, actions.NotOrdered),
        ({"delivery": "pigeon"}, actions.NotOrdered),
        ({"kind": "camp-079"}, actions.WrongAge),
        ({"facility_id": uuid4()}, actions.ClinicNotKnown),
    ],
)
def test_order_that_is_refused_writes_nothing(scope, clinic, change, refusal):
    with pytest.raises(refusal):
        actions.order_certificate(scope, order=order_of(clinic.pk, **change), form_key=uuid4(), now=NOW)

    assert not CertificateOrder.objects.exists()
    assert not Request.objects.exists()
    assert not Notice.objects.exists()


def test_order_and_cancel_need_a_scope_that_may_act(scope, clinic, row):
    looking = replace(scope, may_act=False)

    with pytest.raises(actions.MayNotOrder):
        actions.order_certificate(looking, order=order_of(clinic.pk), form_key=uuid4(), now=NOW)
    with pytest.raises(actions.MayNotOrder):
        actions.cancel_order(looking, order_id=row.pk, now=NOW)


def test_cancel_twice_is_one_step(scope, row):
    actions.cancel_order(scope, order_id=row.pk, now=NOW + DAY)
    actions.cancel_order(scope, order_id=row.pk, now=NOW + 2 * DAY)

    row.refresh_from_db()
    assert (row.status, row.changed_at) == ("cancelled", NOW + DAY)
    assert [one.status for one in RequestEvent.objects.order_by("at")] == ["new", "cancelled"]


def test_cancel_after_the_answer_is_too_late(scope, clinic, row):
    answers.refuse(desk_of(clinic.pk), order_id=row.pk, reason="Нет карты", now=NOW)

    with pytest.raises(actions.TooLateToCancel):
        actions.cancel_order(scope, order_id=row.pk, now=NOW)


def test_cancel_another_persons_order_looks_missing(row):
    with pytest.raises(NotFound):
        actions.cancel_order(scope_of(PatientFactory()), order_id=row.pk, now=NOW)


def test_answers_leave_a_history_and_tell_of_what_concerns_the_person(scope, clinic, row):
    desk = desk_of(clinic.pk)
    answers.take(desk, order_id=row.pk, now=NOW + DAY)
    answers.need_visit(desk, order_id=row.pk, now=NOW + 2 * DAY, comment="Нужен терапевт")
    answers.take(desk, order_id=row.pk, now=NOW + 3 * DAY)
    answers.refuse(desk, order_id=row.pk, reason=" Осмотра не было ", now=NOW + 4 * DAY)

    shown = requests.find_row_of(scope, kind="certificate", target_id=row.pk)
    assert [str(one.title) for one in shown.steps] == ["Отказано", "В работе", "Нужен визит", "В работе", "Создана"]
    assert queries.get_order(scope, row.pk).row.comment == "Осмотра не было"
    told = sorted(Notice.objects.values_list("text", "link"))
    link = f"documents/orders/{row.pk}/"
    assert told == [("documents.order_refused", link), ("documents.order_visit", link)]


@pytest.mark.parametrize("reason", ["", "   "])
def test_refuse_needs_a_reason(clinic, row, reason):
    with pytest.raises(answers.NoReason):
        answers.refuse(desk_of(clinic.pk), order_id=row.pk, reason=reason, now=NOW)


def test_answers_of_another_clinics_desk_look_missing(row):
    other = desk_of(FacilityFactory().pk)
    acts = [
        lambda: answers.take(other, order_id=row.pk, now=NOW),
        lambda: answers.refuse(other, order_id=row.pk, reason="Нет", now=NOW),
        lambda: answers.make_ready(other, order_id=row.pk, given=Given(pdf()), now=NOW),
        lambda: answers.read(other, order_id=row.pk),
        lambda: queries.get_id_by_number(other, row.number),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert queries.list_waiting(other) == []


def test_make_ready_with_a_file_is_a_document_of_this_patient(scope, clinic):
    child = PersonFactory(birth_date=date(2019, 9, 3))
    own = scope_of(PatientFactory(person=child), account=RepresentationFactory(person=child).account)
    order = order_of(clinic.pk, kind="camp-079", answers={"camp_from": "2027-06-01", "camp_until": "2027-06-21"})
    order_id = actions.order_certificate(own, order=order, form_key=uuid4(), now=NOW)
    data = pdf()

    document_id = answers.make_ready(desk_of(clinic.pk), order_id=order_id, given=Given(data), now=NOW)

    document = MedicalDocument.objects.get(pk=document_id)
    content = DocumentContent.objects.get(owner_id=document_id)
    assert (document.kind_code, document.title) == ("248", "Справка в детский лагерь, 079/у")
    assert document.patient.person_id == child.pk
    assert kept(content) == data
    assert documents.list_download_links(own, [document_id]) == {
        document_id: own.url(f"documents/{document_id}/files/1/")
    }
    assert documents.list_download_links(scope, [document_id]) == {}
    assert queries.get_order(own, order_id).row.document_id == document_id


def test_make_ready_with_words_prints_the_portals_own_sheet(scope, clinic, row):
    given = Given(text="Наблюдается с 2011 года.\n\nЗдорова.")

    document_id = answers.make_ready(desk_of(clinic.pk), order_id=row.pk, given=given, now=NOW)

    content = DocumentContent.objects.get(owner_id=document_id)
    assert kept(content).startswith(b"%PDF-")
    sheet = IssuedSheet.objects.get()
    assert (sheet.kind, sheet.subject_id, sheet.patient_id) == ("certificate", row.pk, scope.person_id)
    assert sheet.pdf_sha256 == content.sha256
    assert SearchEntry.objects.get().subject_id == document_id


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (Given(b"root:x:0:0"), answers.NotPdf),
        (Given(b"%PDF-1.7\nnothing more"), answers.NotPdf),
        (Given(b""), answers.NotPdf),
        (Given(pdf(pages=0)), answers.NotPdf),
        (Given(pdf(password="secret")), answers.LockedPdf),
        (Given(b"%PDF-" + b"0" * answers.MAX_PDF_BYTES), answers.TooLargePdf),
        (Given(), answers.NothingToGive),
        (Given(text="  "), answers.NothingToGive),
    ],
)
def test_make_ready_refuses_what_is_no_certificate_and_writes_nothing(clinic, row, given, refusal):
    with pytest.raises(refusal):
        answers.make_ready(desk_of(clinic.pk), order_id=row.pk, given=given, now=NOW)

    row.refresh_from_db()
    assert row.status == "new"
    assert not MedicalDocument.objects.exists()


def test_make_ready_on_paper_needs_nothing_but_words(scope, clinic):
    order = order_of(clinic.pk, delivery="paper")
    order_id = actions.order_certificate(scope, order=order, form_key=uuid4(), now=NOW)

    given = Given(comment="Кабинет 12")
    assert answers.make_ready(desk_of(clinic.pk), order_id=order_id, given=given, now=NOW) is None
    assert queries.get_order(scope, order_id).row.comment == "Кабинет 12"


@pytest.mark.parametrize("status", ["ready", "refused", "cancelled"])
def test_answers_to_an_order_that_is_over_are_refused(clinic, status):
    row = CertificateOrderFactory(facility_id=clinic.pk, status=status)

    for act in (
        lambda: answers.take(desk_of(clinic.pk), order_id=row.pk, now=NOW),
        lambda: answers.make_ready(desk_of(clinic.pk), order_id=row.pk, given=Given(pdf()), now=NOW),
    ):
        with pytest.raises(answers.NotForThisStatus):
            act()


def test_read_at_the_desk_is_written_down(scope, clinic, row):
    answers.read(desk_of(clinic.pk), order_id=row.pk)

    event = AuditEvent.objects.get(action="documents.read_orders")
    assert event.person_id == scope.person_id


def test_get_order_hides_private_answers_from_the_other_parent(scope, clinic):
    told = {"year": "2025", "payer": "other", "payer_name": "Иванов Дмитрий", "inn": "500100732259"}
    mine = CertificateOrderFactory(
        patient=scope_patient(scope), account_id=scope.account_id, kind="tax", answers=told, facility_id=clinic.pk
    )
    theirs = scope_of(mine.patient, account=RepresentationFactory(person=mine.patient.person, kind="parent").account)

    assert ("ИНН того, кто платил", "500100732259") in queries.get_order(scope, mine.pk).facts
    names = [name for name, _value in queries.get_order(theirs, mine.pk).facts]
    assert names == ["За какой год", "Кто платил"]
    assert "q_inn" not in queries.get_answers(theirs, mine.pk, kind=catalogue.find("tax"))


def kept(content):
    with storage().open(content.storage_key) as file:
        return file.read()


def scope_patient(scope):
    return Patient.objects.get(person_id=scope.person_id)


def test_list_recent_is_one_statement_and_counts_all(scope, django_assert_num_queries):
    patient = scope_patient(scope)
    for number in range(7):
        CertificateOrderFactory(patient=patient, ordered_at=NOW + number * DAY)
    CertificateOrderFactory()
    CertificateOrderFactory(patient=patient, is_restricted=True)

    with django_assert_num_queries(1):
        rows, total = queries.list_recent(scope)

    assert [one.ordered_at for one in rows] == [NOW + number * DAY for number in (6, 5, 4, 3, 2)]
    assert total == 7
    assert len(scope.reads.by_kind["Task"]) == 5


def test_restricted_order_is_there_for_who_may_see_it():
    row = CertificateOrderFactory(is_restricted=True)

    assert queries.get_order(scope_of(row.patient, restricted=Restricted.SHOWN), row.pk).row.id == row.pk
    with pytest.raises(NotFound):
        queries.get_order(scope_of(row.patient, restricted=Restricted.LOCKED), row.pk)


def test_get_orderer_puts_the_own_clinic_first_then_where_he_was(scope, clinic):
    visited, other = FacilityFactory(name="Больница"), FacilityFactory(name="Центр")
    FacilityFactory(name="Детская", serves_adults=False, serves_children=True)
    MedicalDocumentFactory(patient=scope_patient(scope), facility_id=visited.pk)
    MedicalDocumentFactory(patient=scope_patient(scope), facility_id=clinic.pk)

    found = ordering.get_orderer(scope, today=TODAY)

    assert [one.id for one in found.registered] == [clinic.pk]
    assert [one.id for one in found.visited] == [visited.pk]
    assert [one.id for one in found.others] == [other.pk]


def test_check_record_finds_what_is_young_enough_and_its_page(scope):
    patient = scope_patient(scope)
    VisitFactory(patient=patient, service="Приём терапевта", started_at=NOW - 180 * DAY)
    VisitFactory(patient=patient, service="Давний приём", started_at=NOW - 700 * DAY)
    ImmunizationFactory(patient=patient, name="Грипп", occurred_on=TODAY - 400 * DAY)

    visit, vaccination = ordering.check_record(scope, catalogue.find("applicant-086"), today=TODAY)

    assert (visit.found.title, visit.found.on) == ("Приём терапевта", date(2026, 5, 29))
    assert visit.href == scope.url(visit.found.section)
    assert vaccination.found is None
    assert scope.reads.by_kind["Encounter"]


def test_check_record_takes_a_checkup_that_is_done(scope):
    patient, kind = scope_patient(scope), catalogue.find("checkup-day")
    CheckupFactory(patient=patient, status="active", happened_on=TODAY)
    assert ordering.check_record(scope, kind, today=TODAY)[0].found is None

    CheckupFactory(patient=patient, status="completed", happened_on=TODAY, title="404н Диспансеризация")
    assert ordering.check_record(scope, kind, today=TODAY)[0].found.title == "404н Диспансеризация"
