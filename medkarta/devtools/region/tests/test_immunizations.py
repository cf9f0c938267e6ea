"""Order of doses, least ages and intervals, written here again apart from the generator's table."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

LIVE_INJECTED = {"A16", "B05", "B06", "B26"}
# disease, series, number: least age in days
LEAST_AGE = {
    ("B16", "Вакцинация", 1): 0, ("A16", "Вакцинация", 1): 3, ("B16", "Вакцинация", 2): 28,
    ("J13", "Вакцинация", 1): 56,
    ("A37", "Вакцинация", 1): 84, ("A80", "Вакцинация", 1): 84, ("G00.0", "Вакцинация", 1): 84,
    ("B16", "Вакцинация", 3): 180, ("B05", "Вакцинация", 1): 365, ("J13", "Ревакцинация", 1): 365,
    ("A37", "Ревакцинация", 1): 540, ("A80", "Ревакцинация", 2): 600, ("B26", "Ревакцинация", 1): 6 * 365,
    ("J10", "Вакцинация", 1): 182,
}  # fmt: skip
LEAST_GAP = {
    "A36": 30,
    "A35": 30,
    "A37": 30,
    "A80": 45,
    "G00.0": 45,
    "B16": 28,
    "J13": 56,
    "B05": 90,
    "B06": 90,
    "B26": 90,
}


@pytest.fixture(scope="session")
def doses(loaded):
    """Completed doses by patient and disease: (day, series, number), in order of days."""
    found = defaultdict(list)
    for one in loaded.by_type["Immunization"]:
        if one["status"] == "completed":
            protocol = one["protocolApplied"][0]
            for disease in protocol["targetDisease"]:
                key = one["patient"]["reference"].split("/")[1], disease["coding"][0]["code"]
                day = date.fromisoformat(one["occurrenceDateTime"])
                found[key].append((day, protocol["series"], protocol["doseNumberPositiveInt"]))
    return {key: sorted(them) for key, them in found.items()}


def test_doses_come_in_their_order_with_intervals(doses):
    for (_, disease), them in doses.items():
        if disease == "J10":
            continue
        rank = [(series == "Ревакцинация", number) for _, series, number in them]
        assert rank == sorted(set(rank))
        for (earlier, *_), (later, *_) in pairwise(them):
            assert (later - earlier).days >= LEAST_GAP[disease]


def test_doses_are_not_given_too_early(doses, loaded):
    met = set()
    for (patient, disease), them in doses.items():
        born = date.fromisoformat(loaded.patients[patient]["birthDate"])
        for day, series, number in them:
            key = disease, series, number
            if key in LEAST_AGE:
                met.add(key)
                assert (day - born).days >= LEAST_AGE[key]
    assert met == set(LEAST_AGE)


def test_bcg_is_given_alone_and_to_the_newborn(loaded):
    days = defaultdict(list)
    for one in loaded.by_type["Immunization"]:
        days[one["patient"]["reference"], one["occurrenceDateTime"]].append(one["vaccineCode"]["text"])
    alone = [them for them in days.values() if "БЦЖ-М" in them]

    assert alone
    assert all(them == ["БЦЖ-М"] for them in alone)


def test_influenza_is_given_once_a_season(doses):
    for (_, disease), them in doses.items():
        if disease == "J10":
            days = [day for day, *_ in them]
            assert all(later - earlier > timedelta(days=250) for earlier, later in pairwise(days))
            assert all(9 <= day.month <= 12 for day in days)


def test_refused_vaccinations_say_why_and_carry_no_series(loaded):
    for one in loaded.by_type["Immunization"]:
        if one["status"] == "not-done":
            assert one["statusReason"]["text"]
            assert "lotNumber" not in one
        else:
            assert one["expirationDate"] > one["occurrenceDateTime"]
