"""What a page may cost: statements, bytes, and no statement that reads a whole table."""

import re
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from medkarta.accounts.models import Account
from medkarta.checkups.tests.factories import CheckupFactory
from medkarta.documents.tests.factories import MedicalDocumentFactory
from medkarta.documents.tests.factories_orders import CertificateOrderFactory
from medkarta.immunizations.tests.factories import ImmunizationFactory
from medkarta.mailer.tests.factories import SendingFactory
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import PatientFactory
from medkarta.prescriptions.tests.factories import PrescriptionFactory
from medkarta.referrals.tests.factories import ReferralFactory
from medkarta.requests.models import Request
from medkarta.results.tests.factories import DiagnosticReportFactory
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory, WaitlistFactory
from medkarta.signin.tests.factories import resident, signed_in
from medkarta.visits.tests.factories import VisitFactory
from tests.routes import KEY, LISTS, ROUTES, Record

pytestmark = pytest.mark.django_db

HOME_STATEMENTS, LIST_STATEMENTS = 3, 6
HTML_BYTES = 40 * 1024
PAGES = ["", *(f"{name}/" for name in LISTS), "policy/", "documents/orders/", "send/"]
CALENDARS = ["appointments/calendar/", "appointments/calendar/?who=all"]
numbers = count(1)


def fill(patient: Patient, account: Account, rows: int) -> None:
    """Give a record this many rows of each kind, one a week ahead and behind, in words as long as real ones."""
    now = timezone.now()
    for number in range(rows):
        at = now + timedelta(days=number // 2 * 7 + 1) * (1 if number % 2 else -1)
        kept = {} if at > now else {"status": "fulfilled"}
        AppointmentFactory(
            patient=patient, specialty_name="Врач-оториноларинголог", facility_name="Городская поликлиника № 3",
            practitioner_name="Воскресенская Александра Владимировна", starts_at=at, **kept,
        )  # fmt: skip
        DiagnosticReportFactory(patient=patient, name=f"Общий (клинический) анализ крови, {number}", effective_at=at)
        MedicalDocumentFactory(patient=patient, title=f"Протокол консультации врача-специалиста {number}", dated_at=at)
        CertificateOrderFactory(
            patient=patient, title="Справка об оплате лечения для налоговой, КНД 1151156", kind="tax", ordered_at=at,
            status="refused", comment="Уточните год: договор заключён с другой организацией", facility_name="Больница",
        )  # fmt: skip
        ReferralFactory(patient=patient, what="Компьютерная томография органов грудной полости", issued_at=at)
        PrescriptionFactory(patient=patient, drug_name="Амоксициллин + клавулановая кислота, таблетки 875 мг + 125 мг")
        ImmunizationFactory(patient=patient, name="Вакцина против клещевого энцефалита", occurred_on=at.date())
        CheckupFactory(patient=patient, happened_on=at.date())
        VisitFactory(patient=patient, service="Приём (осмотр, консультация) врача-кардиолога первичный", started_at=at)
        Request.objects.create(
            number=f"МК-{next(numbers)}", kind="problem", person=patient.person, status="new", created_at=now,
            changed_at=now,
        )  # fmt: skip
        SendingFactory(account_id=account.pk, person_id=patient.person_id)
    for number in range(min(rows, 5)):
        HomeVisitFactory(patient=patient, starts_at=now + timedelta(days=number))
        WaitlistFactory(patient=patient)


@pytest.fixture
def opened():
    """Return a function that opens a new record with so many rows: (browser, key)."""

    def with_rows(rows: int):
        account, person, key = resident()
        fill(PatientFactory(person=person), account, rows)
        browser = signed_in(account)
        browser.get(f"/p/{key}/")  # the first page also notes which record was shown last
        return browser, key

    return with_rows


def statements_of(browser, path):
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(path)
    assert answer.status_code == 200
    return [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))], answer


def test_every_page_without_a_row_in_its_address_is_measured():
    known = {route.removeprefix(KEY) for route, told in ROUTES.items() if isinstance(told, Record) and not told.row}

    elsewhere = {one for one in known if one.startswith("appointments/book/")}  # test_booking_budgets
    elsewhere |= {one for one in known if "/new/" in f"{one}/"}  # forms: they list no records
    elsewhere |= {one for one in known if one.endswith("/pdf/")}  # sheets: printing bounds them
    assert known - set(CALENDARS) - elsewhere == set(PAGES)


@pytest.mark.parametrize("rows", [0, 1, 25, 60])
def test_pages_keep_to_their_statements_and_bytes_with_any_number_of_rows(opened, rows):
    browser, key = opened(rows)
    costs, wrong = {}, []
    for page in [*PAGES, *CALENDARS]:
        statements, answer = statements_of(browser, f"/p/{key}/{page}")
        costs[page] = (len(statements), len(answer.content))
        allowed = HOME_STATEMENTS if page == "" else LIST_STATEMENTS
        if len(statements) > allowed:
            wrong.append(f"{page or 'home'}: {len(statements)} statements\n" + "\n".join(statements))
        if len(answer.content) > HTML_BYTES:
            wrong.append(f"{page or 'home'}: {len(answer.content)} bytes")

    assert not wrong, "\n".join(wrong)


def test_home_keeps_to_its_bytes_with_an_appointment_on_every_working_day():
    account, person, key = resident()
    patient = PatientFactory(person=person)
    fill(patient, account, 25)
    first = timezone.localtime().replace(day=1, hour=8, minute=40)
    for number in range(31):
        at = first + timedelta(days=number)
        if at.weekday() > 4:
            continue
        kept = {} if at > timezone.now() else {"status": "fulfilled"}
        AppointmentFactory(
            patient=patient, specialty_name="Врач-оториноларинголог", facility_name="Городская поликлиника № 3",
            starts_at=at, **kept,
        )  # fmt: skip

    answer = signed_in(account).get(f"/p/{key}/")

    assert answer.content.count(b'class="is-app') + answer.content.count(b'class="is-home') >= 20
    assert len(answer.content) <= HTML_BYTES


def test_pages_touch_no_table_as_a_whole_on_postgres(opened):
    """With sequential scans made dear, whatever still scans a growing table has no index to use."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only: EXPLAIN")
    assert scanned("SELECT id FROM audit_auditevent WHERE actor_ref = 'x'"), "the trap itself has to work"
    browser, key = opened(25)
    found = []
    for page in [*PAGES, *CALENDARS]:
        for statement in statements_of(browser, f"/p/{key}/{page}")[0]:
            if statement.startswith(("SELECT", "UPDATE")):
                found += [f"{page or 'home'}: {table}\n{statement}" for table in scanned(statement)]

    assert not found, "\n\n".join(found)


# Small tables that are read whole on purpose: the directory's figures and what staff keep.
SMALL = {"pages_announcement", "pages_footerlink", "pages_footergroup", "facilities_specialty"}


def scanned(statement: str) -> set[str]:
    """Return the tables that PostgreSQL would read whole for a statement although it may avoid it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}".replace("%", "%%"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = on")
    return set(re.findall(r"Seq Scan on (\w+)", plan)) - SMALL
