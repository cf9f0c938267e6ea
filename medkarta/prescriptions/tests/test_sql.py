from datetime import timedelta

import pytest

from medkarta.core.sql import fetch_row, rows_of
from medkarta.patients.sql import OWN
from medkarta.patients.tests.factories import PatientFactory
from medkarta.prescriptions import sql
from medkarta.prescriptions.tests.factories import NOW, TODAY, PrescriptionFactory

pytestmark = pytest.mark.django_db


def endings(patient, *, restricted=0):
    row = fetch_row(
        f"{OWN} SELECT {sql.expiring()}", {"person": patient.person_id, "now": NOW, "restricted": restricted}
    )
    return sql.endings(rows_of(row[0]), today=TODAY)


def test_expiring_gives_what_ends_within_five_days_soonest_first():
    patient = PatientFactory()
    for days in (-1, 5, 6, 0):
        PrescriptionFactory(patient=patient, drug_name=str(days), valid_until=TODAY + timedelta(days))
    PrescriptionFactory(patient=patient, status="dispensed", valid_until=TODAY)
    PrescriptionFactory(patient=patient, is_withdrawn=True, valid_until=TODAY)
    PrescriptionFactory(valid_until=TODAY)

    assert [(each.drug, each.days_left) for each in endings(patient)] == [("0", 0), ("5", 5)]


@pytest.mark.parametrize(("restricted", "count"), [(0, 0), (1, 1)])
def test_expiring_keeps_secret_ones_from_those_who_may_not_see_them(restricted, count):
    patient = PatientFactory()
    PrescriptionFactory(patient=patient, valid_until=TODAY, is_restricted=True)

    assert len(endings(patient, restricted=restricted)) == count
