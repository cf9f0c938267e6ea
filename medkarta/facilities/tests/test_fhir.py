import itertools

import pytest

from medkarta.core.scopes import SystemScope
from medkarta.facilities import fhir
from medkarta.facilities.models import (
    Facility,
    HealthcareService,
    Location,
    OpeningPeriod,
    Practitioner,
    PractitionerRole,
)
from medkarta.facilities.tests.factories import SOURCE, FacilityFactory, incoming, ref, row_id
from medkarta.hl7 import systems

pytestmark = pytest.mark.django_db
SCOPE = SystemScope.of(SOURCE)
OID = "1.2.643.5.1.13.13.12.2.50.9901"


def organization(rid="f01", *, system=systems.FRMO, value=OID, **content):
    content = {"name": "Поликлиника № 3", "alias": ["Мытищинская поликлиника № 3"]} | content
    return incoming("Organization", rid, identifier=[{"system": system, "value": value}], **content)


SITE = incoming(
    "Location",
    "f01-site",
    status="active",
    managingOrganization=ref("Organization", "f01"),
    address={"text": "Мытищи, ул. Мира, 7", "city": "Мытищи"},
    telecom=[{"system": "phone", "value": "+7 495 000-01-03"}],
    position={"latitude": 55.91, "longitude": 37.73},
    hoursOfOperation=[{"daysOfWeek": ["mon"], "openingTime": "08:00:00", "closingTime": "20:00:00"}],
)
SERVICE = incoming(
    "HealthcareService",
    "f01-ther",
    providedBy=ref("Organization", "f01"),
    name="Приём терапевта",
    specialty=[{"coding": [{"system": systems.SPECIALTY, "code": "49", "display": "Терапия"}]}],
    eligibility=[{"code": {"coding": [{"system": systems.FACILITY_AUDIENCE, "code": "adults"}]}}],
)


@pytest.mark.parametrize("order", list(itertools.permutations([organization(), SITE, SERVICE])))
def test_store_puts_a_clinic_together_whichever_part_comes_first(order):
    for one in order:
        assert fhir.store(SCOPE, [one]) == {}

    found = Facility.objects.get()
    assert (found.pk, found.oid, found.is_listed) == (row_id("Organization", "f01"), OID, True)
    assert (found.name, found.full_name) == ("Поликлиника № 3", "Мытищинская поликлиника № 3")
    assert (found.address, found.town, found.phone) == ("Мытищи, ул. Мира, 7", "Мытищи", "+7 495 000-01-03")
    assert (found.latitude, found.longitude, found.hours) == (55.91, 37.73, [[480, 1200]])
    assert (found.serves_adults, found.serves_children) == (True, False)
    assert "терапия" in found.search_text
    assert list(OpeningPeriod.objects.values_list("opens", "closes")) == [(480, 1200)]


def test_store_keeps_the_rest_when_one_part_is_sent_again():
    fhir.store(SCOPE, [organization(), SITE, SERVICE])
    Facility.objects.update(rating_mean=4.8, rating_count=12)

    fhir.store(SCOPE, [organization(name="Поликлиника № 3 имени Пирогова")])

    found = Facility.objects.get()
    assert found.name == "Поликлиника № 3 имени Пирогова"
    assert (found.address, found.hours, found.serves_adults) == ("Мытищи, ул. Мира, 7", [[480, 1200]], True)
    assert (found.rating_mean, found.rating_count) == (4.8, 12)


def test_store_takes_the_address_of_the_organization_without_a_site():
    fhir.store(SCOPE, [organization(address=[{"line": ["ул. Мира, 7"], "city": "Мытищи"}])])

    assert Facility.objects.get().address == "Мытищи, ул. Мира, 7"


def test_store_moves_a_site_from_one_clinic_to_another():
    fhir.store(SCOPE, [organization(), organization("f02", value=f"{OID}.2"), SITE])

    moved = SITE.resource | {"managingOrganization": ref("Organization", "f02")}
    fhir.store(
        SCOPE,
        [incoming("Location", "f01-site", **{key: moved[key] for key in moved if key not in ("id", "resourceType")})],
    )

    assert Facility.objects.get(pk=row_id("Organization", "f01")).address == ""
    assert Facility.objects.get(pk=row_id("Organization", "f02")).address == "Мытищи, ул. Мира, 7"


def test_store_ignores_rooms_and_closed_sites():
    room = incoming(
        "Location",
        "room",
        managingOrganization=ref("Organization", "f01"),
        physicalType={"coding": [{"code": "ro"}]},
        address={"text": "каб. 118"},
    )
    closed = incoming(
        "Location",
        "old",
        status="inactive",
        managingOrganization=ref("Organization", "f01"),
        address={"text": "старый адрес"},
    )

    fhir.store(SCOPE, [organization(), room, closed])

    assert Facility.objects.get().address == ""
    assert Location.objects.count() == 2


