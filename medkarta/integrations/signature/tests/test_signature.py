"""Signing and verifying with both kinds of keys."""

import base64
import hashlib
import shutil
import subprocess
import sys

import pytest

from medkarta.integrations.signature import gost_python, openssl, openssl_gost, port

DATA = "MEDKARTAопенид2026.08.20 10:00:00 +0000".encode()


@pytest.fixture(params=["rsa", "gost"])
def kind(request):
    if not port.available(request.param):
        pytest.skip("the GOST engine of OpenSSL is absent")
    return request.param


@pytest.fixture
def needs_gost():
    if not port.available("gost"):
        pytest.skip("the GOST engine of OpenSSL is absent")


def signer_in(folder, kind, name="client"):
    pair = port.make_key_pair(folder, kind, name=name)
    return port.signer_from({"key": str(pair.key), "certificate": str(pair.certificate)})


def test_sign_makes_what_the_certificate_verifies(tmp_path, kind):
    signer = signer_in(tmp_path, kind)

    signature = signer.sign(DATA)

    verifier = port.verifier_for(signer.alg)
    assert verifier.verify_raw(DATA, signature, signer.certificate_der())
    assert not verifier.verify_raw(DATA + b"x", signature, signer.certificate_der())
    assert not verifier.verify_raw(DATA, signature[:-1], signer.certificate_der())
    assert not verifier.verify_raw(DATA, bytes(len(signature)), signer.certificate_der())


def test_verify_raw_refuses_the_signature_of_another_key(tmp_path, kind):
    signer, other = signer_in(tmp_path, kind), signer_in(tmp_path, kind, "other")

    assert not port.verifier_for(signer.alg).verify_raw(DATA, other.sign(DATA), signer.certificate_der())


def test_certificate_hash_is_upper_hex_of_the_der_certificate(tmp_path, kind):
    signer = signer_in(tmp_path, kind)

    made = signer.certificate_hash()

    assert len(made) == 64
    assert made == made.upper()
    assert made == port.verifier_for(signer.alg).certificate_hash(signer.certificate_der())
    if kind == "rsa":
        assert made == hashlib.sha256(signer.certificate_der()).hexdigest().upper()


def test_sign_gost_is_64_bytes_that_pure_python_verifies(tmp_path, needs_gost):
    pytest.importorskip("gostcrypto")
    signer = signer_in(tmp_path, "gost")
    verifier = gost_python.PythonGostVerifier()

    signature = signer.sign(DATA)

    assert len(signature) == 64
    assert verifier.verify_raw(DATA, signature, signer.certificate_der())
    assert not verifier.verify_raw(DATA + b"x", signature, signer.certificate_der())
    assert not verifier.verify_raw(DATA, signature[32:] + signature[:32], signer.certificate_der())
    assert not verifier.verify_raw(DATA, signature[:-1], signer.certificate_der())
    assert verifier.certificate_hash(signer.certificate_der()) == signer.certificate_hash()


def test_python_verifier_reads_certificates_with_and_without_a_version(tmp_path, needs_gost):
    """A self-signed certificate of version 3 has one more field in front."""
    pytest.importorskip("gostcrypto")
    pair = port.make_key_pair(tmp_path, "gost")
    config = tmp_path / "v3.cnf"
    config.write_text(openssl.GOST_CONFIG + "[v3]\nbasicConstraints = CA:FALSE\n", encoding="ascii")
    made = tmp_path / "v3.crt"
    command = ["req", "-x509", "-new", "-key", str(pair.key), "-subj", "/CN=v3", "-extensions", "v3", "-out", str(made)]
    subprocess.run(
        [shutil.which("openssl"), *command], env={"OPENSSL_CONF": str(config), "PATH": openssl.PATH}, check=True
    )
    signer = port.signer_from({"key": str(pair.key), "certificate": str(made)})

    assert gost_python.PythonGostVerifier().verify_raw(DATA, signer.sign(DATA), signer.certificate_der())


def test_make_key_pair_keeps_the_key_to_its_owner(tmp_path, kind):
    pair = port.make_key_pair(tmp_path / "keys", kind)

    assert pair.key.stat().st_mode & 0o777 == 0o600
    assert pair.certificate.exists()


def test_signer_from_refuses_what_is_missing_or_odd(tmp_path):
    pair = port.make_key_pair(tmp_path, "rsa")
    other = port.make_key_pair(tmp_path, "rsa", name="other")
    garbage = tmp_path / "garbage.pem"
    garbage.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    good = {"key": str(pair.key), "certificate": str(pair.certificate)}

    for change, reason in [
        ({"key": str(tmp_path / "absent")}, "key file is missing"),
        ({"certificate": ""}, "certificate file is missing"),
        ({"certificate": str(garbage)}, "not a certificate"),
        ({"key": str(garbage)}, "can't be read"),
        ({"key": str(other.key)}, "does not belong"),
    ]:
        with pytest.raises(port.SignatureUnavailable, match=reason):
            port.signer_from(good | change)


