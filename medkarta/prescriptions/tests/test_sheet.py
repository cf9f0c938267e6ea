import io
from datetime import timedelta

import pikepdf
import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.prescriptions import queries, sheet
from medkarta.prescriptions.models import Medication
from medkarta.prescriptions.tests.factories import NOW, TODAY, PrescriptionFactory
from medkarta.printing.models import IssuedSheet
from medkarta.printing.tests.reading import squeezed, text_of

pytestmark = pytest.mark.django_db


def sheet_of(row, today=TODAY):
    scope = scope_of(row.patient)
    person = sheet.patients.get_person(scope)
    return sheet.sheet_of(queries.get_prescription(scope, row.pk, today=today), person)


def test_issue_prints_the_prescription_and_how_to_take_the_drug():
    drug = Medication.objects.create(name="", substances="Аторвастатин", form="таблетки")
    row = PrescriptionFactory(
        medication=drug,
        dosage="По 1 таблетке вечером\nДва месяца",
        practitioner_name="Петрова Е. С.",
        quantity="30 шт.",
    )

    issued = sheet.issue(scope_of(row.patient), row.pk, now=NOW)

    words = squeezed(text_of(pikepdf.open(io.BytesIO(issued.pdf)))[0])
    for part in (
        *("Пробная Анна Сергеевна, дата рождения 17.04.1988", "Аторвастатин таблетки 20 мг", "50 123456", "30 шт."),
        *("31.12.2026 включительно", "Петрова Е. С.", "По 1 таблетке вечером", "Два месяца", "Коммерческий рецепт"),
    ):
        assert squeezed(part) in words
    row_of_register = IssuedSheet.objects.get()
    assert (row_of_register.subject_id, row_of_register.patient_id) == (row.pk, row.patient.person_id)


def test_sheet_is_the_same_on_every_day():
    row = PrescriptionFactory(valid_until=TODAY)
    scope = scope_of(row.patient)

    issued = [sheet.issue(scope, row.pk, now=NOW + timedelta(days=days)) for days in (-3, 0, 1, 400)]

    assert len({(one.number, one.sha256) for one in issued}) == 1


def test_code_holds_the_number_and_the_address_and_nothing_else():
    assert sheet_of(PrescriptionFactory()).code.text == "50 123456\nhttp://127.0.0.1:8000/verify/"
    assert sheet_of(PrescriptionFactory(number="")).code is None


@pytest.mark.parametrize(("status", "words"), [("cancelled", "Рецепт отменён"), ("dispensed", "Отпущен")])
def test_sheet_of_a_closed_prescription_says_so_and_has_no_code(status, words):
    found = sheet_of(PrescriptionFactory(status=status))

    assert found.notes[0].startswith(words)
    assert found.code is None


def test_issue_prints_what_little_is_known():
    row = PrescriptionFactory(drug_name="", number="", authored_at=None, valid_until=None)

    assert sheet.issue(scope_of(row.patient), row.pk, now=NOW).pdf.startswith(b"%PDF-")
    assert sheet_of(row).title == "Препарат не указан"


def test_issue_refuses_what_the_scope_may_not_see():
    hidden = PrescriptionFactory(is_restricted=True)
    for scope in (
        scope_of(PatientFactory()),
        scope_of(hidden.patient),
        scope_of(hidden.patient, restricted=Restricted.LOCKED),
    ):
        with pytest.raises(NotFound):
            sheet.issue(scope, hidden.pk, now=NOW)

    assert not IssuedSheet.objects.exists()
    assert sheet.issue(scope_of(hidden.patient, restricted=Restricted.SHOWN), hidden.pk, now=NOW)
