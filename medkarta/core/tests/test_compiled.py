"""A compiled read gives what the queryset gives, for any values, on both databases."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from medkarta.core.compiled import compiled
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import NOW, PatientFactory

pytestmark = pytest.mark.django_db


def queryset(*, ids, since, person):
    found = Patient.objects.filter(pk__in=ids, updated_at__gte=since).order_by("pk")
    if person is not None:
        found = found.filter(person_id=person)
    return found.values_list("person__birth_date", "pk", "updated_at", "is_active", "source")


rows = compiled(queryset)


@pytest.fixture
def patients():
    return [PatientFactory(updated_at=NOW + timedelta(minutes=number)) for number in range(3)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_compiled_gives_what_the_queryset_gives(patients, count):
    ids = tuple(one.pk for one in patients[:count])
    for since in (NOW, NOW + timedelta(minutes=1)):
        values = {"ids": ids, "since": since, "person": None}
        assert rows(**values) == list(queryset(**values))
    assert len(rows(ids=ids, since=NOW, person=None)) == count


def test_compiled_keeps_apart_what_is_none(patients):
    ids = tuple(one.pk for one in patients)

    assert len(rows(ids=ids, since=NOW, person=patients[0].person_id)) == 1
    assert len(rows(ids=ids, since=NOW, person=None)) == 3
    assert rows(ids=ids, since=NOW, person=uuid4()) == []


def test_compiled_gives_values_as_python_knows_them(patients):
    born, pk, updated_at, is_active, _source = rows(ids=(patients[0].pk,), since=NOW, person=None)[0]

    assert (born, pk, updated_at, is_active) == (patients[0].person.birth_date, patients[0].pk, NOW, True)
    assert (type(pk), type(is_active)) == (UUID, bool)


def test_compiled_finds_nothing_among_none(patients):
    assert rows(ids=(), since=NOW, person=None) == []


@pytest.mark.django_db(transaction=True)
def test_compiled_locks_inside_a_transaction_only(patients):
    @compiled
    def locked(*, pk):
        return Patient.objects.filter(pk=pk).select_for_update().values_list("pk")

    with transaction.atomic():
        assert locked(pk=patients[0].pk) == [(patients[0].pk,)]
    with pytest.raises(transaction.TransactionManagementError):
        locked(pk=patients[0].pk)
