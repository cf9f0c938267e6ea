"""Signatures that OpenSSL made, checked: whole and broken, known and unknown."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import pem

from medkarta.integrations.signature import openssl, openssl_gost, port
from medkarta.integrations.signature.authority import config_for
from medkarta.integrations.signature.cms.checking import verify_cms
from medkarta.integrations.signature.cms.results import Reason, State
from medkarta.integrations.signature.cms.trust import trust_in
from medkarta.integrations.signature.tests.authority import (
    CLINIC,
    DOCTOR,
    DOCUMENT,
    FIRST,
    LAST,
    SNILS,
    Authority,
    der,
    sign,
)


def now():
    """The signing time is the machine's own, so the arrival has to be."""
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def doctors():
    made = {}

    def of(authority):
        return made.setdefault(authority.kind, authority.issue(DOCTOR + SNILS))

    return of


def test_verify_cms_of_a_whole_document_is_valid(authority, doctors, trust):
    result = verify_cms(DOCUMENT, sign(DOCUMENT, doctors(authority)), trust, at=now())

    (signer,) = result.signers
    assert result.state is State.VALID
    assert signer.is_intact
    assert (signer.holder.name, signer.holder.post) == ("Петрова Вера Ильинична", "врач-терапевт")
    assert signer.holder.organisation == "ГБУЗ Поликлиника"
    assert signer.issuer == "Тестовый УЦ"
    assert (signer.not_before, signer.not_after) == (FIRST, LAST)
    assert abs(signer.signed_at - now()) < timedelta(minutes=5)


def test_verify_cms_shows_no_number_in_full(authority, doctors, trust):
    result = verify_cms(DOCUMENT, sign(DOCUMENT, doctors(authority)), trust, at=now())

    assert result.signers[0].holder.snils == "…4595"
    assert "1122334" not in repr(result)


