from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from medkarta.referrals import rules
from medkarta.referrals.rules import Term

MOSCOW = ZoneInfo("Europe/Moscow")
KALININGRAD = ZoneInfo("Europe/Kaliningrad")
LAST = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("now", "term"),
    [
        (datetime(2026, 11, 17, 20, 59, tzinfo=UTC), Term.VALID),  # 17 November, 23:59: eight days left
        (datetime(2026, 11, 17, 21, 0, tzinfo=UTC), Term.EXPIRING),  # 18 November, 00:00: seven days left
        (datetime(2026, 11, 25, 20, 59, tzinfo=UTC), Term.EXPIRING),  # the last minute of the last day
        (datetime(2026, 11, 25, 21, 0, tzinfo=UTC), Term.EXPIRED),
    ],
)
def test_term_of_counts_the_last_day_whole(now, term):
    assert rules.term_of(LAST, now=now, zone=MOSCOW) is term


def test_term_of_goes_by_the_clinics_own_clock():
    now = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)  # 00:30 in Moscow, 23:30 in Kaliningrad

    assert rules.term_of(LAST, now=now, zone=MOSCOW) is Term.EXPIRED
    assert rules.term_of(LAST, now=now, zone=KALININGRAD) is Term.EXPIRING


def test_term_of_an_unknown_day_is_unknown():
    assert rules.term_of(None, now=datetime(2026, 11, 25, tzinfo=UTC), zone=MOSCOW) is Term.UNKNOWN


@pytest.mark.parametrize(
    ("status", "hospitalization_status", "is_open"),
    [
        ("active", "", True),
        ("on-hold", "postponed", True),
        ("active", "refused", False),
        ("active", "admitted", False),
        ("completed", "", False),
        ("revoked", "new", False),
    ],
)
def test_is_open_needs_both_statuses_open(status, hospitalization_status, is_open):
    assert rules.is_open(status=status, hospitalization_status=hospitalization_status) is is_open
