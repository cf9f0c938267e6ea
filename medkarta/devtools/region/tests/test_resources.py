import re
from collections import Counter
from datetime import timedelta

import pytest

from medkarta.core.ids import is_valid_enp, is_valid_snils
from medkarta.devtools import region
from medkarta.hl7.validation import validate

from .conftest import TODAY

SNILS, ENP = "urn:oid:1.2.643.100.3", "urn:oid:1.2.643.2.69.1.1.1.6.228"


def numbers(resource, system):
    return [one["value"] for one in resource.get("identifier", ()) if one.get("system") == system]


def references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "reference":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_resources_are_valid_fhir(loaded):
    wrong = [
        (one["resourceType"], one["id"], [(issue.path, str(issue.text)) for issue in issues])
        for _, one in loaded.items
        if (issues := validate(one, with_models=False))
    ]

    assert wrong == []


def test_resources_pass_the_models_of_each_type(loaded):
    for found in loaded.by_type.values():
        for one in found[:: max(1, len(found) // 25)]:
            assert validate(one) == ()


def test_resources_have_ids_of_the_fhir_grammar_once_for_a_source(loaded):
    assert len(loaded.by_key) == len(loaded.items)
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", rid) for _, _, rid in loaded.by_key)


@pytest.mark.parametrize("which", ["named", "loaded"])
def test_resources_refer_only_to_what_their_source_sends(which, request):
    found = request.getfixturevalue(which)

    missing = {
        (source, one["resourceType"], target)
        for source, one in found.items
        for target in references(one)
        if (source, *target.split("/")) not in found.by_key
    }

    assert missing == set()


def test_resources_name_parents_and_clinics_before_who_refers_to_them(loaded):
    place = {key: number for number, key in enumerate(loaded.by_key)}
    first = (
        "Organization",
        "Location",
        "Practitioner",
        "PractitionerRole",
        "Schedule",
        "Slot",
        "Patient",
        "Observation",
    )

    late = [
        (key, target)
        for key, one in loaded.by_key.items()
        for target in references(one)
        if target.split("/")[0] in first and place[(key[0], *target.split("/"))] > place[key]
    ]

    assert late == []


def test_resources_never_change_later_than_today(loaded):
    assert max(one["meta"]["lastUpdated"] for _, one in loaded.items) <= f"{TODAY}T00:00:00+03:00"


def test_resources_are_the_same_for_the_same_seed():
    first = list(region.resources(TODAY, residents=20, seed=5))

    assert first == list(region.resources(TODAY, residents=20, seed=5))
    assert first != list(region.resources(TODAY, residents=20, seed=6))


def test_resources_carry_right_check_digits(loaded):
    for one in (*loaded.by_type["Patient"], *loaded.by_type["Practitioner"], *loaded.by_type["RelatedPerson"]):
        assert all(is_valid_snils(number) and number.startswith("900") for number in numbers(one, SNILS))
        assert all(is_valid_enp(number) for number in numbers(one, ENP))


def test_resources_give_a_number_to_one_person_of_the_clinics_only(loaded):
    clinics = [one for (source, type_, _), one in loaded.by_key.items() if (source, type_) == ("demo-mis", "Patient")]

    for system in (SNILS, ENP):
        counted = Counter(number for one in clinics for number in numbers(one, system))
        assert set(counted.values()) == {1}


def test_enp_tells_birth_date_and_sex(loaded):
    for one in loaded.by_type["Patient"]:
        for number in numbers(one, ENP):
            coded = "".join(str(9 - int(digit)) for digit in number[2:10])
            year, month, day = one["birthDate"].split("-")
            assert coded[2:6] == year[::-1]
            assert int(coded[:2]) - int(month) == (20 if int(year) <= 1950 else 40 if int(year) <= 2000 else 0)
            assert int(coded[6:]) - int(day) == (50 if one["gender"] == "female" else 0)


def test_persons_are_few_enough_for_a_quick_start(named):
    assert len(named.items) < 4000


def test_resources_have_no_more_than_twelve_thousand_times():
    found = [one for _, one in region.resources(TODAY, residents=0) if one["resourceType"] == "Slot"]

    assert 8000 < len(found) <= 12_000
    days = {one["start"][:10] for one in found}
    assert min(days) >= TODAY.isoformat()
    assert max(days) >= (TODAY + timedelta(days=14)).isoformat()
