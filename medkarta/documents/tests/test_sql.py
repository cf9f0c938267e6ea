from datetime import timedelta

import pytest

from medkarta.core.sql import fetch_row, rows_of
from medkarta.documents import sql
from medkarta.documents.tests.factories import NOW, MedicalDocumentFactory
from medkarta.patients.sql import OWN
from medkarta.patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def recents(patient, *, restricted=0):
    row = fetch_row(f"{OWN} SELECT {sql.recent()}", {"person": patient.person_id, "now": NOW, "restricted": restricted})
    return sql.recents(rows_of(row[0]))


def test_recent_gives_the_newest_three_of_what_arrived_within_a_week():
    patient = PatientFactory()
    for days in range(5):
        MedicalDocumentFactory(patient=patient, title=str(days), dated_at=NOW - timedelta(days))
    MedicalDocumentFactory(
        patient=patient, title="пришёл давно", dated_at=NOW, received_at=NOW - timedelta(days=7, seconds=1)
    )
    MedicalDocumentFactory(patient=patient, title="отозван", dated_at=NOW, is_withdrawn=True)
    MedicalDocumentFactory(patient=patient, title="заменён", dated_at=NOW, status="superseded")
    MedicalDocumentFactory(title="чужой", dated_at=NOW)

    found = recents(patient)

    assert [each.title for each in found] == ["0", "1", "2"]
    assert found[0].received_at == NOW


@pytest.mark.parametrize(
    ("arrived", "dated", "count"),
    [
        (timedelta(days=7), timedelta(days=30), 1),
        (timedelta(days=7, seconds=1), timedelta(0), 0),
        (timedelta(0), timedelta(days=30, seconds=1), 0),
    ],
)
def test_recent_leaves_out_what_is_old_in_either_way(arrived, dated, count):
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, received_at=NOW - arrived, dated_at=NOW - dated)

    assert len(recents(patient)) == count


@pytest.mark.parametrize(("restricted", "count"), [(0, 0), (1, 1)])
def test_recent_keeps_secret_ones_from_those_who_may_not_see_them(restricted, count):
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, is_restricted=True)

    assert len(recents(patient, restricted=restricted)) == count
