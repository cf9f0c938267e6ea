"""A report on paper."""

import pytest
from django.utils import timezone

from medkarta.core.blocks import words
from medkarta.core.errors import NotFound
from medkarta.patients import queries as patients
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.results import queries, sheet
from medkarta.results.tests.factories import DiagnosticReportFactory, value_of

pytestmark = pytest.mark.django_db


def sheet_of(report):
    scope = scope_of(report.patient)
    return sheet.sheet_of(queries.get_report(scope, report.pk), patients.get_person(scope))


def test_sheet_tells_values_with_their_ranges_and_who_it_is():
    report = DiagnosticReportFactory(name="Биохимия", conclusion="Без отклонений.\n\nПовторить через год.")
    value_of(report, name="Глюкоза")

    found = sheet_of(report)
    said = list(words(found.sections))

    assert (found.title, found.patient) == ("Биохимия", "Пробная Анна Сергеевна")
    assert [one.title for one in found.sections] == ["Заключение", "Показатели"]
    assert "Повторить через год." in said
    assert "Глюкоза" in said
    assert found.dated_at == report.effective_at
    assert "решает врач" in found.notes[-1]


def test_sheet_says_that_a_report_is_not_final():
    report = DiagnosticReportFactory(status="preliminary", conclusion="Идёт анализ")

    assert len(sheet_of(report).notes) == 2


def test_issue_makes_the_same_pdf_of_the_same_report():
    report = DiagnosticReportFactory()
    value_of(report)

    first, second = (sheet.issue(scope_of(report.patient), report.pk, now=timezone.now()) for _ in range(2))

    assert first.pdf.startswith(b"%PDF-")
    assert (first.number, first.sha256) == (second.number, second.sha256)


def test_issue_of_nothing_or_of_anothers_is_missing():
    report = DiagnosticReportFactory(conclusion="")

    with pytest.raises(NotFound):
        sheet.issue(scope_of(report.patient), report.pk, now=timezone.now())
    value_of(report)
    with pytest.raises(NotFound):
        sheet.issue(scope_of(PatientFactory()), report.pk, now=timezone.now())
