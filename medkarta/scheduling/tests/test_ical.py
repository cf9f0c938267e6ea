"""The iCalendar text: what stands in it, what must not, and that programs can read it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from icalendar import Calendar

from medkarta.scheduling import ical, zones
from medkarta.scheduling.rules import calendar as rules

STARTS = datetime(2026, 11, 26, 5, 40, tzinfo=UTC)
PUBLISHER = ical.Publisher("https://med.example.ru", "med.example.ru", "help@example.ru")
NEUTRAL, DETAILED = ical.Wording(), ical.Wording(is_detailed=True)
PERSON = UUID(int=7)
EVENT = ical.Event(
    uid=UUID(int=1),
    person_id=PERSON,
    path="/p/key/appointments/1/",
    is_home_visit=False,
    status="CONFIRMED",
    sequence=59_871_600,
    changed_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=15),
    has_time=True,
    zone=ZoneInfo("Europe/Moscow"),
    what="Психиатр",
    doctor="Петрова Елена Сергеевна",
    cabinet="214",
    facility="Диспансер № 3",
    address="г. Подольск, ул. Мира, 7",
    instructions="Взять паспорт; полис, СНИЛС",
)
TELLING = ("Психиатр", "Петрова", "214", "Диспансер", "Мира", "паспорт")


def file(event=EVENT, wording=NEUTRAL):
    return ical.file(event, wording, PUBLISHER)


def read(text):
    calendar = Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")[0]


def plain(event, name):
    return str(event[name]).replace("\u00a0", " ")


def unfolded(text):
    return text.decode().replace("\r\n ", "")


def test_file_says_when_in_utc_and_in_the_clinics_own_words():
    calendar, event = read(file())

    lines = unfolded(file()).split("\r\n")
    assert "DTSTART:20261126T054000Z" in lines
    assert "DTEND:20261126T055500Z" in lines
    assert "UID:00000000-0000-0000-0000-000000000001@med.example.ru" in lines
    assert "SEQUENCE:59871600" in lines
    assert "DTSTAMP:20261124T090000Z" in lines
    assert "LAST-MODIFIED:20261124T090000Z" in lines
    assert "CLASS:PRIVATE" in lines
    assert "ORGANIZER;CN=Медкарта:mailto:help@example.ru" in lines
    assert event["DESCRIPTION"].startswith("08:40 по времени Москвы (UTC+3)\n")
    assert str(event["URL"]) == "https://med.example.ru/p/key/appointments/1/"
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert str(event["STATUS"]) == "CONFIRMED"


def test_file_is_neutral_unless_asked():
    text = unfolded(file())

    assert "SUMMARY:Приём в медучреждении\r\n" in text
    assert "LOCATION" not in text
    assert not [word for word in TELLING if word in text]


def test_file_with_the_address_tells_that_only():
    text = unfolded(file(wording=ical.Wording(has_address=True)))

    assert [word for word in TELLING if word in text] == ["Мира"]


def test_file_with_details_tells_everything():
    _, event = read(file(wording=DETAILED))

    assert plain(event, "SUMMARY") == "Психиатр, Петрова Е. С."
    assert plain(event, "LOCATION") == "Диспансер № 3, г. Подольск, ул. Мира, 7"
    for words in ("Петрова Елена Сергеевна", "Кабинет 214", "Взять паспорт; полис, СНИЛС"):
        assert words in plain(event, "DESCRIPTION")


def test_file_is_folded_escaped_and_ends_lines_as_the_standard_wants():
    text = file(replace(EVENT, what="Врач; кабинет, «первый» \\ второй " * 5), DETAILED)

    lines = text.split(b"\r\n")
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert r"Врач\; кабинет\, «первый» \\ второй" in unfolded(text)


def test_file_reminds_a_day_and_two_hours_before():
    _, event = read(file())

    alarms = event.walk("VALARM")
    assert [alarm["TRIGGER"].dt for alarm in alarms] == [timedelta(days=-1), timedelta(hours=-2)]
    assert {str(alarm["DESCRIPTION"]) for alarm in alarms} == {"Приём в медучреждении"}


def test_file_of_a_cancelled_one_takes_it_away_without_reminders():
    calendar, event = read(file(replace(EVENT, status=rules.CANCELLED)))

    assert str(calendar["METHOD"]) == "CANCEL"
    assert str(event["STATUS"]) == "CANCELLED"
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["SUMMARY"]) == "Отменено: Приём в медучреждении"
    assert event.walk("VALARM") == []


def test_file_of_one_that_waits_for_the_clinic_never_says_that_it_is_done():
    _, event = read(file(replace(EVENT, status=rules.TENTATIVE)))

    assert str(event["STATUS"]) == "TENTATIVE"
    assert "ещё не подтвердило" in event["DESCRIPTION"]


@pytest.mark.parametrize("ends_at", [None, STARTS, STARTS - timedelta(minutes=1)])
def test_file_without_a_known_end_has_none(ends_at):
    assert "DTEND" not in read(file(replace(EVENT, ends_at=ends_at)))[1]


def test_file_of_a_day_without_an_hour_is_a_whole_day_in_the_clinics_zone():
    """Midnight in Yekaterinburg is still the day before in UTC."""
    day = replace(
        EVENT,
        is_home_visit=True,
        has_time=False,
        ends_at=None,
        starts_at=datetime(2026, 11, 25, 19, 0, tzinfo=UTC),
        zone=ZoneInfo("Asia/Yekaterinburg"),
    )
    _, event = read(file(day, DETAILED))

    assert event["DTSTART"].dt == date(2026, 11, 26)
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(hours=-6)]
    assert plain(event, "SUMMARY") == "На дом: Психиатр, Петрова Е. С."
    assert "LOCATION" not in event
    assert str(read(file(day))[1]["SUMMARY"]) == "Визит на дом"


@pytest.mark.parametrize(
    ("changes", "summary"),
    [
        ({"what": "", "doctor": ""}, "Приём у врача"),
        ({"what": "", "doctor": "", "is_home_visit": True}, "Врач на дом"),
    ],
)
def test_file_with_details_that_nobody_knows_says_what_is_known(changes, summary):
    assert str(read(file(replace(EVENT, **changes), DETAILED))[1]["SUMMARY"]) == summary


def test_file_has_no_organizer_when_nobody_can_be_written_to():
    assert b"ORGANIZER" not in ical.file(EVENT, NEUTRAL, replace(PUBLISHER, contact=""))


def test_feed_tells_how_often_to_come_and_whose_each_event_is():
    wording = ical.Wording(is_detailed=True, names={PERSON: "Пётр"})
    text = unfolded(ical.feed([EVENT], "Медкарта", wording, PUBLISHER))

    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text
    assert "X-WR-CALNAME:Медкарта\r\n" in text
    assert "METHOD:PUBLISH\r\n" in text
    assert "SUMMARY:Пётр: Психиатр" in text
    neutral = ical.feed([EVENT], "Медкарта", replace(wording, is_detailed=False), PUBLISHER)
    assert "Пётр" not in neutral.decode()


def test_feed_without_events_is_a_calendar_still():
    assert Calendar.from_ical(ical.feed([], "Медкарта", NEUTRAL, PUBLISHER)).walk("VEVENT") == []


@pytest.mark.parametrize(
    ("zone", "moment", "words"),
    [
        ("Asia/Yekaterinburg", STARTS, "10:40 по времени Екатеринбурга (UTC+5)"),
        ("Europe/Kaliningrad", STARTS, "07:40 по времени Калининграда (UTC+2)"),
        ("Europe/Moscow", datetime(2014, 10, 25, 21, 59, tzinfo=UTC), "01:59 по времени Москвы (UTC+4)"),
        ("Europe/Moscow", datetime(2014, 10, 25, 22, 0, tzinfo=UTC), "01:00 по времени Москвы (UTC+3)"),
        ("Europe/Berlin", datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "01:59 (UTC+1)"),
        ("Europe/Berlin", datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "03:00 (UTC+2)"),
        ("Asia/Kolkata", STARTS, "11:10 (UTC+5:30)"),
        ("America/Sao_Paulo", STARTS, "02:40 (UTC−3)"),
        ("UTC", STARTS, "05:40 (UTC)"),
    ],
)
def test_time_words_name_the_zone_and_its_offset_at_that_moment(zone, moment, words):
    assert zones.time_words(moment, ZoneInfo(zone)) == words


def test_file_on_both_sides_of_a_clock_change_keeps_to_utc():
    """The hour that the clock shows twice: two events that look alike stand an hour apart."""
    zone = ZoneInfo("Europe/Moscow")
    first = replace(EVENT, starts_at=datetime(2014, 10, 25, 21, 30, tzinfo=UTC), ends_at=None, zone=zone)
    second = replace(first, starts_at=first.starts_at + timedelta(hours=1))

    assert zones.time_words(first.starts_at, zone) == "01:30 по времени Москвы (UTC+4)"
    assert zones.time_words(second.starts_at, zone) == "01:30 по времени Москвы (UTC+3)"
    assert b"DTSTART:20141025T213000Z" in file(first)
    assert b"DTSTART:20141025T223000Z" in file(second)


def test_file_speaks_the_language_of_the_person():
    with translation.override("en"):
        assert "Приём" not in unfolded(file())


@pytest.mark.parametrize(
    ("changed_at", "replaces", "is_gone", "sequence"),
    [
        (rules.SEQUENCE_FROM, False, False, 0),
        (rules.SEQUENCE_FROM - timedelta(days=400), False, False, 0),
        (rules.SEQUENCE_FROM + timedelta(seconds=90, milliseconds=999), False, False, 90),
        (rules.SEQUENCE_FROM + timedelta(seconds=90), True, False, 91),
        (rules.SEQUENCE_FROM + timedelta(seconds=90), True, True, 92),
        (datetime(2093, 1, 1, tzinfo=UTC), True, True, 2_145_916_802),
    ],
)
def test_sequence_of_only_grows(changed_at, replaces, is_gone, sequence):
    assert rules.sequence_of(changed_at=changed_at, replaces=replaces, is_gone=is_gone) == sequence
    assert sequence < 2**31


def test_changed_at_is_the_latest_that_anybody_knows():
    asked, changed = STARTS, STARTS + timedelta(days=1)

    assert rules.changed_at(changed=changed, requested=asked) == changed
    assert rules.changed_at(changed=None, requested=asked) == asked
    assert rules.changed_at(changed=None, requested=None) == rules.SEQUENCE_FROM


def test_newest_takes_what_nothing_replaced_else_the_latest():
    uid, other = UUID(int=1), UUID(int=9)
    moved = rules.Version(UUID(int=1), uid, True, STARTS + timedelta(days=1))
    stands = rules.Version(UUID(int=2), uid, False, STARTS)
    alone = rules.Version(UUID(int=3), other, True, STARTS)
    older = rules.Version(UUID(int=4), other, True, STARTS - timedelta(days=1))

    assert rules.newest([moved, stands, alone, older]) == {stands.row, alone.row}
    assert rules.newest([stands, moved, older, alone]) == {stands.row, alone.row}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("proposed", "TENTATIVE"), ("pending", "TENTATIVE"), ("new", "TENTATIVE"), ("booked", "CONFIRMED"),
        ("arrived", "CONFIRMED"), ("fulfilled", "CONFIRMED"), ("noshow", "CONFIRMED"), ("assigned", "CONFIRMED"),
        ("cancelled", "CANCELLED"), ("entered-in-error", "CANCELLED"), ("rejected", "CANCELLED"),
    ],
)  # fmt: skip
def test_event_status_of_each_status(status, expected):
    assert rules.event_status(status) == expected
