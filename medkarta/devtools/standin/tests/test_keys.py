"""Keys and persons of a data folder."""

import shutil

import pytest

from medkarta.devtools.standin.keys import prepare, signer_of
from medkarta.integrations.signature.port import available, load_certificate


def test_prepare_twice_changes_nothing(tmp_path):
    first = prepare(tmp_path, "rsa")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert prepare(tmp_path, "rsa") == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_prepare_trusts_the_keys_that_it_has(tmp_path):
    prepare(tmp_path, "rsa")
    shutil.rmtree(tmp_path / "keys")

    files = prepare(tmp_path, "rsa")

    for kind, pair in files.tokens.items():
        assert (files.trusted / f"{kind.upper()}_STANDIN.cer").read_bytes() == load_certificate(pair.certificate)


def test_prepare_makes_secrets_for_their_owner_only(tmp_path):
    files = prepare(tmp_path, "rsa")

    for path in (files.client.key, tmp_path / "keys" / "oidc-secret", *(pair.key for pair in files.tokens.values())):
        assert path.stat().st_mode & 0o077 == 0
    assert files.oidc_secret not in repr(files)


def test_prepare_takes_gost_for_the_portal_where_it_can(tmp_path):
    if not available("gost"):
        pytest.skip("the GOST engine of OpenSSL is absent")

    files = prepare(tmp_path)

    assert signer_of(files.client).alg == "GOST3410_2012_256"
    assert set(files.tokens) == {"rsa", "gost"}
