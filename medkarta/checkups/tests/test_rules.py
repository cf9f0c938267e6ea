from datetime import date, timedelta

import pytest

from medkarta.checkups import rules, texts

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("status", "starts_on", "found"),
    [
        ("active", TODAY + timedelta(days=1), "scheduled"),
        ("active", TODAY, "active"),
        ("active", None, "active"),
        ("completed", TODAY + timedelta(days=1), "completed"),
    ],
)
def test_status_of_a_plan_that_has_not_begun(status, starts_on, found):
    assert rules.status_of(status, starts_on=starts_on, today=TODAY) == found


@pytest.mark.parametrize(
    ("status", "words", "tone"),
    [
        ("completed", "Пройдена", "ok"),
        ("active", "Идёт", "info"),
        ("scheduled", "Назначена", "info"),
        ("on-hold", "Приостановлена", "warn"),
        ("revoked", "Отменена", "neutral"),
        ("odd", "Статус не известен", "neutral"),
    ],
)
def test_status_words_and_tone(status, words, tone):
    assert (str(texts.status_words(status)), rules.tone_of(status)) == (words, tone)
