"""Private feeds as a person makes them and as calendar programs read them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.utils.http import parse_http_date
from icalendar import Calendar

from medkarta.accounts import actions as accounts
from medkarta.audit.models import AuditEvent
from medkarta.core import families
from medkarta.core.errors import NotFound
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.models import Patient, Representation
from medkarta.patients.tests.factories import AccountFactory, PatientFactory, PersonFactory, RepresentationFactory
from medkarta.scheduling.actions import booking, feeds, releasing
from medkarta.scheduling.actions.checks import Order
from medkarta.scheduling.models import Appointment, CalendarFeed
from medkarta.scheduling.queries.feeds import hash_of
from medkarta.scheduling.rules.calendar import MAX_FEEDS
from medkarta.scheduling.tests.calendar_program import Program
from medkarta.scheduling.tests.factories import AppointmentFactory, HomeVisitFactory, SlotFactory
from medkarta.signin.tests.factories import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as found:
        yield found


class Family:
    """A mother with an account and a consent, and her son of seven; each with a row of a hospital's system."""

    def __init__(self):
        self.account = AccountFactory()
        self.scope = accounts.scope_of_account(self.account.pk)
        accounts.give_consent(self.scope, kind="processing", now=NOW, address="")
        self.mother = PatientFactory(person=PersonFactory(given_name="Анна"))
        self.son = PatientFactory(person=PersonFactory(given_name="Пётр", birth_date=date(2019, 9, 3)))
        for patient, kind in ((self.mother, "self"), (self.son, "parent")):
            RepresentationFactory(account=self.account, person=patient.person, kind=kind)

    def feed(self, patient=None, **choices):
        """Return the path of a new feed: of one person, or of all."""
        made = feeds.create_feed(
            families.find(self.account.pk, now=NOW),
            person_id=patient.person_id if patient else None,
            **{"is_detailed": False, "has_address": False, "language": "ru", "now": NOW, **choices},
        )
        return f"/calendar/{made.token}.ics"

    def record(self, patient):
        """Return the scope of a record as a page has it: one may act under it."""
        members = families.find(self.account.pk, now=NOW).members
        return next(replace(one, may_act=True) for one in members if one.person_id == patient.person_id)


@pytest.fixture
def family(clock):
    return Family()


def read(path, **headers):
    return Client().get(path, headers=headers)


def events(path):
    answer = read(path)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content).walk("VEVENT")


def uids(path):
    return {UUID(str(event["UID"]).partition("@")[0]) for event in events(path)}