def test_signer_from_without_the_engine_says_so(tmp_path, needs_gost, monkeypatch):
    pair = port.make_key_pair(tmp_path, "gost")
    monkeypatch.setattr(openssl_gost, "available", lambda: False)

    with pytest.raises(port.SignatureUnavailable, match="engine is absent"):
        port.signer_from({"key": str(pair.key), "certificate": str(pair.certificate)})
    with pytest.raises(port.SignatureUnavailable, match="engine is absent"):
        port.make_key_pair(tmp_path, "gost")
    assert port.preferred_kind() == "rsa"


def test_verifier_for_falls_back_to_pure_python(monkeypatch):
    pytest.importorskip("gostcrypto")
    monkeypatch.setattr(openssl_gost, "available", lambda: False)
    port.verifier_for.cache_clear()
    try:
        assert isinstance(port.verifier_for("GOST3410_2012_256"), gost_python.PythonGostVerifier)
    finally:
        port.verifier_for.cache_clear()


def test_verifier_for_without_any_means_is_unavailable(monkeypatch):
    monkeypatch.setattr(openssl_gost, "available", lambda: False)
    monkeypatch.setattr(gost_python, "available", lambda: False)
    port.verifier_for.cache_clear()
    try:
        with pytest.raises(port.SignatureUnavailable):
            port.verifier_for("GOST3410_2012_256")
    finally:
        port.verifier_for.cache_clear()


def test_openssl_leaves_no_files_behind(tmp_path, needs_gost, monkeypatch):
    signer = signer_in(tmp_path / "keys", "gost")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    signer.sign(DATA)

    assert list(folder.iterdir()) == []


def test_sign_refuses_a_megabyte_and_more(tmp_path, needs_gost):
    signer = signer_in(tmp_path, "gost")

    assert signer.sign(bytes(openssl_gost.MAX_DATA_BYTES))
    with pytest.raises(port.SignatureUnavailable, match="too large"):
        signer.sign(bytes(openssl_gost.MAX_DATA_BYTES + 1))


def test_available_is_false_where_openssl_is_not_installed():
    """Asked in a process of its own, since the answer is remembered."""
    code = (
        "from medkarta.integrations.signature import openssl, openssl_gost\n"
        "openssl.PATH = '/nonexistent'\n"
        "print(openssl_gost.available())"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == "False"


# A certificate, a signature of b"medkarta" and the certificate's Streebog-256, all made by OpenSSL's engine.
RECORDED_CERTIFICATE = base64.b64decode(
    "MIIBQjCB7gIUOFAiQYvfuUBHIuxlFR3vIFVqawkwDAYIKoUDBwEBAwIFADAeMQswCQYDVQQGEwJSVTEPMA0GA1UEAwwGY2xpZW50MCAXDTI2"
    "MTEyNTEzNTYzNFoYDzIxMjYxMTAxMTM1NjM0WjAeMQswCQYDVQQGEwJSVTEPMA0GA1UEAwwGY2xpZW50MGYwHwYIKoUDBwEBAQEwEwYHKoUD"
    "AgIjAQYIKoUDBwEBAgIDQwAEQDffemLMeRK48drbQQo6W/y4qd8UUbNbapF1gbWfLMbEYF4trYf6IngM9Qx7ThB4m+P2s8Yf6SOMzMJqQCwP"
    "ASMwDAYIKoUDBwEBAwIFAANBAPyeeeflO3ghVw+IQ2CyrG3IPy8oNXoZ9IfmR60HNuvB2/46fxuEweZBC9tez00WtFCeDJbVxbM5KfNpRxsD"
    "W9I="
)
RECORDED_SIGNATURE = base64.b64decode(
    "uWbl8WMQDe/ThM88OxgHAfdGuB22zIlBJeW9X1LpsjlTBuXBpy/DC0p8X3rTJ27HlIxfXEhT85jyd8Y3KeL8fQ=="
)
RECORDED_HASH = "0D20921B17732CB803BBAEF78250DCA6BE8F2EDA40D85DD0F6B5862D8A832A0F"


@pytest.fixture(params=["engine", "python"])
def gost_verifier(request):
    if request.param == "engine":
        if not port.available("gost"):
            pytest.skip("the GOST engine of OpenSSL is absent")
        return openssl_gost.OpensslGostVerifier()
    pytest.importorskip("gostcrypto")
    return gost_python.PythonGostVerifier()


def test_gost_verifiers_agree_with_a_recorded_signature(gost_verifier):
    assert gost_verifier.verify_raw(b"medkarta", RECORDED_SIGNATURE, RECORDED_CERTIFICATE)
    assert not gost_verifier.verify_raw(b"Medkarta", RECORDED_SIGNATURE, RECORDED_CERTIFICATE)
    assert gost_verifier.certificate_hash(RECORDED_CERTIFICATE) == RECORDED_HASH


def test_verifiers_never_accept_a_certificate_of_the_other_kind(tmp_path, gost_verifier):
    signer = signer_in(tmp_path, "rsa")

    assert not gost_verifier.verify_raw(b"medkarta", RECORDED_SIGNATURE, signer.certificate_der())
    assert not port.verifier_for("RS256").verify_raw(b"medkarta", signer.sign(b"medkarta"), RECORDED_CERTIFICATE)
