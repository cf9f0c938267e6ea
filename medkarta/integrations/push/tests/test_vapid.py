import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from medkarta.integrations.push import port, vapid

GIVEN = vapid.encode(bytes([7] * 32))


def test_private_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "vapid-key"

    made = vapid.private_key("", file)
    vapid.private_key.cache_clear()
    again = vapid.private_key("", file)

    assert vapid.public_text(made) == vapid.public_text(again)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["vapid-key"]


def test_private_key_that_is_given_leaves_no_file(tmp_path):
    vapid.private_key(GIVEN, tmp_path / "vapid-key")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["x", "ж", vapid.encode(bytes(31)), vapid.encode(bytes(33)), vapid.encode(bytes(32))])
def test_private_key_that_is_none_says_what_to_set(tmp_path, given):
    with pytest.raises(ImproperlyConfigured, match="MEDKARTA_VAPID_KEY must be"):
        vapid.private_key(given, tmp_path / "vapid-key")


def test_private_key_of_a_spoiled_file_says_which(tmp_path):
    file = tmp_path / "vapid-key"
    file.write_text("spoiled")

    with pytest.raises(ImproperlyConfigured, match="vapid-key of the data folder"):
        vapid.private_key("", file)


def test_public_key_is_an_uncompressed_point():
    raw = vapid.decode(port.public_key())

    assert (len(raw), raw[0]) == (65, 4)


def test_has_usable_keys_knows_a_browsers_keys():
    point, secret = port.public_key(), vapid.encode(bytes(16))

    assert port.has_usable_keys(point, secret)
    assert not port.has_usable_keys(point[:-2], secret)
    assert not port.has_usable_keys(point, vapid.encode(bytes(15)))
    assert not port.has_usable_keys("!", secret)
    assert not port.has_usable_keys(point, "!")