def test_read_gives_the_calendar_without_a_session(family):
    own = AppointmentFactory(patient=family.mother)
    AppointmentFactory(patient=family.son)
    AppointmentFactory()

    answer = read(family.feed(family.mother))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert [str(event["UID"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")] == [f"{own.pk}@127.0.0.1"]
    assert not answer.cookies


def test_read_of_the_family_shows_everybody_and_names_them_only_in_detail(family):
    rows = [AppointmentFactory(patient=family.mother), HomeVisitFactory(patient=family.son)]

    assert uids(family.feed()) == {row.pk for row in rows}
    neutral, detailed = read(family.feed()).content.decode(), read(family.feed(is_detailed=True)).content.decode()
    assert not [word for word in ("Анна", "Пётр", "Терапевт", "Педиатр") if word in neutral]
    assert "SUMMARY:Анна: Терапевт" in detailed
    assert "SUMMARY:Пётр: На дом: Педиатр" in detailed
    assert "NAME:Медкарта: вся семья" in detailed
    assert "NAME:Медкарта: Пётр" in read(family.feed(family.son, is_detailed=True)).content.decode()


def test_read_shows_ninety_days_back_and_what_lies_ahead(family):
    kept = AppointmentFactory(patient=family.mother, starts_at=NOW - 90 * DAY, status="fulfilled")
    AppointmentFactory(patient=family.mother, starts_at=NOW - 90 * DAY - SECOND, status="fulfilled")
    ahead = AppointmentFactory(patient=family.mother, starts_at=NOW + 400 * DAY)

    assert uids(family.feed()) == {kept.pk, ahead.pk}


def test_read_never_shows_records_under_secrecy(family):
    """Not even to the owner who has just proved himself: nobody proves anything to a calendar."""
    signed_in(family.account, now=NOW)
    AppointmentFactory(patient=family.mother, is_restricted=True)
    HomeVisitFactory(patient=family.son, is_restricted=True)
    AppointmentFactory(patient=family.mother, is_withdrawn=True)

    assert uids(family.feed(is_detailed=True)) == set()


def test_read_answers_a_head_without_a_body(family):
    path = family.feed()

    answer = Client().head(path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == read(path)["ETag"]
    assert Client().post(path).status_code == 405


def test_read_leaves_a_row_for_each_person_it_shows(family):
    row = AppointmentFactory(patient=family.son)
    path = family.feed()
    before = AuditEvent.objects.count()

    tag = read(path)["ETag"]
    assert read(path, if_none_match=tag).status_code == 304

    written = list(AuditEvent.objects.order_by("pk")[before:])
    assert [one.action for one in written] == ["scheduling.feed"] * 4
    assert [one.person_id for one in written] == [family.mother.person_id, family.son.person_id] * 2
    assert {one.actor_ref for one in written} == {str(family.account.pk)}
    assert written[1].details == {"read": {"Appointment": [str(row.pk)]}}


def test_read_says_that_nothing_is_new(family, clock):
    row = AppointmentFactory(patient=family.mother, changed_at=NOW)
    path = family.feed()
    first = read(path)
    clock.shift(DAY)

    assert read(path, if_none_match=first["ETag"]).status_code == 304
    assert read(path, if_modified_since=first["Last-Modified"]).status_code == 304
    assert read(path).content == first.content
    assert read(path)["Last-Modified"] == first["Last-Modified"]

    Appointment.objects.filter(pk=row.pk).update(status="cancelled", changed_at=NOW + DAY)
    again = read(path, if_none_match=first["ETag"], if_modified_since=first["Last-Modified"])
    assert again.status_code == 200
    assert parse_http_date(again["Last-Modified"]) == (NOW + DAY).timestamp()


def test_read_tells_also_who_asks_by_date_that_a_row_has_left(family, clock):
    """A row that a clinic took back changes the calendar, though nothing in what is left is newer."""
    row = AppointmentFactory(patient=family.mother, changed_at=NOW - DAY)
    path = family.feed()
    first = read(path)
    clock.shift(HOUR)
    Appointment.objects.filter(pk=row.pk).update(is_withdrawn=True)

    again = read(path, if_modified_since=first["Last-Modified"])

    assert again.status_code == 200
    assert str(row.pk) not in again.content.decode()


def test_read_notes_when_a_program_came_but_not_each_time(family, clock):
    path = family.feed()
    seen = []
    for step in (timedelta(0), timedelta(seconds=59), SECOND):
        clock.shift(step)
        read(path)
        seen.append(CalendarFeed.objects.get().read_at)

    assert seen == [NOW, NOW, NOW + timedelta(seconds=60)]


def test_read_costs_the_same_for_any_number_of_events(family, django_assert_num_queries):
    path = family.feed(is_detailed=True)
    for day in range(40):
        AppointmentFactory(patient=family.mother, starts_at=NOW + (day + 1) * DAY)
    read(path)

    with django_assert_num_queries(8):  # feed, family, two kinds, names, the rows of the log in a savepoint
        read(path)


def gone(path):
    answer = read(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/plain"
    assert path.split("/")[2].removesuffix(".ics") not in answer.content.decode()
    assert Client().head(path).status_code == 404
    return True


def test_read_of_an_unknown_address_is_missing_and_writes_nothing(family):
    before = AuditEvent.objects.count()

    assert gone("/calendar/unknown.ics")
    assert gone(f"/calendar/{'A' * 43}.ics")
    assert AuditEvent.objects.count() == before


def test_read_of_a_revoked_feed_is_missing_at_once(family):
    path, other = family.feed(), family.feed()
    feed = CalendarFeed.objects.get(token_hash=hash_of(path.split("/")[2].removesuffix(".ics")))

    feeds.revoke_feed(family.scope, feed_id=feed.pk, now=NOW)

    assert gone(path)
    assert read(other).status_code == 200
    with pytest.raises(NotFound):
        feeds.revoke_feed(family.scope, feed_id=feed.pk, now=NOW)


def test_read_ends_with_the_consent_and_does_not_come_back_with_a_new_one(family):
    path = family.feed()
    browser = signed_in(family.account, now=NOW)

    assert browser.post("/account/withdraw-consent/", {"sure": "yes"}).status_code == 302
    assert gone(path)

    family.account.refresh_from_db()
    family.account.status = "active"
    family.account.save()
    accounts.give_consent(family.scope, kind="processing", now=NOW, address="")
    assert gone(path)
    assert read(family.feed()).status_code == 200


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_read_leaves_out_a_child_whose_representation_ended(family, status):
    own = AppointmentFactory(patient=family.mother)
    AppointmentFactory(patient=family.son)
    alone, everybody = family.feed(family.son), family.feed()
    assert read(alone).status_code == 200

    Representation.objects.filter(kind="parent").update(status=status, closed_at=NOW if status == "closed" else None)

    assert gone(alone)
    assert uids(everybody) == {own.pk}


@pytest.mark.parametrize(("later", "ended"), [(12 * HOUR - SECOND, False), (12 * HOUR, True)])
def test_read_ends_with_the_first_minute_of_the_childs_eighteenth_birthday(family, clock, later, ended):
    family.son.person.birth_date = date(2008, 11, 26)
    family.son.person.save()
    path = family.feed(family.son)
    clock.shift(later)

    assert gone(path) if ended else read(path).status_code == 200


def test_read_of_an_account_that_may_not_enter_is_missing(family):
    path = family.feed()
    family.account.is_confirmed = False
    family.account.save()

    assert gone(path)


def test_read_speaks_the_language_that_the_feed_was_made_in(family, client):
    path = family.feed(language="en")
    AppointmentFactory(patient=family.mother)

    assert "Приём" not in read(path).content.decode()


def test_create_feed_keeps_only_the_hash_of_256_random_bits(family):
    path = family.feed()
    token = path.split("/")[2].removesuffix(".ics")

    row = CalendarFeed.objects.get()
    assert re.fullmatch(r"[\w-]{43}", token)
    assert re.fullmatch(r"[0-9a-f]{64}", row.token_hash)
    assert token not in str(row.__dict__)
    assert token not in str(AuditEvent.objects.latest("pk").details)


def test_create_feed_of_a_person_that_the_account_may_not_open_is_not_found(family):
    with pytest.raises(NotFound):
        family.feed(PatientFactory())
    assert not CalendarFeed.objects.exists()


def test_create_feed_ends_at_twenty_live_ones(family):
    for _ in range(MAX_FEEDS):
        path = family.feed()

    with pytest.raises(feeds.TooManyFeeds):
        family.feed()
    feeds.revoke_feed(family.scope, feed_id=CalendarFeed.objects.latest("created_at").pk, now=NOW)
    assert family.feed() != path


def test_revoke_feed_of_another_account_is_not_found(family):
    path = family.feed()
    other = accounts.scope_of_account(AccountFactory().pk)

    with pytest.raises(NotFound):
        feeds.revoke_feed(other, feed_id=CalendarFeed.objects.get().pk, now=NOW)
    with pytest.raises(NotFound):
        feeds.revoke_feed(family.scope, feed_id=uuid4(), now=NOW)
    assert read(path).status_code == 200


def test_revoke_all_feeds_tells_how_many(family):
    family.feed()
    family.feed()
    events_before = AuditEvent.objects.count()

    assert feeds.revoke_all_feeds(family.scope, now=NOW) == 2
    assert feeds.revoke_all_feeds(family.scope, now=NOW) == 0
    assert AuditEvent.objects.count() == events_before + 1


def free_slot(starts_at, **values):
    return SlotFactory(specialty_code="49", rights_mask=15, starts_at=starts_at, **values)


def test_a_program_follows_a_booking_through_two_moves_and_the_cancel(family, clock):
    """By the portal's own actions; the program has one event all the while, and none in the end."""
    record, path, program = family.record(family.mother), family.feed(), Program()
    times = [NOW + 2 * DAY, NOW + 3 * DAY, NOW + 5 * DAY]
    row, sequences = None, []
    for starts_at in times:
        clock.shift(timedelta(minutes=1))
        now = NOW + timedelta(minutes=len(sequences) + 1)
        order = Order(free_slot(starts_at).pk, key=uuid4(), move_of=row.pk if row else None)
        row = booking.book(record, order, now=now)
        program.refresh(read(path).content)

        assert list(program.shown.values()) == [starts_at]
        sequences.append(next(iter(program.events.values())).sequence)
    clock.shift(timedelta(minutes=1))
    releasing.cancel(record, appointment_id=row.pk, now=NOW + timedelta(minutes=4))
    program.refresh(read(path).content)

    assert len(program.events) == 1
    assert program.shown == {}
    sequences.append(next(iter(program.events.values())).sequence)
    assert sequences == sorted(set(sequences))


def test_a_program_that_opens_files_follows_too_and_an_old_file_brings_nothing_back(family):
    record, program = family.record(family.mother), Program()
    browser, base = signed_in(family.account, now=NOW), f"/p/{record.key}/appointments/"

    def file(row):
        return browser.get(f"{base}{row.pk}/calendar.ics").content

    first = booking.book(record, Order(free_slot(NOW + 2 * DAY).pk, key=uuid4()), now=NOW)
    before = file(first)
    program.open(before)
    second = booking.book(record, Order(free_slot(NOW + 3 * DAY).pk, key=uuid4(), move_of=first.pk), now=NOW + SECOND)
    program.open(file(first))
    assert list(program.shown.values()) == [NOW + 3 * DAY]
    program.open(before)
    assert list(program.shown.values()) == [NOW + 3 * DAY]

    releasing.cancel(record, appointment_id=second.pk, now=NOW + 2 * SECOND)
    program.open(file(second))
    program.open(before)
    assert program.shown == {}


def test_a_program_follows_what_happens_within_one_second(family):
    record, path, program = family.record(family.mother), family.feed(), Program()
    first = booking.book(record, Order(free_slot(NOW + 2 * DAY).pk, key=uuid4()), now=NOW)
    program.refresh(read(path).content)
    second = booking.book(record, Order(free_slot(NOW + 3 * DAY).pk, key=uuid4(), move_of=first.pk), now=NOW)
    program.refresh(read(path).content)
    assert list(program.shown.values()) == [NOW + 3 * DAY]

    releasing.cancel(record, appointment_id=second.pk, now=NOW)
    program.refresh(read(path).content)
    assert program.shown == {}


def test_a_program_shows_a_clinic_of_another_zone_at_its_own_hour(family):
    clinic = FacilityFactory(timezone="Asia/Yekaterinburg")
    Patient.objects.filter(pk=family.mother.pk).update(registered_facility_id=clinic.pk)
    starts_at = datetime(2026, 11, 27, 3, 40, tzinfo=UTC)
    booking.book(family.record(family.mother), Order(free_slot(starts_at, facility=clinic).pk, key=uuid4()), now=NOW)

    (event,) = events(family.feed())

    assert event["DTSTART"].to_ical() == b"20261127T034000Z"
    assert event["DESCRIPTION"].startswith("08:40 по времени Екатеринбурга (UTC+5)")


def test_the_page_makes_a_feed_shows_its_address_once_and_revokes_it(family):
    browser = signed_in(family.account, now=NOW)

    made = browser.post("/account/calendar/", {"whose": str(family.son.person_id), "tells": "address"})

    text = made.content.decode()
    assert made.status_code == 200
    path = re.search(r'value="http://[^/"]+(/calendar/[\w-]{43}\.ics)"', text)[1]
    assert f'href="webcal://127.0.0.1:8000{path}"' in text
    assert read(path).status_code == 200
    feed = CalendarFeed.objects.get()
    assert (feed.person_id, feed.is_detailed, feed.has_address) == (family.son.person_id, False, True)

    listed = browser.get("/account/calendar/").content.decode()
    assert path not in listed
    assert "Пётр" in listed
    assert "время и адрес" in listed
    assert "календарь обновлялся" in listed
    assert browser.post(f"/account/calendar/{feed.pk}/revoke/")["Location"] == "/account/calendar/"
    assert gone(path)
    assert f"/account/calendar/{feed.pk}/revoke/" not in browser.get("/account/calendar/").content.decode()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"tells": "neutral"}, (None, False, False)),
        ({"tells": "address"}, (None, False, True)),
        ({"tells": "details"}, (None, True, True)),
    ],
)
def test_the_page_makes_a_feed_of_the_family_as_it_was_chosen(family, typed, expected):
    answer = signed_in(family.account, now=NOW).post("/account/calendar/", {"whose": "all", **typed})

    assert answer.status_code == 200
    assert CalendarFeed.objects.values_list("person_id", "is_detailed", "has_address").get() == expected


@pytest.mark.parametrize(
    "typed", [{}, {"whose": "all"}, {"whose": "x", "tells": "neutral"}, {"whose": "all", "tells": "all"}]
)
def test_the_page_takes_nothing_that_it_did_not_offer(family, typed):
    answer = signed_in(family.account, now=NOW).post("/account/calendar/", typed)

    assert answer.status_code == 422
    assert "Выберите один вариант из списка" in answer.content.decode()
    assert not CalendarFeed.objects.exists()


def test_the_page_refuses_a_person_of_another_account(family):
    other = RepresentationFactory().person_id

    answer = signed_in(family.account, now=NOW).post("/account/calendar/", {"whose": str(other), "tells": "neutral"})

    assert answer.status_code == 422
    assert not CalendarFeed.objects.exists()


def test_the_page_says_when_there_are_too_many(family):
    for _ in range(MAX_FEEDS):
        family.feed()

    answer = signed_in(family.account, now=NOW).post("/account/calendar/", {"whose": "all", "tells": "neutral"})

    assert answer.status_code == 422
    assert "Подписок уже много" in answer.content.decode()


def test_the_page_sends_strangers_away(clock):
    without_consent = signed_in(AccountFactory(), consent=False, now=NOW)

    assert Client().get("/account/calendar/")["Location"] == "/login?next=%2Faccount%2Fcalendar%2F"
    assert Client().post(f"/account/calendar/{uuid4()}/revoke/")["Location"] == "/account/calendar/"
    for answer in (without_consent.get("/account/calendar/"), without_consent.post("/account/calendar/")):
        assert answer["Location"] == "/consent/?next=%2Faccount%2Fcalendar%2F"


def test_the_page_names_the_feed_of_a_child_who_is_grown_up_without_his_name(family):
    family.feed(family.son)
    Representation.objects.filter(kind="parent").update(status="closed", closed_at=NOW)

    text = signed_in(family.account, now=NOW).get("/account/calendar/").content.decode()

    assert "Карта, которая вам больше не открыта" in text
    assert "Пётр" not in text
    assert "Вся семья" not in text
