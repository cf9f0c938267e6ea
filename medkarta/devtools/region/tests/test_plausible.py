"""Nothing clinically impossible. Limits are written here again, apart from the tables that they check."""

import re
from collections import defaultdict
from datetime import date

from .conftest import TODAY

WOMEN_ONLY = re.compile(r"^(N7[0-7]|N8|N9[0-8]|O\d|Z01\.4|Z3[3-9])")
MEN_ONLY = re.compile(r"^(N4\d|C61)")
PSA = "2857-1"
# LOINC: least and greatest value of a living person in this demo
LIMITS = {
    "718-7": (60, 200), "789-8": (2.5, 7), "4544-3": (18, 62), "787-2": (60, 110), "785-6": (18, 38),
    "786-4": (290, 370), "6690-2": (2, 25), "777-3": (100, 600), "770-8": (15, 90), "736-9": (5, 75),
    "5905-5": (0, 15), "713-8": (0, 15), "706-2": (0, 2), "4537-7": (1, 80), "14771-0": (2.8, 20),
    "14682-9": (15, 200), "22664-7": (1, 20), "1742-6": (3, 200), "1920-8": (3, 200), "14631-6": (1, 60),
    "2885-2": (45, 95), "1988-5": (0, 100), "2823-3": (2.9, 6.2), "14647-2": (2, 11), "14646-4": (0.5, 3),
    "14927-8": (0.2, 5), "22748-8": (0.5, 8.5), "3016-3": (0.05, 20), "14920-3": (5, 30), "4548-4": (3.8, 14),
    "2276-4": (2, 600), PSA: (0, 15), "2756-5": (4.5, 8.6), "2965-2": (1.001, 1.04), "5821-4": (0, 50),
    "13945-1": (0, 25),
}  # fmt: skip
MOMENTS = {
    "Encounter": lambda one: one["period"]["start"],
    "Condition": lambda one: one["recordedDate"],
    "Observation": lambda one: one["effectiveDateTime"],
    "DiagnosticReport": lambda one: one["effectiveDateTime"],
    "MedicationRequest": lambda one: one["authoredOn"],
    "Immunization": lambda one: one["occurrenceDateTime"],
    "DocumentReference": lambda one: one["date"],
    "CarePlan": lambda one: one["period"]["start"],
    "ServiceRequest": lambda one: one["authoredOn"],
}


def age_at(born, moment):
    day = date.fromisoformat(moment[:10])
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def test_nothing_happens_before_birth_or_after_today(loaded):
    for type_, moment in MOMENTS.items():
        assert loaded.by_type[type_]
        for one in loaded.by_type[type_]:
            assert loaded.born(one).isoformat() <= moment(one)[:10] <= TODAY.isoformat()
    assert all(one["issued"][:10] < TODAY.isoformat() for one in loaded.by_type["DiagnosticReport"])
    for one in loaded.by_type["Encounter"]:
        if one["status"] == "finished":
            assert one["period"]["start"] < one["period"]["end"] < TODAY.isoformat()
        else:
            assert (one["status"], one["class"]["code"], set(one["period"])) == ("in-progress", "IMP", {"start"})


def test_diagnoses_and_doctors_suit_the_sex(loaded):
    for one in loaded.by_type["Condition"]:
        code, sex = one["code"]["coding"][0]["code"], loaded.patient_of(one)["gender"]
        assert not (WOMEN_ONLY.match(code) and sex == "male")
        assert not (MEN_ONLY.match(code) and sex == "female")
    for one in loaded.by_type["Encounter"]:
        if "гинеколог" in one["serviceType"]["text"]:
            assert loaded.patient_of(one)["gender"] == "female"


def test_studies_suit_sex_and_age(loaded):
    codes = {one["code"]["coding"][0]["code"] for one in loaded.by_type["DiagnosticReport"]}
    assert {PSA, "24606-6", "36643-5"} <= codes
    for one in loaded.by_type["DiagnosticReport"]:
        code, age = one["code"]["coding"][0]["code"], age_at(loaded.born(one), one["effectiveDateTime"])
        sex = loaded.patient_of(one)["gender"]
        assert not (code == PSA and (sex != "male" or age < 40))
        assert not (code == "24606-6" and (sex != "female" or age < 39))
        assert not (code == "36643-5" and age < 15)


def test_children_see_children_s_doctors_and_adults_theirs(loaded):
    audiences = defaultdict(set)
    for one in loaded.by_type["HealthcareService"]:
        audiences[one["providedBy"]["reference"]] |= {each["code"]["coding"][0]["code"] for each in one["eligibility"]}
    children = 0
    for one in loaded.by_type["Encounter"]:
        age = age_at(loaded.born(one), one["period"]["start"])
        children += age < 18
        assert ("children" if age < 18 else "adults") in audiences[one["serviceProvider"]["reference"]]
        text = one["participant"][0]["type"][0]["text"]
        if "детский" in text or "Педиатр" in text:
            assert age < 18
        if "Терапевт участковый" in text:
            assert age >= 18
    assert children > 50


