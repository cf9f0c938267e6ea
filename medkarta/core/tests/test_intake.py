from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from medkarta.audit.models import Seal
from medkarta.core.intake import upsert
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import PersonFactory
from medkarta.resources.models import ResourceVersion, StoredResource
from medkarta.results.models import Observation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, 0, 123456, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def patient(id_: UUID, **values) -> Patient:
    return Patient(id=id_, **{"source": "mis", "updated_at": NOW} | values)


def test_upsert_inserts_and_overwrites_in_one_statement(django_assert_num_queries):
    upsert([patient(ONE, family_name="Старая"), patient(TWO)])

    with django_assert_num_queries(1):
        upsert([patient(ONE, family_name="Новая"), patient(UUID(int=3))])

    assert Patient.objects.count() == 3
    assert Patient.objects.get(pk=ONE).family_name == "Новая"


def test_upsert_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        upsert([])


def test_upsert_writes_what_the_orm_reads():
    person = PersonFactory()
    rows = [
        patient(ONE, person=person, link=Patient.Link.LINKED, birth_date=NOW.date(), registered_facility_id=str(TWO)),
        patient(TWO, link="unlinked", is_active=False),
    ]

    upsert(rows)

    found = Patient.objects.get(pk=ONE)
    assert (found.person_id, found.link, found.birth_date) == (person.pk, "linked", NOW.date())
    assert (found.registered_facility_id, found.updated_at, found.is_active) == (TWO, NOW, True)
    assert list(Patient.objects.filter(is_active=False).values_list("pk", "birth_date", "person")) == [
        (TWO, None, None)
    ]


def test_upsert_writes_json_numbers_and_bytes():
    upsert([patient(ONE)])
    upsert([StoredResource(id=ONE, source="mis", type="Observation", rid="o", received=b"\0\xff", received_at=NOW)])
    upsert([ResourceVersion(id=TWO, resource_id=ONE, version="1", received=b"", received_at=NOW)])
    measure = {"text": 'Ёмкость \\ "x"', "list": [1, None, True]}
    upsert([Observation(id=ONE, patient_id=ONE, measure=measure, components=[], value_number="1.5")])

    assert bytes(StoredResource.objects.get().received) == b"\0\xff"
    assert bytes(ResourceVersion.objects.get().received) == b""
    found = Observation.objects.get()
    assert (found.measure, found.components, str(found.value_number.normalize())) == (measure, [], "1.5")
    assert Observation.objects.filter(measure__text='Ёмкость \\ "x"').exists()


def test_upsert_writes_a_table_that_is_keyed_by_a_number():
    upsert([Seal(number=7, count=1, first_event=1, last_event=2**40, sealed_at=NOW)])

    assert Seal.objects.get(pk=7).last_event == 2**40


@pytest.mark.parametrize("broken", [{"link": "linked"}, {"updated_at": None}])
def test_upsert_writes_nothing_of_a_batch_with_a_value_that_the_table_refuses(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        upsert([patient(ONE), patient(TWO, **broken)])

    assert not Patient.objects.exists()
