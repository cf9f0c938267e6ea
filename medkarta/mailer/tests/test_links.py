from datetime import UTC, datetime, timedelta

import pytest

from medkarta.core.errors import NotFound
from medkarta.mailer import links

ENDS = datetime(2026, 11, 26, 5, 40, tzinfo=UTC)


def test_read_returns_what_was_made_until_it_ends():
    token = links.make("answer", {"appointment": "7"}, ENDS)

    assert links.read(token, "answer", now=ENDS - timedelta(seconds=1)) == {"appointment": "7"}
    with pytest.raises(links.Expired):
        links.read(token, "answer", now=ENDS)


@pytest.mark.parametrize("spoil", ["", "x", "{token}x", "x{token}", "a:b:c", "ж", "{token}\x00"])
def test_read_knows_no_spoiled_token(spoil):
    token = links.make("answer", {"appointment": "7"}, ENDS)

    with pytest.raises(NotFound):
        links.read(spoil.replace("{token}", token), "answer", now=ENDS - timedelta(days=1))


def test_read_takes_no_token_of_another_purpose():
    with pytest.raises(NotFound):
        links.read(links.make("answer", {}, ENDS), "confirm", now=ENDS - timedelta(days=1))
