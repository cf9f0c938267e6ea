from collections import Counter
from datetime import date, timedelta

from medkarta.devtools.region import timetable

from .conftest import TODAY


def slots_of(loaded, role):
    schedules = {
        one["id"] for one in loaded.by_type["Schedule"]
        if any(actor["reference"] == f"PractitionerRole/{role}" for actor in one["actor"])
    }  # fmt: skip
    return [one for one in loaded.by_type["Slot"] if one["schedule"]["reference"].split("/")[1] in schedules]


def booked(loaded):
    return [one for one in loaded.by_type["Appointment"] if one["status"] == "booked"]


def test_appointments_take_a_time_once_and_never_a_free_one(loaded):
    slots = {one["id"]: one for one in loaded.by_type["Slot"]}
    taken = Counter(one["slot"][0]["reference"].split("/")[1] for one in booked(loaded))

    assert len(taken) > 30
    assert set(taken.values()) == {1}
    for one in booked(loaded):
        slot = slots[one["slot"][0]["reference"].split("/")[1]]
        assert slot["status"] != "free"
        assert (slot["start"], slot["end"]) == (one["start"], one["end"])


def test_appointments_of_one_person_never_overlap(loaded):
    seen = {}
    for one in booked(loaded):
        person = one["participant"][0]["actor"]["reference"]
        for start, end in seen.setdefault(person, []):
            assert one["end"] <= start or one["start"] >= end
        seen[person].append((one["start"], one["end"]))


def test_booked_appointments_are_ahead_and_ended_ones_behind(loaded):
    today = TODAY.isoformat()

    for one in loaded.by_type["Appointment"]:
        if one["status"] == "booked":
            assert one["start"][:10] >= today
        elif one["status"] in ("fulfilled", "noshow"):
            assert one["start"][:10] < today
        assert one["created"][:10] <= today
    assert {"booked", "fulfilled", "noshow", "cancelled", "waitlist"} == {
        one["status"] for one in loaded.by_type["Appointment"]
    }


def test_slots_are_scarce_in_the_next_days_and_less_so_later(loaded):
    near, far = [], []
    for one in loaded.by_type["Slot"]:
        ahead = (date.fromisoformat(one["start"][:10]) - TODAY).days
        (near if ahead <= 3 else far if ahead >= 12 else []).append(one["status"] == "free")

    assert 0.02 < sum(near) / len(near) < 0.10
    assert 0.15 < sum(far) / len(far) < 0.45


def test_slots_of_one_specialty_are_all_taken(loaded):
    found = slots_of(loaded, "role10") + slots_of(loaded, "role42")

    assert {one["status"] for one in found} == {"busy"}


def test_slots_of_the_absent_doctor_are_blocked_and_people_are_booked(loaded):
    assert {one["status"] for one in slots_of(loaded, "role20")} == {"busy-unavailable"}
    waiting = [
        one for one in booked(loaded) if one["participant"][1]["actor"]["reference"] == "PractitionerRole/role20"
    ]
    assert len(waiting) >= 10


def test_schedule_without_times_says_why(loaded):
    schedule = next(one for one in loaded.by_type["Schedule"] if one["id"] == "sch60")

    assert schedule["active"] is False
    assert schedule["comment"]
    assert slots_of(loaded, "role60") == []


def test_clinic_in_another_time_zone_has_times_of_its_own(loaded):
    found = slots_of(loaded, "role59")

    assert found
    assert all(one["start"].endswith("+02:00") for one in found)


def test_diary_gives_a_time_once():
    doctor = next(one for one in timetable.doctors() if one.number == 1)
    day = timetable.working_day(doctor, TODAY)
    diary = timetable.Diary(slice(None))
    times = timetable.staff_times(doctor, day)

    given = [diary.claim(doctor, day, 2) for _ in times]

    assert sorted(given) == sorted(times)
    assert diary.claim(doctor, day, 2) is None


def test_working_day_is_never_a_sunday():
    for doctor in timetable.doctors():
        for days in range(7):
            assert timetable.working_day(doctor, TODAY + timedelta(days=days)).weekday() != 6
