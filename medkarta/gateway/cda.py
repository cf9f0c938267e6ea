"""A CDA document as one thing to write, and the patient that its header names. Knows no Django model.

A document is known by its id, its moment and its patient: samples and careless systems give one id to several
documents, and none of them may take another's place. A patient is known by the first id that his clinic gave him
together with his birth date and sex: the same number may be two people's.
"""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from medkarta.core.ids import digits, is_valid_enp, is_valid_snils, resource_id
from medkarta.gateway.candidates import CDA, Candidate, Key, Prepared, Whose
from medkarta.gateway.outcomes import Reason
from medkarta.hl7 import cda, systems
from medkarta.hl7.canonical import content_hash, dumps
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.reading import Unit

_GENDERS = {"1": "male", "2": "female", "M": "male", "F": "female"}
_RID = 200


class Named(NamedTuple):
    """What the header calls its patient: the id at the clinic (empty if none), his numbers, who he is."""

    rid: str
    resource: dict[str, Any]
    has_numbers: bool


def prepare_document(source: str, unit: Unit) -> Prepared:
    """Read the header of a document. Reasons stand in the unit if it is unreadable or names nobody."""
    try:
        header = cda.read_header(unit.raw)
    except Unreadable as found:
        return _refused(unit, tuple(Reason(unit.file, unit.place, issue.path, issue.text) for issue in found.issues))
    named = _named(header.patient)
    if named is None:
        text = _("В документе не указан пациент: нет ни номера, ни имени")
        return _refused(unit, (Reason(unit.file, unit.place, "ClinicalDocument.recordTarget", text),))
    return Prepared(unit.file, unit.place, False, (CDA,), (_candidate(source, unit, header, named),), ())


def _refused(unit: Unit, reasons: tuple[Reason, ...]) -> Prepared:
    return Prepared(unit.file, unit.place, False, (CDA,), (), reasons)


def _candidate(source: str, unit: Unit, header: cda.Header, named: Named) -> Candidate:
    digest = hashlib.sha256(unit.raw).hexdigest()
    moment = header.effective.at.isoformat() if header.effective else ""
    own = "^".join(header.id)[:_RID] if header.id[0] else digest
    rid = f"{own}^{_short(named.rid, moment)}"
    companion = _companion(source, unit, named, moment)
    own_id = resource_id(source, CDA, rid)
    return Candidate(
        file=unit.file,
        place=unit.place,
        path="",
        id=own_id,
        type=CDA,
        rid=rid,
        version=str(header.version)[:64],
        hash=_with(digest, unit.beside),
        received=zlib.compress(unit.raw, 1),
        canonical=dumps({"resourceType": CDA, "id": str(own_id)}),
        is_restricted=header.is_restricted,
        is_withdrawn=False,
        patient_id=companion.id,
        patient_key=None,
        identifiers=frozenset(),
        lookups=frozenset(),
        whose=Whose(companion, frozenset(_keys(header.patient)), named.has_numbers, len(unit.raw), unit.beside),
    )


def _with(digest: str, signatures: Sequence[bytes]) -> str:
    """Return what changes when the document or a signature beside it does."""
    if not signatures:
        return digest
    found = sorted(hashlib.sha256(one).hexdigest() for one in signatures)
    return hashlib.sha256(" ".join((digest, *found)).encode()).hexdigest()


def _named(patient: cda.Patient) -> Named | None:
    """Return who the patient is as a FHIR Patient; None if the header tells nothing to know him by."""
    snils = digits(patient.snils) if is_valid_snils(patient.snils) else ""
    enp = patient.enp if is_valid_enp(patient.enp) else ""
    own = next((each for each in patient.ids if each[0] != cda.SNILS_ROOT and any(each)), None)
    number = "^".join(own) if own else snils or enp
    if not number and not patient.name.full:
        return None
    gender = _GENDERS.get(patient.sex, "unknown")
    who = [patient.born_on.isoformat() if patient.born_on else "", gender]
    if not number:
        who.append(patient.name.full)
    identifiers = [(systems.SNILS, snils), (systems.ENP, enp)]
    if own:
        identifiers.append((_system(own[0]), own[1]))
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [{"system": system, "value": value} for system, value in identifiers if value],
        "name": [_human_name(patient)],
        "gender": gender,
        "birthDate": who[0],
    }
    filled = {name: value for name, value in resource.items() if value and value != [{}]}
    return Named(f"{number[:_RID]}^{_short(*who)}", filled, bool(snils or enp))


def _human_name(patient: cda.Patient) -> dict[str, Any]:
    name = patient.name
    if not name.family and not name.given:
        return {"text": name.full} if name.full else {}
    given = [part for part in (name.given, name.patronymic) if part]
    return ({"family": name.family} if name.family else {}) | ({"given": given} if given else {})


def _companion(source: str, unit: Unit, named: Named, moment: str) -> Candidate:
    own_id = resource_id(source, "Patient", named.rid)
    resource = {"resourceType": "Patient", "id": str(own_id)} | named.resource
    text = dumps(resource)
    return Candidate(
        file=unit.file,
        place=unit.place,
        path="ClinicalDocument.recordTarget",
        id=own_id,
        type="Patient",
        rid=named.rid,
        version=moment,
        hash=content_hash(resource),
        received=zlib.compress(text, 1),
        canonical=text,
        is_restricted=False,
        is_withdrawn=False,
        patient_id=own_id,
        patient_key=None,
        identifiers=frozenset(),
        lookups=frozenset(),
    )


def _keys(patient: cda.Patient) -> Iterator[Key]:
    """Yield the identifiers by which the source may have sent him as a FHIR Patient."""
    for root, extension in patient.ids:
        if extension and root != cda.SNILS_ROOT:
            yield "Patient", _system(root), extension[:255]
    if is_valid_snils(patient.snils):
        yield "Patient", systems.SNILS, digits(patient.snils)


def _system(root: str) -> str:
    return systems.canonical(f"urn:oid:{root}" if root[:1].isdigit() and "." in root else f"urn:uuid:{root}")[:255]


def _short(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]
