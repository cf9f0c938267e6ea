from datetime import date, timedelta
from uuid import uuid4

import pytest

from medkarta.audit.models import AuditEvent
from medkarta.core.errors import NotFound
from medkarta.core.scopes import AccountScope, Actor, ActorKind, StaffScope
from medkarta.patients.tests.factories import AccountFactory, PatientFactory, scope_of
from medkarta.requests import actions, queries
from medkarta.requests.models import Request, RequestEvent
from medkarta.requests.tests.factories import CANCELLED_KIND, KIND, NOW, RequestEventFactory, RequestFactory

pytestmark = pytest.mark.django_db


def account_scope():
    account = AccountFactory()
    return AccountScope(Actor(ActorKind.PERSON, str(account.pk)), account.pk)


STAFF = StaffScope(Actor(ActorKind.STAFF, "desk"), uuid4(), "registrar", "requests")


def test_open_request_writes_number_history_and_audit():
    scope, target = account_scope(), uuid4()

    request = actions.open_request(
        scope, kind=KIND, now=NOW, target_id=target, title="Справка", comment="Для школы", due_on=date(2026, 12, 25)
    )

    stored = Request.objects.get()
    assert (stored.status, stored.account_id, stored.person_id, stored.target_id) == (
        "new",
        scope.account_id,
        None,
        target,
    )
    assert stored.number == request.number
    assert stored.number.startswith("МК-2026-")
    event = RequestEvent.objects.get()
    assert (event.request_id, event.status, event.comment, event.actor_kind) == (
        stored.pk,
        "new",
        "Для школы",
        "person",
    )
    assert AuditEvent.objects.get().action == "requests.open"


def test_open_request_takes_somebody_who_is_not_signed_in():
    actions.open_request(None, kind=KIND, now=NOW)

    assert Request.objects.get().account_id is None
    assert AuditEvent.objects.get().actor_ref == ""


def test_open_request_of_a_clinic_for_somebody_is_his_whoever_looks_later():
    patient = PatientFactory()

    request = actions.open_request(STAFF, kind=KIND, now=NOW, person_id=patient.person_id)

    assert (request.account_id, request.person_id) == (None, patient.person_id)
    assert [one.id for one in queries.list_requests(scope_of(patient, account=AccountFactory()))] == [request.pk]
    assert queries.list_requests(scope_of(PatientFactory(), account=AccountFactory())) == []
    assert AuditEvent.objects.get().person_id == patient.person_id


def test_open_request_of_a_person_is_about_nobody_else():
    scope = scope_of(PatientFactory(), account=AccountFactory())

    with pytest.raises(ValueError, match="person"):
        actions.open_request(scope, kind=KIND, now=NOW, person_id=PatientFactory().person_id)


def test_open_request_gives_different_numbers():
    numbers = {actions.open_request(None, kind=KIND, now=NOW).number for _ in range(3)}

    assert len(numbers) == 3


def test_open_request_refuses_an_unknown_kind_and_writes_nothing():
    with pytest.raises(KeyError):
        actions.open_request(None, kind="nobody-knows", now=NOW)

    assert not Request.objects.exists()


def test_change_status_moves_on_and_writes_the_step():
    request = RequestFactory()
    later = NOW + timedelta(days=1)

    actions.change_status(STAFF, request_id=request.pk, status="done", now=later, comment="Исправили")

    request.refresh_from_db()
    assert (request.status, request.changed_at, request.created_at) == ("done", later, NOW)
    event = RequestEvent.objects.get()
    assert (event.status, event.comment, event.actor_kind) == ("done", "Исправили", "staff")
    assert AuditEvent.objects.get().details["status"] == "done"


@pytest.mark.parametrize("status", ["new", "elsewhere"])
def test_change_status_refuses_what_the_kind_does_not_allow(status):
    request = RequestFactory(status="done")

    with pytest.raises(actions.StatusNotAllowed):
        actions.change_status(STAFF, request_id=request.pk, status=status, now=NOW)

    assert not RequestEvent.objects.exists()
    assert not AuditEvent.objects.exists()


def test_change_status_of_another_account_looks_missing():
    theirs = RequestFactory(account=AccountFactory())

    with pytest.raises(NotFound):
        actions.change_status(account_scope(), request_id=theirs.pk, status="done", now=NOW)


def test_change_status_of_another_person_looks_missing():
    theirs = RequestFactory(person=PatientFactory().person)

    with pytest.raises(NotFound):
        actions.change_status(scope_of(PatientFactory()), request_id=theirs.pk, status="done", now=NOW)


def test_get_number_finds_the_request_of_a_row():
    request = RequestFactory(target_id=uuid4())

    assert queries.get_number(kind=KIND, target_id=request.target_id) == request.number
    with pytest.raises(NotFound):
        queries.get_number(kind="other", target_id=request.target_id)


def test_change_status_of_moves_the_request_of_a_row():
    request = RequestFactory(target_id=uuid4())

    actions.change_status_of(STAFF, kind=KIND, target_id=request.target_id, status="done", now=NOW, comment="Готово")

    request.refresh_from_db()
    assert (request.status, request.changed_at) == ("done", NOW)
    assert RequestEvent.objects.get().comment == "Готово"


def test_change_status_of_takes_the_same_status_as_one_more_step():
    request = RequestFactory(target_id=uuid4())
    RequestEventFactory(request=request)

    actions.change_status_of(STAFF, kind=KIND, target_id=request.target_id, status="new", now=NOW, comment="Ещё раз")

    assert list(RequestEvent.objects.order_by("comment").values_list("status", "comment")) == [
        ("new", ""),
        ("new", "Ещё раз"),
    ]


def test_change_status_of_refuses_a_move_that_is_none_and_a_row_without_a_request():
    request = RequestFactory(target_id=uuid4(), status="done")

    with pytest.raises(actions.StatusNotAllowed):
        actions.change_status_of(STAFF, kind=KIND, target_id=request.target_id, status="new", now=NOW)
    with pytest.raises(NotFound):
        actions.change_status_of(STAFF, kind=KIND, target_id=uuid4(), status="done", now=NOW)


def test_cancel_request_does_what_the_kind_has_registered():
    patient = PatientFactory()
    request = RequestFactory(kind=CANCELLED_KIND, person=patient.person, target_id=uuid4())

    actions.cancel_request(scope_of(patient), request_id=request.pk, now=NOW)

    request.refresh_from_db()
    assert request.status == "cancelled"


def test_cancel_request_refuses_a_kind_without_it_and_another_persons():
    patient = PatientFactory()
    request = RequestFactory(kind=KIND, person=patient.person, target_id=uuid4())
    bare = RequestFactory(kind=CANCELLED_KIND, person=patient.person)

    for one in (request, bare):
        with pytest.raises(actions.CannotCancel):
            actions.cancel_request(scope_of(patient), request_id=one.pk, now=NOW)
    with pytest.raises(NotFound):
        actions.cancel_request(scope_of(PatientFactory()), request_id=request.pk, now=NOW)
