"""The page that asks what to do with a visit when the doctor is away."""

from uuid import uuid4

import pytest
import time_machine

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import NOW, scope_of
from medkarta.scheduling.models import Appointment, Slot
from medkarta.scheduling.queries import settings
from medkarta.scheduling.tests.clinic import DAY, MINUTE, Clinic
from medkarta.scheduling.tests.test_absences import announce, asked, booked, case_of, person, time_of
from medkarta.scheduling.views import absences as views
from medkarta.scheduling.views import show_appointment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    settings.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    settings.forget()


@pytest.fixture
def page(rf):
    """Return a function that asks for the page, or sends it a form."""

    def send(scope, row, **form):
        path = f"/p/key/appointments/{row.pk}/absence/"
        request = rf.post(path, form) if form else rf.get(path)
        request.scope, request.htmx, request._messages = scope, False, []
        return views.answer(request, row.pk)

    return send


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_page_shows_the_old_time_the_kept_one_and_until_when(page):
    scope, row, _absence = asked(Clinic())

    answer = page(scope, row)

    assert answer.status_code == 200
    assert "Приём не состоится: чт, 26 ноября, 09:00" in text(answer)
    assert "Перенести на чт, 3 декабря, 09:00" in text(answer)
    assert "Время держим до чт, 26 ноября, 07:00" in text(answer)
    assert f'href="/p/key/appointments/{row.pk}/move/"' in text(answer)


def test_move_goes_to_the_new_visit_and_again_too(page):
    scope, row, _absence = asked(Clinic())
    slot = case_of(row).proposed_slot

    answers = [page(scope, row, do="move", slot=slot) for _again in range(2)]

    moved = Appointment.objects.get(moved_from=row.pk)
    assert {(one.status_code, one.url) for one in answers} == {(303, f"/p/key/appointments/{moved.pk}/?done=moved")}


def test_cancel_cancels(page):
    scope, row, _absence = asked(Clinic())

    answer = page(scope, row, do="cancel")

    row.refresh_from_db()
    assert (answer.status_code, row.status, row.cancelled_by) == (303, "cancelled", "patient")


def test_move_to_a_time_that_is_gone_says_so_and_loses_nothing(page):
    scope, row, _absence = asked(Clinic())
    slot_id = case_of(row).proposed_slot
    Slot.objects.filter(pk=slot_id).update(held_by=None, held_until=None, appointment=uuid4())

    answer = page(scope, row, do="move", slot=slot_id)

    row.refresh_from_db()
    assert (answer.status_code, row.status) == (409, "booked")
    assert "Это время только что заняли" in text(answer)
    assert "Клиника позвонит вам" in text(answer)


def test_page_after_the_deadline_keeps_nothing_and_leaves_the_ways_on(page):
    scope, row, _absence = asked(Clinic())

    with time_machine.travel(case_of(row).deadline, tick=False):
        answer = page(scope, row)

    assert "Перенести на" not in text(answer)
    assert "Выбрать другое время" in text(answer)


def test_page_of_the_list_says_so(page):
    clinic, scope = Clinic(), person()
    schedule_id = clinic.doctor()
    row = booked(clinic, time_of(schedule_id), scope)
    announce(clinic, schedule_id)

    assert "Вы в начале листа ожидания" in text(page(scope, row))


@pytest.mark.parametrize("form", [{}, {"do": "move", "slot": "x"}, {"do": "cancel"}])
def test_a_visit_that_nothing_is_asked_about_leads_to_its_page(page, form):
    clinic, scope = Clinic(), person()
    row = booked(clinic, time_of(clinic.doctor()), scope)

    answer = page(scope, row, **form)

    row.refresh_from_db()
    assert (answer.status_code, answer.url, row.status) == (303, f"/p/key/appointments/{row.pk}/", "booked")


def test_page_of_somebody_else_is_not_found(page):
    _scope, row, _absence = asked(Clinic())

    for form in ({}, {"do": "cancel"}):
        with pytest.raises(NotFound):
            page(person(), row, **form)


def test_page_of_a_secret_visit_is_shown_to_its_owner_only(page):
    scope, row, _absence = asked(Clinic())
    Appointment.objects.filter(pk=row.pk).update(is_restricted=True)

    with pytest.raises(NotFound):
        page(scope, row)
    shown = scope_of(Appointment.objects.get(pk=row.pk).patient, restricted=Restricted.SHOWN)
    assert page(shown, row).status_code == 200


def test_a_visit_that_has_passed_is_not_asked_about(page):
    scope, row, _absence = asked(Clinic())

    with time_machine.travel(NOW + DAY + MINUTE, tick=False):
        assert page(scope, row).status_code == 303


def test_the_page_of_the_visit_leads_to_the_question(rf):
    scope, row, _absence = asked(Clinic())
    request = rf.get(f"/p/key/appointments/{row.pk}/")
    request.scope, request.htmx, request._messages = scope, False, []

    answer = show_appointment(request, appointment_id=row.pk)

    assert f'href="/p/key/appointments/{row.pk}/absence/"' in text(answer)
