"""The folder of trusted certificates."""

import logging
import os
from datetime import UTC, datetime, timedelta

import pytest

from medkarta.integrations.esia.trust import TrustedFolder, trusted_folder
from medkarta.integrations.signature import port as signature
from medkarta.integrations.signature.port import load_certificate


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A certificate that holds for 40 days, as PEM and DER bytes."""
    pair = signature.make_key_pair(tmp_path_factory.mktemp("keys"), "rsa", days=40)
    return pair.certificate.read_bytes(), load_certificate(pair.certificate)


def test_certificates_reads_both_encodings_and_passes_over_the_rest(tmp_path, made, caplog):
    pem, der = made
    for name, data in [("a.cer", der), ("b.crt", pem), ("c.PEM", pem), ("d.txt", der), ("e.der", b"garbage")]:
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder.cer").mkdir()

    with caplog.at_level(logging.WARNING):
        found = TrustedFolder(tmp_path).certificates()

    assert [(one.name, one.alg, one.der) for one in found] == [
        (name, "RS256", der) for name in ("a.cer", "b.crt", "c.PEM")
    ]
    assert "e.der" in caplog.text


def test_certificates_of_a_missing_folder_are_none(tmp_path):
    assert TrustedFolder(tmp_path / "absent").certificates() == ()


def test_certificates_are_read_again_when_a_file_comes_changes_or_goes(tmp_path, made):
    der = made[1]
    folder = TrustedFolder(tmp_path)
    assert folder.certificates() == ()

    (tmp_path / "a.cer").write_bytes(der)
    assert len(folder.certificates()) == 1
    first = folder.certificates()
    assert folder.certificates() is first

    (tmp_path / "a.cer").write_bytes(b"garbage")
    assert folder.certificates() == ()
    (tmp_path / "a.cer").write_bytes(der)
    os.utime(tmp_path / "a.cer", ns=(1, 1))
    assert len(folder.certificates()) == 1
    (tmp_path / "a.cer").unlink()
    assert folder.certificates() == ()


@pytest.mark.parametrize(("days", "told"), [(9, False), (11, True), (41, True)])
def test_expiring_tells_thirty_days_ahead(tmp_path, made, days, told):
    (tmp_path / "a.cer").write_bytes(made[1])

    found = TrustedFolder(tmp_path).expiring(datetime.now(UTC) + timedelta(days=days))

    assert [one.name for one in found] == (["a.cer"] if told else [])


def test_trusted_folder_is_one_reader_per_folder(tmp_path):
    assert trusted_folder(tmp_path) is trusted_folder(tmp_path)
