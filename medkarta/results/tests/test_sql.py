from datetime import timedelta

import pytest

from medkarta.core.sql import fetch_row, rows_of
from medkarta.patients.sql import OWN
from medkarta.patients.tests.factories import PatientFactory
from medkarta.results import sql
from medkarta.results.tests.factories import NOW, DiagnosticReportFactory

pytestmark = pytest.mark.django_db


def recents(patient, *, restricted=0):
    row = fetch_row(f"{OWN} SELECT {sql.recent()}", {"person": patient.person_id, "now": NOW, "restricted": restricted})
    return sql.recents(rows_of(row[0]))


def test_recent_gives_the_newest_three_that_are_ready():
    patient = PatientFactory()
    for days in range(5):
        DiagnosticReportFactory(patient=patient, name=str(days), effective_at=NOW - timedelta(days))
    DiagnosticReportFactory(patient=patient, name="не готов", status="registered", effective_at=NOW)
    DiagnosticReportFactory(patient=patient, name="отозван", is_withdrawn=True, effective_at=NOW)
    DiagnosticReportFactory(name="чужой", effective_at=NOW)

    found = recents(patient)

    assert [each.name for each in found] == ["0", "1", "2"]
    assert (found[0].ready_at, found[0].kind) == (NOW, "laboratory")


@pytest.mark.parametrize(
    ("done", "issued", "count"),
    [
        (timedelta(days=7), None, 1),
        (timedelta(days=7, seconds=1), None, 0),
        (timedelta(days=60), timedelta(days=1), 1),
        (-timedelta(seconds=1), None, 0),
    ],
)
def test_recent_counts_seven_days_from_when_the_result_was_issued(done, issued, count):
    patient = PatientFactory()
    DiagnosticReportFactory(patient=patient, effective_at=NOW - done, issued_at=NOW - issued if issued else None)

    assert len(recents(patient)) == count


@pytest.mark.parametrize(("restricted", "count"), [(0, 0), (1, 1)])
def test_recent_keeps_secret_ones_from_those_who_may_not_see_them(restricted, count):
    patient = PatientFactory()
    DiagnosticReportFactory(patient=patient, effective_at=NOW, is_restricted=True)

    assert len(recents(patient, restricted=restricted)) == count
