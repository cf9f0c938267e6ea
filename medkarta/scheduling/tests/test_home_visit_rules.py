"""Hours, red flags and ages, each on both sides of its boundary."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import NOW
from medkarta.scheduling.models import BookingSetting
from medkarta.scheduling.queries import home_visit_rules as queries
from medkarta.scheduling.rules import home_visits as rules

MINUTE = timedelta(minutes=1)
WEDNESDAY = datetime(2026, 11, 25, 13, 59, 59)
HOURS = rules.HomeVisitRules(cutoff_weekday="14:00", cutoff_weekend="12:00")


@pytest.mark.parametrize(
    ("at", "cutoff", "is_open"),
    [
        (time(13, 59, 59), "14:00", True),
        (time(14, 0), "14:00", False),
        (time(0, 0), "14:00", True),
        (time(23, 59), "off", True),
        (time(0, 0), "closed", False),
    ],
)
def test_is_open_at_until_the_minute_of_the_cutoff(at, cutoff, is_open):
    assert rules.is_open_at(at, cutoff) is is_open


def test_offered_days_are_today_before_the_cutoff_and_the_next():
    assert rules.offered_days(WEDNESDAY, HOURS) == [date(2026, 11, 25), date(2026, 11, 26)]
    assert rules.offered_days(WEDNESDAY + timedelta(seconds=1), HOURS) == [date(2026, 11, 26)]


def test_offered_days_pass_over_days_without_calls():
    closed = rules.HomeVisitRules(cutoff_weekday="14:00", cutoff_weekend="closed", days_off=("2026-11-30",))

    assert rules.offered_days(datetime(2026, 11, 27, 14, 0), closed) == [date(2026, 12, 1)]


def test_offered_days_of_a_clinic_that_goes_nowhere_are_none():
    assert rules.offered_days(WEDNESDAY, rules.HomeVisitRules("closed", "closed")) == []


@pytest.mark.parametrize(
    ("day", "cutoff"),
    [(date(2026, 11, 27), "14:00"), (date(2026, 11, 28), "12:00"), (date(2026, 11, 29), "12:00")],
)
def test_cutoff_on_a_weekend_is_its_own(day, cutoff):
    assert HOURS.cutoff_on(day) == cutoff


@pytest.mark.parametrize(
    ("born", "temperature", "needs"),
    [
        (date(2026, 8, 26), "38.1", True),
        (date(2026, 8, 26), "38.0", False),
        (date(2026, 8, 25), "38.1", False),
        (date(2026, 11, 25), "40", True),
        (None, "40", False),
        (date(2026, 8, 26), None, False),
    ],
    ids=["a day short of 3 months", "38.0", "3 months", "born today", "age unknown", "not measured"],
)
def test_needs_ambulance_below_three_months_above_38(born, temperature, needs):
    months = rules.months_on(born, date(2026, 11, 25))

    assert rules.needs_ambulance(months=months, temperature=Decimal(temperature) if temperature else None) is needs


@pytest.mark.parametrize(("months", "asks"), [(11, False), (12, True), (None, True)])
def test_asks_about_clinic_from_one_year_on(months, asks):
    assert rules.asks_about_clinic(months) is asks


@pytest.mark.parametrize(("months", "child"), [(215, True), (216, False), (None, False)])
def test_is_child_below_eighteen_years(months, child):
    assert rules.is_child(months) is child


@pytest.mark.parametrize(
    ("half", "day", "at", "over"),
    [
        ("morning", date(2026, 11, 25), time(12, 0), True),
        ("morning", date(2026, 11, 25), time(11, 59), False),
        ("morning", date(2026, 11, 26), time(23, 0), False),
        ("any", date(2026, 11, 25), time(23, 0), False),
    ],
)
def test_is_half_over_at_noon_of_the_same_day(half, day, at, over):
    assert rules.is_half_over(half, day, datetime.combine(date(2026, 11, 25), at)) is over


@pytest.mark.parametrize(
    ("status", "is_own", "can"),
    [
        ("new", True, True),
        ("accepted", True, True),
        ("assigned", True, False),
        ("done", True, False),
        ("new", False, False),
    ],
)
def test_can_cancel_until_a_doctor_is_assigned(status, is_own, can):
    assert rules.can_cancel(status=status, is_own=is_own) is can


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("г. Подольск, ул. Садовая, д. 12, кв. 45", ("г. Подольск, ул. Садовая, д. 12", "45")),
        ("г. Подольск, ул. Садовая, д. 12, квартира 45А", ("г. Подольск, ул. Садовая, д. 12", "45А")),
        (" с. Квасово, д. 12 ", ("с. Квасово, д. 12", "")),
        ("", ("", "")),
    ],
)
def test_split_flat_takes_it_from_the_end(address, parts):
    assert rules.split_flat(address) == parts


@pytest.mark.parametrize(
    ("name", "value", "may"),
    [
        ("cutoff_weekday", "07:30", True),
        ("cutoff_weekend", "off", True),
        ("cutoff_weekend", "closed", True),
        ("cutoff_weekday", "24:00", False),
        ("cutoff_weekday", 14, False),
        ("days_off", ["2026-12-31"], True),
        ("days_off", "2026-12-31", False),
        ("days_off", [1], False),
        ("color", "14:00", False),
    ],
)
def test_is_setting_knows_names_and_values(name, value, may):
    assert rules.is_setting(name, value) is may


@pytest.mark.parametrize(
    ("flag", "sex", "months", "concerns"),
    [
        ("baby-fever", "female", 2, True),
        ("baby-fever", "female", 3, False),
        ("baby-fever", "unknown", None, True),
        ("pregnancy-pain", "female", 144, True),
        ("pregnancy-pain", "female", 143, False),
        ("pregnancy-pain", "male", 400, False),
        ("pregnancy-pain", "unknown", 400, True),
        ("chest-pain", "male", 0, True),
    ],
)
def test_red_flag_is_asked_of_those_it_concerns(flag, sex, months, concerns):
    assert (flag in [code for code, _words in queries.list_red_flags(sex=sex, months=months)]) is concerns


def test_red_flags_name_their_source_and_who_reviewed_them():
    told = json.loads(queries._FLAGS.read_text())

    assert told["source"]
    assert {"reviewed_by", "reviewed_on", "valid_from"} <= set(told)
    assert len({one.code for one in queries.red_flags()}) == len(told["flags"]) >= 11


def setting(name, value, *, facility=None, position="", at=NOW):
    BookingSetting.objects.create(
        name=f"home_visit.{name}", value=value, facility=facility, position_code=position, valid_from=at, created_at=NOW
    )


def hours_of(clinic, *, position="49"):
    return queries.rules_of_clinics([clinic.pk], position_code=position, now=NOW)[clinic.pk]


@pytest.mark.django_db
def test_rules_of_clinics_without_settings_close_at_two_in_production_only(settings):
    clinic = FacilityFactory()

    assert hours_of(clinic).cutoff_weekday == "off"
    settings.IS_PRODUCTION = True
    assert hours_of(clinic) == rules.HomeVisitRules("14:00", "14:00")


@pytest.mark.django_db
def test_rules_of_clinics_let_the_nearer_setting_win():
    clinic, other = FacilityFactory(), FacilityFactory()
    setting("cutoff_weekday", "10:00", facility=clinic, at=NOW - timedelta(days=9))
    setting("cutoff_weekday", "11:00", facility=clinic, position="27", at=NOW - timedelta(days=9))
    setting("cutoff_weekday", "12:00", facility=clinic, position="8")
    setting("cutoff_weekday", "13:00")
    setting("days_off", ["2026-12-31"])

    assert hours_of(clinic).cutoff_weekday == "10:00"
    assert hours_of(clinic, position="27").cutoff_weekday == "11:00"
    assert hours_of(other).cutoff_weekday == "13:00"
    assert hours_of(other).days_off == ("2026-12-31",)


@pytest.mark.django_db
def test_rules_of_clinics_take_the_latest_that_holds_already():
    clinic = FacilityFactory()
    setting("cutoff_weekday", "09:00", at=NOW - timedelta(days=2))
    setting("cutoff_weekday", "10:00", at=NOW)
    setting("cutoff_weekday", "11:00", at=NOW + MINUTE)
    setting("cutoff_weekday", "nonsense", facility=clinic)

    assert hours_of(clinic).cutoff_weekday == "10:00"


def test_call_key_differs_by_account_and_person():
    form, account, person = uuid4(), uuid4(), uuid4()
    key = rules.call_key(form, account_id=account, person_id=person)

    assert key == rules.call_key(form, account_id=account, person_id=person)
    assert key != rules.call_key(form, account_id=uuid4(), person_id=person)
    assert key != rules.call_key(form, account_id=account, person_id=uuid4())


def test_months_on_counts_full_months():
    assert rules.months_on(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert rules.months_on(date(2026, 1, 31), datetime(2026, 3, 31, tzinfo=UTC).date()) == 2
    assert rules.months_on(None, date(2026, 2, 28)) is None
