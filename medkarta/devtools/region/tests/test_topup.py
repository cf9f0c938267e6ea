from datetime import date, timedelta

import pytest

from medkarta.devtools import region


def state(items):
    return {(source, one["resourceType"], one["id"]): one for source, one in items}


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (date(2026, 11, 25), 1),
        (date(2026, 11, 27), 1),
        (date(2026, 11, 25), 9),
        (date(2026, 12, 31), 1),
        (date(2028, 2, 28), 1),
    ],
)
def test_topup_over_an_earlier_day_gives_the_later_day(first, days):
    later = first + timedelta(days=days)
    loaded = state(region.resources(first, residents=30))

    loaded |= state(region.topup(later, residents=30, since=first))

    wanted = state(region.resources(later, residents=30))
    assert {key for key, one in wanted.items() if loaded.get(key) != one} == set()


def test_topup_of_a_day_is_a_small_part_of_the_region():
    today = date(2026, 11, 25)

    changed = sum(1 for _ in region.topup(today, residents=30))

    assert 0 < changed < 0.2 * sum(1 for _ in region.resources(today, residents=30))


def test_a_later_version_has_a_higher_number_and_another_moment():
    today = date(2026, 11, 25)
    before, after = (state(region.resources(today + timedelta(days=days), residents=30)) for days in (0, 4))

    changed = [(before[key], after[key]) for key in before.keys() & after.keys() if before[key] != after[key]]

    assert {one["resourceType"] for one, _ in changed} >= {"Slot", "Appointment", "ServiceRequest", "MedicationRequest"}
    for old, new in changed:
        assert int(new["meta"]["versionId"]) > int(old["meta"]["versionId"])
        assert new["meta"]["lastUpdated"] > old["meta"]["lastUpdated"]


def test_a_taken_time_never_becomes_free_again():
    today = date(2026, 11, 25)
    earlier, later = (
        {key: one["status"] for key, one in state(region.resources(day, residents=0)).items() if key[1] == "Slot"}
        for day in (today, today + timedelta(days=3))
    )

    both = earlier.keys() & later.keys()
    assert {(earlier[key], later[key]) for key in both} == {
        ("free", "free"), ("free", "busy"), ("busy", "busy"), ("busy-unavailable", "busy-unavailable"),
    }  # fmt: skip
