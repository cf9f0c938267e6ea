"""Certificates of tests, and signatures that OpenSSL makes with them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import pem

from medkarta.integrations.signature import authority, openssl
from medkarta.integrations.signature.authority import DIGESTS, Owner, config_for

DOCUMENT = "<ClinicalDocument>Протокол консультации</ClinicalDocument>".encode()
DOCTOR = "/C=RU/O=ГБУЗ Поликлиника/title=врач-терапевт/CN=Петрова Вера Ильинична/SN=Петрова/GN=Вера Ильинична"
SNILS = "/1.2.643.100.3=11223344595"
CLINIC = "/C=RU/O=ГБУЗ Поликлиника/CN=ГБУЗ Поликлиника/1.2.643.100.1=1025006519811/1.2.643.100.4=5036045205"
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)


class Authority(authority.Authority):
    """An authority whose certificates hold from 2020 to 2049 unless told otherwise: OpenSSL signs by its own clock."""

    def __init__(self, folder: Path, kind: str, *, name: str = "Тестовый УЦ") -> None:
        super().__init__(folder, kind, name=name)
        self.kind = kind

    def issue(self, subject: str = DOCTOR, **how: Any) -> Owner:
        return super().issue(subject, **{"first": FIRST, "last": LAST} | how)


def der(owner: Owner) -> bytes:
    found: bytes = pem.unarmor(owner.certificate.read_bytes())[2]
    return found


def sign(data: bytes, *owners: Owner, attached: bool = False, options: tuple[str, ...] = (), digest: str = "") -> bytes:
    """Return the CMS signatures of all owners, in DER. The time that they state is the machine's own."""
    with openssl.private_folder(config_for(*(one.kind for one in owners))) as folder:
        message = openssl.write(folder / "message", data)
        for number, owner in enumerate(owners):
            how = ("-md", digest or DIGESTS.get(owner.kind, "sha256"), "-outform", "DER")
            who = ("-signer", str(owner.certificate), "-inkey", str(owner.key), *options)
            kept = ("-nodetach",) if attached else ()
            first = ("-sign", "-in", message) if number == 0 else ("-resign", "-inform", "DER", "-in", "made0")
            openssl.run(folder, "cms", *first, "-binary", *kept, *who, *how, "-out", f"made{number}")
            if number:
                (folder / f"made{number}").replace(folder / "made0")
        return (folder / "made0").read_bytes()
