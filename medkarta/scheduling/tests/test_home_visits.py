"""Calls as rows: what is written together, what is refused, who sees what."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Actor, ActorKind, Restricted, StaffScope
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.mailer.models import Notice
from medkarta.mailer.texts import get as words_of
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import (
    NOW,
    AccountFactory,
    PatientFactory,
    PersonFactory,
    RepresentationFactory,
    scope_of,
)
from medkarta.requests import actions as requests
from medkarta.requests.models import Request, RequestEvent
from medkarta.scheduling.actions import home_visit_answers as answers
from medkarta.scheduling.actions import home_visits as actions
from medkarta.scheduling.models import BookingSetting, HomeVisitRequest
from medkarta.scheduling.queries import home_visits as queries
from medkarta.scheduling.tests.factories import HomeVisitFactory

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)
HOUR = timedelta(hours=1)


@pytest.fixture
def clinic():
    return FacilityFactory(name="Поликлиника № 3", serves_adults=True, phones=["+7 495 000-01-03"])


@pytest.fixture
def scope(clinic):
    patient = PatientFactory(registered_facility_id=clinic.pk)
    return of(patient)


def of(patient, **other):
    """Return the scope of an own record under an account that is there."""
    kind = "self" if other.get("is_self", True) else "parent"
    account = RepresentationFactory(person=patient.person, kind=kind).account
    actor = Actor(ActorKind.PERSON, str(account.pk))
    return replace(scope_of(patient), account_id=account.pk, actor=actor, **other)


def staff_of(clinic):
    return StaffScope(Actor(ActorKind.STAFF, "desk"), clinic.pk, "registrar", "home-visit")


def form_for(clinic, **given):
    values = {"facility_id": clinic.pk, "on": TODAY, "half": "any", "address": "ул. Садовая, д. 12"}
    return actions.HomeVisitForm(**{**values, "phone": "+79160000000", "complaint": "Кашель", **given})


def call(scope, clinic, *, key=None, now=NOW, **given):
    return actions.request_home_visit(scope, form=form_for(clinic, **given), form_key=key or uuid4(), now=now)


def statuses():
    return list(RequestEvent.objects.order_by("at", "id").values_list("status", flat=True))


def test_request_home_visit_writes_row_request_audit_and_notice_together(scope, clinic):
    call_id = call(
        scope, clinic, flat="45", temperature=Decimal("38.4"), onset_on=TODAY, contact="no", needs_sick_leave=True
    )

    row = HomeVisitRequest.objects.get()
    asked = Request.objects.get()
    assert (row.pk, row.status, row.is_own, row.account_id) == (call_id, "new", True, scope.account_id)
    assert row.starts_at == datetime(2026, 11, 25, tzinfo=ZoneInfo("Europe/Moscow"))
    assert row.ends_at - row.starts_at == 24 * HOUR
    assert not row.has_time
    assert row.answers == {"half": "any", "onset_on": "2026-11-25", "contact": "no", "needs_sick_leave": True}
    assert Patient.objects.get(pk=row.patient_id).source == "medkarta"
    assert (asked.kind, asked.target_id, asked.status, asked.number) == ("home-visit", row.pk, "new", row.number)
    assert asked.title == "Поликлиника № 3"
    assert {one.action for one in AuditEvent.objects.all()} == {"scheduling.request_home_visit", "requests.open"}
    notice = Notice.objects.get()
    assert (notice.account_id, notice.link) == (scope.account_id, f"appointments/home-visits/{row.pk}/")


def test_request_home_visit_of_the_same_form_is_the_same_call(scope, clinic):
    key = uuid4()
    first = call(scope, clinic, key=key)

    assert call(scope, clinic, key=key) == first
    assert call(scope, clinic, key=key, complaint="Другое", on=TOMORROW) == first
    assert HomeVisitRequest.objects.count() == Request.objects.count() == 1
    assert queries.find_sent(scope, form_key=key) == first


def test_request_home_visit_of_another_person_by_the_same_form_is_another_call(scope, clinic):
    key = uuid4()
    other = of(PatientFactory(registered_facility_id=clinic.pk))

    assert call(scope, clinic, key=key) != call(other, clinic, key=key)


def test_request_home_visit_by_the_form_of_a_cancelled_call_is_refused(scope, clinic):
    key = uuid4()
    actions.cancel_home_visit(scope, call_id=call(scope, clinic, key=key), now=NOW)

    with pytest.raises(actions.FormIsUsedUp):
        call(scope, clinic, key=key)
    assert queries.find_sent(scope, form_key=key) is None


def test_request_home_visit_for_a_day_that_has_one_shows_it(scope, clinic):
    theirs = HomeVisitFactory(patient=Patient.objects.get(), starts_at=NOW + HOUR)

    with pytest.raises(actions.AlreadyCalled) as refusal:
        call(scope, clinic)
    assert refusal.value.call_id == theirs.pk
    assert Request.objects.count() == 0
    call(scope, clinic, on=TOMORROW)


@pytest.mark.parametrize("status", ["cancelled", "rejected", "done"])
def test_request_home_visit_for_a_day_whose_call_is_over_is_taken(scope, clinic, status):
    HomeVisitFactory(patient=Patient.objects.get(), starts_at=NOW, status=status)

    assert call(scope, clinic)


@pytest.mark.parametrize(
    ("clock", "taken"), [(datetime(2026, 11, 25, 13, 59, 59), True), (datetime(2026, 11, 25, 14, 0), False)]
)
def test_request_home_visit_for_today_is_taken_until_the_cutoff_of_the_clinics_clock(scope, clinic, clock, taken):
    clinic.timezone = "Asia/Yekaterinburg"
    clinic.save()
    BookingSetting.objects.create(
        name="home_visit.cutoff_weekday", value="14:00", valid_from=NOW - 99 * HOUR, created_at=NOW
    )
    now = clock.replace(tzinfo=ZoneInfo("Asia/Yekaterinburg"))

    if taken:
        assert call(scope, clinic, now=now)
    else:
        with pytest.raises(actions.DayNotOffered):
            call(scope, clinic, now=now)
        assert call(scope, clinic, on=TOMORROW, now=now)


def test_request_home_visit_for_a_morning_that_is_over_is_refused(scope, clinic):
    with pytest.raises(actions.DayNotOffered):
        call(scope, clinic, half="morning", now=NOW)
    assert call(scope, clinic, half="morning", now=NOW - timedelta(minutes=1))


@pytest.mark.parametrize(("temperature", "stopped"), [("38.1", True), ("38.0", False)])
def test_request_home_visit_to_a_feverish_baby_needs_an_ambulance(temperature, stopped):
    clinic = FacilityFactory(serves_children=True)
    baby = PatientFactory(person=PersonFactory(birth_date=date(2026, 9, 1)), registered_facility_id=clinic.pk)
    parent = of(baby, is_self=False)

    if stopped:
        with pytest.raises(actions.NeedsAmbulance):
            call(parent, clinic, temperature=Decimal(temperature))
        assert not HomeVisitRequest.objects.exists()
        assert not Request.objects.exists()
    else:
        assert call(parent, clinic, temperature=Decimal(temperature))


def test_request_home_visit_goes_to_the_own_clinic_only(scope, clinic):
    with pytest.raises(actions.ClinicNotOffered):
        call(scope, FacilityFactory(serves_adults=True))


def test_request_home_visit_without_an_own_clinic_goes_to_one_of_the_age():
    adults, children = FacilityFactory(serves_adults=True), FacilityFactory(serves_children=True)
    scope = of(PatientFactory())

    with pytest.raises(actions.ClinicNotOffered):
        call(scope, children)
    assert call(scope, adults)


def test_request_home_visit_needs_the_right_to_act(scope, clinic):
    with pytest.raises(actions.MayNotCall):
        call(replace(scope, may_act=False), clinic)
    assert not Request.objects.exists()


def test_get_caller_leaves_a_clinic_of_another_age_for_those_that_serve_his(clinic):
    children = FacilityFactory(serves_children=True)
    grown = of(PatientFactory(registered_facility_id=children.pk))

    caller = queries.get_caller(grown, now=NOW)

    assert ([one.id for one in caller.clinics], caller.is_registered) == ([clinic.pk], False)


def test_cancel_home_visit_is_free_until_a_doctor_is_assigned(scope, clinic):
    call_id = call(scope, clinic)
    answers.accept(staff_of(clinic), call_id=call_id, now=NOW + HOUR)

    actions.cancel_home_visit(scope, call_id=call_id, now=NOW + 2 * HOUR)
    actions.cancel_home_visit(scope, call_id=call_id, now=NOW + 3 * HOUR)

    row = HomeVisitRequest.objects.get()
    assert (row.status, row.cancelled_by, row.changed_at) == ("cancelled", "patient", NOW + 2 * HOUR)
    assert statuses() == ["new", "accepted", "cancelled"]


def test_cancel_home_visit_of_an_assigned_one_says_to_phone(scope, clinic):
    call_id = call(scope, clinic)
    answers.assign(
        staff_of(clinic), call_id=call_id, doctor="Петрова Е. С.", now=NOW, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR
    )

    with pytest.raises(actions.CancelByPhone):
        actions.cancel_home_visit(scope, call_id=call_id, now=NOW)
    with pytest.raises(actions.CancelByPhone):
        requests.cancel_request(scope, request_id=Request.objects.get().pk, now=NOW)
    assert HomeVisitRequest.objects.get().status == "assigned"


def test_cancel_home_visit_of_a_clinics_own_says_to_phone(scope):
    theirs = HomeVisitFactory(patient=Patient.objects.get(), status="new")

    with pytest.raises(actions.CancelByPhone):
        actions.cancel_home_visit(scope, call_id=theirs.pk, now=NOW)


def test_cancel_home_visit_of_another_person_looks_missing(scope, clinic):
    call_id = call(scope, clinic)

    with pytest.raises(NotFound):
        actions.cancel_home_visit(of(PatientFactory()), call_id=call_id, now=NOW)
    with pytest.raises(NotFound):
        queries.get_call(of(PatientFactory()), call_id)


def test_cancel_home_visit_needs_the_right_to_act(scope, clinic):
    call_id = call(scope, clinic)

    with pytest.raises(actions.MayNotCall):
        actions.cancel_home_visit(replace(scope, may_act=False), call_id=call_id, now=NOW)


def test_cancel_request_of_a_home_visit_cancels_the_call(scope, clinic):
    call(scope, clinic)

    requests.cancel_request(scope, request_id=Request.objects.get().pk, now=NOW)

    assert HomeVisitRequest.objects.get().status == Request.objects.get().status == "cancelled"


def test_assign_names_doctor_and_time_and_may_be_repeated(scope, clinic):
    call_id, staff = call(scope, clinic), staff_of(clinic)

    for doctor in ("Петрова Е. С.", "Сидоров О. П."):
        answers.assign(staff, call_id=call_id, doctor=doctor, now=NOW, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)

    row = HomeVisitRequest.objects.get()
    assert (row.status, row.practitioner_name, row.starts_at, row.has_time) == (
        "assigned", "Сидоров О. П.", NOW + HOUR, True,
    )  # fmt: skip
    assert statuses() == ["new", "assigned", "assigned"]
    comments = set(RequestEvent.objects.values_list("comment", flat=True))
    assert any(one.startswith("Петрова Е. С.: ср, 25\u00a0ноября, ") for one in comments)


@pytest.mark.parametrize(("starts", "ends"), [(-2, 0), (2, 2), (3, 2)])
def test_assign_refuses_a_time_that_cannot_be(scope, clinic, starts, ends):
    call_id = call(scope, clinic)

    with pytest.raises(answers.WrongTime):
        answers.assign(
            staff_of(clinic), call_id=call_id, doctor="Петрова", now=NOW,
            starts_at=NOW + starts * HOUR, ends_at=NOW + ends * HOUR,
        )  # fmt: skip


def test_complete_and_reject_close_the_request_in_the_same_transaction(scope, clinic):
    staff = staff_of(clinic)
    done, refused = call(scope, clinic), call(scope, clinic, on=TOMORROW)

    answers.accept(staff, call_id=done, now=NOW)
    answers.complete(staff, call_id=done, now=NOW)
    answers.reject(staff, call_id=refused, reason="Адрес не нашего участка", now=NOW)

    assert {one.target_id: one.status for one in Request.objects.all()} == {done: "done", refused: "rejected"}
    assert HomeVisitRequest.objects.get(pk=refused).reason == "Адрес не нашего участка"
    assert RequestEvent.objects.filter(status="rejected").get().comment == "Адрес не нашего участка"
    assert Notice.objects.filter(text="scheduling.home_visit_rejected").count() == 1


def test_answers_follow_the_statuses(scope, clinic):
    staff, call_id = staff_of(clinic), call(scope, clinic)
    with pytest.raises(answers.NotForThisStatus):
        answers.complete(staff, call_id=call_id, now=NOW)
    actions.cancel_home_visit(scope, call_id=call_id, now=NOW)

    with pytest.raises(answers.NotForThisStatus):
        answers.accept(staff, call_id=call_id, now=NOW)
    with pytest.raises(answers.NotForThisStatus):
        answers.reject(staff, call_id=call_id, reason="Поздно", now=NOW)


def test_answers_of_another_clinic_look_missing(scope, clinic):
    call_id = call(scope, clinic)
    other = staff_of(FacilityFactory())

    with pytest.raises(NotFound):
        answers.accept(other, call_id=call_id, now=NOW)
    with pytest.raises(NotFound):
        answers.read(other, call_id=call_id)
    assert queries.list_calls(other) == []


def test_answer_to_somebody_who_is_no_longer_known_tells_nobody(scope, clinic):
    call_id = call(scope, clinic)
    Patient.objects.filter(source="medkarta").update(person=None, link="unlinked")
    told = Notice.objects.count()

    answers.accept(staff_of(clinic), call_id=call_id, now=NOW)

    assert Notice.objects.count() == told


def test_request_that_fails_leaves_nothing(scope, clinic):
    call_id = call(scope, clinic)
    Request.objects.update(status="done")

    with pytest.raises(requests.StatusNotAllowed):
        answers.accept(staff_of(clinic), call_id=call_id, now=NOW)

    assert HomeVisitRequest.objects.get().status == "new"


def test_get_call_shows_address_and_phone_to_whoever_called(clinic):
    child = PatientFactory(person=PersonFactory(birth_date=date(2019, 9, 3)))
    children = FacilityFactory(serves_children=True)
    parent, other = of(child, is_self=False), of(child, is_self=False)
    call_id = call(
        parent, children, flat="45", door_code="12В", temperature=Decimal("38.4"), childcare="school", contact="yes",
        onset_on=TODAY, needs_sick_leave=True, half="afternoon",
    )  # fmt: skip

    mine, theirs = queries.get_call(parent, call_id), queries.get_call(other, call_id)

    assert dict(mine.facts)["Куда приехать"] == "ул. Садовая, д. 12, кв. 45, код 12В"
    assert dict(mine.facts)["Телефон для врача"] == "+7 916 000-00-00"
    assert dict(theirs.facts) == {
        "Температура": "38,4\u00a0°C", "Когда началось": "ср, 25\u00a0ноября", "Контакт с больным инфекцией": "Да",
        "Куда ходит ребёнок": "В школу или колледж", "Больничный лист": "нужен",
    }  # fmt: skip
    assert (mine.wish, mine.can_cancel) == ("После полудня", True)
    assert {one.account_id for one in Notice.objects.all()} == {parent.account_id, other.account_id}


def test_get_call_of_a_clinics_own_has_its_row_only(scope):
    theirs = HomeVisitFactory(patient=Patient.objects.get())

    found = queries.get_call(scope, theirs.pk)

    assert (found.is_own, found.can_cancel, found.wish, found.facts) == (False, False, "", ())


def test_get_call_that_is_restricted_is_hidden_until_proved(scope):
    theirs = HomeVisitFactory(patient=Patient.objects.get(), is_restricted=True)

    with pytest.raises(NotFound):
        queries.get_call(scope, theirs.pk)
    with pytest.raises(NotFound):
        actions.cancel_home_visit(scope, call_id=theirs.pk, now=NOW)
    assert queries.get_call(replace(scope, restricted=Restricted.SHOWN), theirs.pk)


def test_get_contacts_part_the_flat_from_the_address(scope):
    account = AccountFactory(mobile="+7(900)0000001", address="г. Подольск, ул. Садовая, д. 12, кв. 45")

    found = queries.get_contacts(replace(scope, account_id=account.pk))

    assert (found.address, found.flat, found.phone) == ("г. Подольск, ул. Садовая, д. 12", "45", "+7 900 000-00-01")


def test_facts_of_call_name_day_or_time_and_nothing_of_a_missing_one(scope, clinic):
    call_id = call(scope, clinic)
    assert queries.facts_of_call(str(call_id))["when"] == "ср, 25\u00a0ноября"
    answers.assign(
        staff_of(clinic), call_id=call_id, doctor="Петрова", now=NOW, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR
    )

    assert queries.facts_of_call(str(call_id)) == {
        "number": HomeVisitRequest.objects.get().number, "when": "ср, 25\u00a0ноября, 13:00", "status": "Врач назначен",
    }  # fmt: skip
    assert queries.facts_of_call(str(uuid4())) is None


@pytest.mark.parametrize("status", HomeVisitRequest.Status.values)
def test_every_status_has_a_letter_that_names_nothing_medical(status):
    words = words_of(f"scheduling.home_visit_{status}")

    assert "врач" not in f"{words.subject} {words.body}".lower()
