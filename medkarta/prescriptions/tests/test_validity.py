"""How long a prescription is valid by law, and why."""

from datetime import date

import pytest

from medkarta.prescriptions import validity

ISSUED = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("code", "is_long", "until"),
    [
        ("107-1", False, date(2026, 12, 31)),
        ("107-1", True, None),  # up to a year: the doctor decides
        ("148-1-88", False, date(2026, 11, 16)),
        ("148-1-88", True, date(2026, 11, 16)),
        ("148-1-04", False, None),  # 15, 30 or 90: depends on what the portal does not know
        ("148-1-04", True, date(2027, 1, 30)),
        ("107-np", False, None),  # not read in the act itself
        ("1-mi", False, None),
        ("", False, None),
    ],
)
def test_computed_until_is_told_where_the_blank_alone_decides(code, is_long, until):
    assert validity.computed_until(code, is_long_course=is_long, issued_on=ISSUED) == until


def test_computed_until_needs_the_day_of_issue():
    assert validity.computed_until("107-1", is_long_course=False, issued_on=None) is None


def test_last_day_stays_in_the_calendar():
    assert validity.last_day(date(9999, 12, 1), 60) == date.max
    assert validity.last_day(date(2028, 2, 28), 1) == date(2028, 2, 29)


def why(code="", *, state=False, long=False, until=None, issued=ISSUED, computed=False):
    return validity.why(
        code, is_state=state, is_long_course=long, issued_on=issued, valid_until=until, is_computed=computed
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (why("107-1", until=date(2026, 12, 31)), "60 дней со дня выписки: обычный рецепт. Основание: приказ"),
        (why("107-1", until=date(2026, 12, 31), computed=True), "Срок посчитал портал."),
        (why("107-1", until=date(2026, 12, 30)), "60 дней со дня выписки"),  # the day of issue counted in
        (why("107-1", until=date(2027, 11, 1), long=True), "до 1 года со дня выписки: для длительного лечения"),
        (why("107-1", until=date(2027, 1, 1)), "Срок указала клиника. Обычные сроки: 60 дней"),
        (why("148-1-88", until=date(2026, 11, 16)), "15 дней со дня выписки: препараты на особом учёте"),
        (why(state=True, until=date(2026, 12, 1)), "30 дней со дня выписки: обычный льготный рецепт"),
        (why(state=True, until=date(2027, 1, 30), long=True), "90 дней со дня выписки: для длительного лечения"),
        (why(state=True), "Клиника не указала срок. По закону: 15 дней"),
        (why(until=date(2026, 12, 31)), "форма № 107-1/у."),
    ],
)
def test_why_names_the_row_of_the_act(text, told):
    text = text.replace("\xa0", " ")
    assert told in text
    assert "приказ Минздрава России № 1094н от 24.11.2021, форма №" in text


@pytest.mark.parametrize(
    "text",
    [
        why(),
        why(until=ISSUED),
        why(until=date(2026, 10, 31)),
        why("107-np", until=date(2026, 11, 16)),
        why("107-np"),
        why("3-mi", until=date(2026, 11, 16)),
        why("unheard-of", until=date(2026, 12, 31)),
        why(until=date(2026, 12, 31), issued=None),
    ],
)
def test_why_says_nothing_that_is_not_sure(text):
    assert text == ""


@pytest.mark.parametrize(
    ("until", "days"),
    [
        (date(2026, 11, 2), "1 день"),
        (date(2026, 11, 15), "14 дней"),  # no blank has just this term
        (date(2026, 11, 16), "15 дней"),  # two blanks have it
        (date(2026, 12, 30), "59 дней"),
        (date(2027, 1, 1), "61 день"),
    ],
)
@pytest.mark.parametrize("long", [False, True])
def test_why_of_an_unknown_blank_tells_the_days_given_and_names_no_act(until, days, long):
    assert why(until=until, long=long).replace("\xa0", " ") == f"Срок указала клиника: {days} со дня выписки."


def test_every_row_has_words_and_a_term_that_can_be_counted():
    assert len({form.code for form in validity.FORMS}) == len(validity.FORMS)
    assert all(term.days > 0 and str(term.why) for form in validity.FORMS for term in form.terms)
