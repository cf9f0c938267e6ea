"""What the steps of finding a time may cost, with a town of clinics behind them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from medkarta.patients.tests.factories import PatientFactory
from medkarta.scheduling.queries import posts
from medkarta.scheduling.queries import settings as numbers
from medkarta.scheduling.tests.factories import AppointmentFactory
from medkarta.scheduling.tests.factories_finding import DENTIST, OPHTHALMOLOGIST, TITLES, clinic, doctor, times
from medkarta.signin.tests.factories import resident, signed_in
from tests.test_budgets import HTML_BYTES, scanned, statements_of

pytestmark = pytest.mark.django_db
STATEMENTS = 6
"""As a list page. «Почему нет записи» asks more: see `WHY`."""
WHY = 7


@pytest.fixture
def town(settings):
    """Return a browser, a key and pages with something on each; what a process keeps for a while is kept."""
    settings.SETTINGS_KEPT_SECONDS = 60
    account, person, key = resident()
    home = clinic()
    patient = PatientFactory(person=person, registered_facility_id=home.pk)
    for number in range(12):
        place = home if not number else clinic(f"Городская поликлиника № {number}", latitude=55.9 + number / 100)
        for code in TITLES:
            for _post in range(2):
                schedule = doctor(place, code, name="Воскресенская Александра Владимировна")
                times(schedule, *(timezone.now() + timedelta(days=1 + at // 3, minutes=at * 15) for at in range(6)))
                if place == home:
                    AppointmentFactory(
                        patient=patient, practitioner_role=schedule.practitioner_role, status="fulfilled",
                        starts_at=timezone.now() - timedelta(days=len(code)),
                    )  # fmt: skip
    browser = signed_in(account)
    browser.get(f"/p/{key}/appointments/book/")
    yield browser, f"/p/{key}/appointments/book/", home
    posts.forget()
    numbers.forget()


def pages_of(home):
    eye, tooth = f"specialty={OPHTHALMOLOGIST}", f"specialty={DENTIST}"
    return [
        "", f"?facility={home.pk}", "doctors/", "doctors/?q=воскресенская", "clinics/", f"clinics/?{tooth}",
        f"times/?{eye}&facility={home.pk}", f"why/?{eye}&facility={home.pk}", f"why/?{tooth}",
    ]  # fmt: skip


def test_steps_of_a_booking_keep_to_their_statements_and_bytes(town):
    browser, book, home = town
    wrong = []
    for page in pages_of(home):
        statements, answer = statements_of(browser, f"{book}{page}")
        if len(statements) > (WHY if page.startswith("why") else STATEMENTS):
            wrong.append(f"{page or 'book'}: {len(statements)} statements\n" + "\n".join(statements))
        if len(answer.content) > HTML_BYTES:
            wrong.append(f"{page or 'book'}: {len(answer.content)} bytes")

    assert not wrong, "\n".join(wrong)


def test_steps_of_a_booking_touch_no_table_as_a_whole_on_postgres(town):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only: EXPLAIN")
    browser, book, home = town
    found = []
    for page in pages_of(home):
        for statement in statements_of(browser, f"{book}{page}")[0]:
            if statement.startswith("SELECT"):
                found += [f"{page or 'book'}: {table}\n{statement}" for table in scanned(statement)]

    assert not found, "\n\n".join(found)
