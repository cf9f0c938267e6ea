"""Signatures of the demo: a few documents of one person, signed by an authority that the demo trusts, or not quite."""

import logging
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.devtools.beside import folder
from medkarta.devtools.region import CLINICS
from medkarta.documents.models import DocumentSignature, MedicalDocument
from medkarta.documents.queries.signatures import candidate_files
from medkarta.gateway import intake
from medkarta.hl7.canonical import dumps
from medkarta.hl7.units import NOWHERE, Entry, Unit
from medkarta.integrations.signature import port as signature
from medkarta.integrations.storage.port import storage
from medkarta.resources.models import StoredResource

log = logging.getLogger(__name__)
WHO = "s1"
CASES = ("whole", "whole", "changed", "stranger", "whole", "whole")
"""Her newest documents, one after another: as signed, changed since, signed with a certificate of nobody known."""
MOST = 3 * len(CASES)

_ROLES = "urn:oid:1.2.643.5.1.13.13.99.2.368"
_AFTER, _HOLDS = timedelta(minutes=10), timedelta(days=450)


@dataclass(frozen=True, slots=True)
class _Found:
    """A document to sign: its name at the source, its bytes, who wrote it and where."""

    rid: str
    data: bytes
    author: str
    post: str
    clinic: str
    signed_at: datetime


def put(*, now: datetime) -> None:
    """Sign documents once, and let the portal take the signatures in as it would take a hospital's."""
    documents = _documents()
    if not documents or DocumentSignature.objects.filter(document_id__in=[one.pk for one in documents]).exists():
        return
    found = [one for one in map(_found, documents) if one is not None][: len(CASES)]
    try:
        known = signature.Authority(folder() / "signature-keys", signature.preferred_kind(), name="Демонстрационный УЦ")
        stranger = signature.Authority(folder() / "signature-keys-strange", "rsa", name="Неизвестный УЦ")
        _trust(known)
        resources = [
            _provenance(one, case, stranger if case == "stranger" else known)
            for one, case in zip(found, CASES, strict=False)
        ]
    except signature.SignatureUnavailable as error:
        log.warning("the demo goes without signatures: %s", error)
        return
    units = (Unit("single", "demo", NOWHERE, (Entry(one, dumps(one)),)) for one in resources)
    for _outcome in intake.take(SystemScope.of(CLINICS), units, now=now):
        pass


def _documents() -> list[MedicalDocument]:
    found = MedicalDocument.objects.filter(
        patient_id=resource_id(CLINICS, "Patient", WHO), is_restricted=False, is_withdrawn=False, dated_at__isnull=False
    )
    ordered = found.select_related("practitioner", "practitioner_role", "facility").order_by("-dated_at", "pk")
    return list(ordered[:MOST])


def _found(document: MedicalDocument) -> _Found | None:
    """Return what is signed of a document; None where it is no CDA."""
    files = [one for one in candidate_files([document.pk]) if one.is_structured]
    rid = StoredResource.objects.filter(pk=document.pk, type="DocumentReference").values_list("rid", flat=True).first()
    if not files or rid is None or document.dated_at is None:
        return None
    with storage().open(files[0].storage_key) as file:
        data = file.read()
    author, role, place = document.practitioner, document.practitioner_role, document.facility
    return _Found(
        rid,
        data,
        author.full_name if author else document.practitioner_name,
        role.specialty_name if role else document.practitioner_post,
        place.name if place else document.facility_name,
        document.dated_at + _AFTER,
    )


def _trust(authority: signature.Authority) -> None:
    """Let the demo trust its authority; a list of the operator's own stays his."""
    trusted = Path(settings.SIGNATURE_TRUST)
    if trusted.is_relative_to(folder()):
        trusted.mkdir(parents=True, exist_ok=True, mode=0o700)
        (trusted / "demo.pem").write_bytes(authority.root.certificate.read_bytes())


def _provenance(found: _Found, case: str, authority: signature.Authority) -> dict[str, Any]:
    data = found.data + b" " if case == "changed" else found.data
    family, _, given = found.author.partition(" ")
    first, last = found.signed_at - _HOLDS / 2, found.signed_at + _HOLDS
    organisation = ("O", found.clinic[:64])
    doctor = authority.issue(
        signature.subject_of(
            [("C", "RU"), organisation, ("title", found.post), ("CN", found.author), ("SN", family), ("GN", given)]
        ),
        first=first,
        last=last,
    )
    seal = signature.subject_of([("C", "RU"), organisation, ("CN", organisation[1])])
    clinic = authority.issue(seal, first=first, last=last)
    signers = [("DOCTOR", "Врач", doctor), ("ORGANIZATION", "Медицинская организация", clinic)]
    return {
        "resourceType": "Provenance",
        "id": f"{found.rid}-sign"[-64:],
        "target": [{"reference": f"DocumentReference/{found.rid}"}],
        "recorded": found.signed_at.isoformat(),
        "agent": [{"who": {"display": found.author}}],
        "signature": [
            {
                "type": [{"system": _ROLES, "code": code, "display": role}],
                "when": found.signed_at.isoformat(),
                "who": {"display": found.author if code == "DOCTOR" else found.clinic},
                "targetFormat": "application/xml",
                "sigFormat": "application/pkcs7-signature",
                "data": b64encode(signature.make_cms(data, [owner], at=found.signed_at)).decode(),
            }
            for code, role, owner in signers
        ],
    }