@pytest.mark.parametrize("at", [0, len(DOCUMENT) // 2, len(DOCUMENT) - 1])
def test_verify_cms_of_one_changed_byte_is_invalid(authority, doctors, trust, at):
    changed = bytearray(DOCUMENT)
    changed[at] ^= 1

    result = verify_cms(bytes(changed), sign(DOCUMENT, doctors(authority)), trust, at=now())

    assert (result.state, result.reason) == (State.INVALID, Reason.CHANGED)
    assert result.signers[0].is_intact is False


def test_verify_cms_without_signed_attributes_is_over_the_document(authority, doctors, trust):
    signature = sign(DOCUMENT, doctors(authority), options=("-noattr",))

    assert verify_cms(DOCUMENT, signature, trust, at=now()).state is State.VALID
    assert verify_cms(DOCUMENT + b" ", signature, trust, at=now()).reason is Reason.CHANGED


def test_verify_cms_of_an_empty_trust_list_says_the_mathematics_apart(authority, doctors):
    nobody = trust_in([], has_gost=True)

    result = verify_cms(DOCUMENT, sign(DOCUMENT, doctors(authority)), nobody, at=now())

    assert (result.state, result.reason) == (State.UNCHECKED, Reason.NO_TRUST_LIST)
    assert result.signers[0].is_intact is True


def test_verify_cms_of_an_unknown_issuer_is_unchecked(tmp_path, authority, trust):
    stranger = Authority(tmp_path, authority.kind, name="Чужой УЦ").issue()

    result = verify_cms(DOCUMENT, sign(DOCUMENT, stranger), trust, at=now())

    assert (result.state, result.reason) == (State.UNCHECKED, Reason.UNKNOWN_ISSUER)
    assert result.signers[0].is_intact is True
    assert result.signers[0].issuer == "Чужой УЦ"


def test_verify_cms_of_an_impostor_with_the_name_of_the_authority_is_not_valid(tmp_path, authority, trust):
    impostor = Authority(tmp_path, authority.kind)
    signature = sign(DOCUMENT, impostor.issue(), options=("-certfile", str(impostor.root.certificate)))

    result = verify_cms(DOCUMENT, signature, trust, at=now())

    assert result.state is not State.VALID


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [(-400, -30, Reason.EXPIRED), (30, 400, Reason.EARLY)],
)
def test_verify_cms_compares_the_certificate_with_the_signing_time(authority, trust, first, last, reason):
    owner = authority.issue(first=now() + timedelta(days=first), last=now() + timedelta(days=last))

    result = verify_cms(DOCUMENT, sign(DOCUMENT, owner), trust, at=now())

    assert (result.state, result.reason) == (State.INVALID, reason)
    assert result.signers[0].is_intact is True


def test_verify_cms_of_old_documents_believes_their_time(rsa_authority):
    """Signed while the certificate held, arrived when it had ended long ago."""
    trust = trust_in([der(rsa_authority.root)], has_gost=False)
    signature = sign(DOCUMENT, rsa_authority.issue(last=now() + timedelta(days=30)))
    late = now() + timedelta(days=2000)

    assert verify_cms(DOCUMENT, signature, trust, at=late).reason is Reason.CONFIRMED


def test_verify_cms_without_a_believable_time_judges_at_the_arrival(rsa_authority):
    trust = trust_in([der(rsa_authority.root)], has_gost=False)
    owner = rsa_authority.issue(first=now() - timedelta(days=30), last=now() + timedelta(days=30))
    timeless, timed = sign(DOCUMENT, owner, options=("-noattr",)), sign(DOCUMENT, owner)

    late, before = now() + timedelta(days=2000), now() - timedelta(days=40)

    assert verify_cms(DOCUMENT, timeless, trust, at=late).reason is Reason.EXPIRED
    assert verify_cms(DOCUMENT, timed, trust, at=before).reason is Reason.EARLY


def test_verify_cms_tells_two_signers_apart(authority, doctors, trust, tmp_path):
    clinic = authority.issue(CLINIC)
    stranger = Authority(tmp_path, authority.kind, name="Чужой УЦ").issue(CLINIC)

    both = verify_cms(DOCUMENT, sign(DOCUMENT, doctors(authority), clinic), trust, at=now())
    mixed = verify_cms(DOCUMENT, sign(DOCUMENT, doctors(authority), stranger), trust, at=now())

    assert both.state is State.VALID
    assert {each.holder.name for each in both.signers} == {"Петрова Вера Ильинична", "ГБУЗ Поликлиника"}
    assert {each.holder.ogrn for each in both.signers} == {"", "…9811"}
    assert {each.state for each in mixed.signers} == {State.VALID, State.UNCHECKED}
    assert mixed.reason is Reason.UNKNOWN_ISSUER


def test_verify_cms_follows_an_issuer_between(authority, trust):
    between = authority.issue("/C=RU/CN=Подчинённый УЦ", section="issuer")
    owner = authority.issue(issuer=between)
    person = authority.issue(issuer=owner)

    def checked(who, *others):
        found = [option for other in others for option in ("-certfile", str(other.certificate))]
        return verify_cms(DOCUMENT, sign(DOCUMENT, who, options=tuple(found)), trust, at=now())

    assert checked(owner, between).reason is Reason.CONFIRMED
    assert checked(owner).reason is Reason.UNKNOWN_ISSUER
    assert checked(person, owner).state is not State.VALID


def test_verify_cms_of_a_certificate_from_a_person_is_not_valid(rsa_authority):
    """The issuer is no authority: his own certificate makes no others, trusted or not."""
    person = rsa_authority.issue()
    trust = trust_in([der(person), der(rsa_authority.root)], has_gost=False)

    result = verify_cms(DOCUMENT, sign(DOCUMENT, rsa_authority.issue(issuer=person)), trust, at=now())

    assert result.state is not State.VALID
    assert result.signers[0].is_intact


def test_verify_cms_of_a_certificate_that_was_changed_is_a_broken_chain(authority, trust):
    owner = authority.issue()
    whole, certificate = sign(DOCUMENT, owner), der(owner)
    changed = whole.replace(certificate, certificate[:-1] + bytes([certificate[-1] ^ 1]))

    result = verify_cms(DOCUMENT, changed, trust, at=now())

    assert (result.state, result.reason) == (State.INVALID, Reason.BROKEN_CHAIN)


def test_verify_cms_refuses_a_certificate_that_is_not_for_signing(authority, trust):
    result = verify_cms(DOCUMENT, sign(DOCUMENT, authority.issue(section="server")), trust, at=now())

    assert result.reason is Reason.NOT_FOR_SIGNING


def test_verify_cms_reads_pem_and_base64(authority, doctors, trust):
    signature = sign(DOCUMENT, doctors(authority))
    text = base64.encodebytes(signature)

    for form in (pem.armor("CMS", signature), pem.armor("PKCS7", signature), text, b"\xef\xbb\xbf" + text):
        assert verify_cms(DOCUMENT, form, trust, at=now()).state is State.VALID


def test_verify_cms_of_an_attached_document_is_valid_for_this_one_only(authority, doctors, trust):
    signature = sign(DOCUMENT, doctors(authority), attached=True)

    assert verify_cms(DOCUMENT, signature, trust, at=now()).state is State.VALID
    other = verify_cms(DOCUMENT + b" ", signature, trust, at=now())
    assert (other.state, other.reason) == (State.INVALID, Reason.OTHER_CONTENT)


def test_verify_cms_of_a_swapped_signature_is_forged(rsa_authority):
    trust = trust_in([der(rsa_authority.root)], has_gost=False)
    signature = bytearray(sign(DOCUMENT, rsa_authority.issue()))
    signature[-1] ^= 1

    result = verify_cms(DOCUMENT, bytes(signature), trust, at=now())

    assert (result.state, result.reason) == (State.INVALID, Reason.FORGED)


@pytest.mark.parametrize("kind", ["gost512", "gost2001"])
def test_verify_cms_knows_the_other_gost_keys(gost_authority, kind):
    trust = trust_in([der(gost_authority.root)], has_gost=True)
    signature = sign(DOCUMENT, gost_authority.issue(kind=kind))

    assert verify_cms(DOCUMENT, signature, trust, at=now()).reason is Reason.CONFIRMED
    assert verify_cms(DOCUMENT + b" ", signature, trust, at=now()).reason is Reason.CHANGED


def test_verify_cms_of_pss_is_valid(rsa_authority):
    trust = trust_in([der(rsa_authority.root)], has_gost=False)
    signature = sign(DOCUMENT, rsa_authority.issue(), options=("-keyopt", "rsa_padding_mode:pss"))

    assert verify_cms(DOCUMENT, signature, trust, at=now()).reason is Reason.CONFIRMED
    assert verify_cms(DOCUMENT + b" ", signature, trust, at=now()).reason is Reason.CHANGED


@pytest.mark.parametrize(
    ("kind", "digest", "reason"),
    [("rsa", "sha1", Reason.OUTDATED), ("weak", "sha256", Reason.OUTDATED), ("ec", "sha256", Reason.ALGORITHM)],
)
def test_verify_cms_of_what_is_not_believed_is_unchecked(rsa_authority, kind, digest, reason):
    trust = trust_in([der(rsa_authority.root)], has_gost=False)

    result = verify_cms(DOCUMENT, sign(DOCUMENT, rsa_authority.issue(kind=kind), digest=digest), trust, at=now())

    assert (result.state, result.reason) == (State.UNCHECKED, reason)


def test_verify_cms_without_the_certificate_is_unchecked(rsa_authority):
    trust = trust_in([der(rsa_authority.root)], has_gost=False)

    result = verify_cms(DOCUMENT, sign(DOCUMENT, rsa_authority.issue(), options=("-nocerts",)), trust, at=now())

    assert result.reason is Reason.NO_CERTIFICATE


def test_verify_cms_of_gost_without_the_engine_says_so(gost_authority, monkeypatch):
    trust = trust_in([der(gost_authority.root)], has_gost=False)
    signature = sign(DOCUMENT, gost_authority.issue())
    monkeypatch.setattr(openssl_gost, "available", lambda: False)

    result = verify_cms(DOCUMENT, signature, trust, at=now())

    assert (result.state, result.reason) == (State.UNCHECKED, Reason.NO_GOST)
    assert result.signers[0].is_intact is None
    assert result.signers[0].holder.name == "Петрова Вера Ильинична"


def test_verify_cms_of_rsa_needs_no_engine(rsa_authority, monkeypatch):
    trust = trust_in([der(rsa_authority.root)], has_gost=False)
    signature = sign(DOCUMENT, rsa_authority.issue())
    monkeypatch.setattr(openssl_gost, "available", lambda: False)

    assert verify_cms(DOCUMENT, signature, trust, at=now()).reason is Reason.CONFIRMED


def test_verify_cms_where_openssl_is_not_in_the_path_is_unchecked(authority, doctors, tmp_path):
    """In a process of its own, since what the machine has is asked once."""
    (tmp_path / "document").write_bytes(DOCUMENT)
    (tmp_path / "signature").write_bytes(sign(DOCUMENT, doctors(authority)))
    (tmp_path / "root").write_bytes(der(authority.root))
    code = f"""
from datetime import UTC, datetime
from pathlib import Path
from medkarta.integrations.signature import openssl
openssl.PATH = "/nonexistent"
from medkarta.integrations.signature.cms.checking import verify_cms
from medkarta.integrations.signature.cms.trust import trust_in
document, signature, root = (Path("{tmp_path}", name).read_bytes() for name in ("document", "signature", "root"))
print(verify_cms(document, signature, trust_in([root], has_gost=False), at=datetime.now(UTC)).reason)
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == {"rsa": "no-means", "gost": "no-gost"}[authority.kind]


def test_make_cms_states_its_time_and_openssl_agrees(authority, trust, tmp_path):
    at = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
    person = authority.issue(port.subject_of([("CN", "Иванов/Петров + сын"), ("O", "ООО \\ «Ясная»"), ("title", "")]))

    made = port.make_cms(DOCUMENT, [person, authority.issue(CLINIC)], at=at)

    result = verify_cms(DOCUMENT, made, trust, at=now())
    assert result.reason is Reason.CONFIRMED
    assert {each.signed_at for each in result.signers} == {at}
    assert result.signers[0].holder.name == "Иванов/Петров + сын"
    assert result.signers[0].holder.organisation == "ООО \\ «Ясная»"
    assert verify_cms(DOCUMENT + b" ", made, trust, at=now()).reason is Reason.CHANGED
    with openssl.private_folder(config_for(authority.kind)) as folder:
        files = [openssl.write(folder / name, data) for name, data in (("made", made), ("document", DOCUMENT))]
        asked = ("-verify", "-noverify", "-binary", "-inform", "DER", "-in", files[0], "-content", files[1])
        openssl.run(folder, "cms", *asked, "-out", "out")
