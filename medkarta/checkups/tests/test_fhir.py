from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from medkarta.checkups import fhir
from medkarta.checkups.models import Checkup
from medkarta.checkups.tests.factories import CheckupFactory
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db

SOURCE = SystemScope.of("mis")
CLINIC, MAIN, SECOND = uuid4(), uuid4(), uuid4()
CATEGORY = [{"coding": [{"system": "urn:medkarta:careplan-category", "code": "checkup"}], "text": "Осмотр"}]
FOREIGN = [{"coding": [{"system": "http://snomed.info/sct", "code": "787301000000101"}]}]


def incoming(resource, **values):
    return Incoming(
        **{
            "id": uuid4(),
            "type": "CarePlan",
            "rid": "1",
            "resource": {"resourceType": "CarePlan", "intent": "plan", **resource},
            "patient_id": PatientFactory().pk,
            "is_restricted": False,
            "is_withdrawn": False,
            "received_at": datetime(2026, 11, 25, tzinfo=UTC),
            **values,
        }
    )


def stored(resource, **values):
    one = incoming({"status": "completed", "category": CATEGORY, **resource}, **values)
    assert fhir.store(SOURCE, [one]) == {}
    return Checkup.objects.get(pk=one.id)


def test_store_keeps_everything_that_the_page_shows():
    row = stored(
        {
            "title": "404н Диспансеризация",
            "period": {"start": "2025-08-12", "end": "2025-08-18"},
            "author": {"reference": f"Organization/{CLINIC}", "display": "Поликлиника"},
            "supportingInfo": [
                {"reference": f"DocumentReference/{MAIN}"},
                {"reference": f"Observation/{uuid4()}"},
                {"reference": "DocumentReference/not-a-uuid"},
            ],
            "activity": [
                {"reference": {"reference": f"DocumentReference/{SECOND}"}},
                {"outcomeReference": [{"reference": f"DocumentReference/{MAIN}"}]},
            ],
        }
    )

    assert (row.title, row.status) == ("404н Диспансеризация", "completed")
    assert (row.starts_on, row.ends_on, row.happened_on) == (date(2025, 8, 12), date(2025, 8, 18), date(2025, 8, 18))
    assert (row.facility_id, row.facility_name) == (CLINIC, "Поликлиника")
    assert row.document_ids == [str(MAIN), str(SECOND)]


@pytest.mark.parametrize(
    "who",
    [
        {"contributor": [{"reference": "Practitioner/1"}, {"reference": f"Organization/{CLINIC}"}]},
        {"activity": [{"detail": {"status": "completed", "performer": [{"reference": f"Organization/{CLINIC}"}]}}]},
    ],
)
def test_store_finds_the_clinic_where_the_author_is_a_doctor(who):
    row = stored({"author": {"reference": f"Practitioner/{uuid4()}", "display": "Врач"}, **who})

    assert (row.facility_id, row.facility_name) == (CLINIC, "")


def test_store_takes_the_least_that_is_valid():
    row = stored({"status": "active"})

    assert (row.title, row.happened_on, row.document_ids) == ("Осмотр", None, [])


@pytest.mark.parametrize(
    ("period", "created", "on"),
    [
        ({"start": "2025-08-12"}, None, date(2025, 8, 12)),
        ({}, "2025-08-01", date(2025, 8, 1)),
    ],
)
def test_store_lists_it_under_the_last_day_known(period, created, on):
    resource = {"period": period} if created is None else {"created": created}

    assert stored(resource).happened_on == on


def test_store_leaves_plans_of_other_kinds_alone():
    one = incoming({"status": "active", "category": FOREIGN})

    assert fhir.store(SOURCE, [one]) == {}
    assert not Checkup.objects.exists()


def test_store_drops_what_is_no_checkup_any_more():
    row = CheckupFactory()
    kept = CheckupFactory()

    fhir.store(SOURCE, [incoming({"status": "active", "category": FOREIGN}, id=row.pk)])

    assert list(Checkup.objects.all()) == [kept]


def test_store_cuts_what_is_too_long_and_keeps_marks():
    row = stored({"status": "odd", "title": "я" * 1000}, is_restricted=True, is_withdrawn=True)

    assert (len(row.title), row.status, row.is_restricted, row.is_withdrawn) == (255, "unknown", True, True)
