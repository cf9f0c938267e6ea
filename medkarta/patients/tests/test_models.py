import pytest
from django.db import IntegrityError

from medkarta.patients.tests.factories import PatientFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_person_one_per_snils():
    PersonFactory(snils="90000000182")

    with pytest.raises(IntegrityError):
        PersonFactory(snils="90000000182")


def test_person_without_snils_may_repeat():
    first, second = PersonFactory(snils=""), PersonFactory(snils="")

    assert first.pk != second.pk


def test_patient_linked_needs_a_person():
    with pytest.raises(IntegrityError):
        PatientFactory(unlinked=True, link="linked")
