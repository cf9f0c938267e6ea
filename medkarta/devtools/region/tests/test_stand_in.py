from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from medkarta.core.ids import is_valid_enp, is_valid_snils
from medkarta.devtools import region
from medkarta.devtools.region.people import enp_of
from medkarta.devtools.region.stand_in import PERSONS

from .conftest import TODAY, Loaded

SECTIONS = ("ServiceRequest", "DocumentReference", "MedicationRequest", "DiagnosticReport", "Immunization", "Encounter")
ALL = [person.key for person in PERSONS]


def of(loaded, key):
    """Return the resources of a person by type."""
    found = defaultdict(list)
    for one in loaded.by_key.values():
        people = [each["actor"] for each in one.get("participant", ()) if "actor" in each]
        for reference in (one.get("subject"), one.get("patient"), one.get("beneficiary"), *people):
            if reference and reference["reference"] == f"Patient/{key}":
                found[one["resourceType"]].append(one)
    return found


def codes(resources, element):
    """Count the first codes of an element that is a CodeableConcept or a list of them."""
    concepts = [one[element] for one in resources if element in one]
    firsts = [one[0] if isinstance(one, list) else one for one in concepts]
    return Counter(one["coding"][0]["code"] for one in firsts)


def ahead(appointments):
    return sorted(one["start"][:10] for one in appointments if one["status"] == "booked")


@pytest.mark.parametrize("person", PERSONS, ids=ALL)
def test_person_has_the_numbers_of_the_table(person):
    assert is_valid_snils(person.snils)
    if person.enp:
        assert is_valid_enp(person.enp)
        assert person.enp == enp_of(person.born, person.sex, int(person.enp[10:15]))


@pytest.mark.parametrize("key", ALL)
def test_person_has_rows_in_every_section(named, key):
    found = of(named, key)

    assert all(found[type_] for type_ in SECTIONS)
    kinds = codes(found["MedicationRequest"], "category")
    assert kinds["commercial"]
    assert kinds["state"]
    assert codes(found["ServiceRequest"], "category")["study"]
    if key not in ("s5", "s6", "s8"):
        assert found["CarePlan"]


def test_anna_has_every_table_of_the_home_page(named):
    found = of(named, "s1")
    calls = [one for one in found["ServiceRequest"] if one["category"][0]["coding"][0]["code"] == "home-call"]

    assert 1 <= (date.fromisoformat(ahead(found["Appointment"])[0]) - TODAY).days <= 3
    assert len(ahead(found["Appointment"])) == 3
    assert "accepted" in {one["extension"][0]["valueCode"] for one in calls}
    assert sum(one["status"] == "waitlist" for one in found["Appointment"]) == 2
    assert codes(found["ServiceRequest"], "category")["hospitalization"] == 2
    states = codes(found["MedicationRequest"], "statusReason")
    assert set(states) == {"issued", "in-service", "deferred", "partly-dispensed", "dispensed"}
    assert len({one["serviceProvider"]["reference"] for one in found["Encounter"]}) >= 3
    forms = {each["attachment"]["contentType"] for one in found["DocumentReference"] for each in one["content"]}
    assert forms == {"application/xml", "application/pdf", "text/plain; charset=utf-8"}


@pytest.mark.parametrize(("key", "days"), [("s1", 5), ("s4", 5)])
def test_a_prescription_expires_in_five_days_and_another_has_expired(named, key, days):
    ends = [one["dispenseRequest"]["validityPeriod"]["end"] for one in of(named, key)["MedicationRequest"]
            if one["id"].startswith(f"{key}-paper")]  # fmt: skip

    assert (TODAY + timedelta(days=days)).isoformat() in ends
    assert min(ends) < TODAY.isoformat()


def test_a_referral_of_anna_expires_in_two_days(named):
    ends = {
        one["occurrencePeriod"].get("end") for one in of(named, "s1")["ServiceRequest"] if "occurrencePeriod" in one
    }

    assert (TODAY + timedelta(days=2)).isoformat() in ends
    assert None in ends


def test_smirnov_has_hundreds_of_records_and_every_hospital_status(named):
    found = of(named, "s4")
    states = {
        one["extension"][0]["valueCode"] for one in found["ServiceRequest"]
        if one["category"][0]["coding"][0]["code"] == "hospitalization"
    }  # fmt: skip

    assert sum(map(len, found.values())) > 300
    assert states == {"new", "agreed", "date-set", "postponed", "admitted", "refused", "annulled"}


@pytest.mark.parametrize("key", ["s5", "s6"])
def test_nothing_is_passed_this_year_by_who_is_due(named, key):
    assert [one for one in of(named, key)["CarePlan"] if one["period"]["start"] >= "2026"] == []


def test_frolova_has_no_policy_and_is_known_by_snils(named):
    found = of(named, "s7")

    assert found["Coverage"] == []
    assert "urn:oid:1.2.643.2.69.1.1.1.6.228" not in {one["system"] for one in named.patients["s7"]["identifier"]}


@pytest.mark.parametrize("key", ["s2", "s3"])
def test_children_have_both_parents_and_a_children_s_clinic(named, key):
    parents = {
        one["id"][-2:] for one in named.by_type["RelatedPerson"] if one["patient"]["reference"] == f"Patient/{key}"
    }

    assert parents == {"s1", "s9"}
    assert named.patients[key]["managingOrganization"]["reference"] == "Organization/f02"


@pytest.mark.parametrize("key", ["s1", "s4"])
def test_restricted_records_are_marked_all_through(named, key):
    found = of(named, key)
    psychiatric = [one for one in found["Encounter"] if "психиатра" in one["serviceType"]["text"]]

    assert psychiatric
    for visit in psychiatric:
        of_visit = (found[type_] for type_ in ("Encounter", "Condition", "DocumentReference", "Appointment"))
        mine = [one for many in of_visit for one in many if one["id"].startswith(visit["id"])]
        assert len(mine) >= 3
        assert all("R" in {each["code"] for each in one["meta"]["security"]} for one in mine)


def test_laboratory_knows_two_persons_under_its_own_ids_and_one_who_contradicts(named):
    theirs = [one for (source, type_, _), one in named.by_key.items() if (source, type_) == ("demo-lab", "Patient")]
    snils = Counter(one["identifier"][0]["value"] for one in theirs)

    assert snils == {"90000000182": 1, "90000000485": 2}
    assert {one["birthDate"] for one in theirs if one["identifier"][0]["value"] == "90000000485"} == {
        "1958-06-25", "1985-06-25",
    }  # fmt: skip


def test_anna_has_haemoglobin_of_three_years_in_two_units(named):
    units = Counter(
        one["valueQuantity"]["code"] for key in ("s1", "lab-s1") for one in of(named, key)["Observation"]
        if one["code"]["coding"][0]["code"] == "718-7"
    )  # fmt: skip

    assert units["g/dL"] >= 6
    assert units["g/L"] >= 2


@pytest.mark.parametrize("today", [date(2026, 11, 28), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)])
def test_persons_have_their_tables_on_any_day(today):
    loaded = Loaded(region.persons(today))
    found = of(loaded, "s1")
    slots = {one["id"] for one in loaded.by_type["Slot"]}
    booked = [one for one in loaded.by_type["Appointment"] if one["status"] == "booked"]

    assert len(ahead(found["Appointment"])) == 3
    assert ahead(found["Appointment"])[0] > today.isoformat()
    assert all(found[type_] for type_ in (*SECTIONS, "CarePlan"))
    assert {one["slot"][0]["reference"].removeprefix("Slot/") for one in booked} <= slots