@pytest.mark.parametrize("system", systems.spellings(systems.FRMO))
def test_store_lists_a_clinic_by_any_spelling_of_the_register(system):
    fhir.store(SCOPE, [organization(system=system)])

    assert Facility.objects.get().is_listed


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"system": "http://hl7.org/fhir/sid/us-npi"}, "a stranger's number"),
        ({"value": "poliklinika-3"}, "not an OID"),
        ({"active": False}, "closed"),
    ],
)
def test_store_does_not_list_anything_else(changes, why):
    fhir.store(SCOPE, [organization(**changes)])

    assert not Facility.objects.get().is_listed, why


def test_store_takes_a_clinic_off_the_list_when_it_loses_its_oid_or_is_withdrawn():
    fhir.store(SCOPE, [organization()])
    fhir.store(SCOPE, [organization(value="")])
    assert not Facility.objects.get().is_listed

    fhir.store(SCOPE, [organization()])
    fhir.store(SCOPE, [incoming("Organization", "f01", withdrawn=True, name="Поликлиника № 3")])
    assert not Facility.objects.get().is_listed


def test_store_lists_one_row_of_a_clinic_that_two_systems_send():
    lab = incoming(
        "Organization", "x", source="lab", identifier=[{"system": systems.FRMO, "value": OID}], name="П-ка 3"
    )
    fhir.store(SystemScope.of("lab"), [lab])
    assert Facility.objects.get(source="lab").is_listed

    fhir.store(SCOPE, [organization(), SITE])

    assert list(Facility.objects.filter(is_listed=True).values_list("source", flat=True)) == [SOURCE]


def test_store_lists_the_other_row_when_the_listed_one_changes_its_oid():
    fhir.store(SCOPE, [organization(), SITE])
    second = FacilityFactory(oid=OID, is_listed=False, source="lab")

    fhir.store(SCOPE, [organization(value=f"{OID}.7")])

    second.refresh_from_db()
    assert second.is_listed


def test_store_reads_a_doctor_and_his_post():
    fhir.store(
        SCOPE,
        [
            organization(),
            incoming("Practitioner", "d", name=[{"family": "Пробный", "given": ["Иван", "Петрович"]}]),
            incoming(
                "PractitionerRole",
                "r",
                practitioner=ref("Practitioner", "d", display="Пробный И. П."),
                organization=ref("Organization", "f01"),
                code=[
                    {
                        "coding": [
                            {"system": "http://terminology.hl7.org/CodeSystem/practitioner-role", "code": "doctor"}
                        ]
                    },
                    {"coding": [{"system": systems.POSITION, "code": "49"}], "text": "врач-терапевт"},
                ],
                specialty=[{"coding": [{"system": systems.SPECIALTY, "code": "49", "display": "Терапия"}]}],
                extension=[{"url": fhir.CABINET, "valueString": "104"}],
            ),
        ],
    )

    doctor, role = Practitioner.objects.get(), PractitionerRole.objects.get()
    assert (doctor.full_name, doctor.patronymic) == ("Пробный Иван Петрович", "Петрович")
    assert (role.practitioner_id, role.facility_id) == (doctor.pk, row_id("Organization", "f01"))
    assert (role.specialty_code, role.specialty_name) == ("49", "Терапия")
    assert (role.position_name, role.cabinet) == ("врач-терапевт", "104")
    assert "врач-терапевт" in Facility.objects.get().search_text


def test_store_survives_overlong_and_unresolved_values():
    fhir.store(
        SCOPE,
        [
            incoming("Organization", "o", name="И" * 900, telecom=[{"system": "phone", "value": "1" * 200}]),
            incoming("Location", "l", name="З" * 900, managingOrganization={"reference": "Organization/unknown"}),
            incoming(
                "HealthcareService", "h", providedBy={"display": "клиника"}, specialty=[{"coding": [{"code": "49"}]}]
            ),
            incoming("Practitioner", "p", name=[{"text": "Ф" * 900}]),
            incoming("PractitionerRole", "r", practitioner={"reference": "#p"}),
        ],
    )

    assert len(Facility.objects.get().name) == 255
    assert Location.objects.get().facility_id is None
    service = HealthcareService.objects.get()
    assert (service.name, service.specialty_code, service.specialty_name) == ("", "49", "")


def test_store_takes_the_same_resource_twice_in_one_go():
    fhir.store(SCOPE, [organization(name="Первое"), organization(name="Второе")])

    assert Facility.objects.get().name == "Второе"


def test_store_counts_its_statements_whatever_the_size(django_assert_max_num_queries):
    rows = [organization(f"f{n}", value=f"{OID}.{n}") for n in range(40)]

    with django_assert_max_num_queries(18):
        fhir.store(SCOPE, rows)
