from datetime import UTC, datetime

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.documents.tests.factories import DocumentContentFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.results import queries
from medkarta.results.queries import Filters
from medkarta.results.tests.factories import DiagnosticReportFactory, ObservationFactory, value_of
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db


def listed(patient, *, restricted=Restricted.HIDDEN, sort="-date", scope=None, **filters):
    columns = [Column(key, key) for key in ("name", "date", "facility")]
    table = Table.read({"sort": sort}, columns=columns, default="-date", path="/")
    scope = scope or scope_of(patient, restricted=restricted)
    return queries.list_reports(scope, filters=Filters(**filters), table=table)


def names(found):
    return [row.name for row in found.rows]


def test_list_reports_shows_the_persons_own_and_nobody_elses():
    patient = PatientFactory()
    DiagnosticReportFactory(patient=patient, name="Свой")
    DiagnosticReportFactory(patient=PatientFactory(person=patient.person, source="other"), name="Из другой системы")
    DiagnosticReportFactory(patient=patient, is_withdrawn=True)
    DiagnosticReportFactory()

    found = listed(patient)

    assert sorted(names(found)) == ["Из другой системы", "Свой"]
    assert (found.table.total, found.first_year) == (2, 2026)


@pytest.mark.parametrize(
    ("restricted", "count", "locked"), [(Restricted.SHOWN, 2, 0), (Restricted.LOCKED, 1, 1), (Restricted.HIDDEN, 1, 0)]
)
def test_list_reports_keeps_secret_ones_from_scopes_that_may_not_see_them(restricted, count, locked):
    patient = PatientFactory()
    DiagnosticReportFactory(patient=patient)
    DiagnosticReportFactory(patient=patient, is_restricted=True, effective_at=datetime(2020, 1, 1, tzinfo=UTC))

    found = listed(patient, restricted=restricted)

    assert (len(found.rows), found.table.total, found.locked) == (count, count, locked)
    assert found.first_year == (2020 if restricted is Restricted.SHOWN else 2026)


def test_list_reports_filters_by_kind_year_and_words():
    patient = PatientFactory()
    DiagnosticReportFactory(patient=patient, name="Приём ЭКГ", kind="instrumental")
    DiagnosticReportFactory(patient=patient, name="Кровь", effective_at=datetime(2024, 1, 1, tzinfo=UTC))

    assert names(listed(patient, kind="instrumental")) == ["Приём ЭКГ"]
    assert names(listed(patient, year=2024)) == ["Кровь"]
    assert names(listed(patient, words="экг ПРИЕМ")) == ["Приём ЭКГ"]
    assert listed(patient, words="мрт").table.total == 0


def test_list_reports_sorts_and_leaves_undated_last_either_way():
    patient = PatientFactory()
    for name, year in (("А", 2026), ("Б", 2025)):
        DiagnosticReportFactory(patient=patient, name=name, effective_at=datetime(year, 1, 1, tzinfo=UTC))
    DiagnosticReportFactory(patient=patient, name="Без даты", effective_at=None)

    assert names(listed(patient)) == ["А", "Б", "Без даты"]
    assert names(listed(patient, sort="date")) == ["Б", "А", "Без даты"]
    assert names(listed(patient, sort="-name")) == ["Без даты", "Б", "А"]


def test_list_reports_takes_three_statements_for_any_number_of_rows(django_assert_num_queries):
    patient = PatientFactory()
    for report in DiagnosticReportFactory.create_batch(25, patient=patient):
        DocumentContentFactory(owner_id=report.pk, patient=patient)

    for restricted in (Restricted.HIDDEN, Restricted.LOCKED):
        scope = scope_of(patient, restricted=restricted)
        with django_assert_num_queries(3):
            found = listed(patient, scope=scope)

    assert (len(found.rows), found.table.total, found.rows[0].file) == (20, 25, 1)
    assert len(scope.reads.by_kind["DiagnosticReport"]) == 20


def test_get_report_takes_four_statements_for_any_number_of_values(django_assert_num_queries):
    report = DiagnosticReportFactory()
    for position in range(50):
        value_of(report, position)
    scope = scope_of(report.patient)

    with django_assert_num_queries(4):
        page = queries.get_report(scope, report.pk)

    assert len(page.values) == len(page.outside) == len(scope.reads.by_kind["Observation"]) == 50


def test_get_report_leaves_out_values_that_the_scope_may_not_see_and_does_not_hint_at_them():
    report = DiagnosticReportFactory()
    value_of(report, 1, name="Видно")
    value_of(report, 2, name="Тайна", is_restricted=True)
    value_of(report, 3, name="Отозвано", is_withdrawn=True)
    value_of(report, 4, name="Чужое", patient=PatientFactory())

    page = queries.get_report(scope_of(report.patient), report.pk)

    assert ([row.name for row in page.values], page.missing) == (["Видно"], 0)


def test_get_report_says_of_a_cancelled_value_only_that():
    report = DiagnosticReportFactory()
    value_of(report, status="cancelled")

    (row,) = queries.get_report(scope_of(report.patient), report.pk).values

    assert (row.measure.number, row.measure.absent, row.assessment.is_out) == ("", "cancelled", False)


def test_get_report_of_another_person_and_a_secret_one_look_missing():
    report = DiagnosticReportFactory(is_restricted=True)
    DocumentContentFactory(owner_id=report.pk, patient=report.patient)

    for scope in (scope_of(PatientFactory(), restricted=Restricted.SHOWN), scope_of(report.patient)):
        with pytest.raises(NotFound):
            queries.get_report(scope, report.pk)
        with pytest.raises(NotFound):
            queries.get_file(scope, report.pk, 1)


def test_str_of_a_value_holds_nothing_of_the_record():
    assert "Холестерин" not in str(ObservationFactory())