def test_values_stay_inside_what_a_body_allows(loaded):
    seen = set()
    for one in loaded.by_type["Observation"]:
        if "valueQuantity" not in one:
            continue
        code, quantity = one["code"]["coding"][0]["code"], one["valueQuantity"]
        low, high = LIMITS[code]
        value = quantity["value"] * (10 if quantity["code"] == "g/dL" else 1)
        seen.add(code)
        assert low <= value <= high
    assert seen == set(LIMITS)


def test_flags_agree_with_values_and_ranges(loaded):
    seen = set()
    for one in loaded.by_type["Observation"]:
        if "valueQuantity" not in one:
            continue
        limits, value = one["referenceRange"][0], one["valueQuantity"]["value"]
        is_low = "low" in limits and value < limits["low"]["value"]
        is_high = "high" in limits and value > limits["high"]["value"]
        code = one["interpretation"][0]["coding"][0]["code"]
        seen.add(code)
        assert code == ("L" if is_low else "H" if is_high else "N")
        for limit in limits.values():
            if isinstance(limit, dict):
                assert (limit["unit"], limit["code"]) == (one["valueQuantity"]["unit"], one["valueQuantity"]["code"])
    assert seen == {"L", "H", "N"}


def test_most_values_of_everybody_are_normal(loaded):
    flags = [
        one["interpretation"][0]["coding"][0]["code"]
        for one in loaded.by_type["Observation"]
        if "interpretation" in one
    ]

    assert 0.8 < flags.count("N") / len(flags) < 0.97


def test_blood_counts_agree_with_themselves(loaded):
    values = {
        one["id"]: one["valueQuantity"]["value"] for one in loaded.by_type["Observation"] if "valueQuantity" in one
    }
    counts = [one for one in loaded.by_type["DiagnosticReport"] if one["code"]["coding"][0]["code"] == "58410-2"]
    assert counts
    for one in counts:
        cells = [values[f"{one['id']}-{key}"] for key in ("neut", "lymph", "mono", "eos", "baso")]
        assert abs(sum(cells) - 100) < 0.6
        red, volume, share = (values[f"{one['id']}-{key}"] for key in ("rbc", "mcv", "hct"))
        assert abs(red * volume / 10 - share) < 0.6


def test_checkups_follow_the_order_by_age(loaded):
    titles = set()
    for one in loaded.by_type["CarePlan"]:
        born, year = loaded.born(one), int(one["period"]["start"][:4])
        age = year - born.year
        titles.add(one["title"])
        if one["title"] == "404н Диспансеризация":
            assert age >= 40 or age in {21, 24, 27, 30, 33, 36, 39}
        elif one["title"].startswith("404н"):
            assert 18 < age < 40
            assert age % 3
        else:
            assert age_at(born, one["period"]["start"]) < 18
    assert len(titles) == 3


def test_prescriptions_are_valid_from_their_day_and_no_longer_than_their_kind_allows(loaded):
    longest = {"state": 90, "commercial": 60}
    for one in loaded.by_type["MedicationRequest"]:
        period = one["dispenseRequest"]["validityPeriod"]
        start, end = date.fromisoformat(period["start"]), date.fromisoformat(period["end"])
        kind = one["category"][0]["coding"][0]["code"]
        assert start.isoformat() == one["authoredOn"][:10]
        assert 0 < (end - start).days <= longest[kind]


def test_households_share_address_and_surname(loaded):
    parents = defaultdict(list)
    for one in loaded.by_type["RelatedPerson"]:
        parents[one["patient"]["reference"].split("/")[1]].append(one)
    snils = {one["identifier"][0]["value"]: one for one in loaded.by_type["Patient"] if not one["id"].startswith("lab")}
    assert len(parents) > 40
    for rid, found in parents.items():
        child = loaded.patients[rid]
        for parent in (snils[one["identifier"][0]["value"]] for one in found):
            assert parent["address"] == child["address"]
            assert parent["name"][0]["family"][:4] == child["name"][0]["family"][:4]
            assert int(child["birthDate"][:4]) - int(parent["birthDate"][:4]) >= 18
            if parent["gender"] == "male" and rid.startswith("r"):
                father = parent["name"][0]["given"][0].replace("ё", "е")
                assert child["name"][0]["given"][1].replace("ё", "е")[:2] == father[:2]


def test_one_child_is_attached_to_a_clinic_for_adults_on_purpose(loaded):
    adults_only = {"f01", "f03", "f04", "f06", "f09"}

    found = [
        one for one in loaded.by_type["Patient"]
        if "managingOrganization" in one and one["managingOrganization"]["reference"].split("/")[1] in adults_only
        and age_at(date.fromisoformat(one["birthDate"]), TODAY.isoformat()) < 18
    ]  # fmt: skip

    assert len(found) == 1
