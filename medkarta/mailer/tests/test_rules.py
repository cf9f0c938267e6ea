from datetime import UTC, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from medkarta.mailer import rules

MOSCOW = ZoneInfo("Europe/Moscow")
NIGHT = (time(22), time(8))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("moment", "quiet", "expected"),
    [
        ("2026-11-25T21:59:59", NIGHT, "2026-11-25T21:59:59"),
        ("2026-11-25T22:00", NIGHT, "2026-11-26T08:00"),
        ("2026-11-25T23:59:59", NIGHT, "2026-11-26T08:00"),
        ("2026-11-26T00:00", NIGHT, "2026-11-26T08:00"),
        ("2026-11-26T07:59:59", NIGHT, "2026-11-26T08:00"),
        ("2026-11-26T08:00", NIGHT, "2026-11-26T08:00"),
        ("2026-11-26T12:59:59", (time(13), time(15)), "2026-11-26T12:59:59"),
        ("2026-11-26T13:00", (time(13), time(15)), "2026-11-26T15:00"),
        ("2026-11-26T15:00", (time(13), time(15)), "2026-11-26T15:00"),
        ("2026-11-26T03:00", None, "2026-11-26T03:00"),
    ],
)
def test_after_quiet_waits_for_the_end_of_quiet_hours(moment, quiet, expected):
    assert rules.after_quiet(at(moment), quiet=quiet, zone=MOSCOW) == at(expected)


def test_after_quiet_keeps_the_zone_of_the_moment():
    found = rules.after_quiet(datetime(2026, 11, 25, 20, tzinfo=UTC), quiet=NIGHT, zone=MOSCOW)

    assert (found, found.tzinfo) == (datetime(2026, 11, 26, 5, tzinfo=UTC), UTC)


def test_notice_id_is_the_same_for_every_retry_and_differs_between_accounts():
    one, two = UUID(int=1), UUID(int=2)

    assert rules.notice_id(one, "a") == rules.notice_id(one, "a")
    assert len({rules.notice_id(one, "a"), rules.notice_id(two, "a"), rules.notice_id(one, "b")}) == 3


@pytest.mark.parametrize("sender", ["a@medkarta.example", "Медкарта <a@medkarta.example>"])
def test_message_id_is_stable_and_hides_its_key(sender):
    found = rules.message_id("key", sender=sender)

    assert found == rules.message_id("key", sender=sender)
    assert found.endswith("@medkarta.example>")
    assert "key" not in found


@pytest.mark.parametrize(("address", "expected"), [("anna@mail.example", "a•••@mail.example"), ("", ""), ("x", "")])
def test_masked_is_known_to_its_owner_only(address, expected):
    assert rules.masked(address) == expected
