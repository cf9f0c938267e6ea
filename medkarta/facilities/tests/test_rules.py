import pytest

from medkarta.facilities import rules, texts
from medkarta.facilities.rules import DAY, OpenKind

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def hours(*entries):
    return [one for days, opens, closes in entries for one in rules.stretches_of(days, opens, closes)]


def at(day, text):
    return day * DAY + int(text[:2]) * 60 + int(text[3:])


CLINIC = hours(
    (WEEKDAYS, "08:00:00", "13:00:00"), (WEEKDAYS, "14:00:00", "19:00:00"), (["sat"], "09:00:00", "14:00:00")
)


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("08:00:00", "20:00:00", [(480, 1200)]),
        ("00:00:00", "23:59:00", [(0, DAY)]),
        ("00:00:00", "00:00:00", [(0, DAY)]),
        ("20:00:00", "08:00:00", [(1200, DAY + 480)]),
        ("08:00:00", "", [(480, DAY)]),
        ("", "12:00:00", [(0, 720)]),
        ("09:00:00", "09:00:00", []),
        ("", "", []),
    ],
)
def test_stretches_of_reads_one_entry(opens, closes, expected):
    assert rules.stretches_of(["mon"], opens, closes) == expected


def test_stretches_of_means_every_day_without_days():
    assert len(rules.stretches_of([], "08:00:00", "09:00:00")) == 7
    assert rules.stretches_of(["sun", "sun"], "", "", is_all_day=True) == [(6 * DAY, 7 * DAY)]


def test_merge_joins_what_touches_within_a_day_only():
    assert rules.merge([(480, 600), (600, 720), (500, 550)]) == [(480, 720)]
    assert rules.merge([(0, DAY), (DAY, 2 * DAY)]) == [(0, DAY), (DAY, 2 * DAY)]


def test_week_puts_days_with_the_same_hours_together():
    assert texts.week_in_a_row(texts.week(CLINIC)) == (
        "пн–пт\u00a008:00–19:00, обед 13:00–14:00; сб\u00a009:00–14:00; вс\u00a0выходной"
    )


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([([], "00:00:00", "23:59:00")], "круглосуточно"),
        ([([], "08:00:00", "20:00:00")], "ежедневно\u00a008:00–20:00"),
        ([(["sat", "sun"], "20:00:00", "08:00:00")], "пн–пт\u00a0выходной; сб, вс\u00a020:00–08:00"),
        ([(["mon"], "08:00:00", "10:00:00"), (["mon"], "12:01:00", "14:00:00")],
         "пн\u00a008:00–10:00, 12:01–14:00; вт–вс\u00a0выходной"),
        ([], ""),
    ],
)  # fmt: skip
def test_week_names_special_weeks(entries, expected):
    assert texts.week_in_a_row(texts.week(hours(*entries))) == expected


@pytest.mark.parametrize(
    ("day", "time", "kind", "text"),
    [
        (0, "07:59", OpenKind.CLOSED, "Закрыто, откроется сегодня в 08:00"),
        (0, "08:00", OpenKind.OPEN, "Открыто до 19:00, перерыв 13:00–14:00"),
        (0, "12:59", OpenKind.OPEN, "Открыто до 19:00, перерыв 13:00–14:00"),
        (0, "13:00", OpenKind.BREAK, "Перерыв до 14:00"),
        (0, "14:00", OpenKind.OPEN, "Открыто до 19:00"),
        (0, "17:59", OpenKind.OPEN, "Открыто до 19:00"),
        (0, "18:00", OpenKind.CLOSING_SOON, "Открыто только до 19:00"),
        (0, "19:00", OpenKind.CLOSED, "Закрыто, откроется завтра в 08:00"),
        (5, "14:00", OpenKind.CLOSED, "Закрыто, откроется в пн в 08:00"),
        (6, "23:59", OpenKind.CLOSED, "Закрыто, откроется завтра в 08:00"),
    ],
)
def test_open_state_of_a_clinic_with_lunch(day, time, kind, text):
    minute = at(day, time)

    state = rules.open_state(CLINIC, minute)

    assert state.kind is kind
    assert texts.open_now(state, minute).text == text


def test_open_state_round_the_clock_never_closes():
    always = hours(([], "00:00:00", "23:59:00"))

    assert {rules.open_state(always, minute).kind for minute in (0, DAY - 1, 7 * DAY - 1)} == {OpenKind.ROUND_THE_CLOCK}


def test_open_state_lasts_past_midnight_and_past_the_week():
    night = hours((["sun"], "20:00:00", "08:00:00"))

    assert rules.open_state(night, at(0, "07:59")).kind is OpenKind.CLOSING_SOON
    assert rules.open_state(night, at(0, "08:00")).kind is OpenKind.CLOSED
    assert rules.open_state(night, at(6, "20:00")).kind is OpenKind.OPEN


def test_open_state_after_midnight_is_closed_and_not_a_break():
    evenings = hours(([], "08:00:00", "24:00:00"))

    assert rules.open_state(evenings, at(1, "03:00")).kind is OpenKind.CLOSED


def test_open_state_of_unknown_hours_is_unknown():
    assert rules.open_state([], 0) is None
    assert texts.open_now(None, 0) is None


def test_today_tells_the_hours_of_the_day():
    assert texts.today(CLINIC, at(5, "20:00")) == "09:00–14:00"
    assert texts.today(CLINIC, at(6, "00:00")) == "выходной"
    assert texts.today([], 0) == ""


@pytest.mark.parametrize(("mean", "count", "expected"), [(4.8, 5, 4.8), (4.8, 4, None), (None, 9, None)])
def test_shown_rating_needs_five_marks(mean, count, expected):
    assert rules.shown_rating(mean, count) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.643.5.1.13.13.12.2.50.9901", "1.2.643.5.1.13.13.12.2.50.9901"),
        ("urn:oid:1.2.643.5.1.13", "1.2.643.5.1.13"),
        ("1.2.3", ""),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.03.4", ""),
        ("poliklinika", ""),
    ],
)
def test_read_oid_takes_only_oids(text, expected):
    assert rules.read_oid(text) == expected


def test_phone_of_dials_russian_numbers_and_leaves_the_rest():
    assert texts.phone_of("8 (495) 000-01-03").href == "tel:+7-495-000-01-03"
    assert texts.phone_of("+7 495 000-01-03 доб. 12").href.startswith("tel:+7-495-000-01-03")
    assert texts.phone_of("регистратура") == texts.Phone("регистратура", "")
