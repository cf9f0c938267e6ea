import pytest

from medkarta.core.scopes import Restricted
from medkarta.facilities.tests.factories import NOW, FacilityFactory
from medkarta.my_facilities import queries
from medkarta.my_facilities.queries import Filters
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.ui.tables import Column, Table
from medkarta.visits.tests.factories import VisitFactory

pytestmark = pytest.mark.django_db


def listed(scope, filters=Filters(), sort="name"):
    table = Table.read({"sort": sort}, columns=[Column(key, key) for key in queries.ORDER], default="name", path="/")
    return queries.list_my_facilities(scope, filters, table, now=NOW)[1]


def names(scope, filters=Filters(), sort="name"):
    return [one.facility.name for one in listed(scope, filters, sort)]


def test_list_my_facilities_puts_the_attached_clinic_first_in_any_order():
    home = FacilityFactory(name="Я — прикрепление")
    patient = PatientFactory(registered_facility_id=home.pk)
    VisitFactory(patient=patient, facility=FacilityFactory(name="А", rating_mean=4.1, rating_count=9))
    VisitFactory(patient=patient, facility=FacilityFactory(name="Б", rating_mean=4.9, rating_count=9))
    VisitFactory(patient=patient, facility=home)
    VisitFactory(facility=FacilityFactory(name="Чужая"))
    scope = scope_of(patient)

    assert names(scope) == ["Я — прикрепление", "А", "Б"]
    assert names(scope, sort="-name") == ["Я — прикрепление", "Б", "А"]
    assert names(scope, sort="-rating") == ["Я — прикрепление", "Б", "А"]
    assert [one.is_registered for one in listed(scope)] == [True, False, False]
    assert set(scope.reads.by_kind) == {"Organization"}


def test_list_my_facilities_shows_a_clinic_once_though_two_systems_send_it():
    clinic = FacilityFactory(name="Клиника")
    double = FacilityFactory(name="КЛИНИКА", oid=clinic.oid, is_listed=False)
    patient = PatientFactory(registered_facility_id=double.pk)
    VisitFactory(patient=patient, facility=clinic)

    found = listed(scope_of(patient))

    assert [(one.facility.name, one.is_registered) for one in found] == [("Клиника", True)]


@pytest.mark.parametrize(
    ("fields", "by_children", "by_rating"),
    [
        ({"serves_children": True, "rating_mean": 4.5, "rating_count": 5}, 1, 1),
        ({"serves_adults": True, "rating_mean": 4.49, "rating_count": 5}, 0, 0),
        ({"serves_children": True, "rating_mean": 5.0, "rating_count": 4}, 1, 0),
    ],
)
def test_list_my_facilities_narrows_by_children_and_rating(fields, by_children, by_rating):
    patient = PatientFactory()
    VisitFactory(patient=patient, facility=FacilityFactory(**fields))
    scope = scope_of(patient)

    assert len(listed(scope, Filters(serves_children=True))) == by_children
    assert len(listed(scope, Filters(is_rated_high=True))) == by_rating


@pytest.mark.parametrize(("kind", "count"), [(Restricted.SHOWN, 1), (Restricted.LOCKED, 0), (Restricted.HIDDEN, 0)])
def test_list_my_facilities_does_not_give_away_a_secret_visit(kind, count):
    patient = PatientFactory()
    VisitFactory(patient=patient, facility=FacilityFactory(), is_restricted=True)

    assert len(listed(scope_of(patient, restricted=kind))) == count


def test_list_my_facilities_leaves_out_clinics_that_have_not_arrived():
    patient = PatientFactory(registered_facility_id="6f0c7e6c-5a0e-5d2b-9a39-6a0f6c1f7f3e")

    assert listed(scope_of(patient)) == []
