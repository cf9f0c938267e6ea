"""Medical documents: DocumentReference with its Binary parts (CDA XML, PDF, plain text)."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from hashlib import sha1

from medkarta.devtools.region import cda, pdf
from medkarta.devtools.region.cda import Header, Kind
from medkarta.devtools.region.cda.entries import laboratory_section
from medkarta.devtools.region.cda.kinds import sections_of
from medkarta.devtools.region.facilities import oid
from medkarta.devtools.region.shapes import DOCUMENT_KIND, NO_SECURITY, Resource, at, coding, concept, meta, ref
from medkarta.devtools.region.visits import Visit

Part = tuple[str, str, bytes]  # content type, tail of the id, bytes

XML, PDF, TEXT = "application/xml", "application/pdf", "text/plain; charset=utf-8"


def binary(rid: str, header: Header, content_type: str, data: bytes, moment: str) -> Resource:
    return {
        "resourceType": "Binary",
        "id": rid,
        "meta": meta(moment, security=_security(header)),
        "contentType": content_type,
        "securityContext": ref("Patient", header.person.key),
        "data": b64encode(data).decode(),
    }


def _content(header: Header, rid: str, content_type: str, data: bytes, moment: str) -> Resource:
    found: Resource = {
        "attachment": {
            "contentType": content_type,
            "language": "ru-RU",
            "url": f"Binary/{rid}",
            "size": len(data),
            "hash": b64encode(sha1(data, usedforsecurity=False).digest()).decode(),
            "title": header.kind.title,
            "creation": moment,
        }
    }
    if content_type == XML:
        found["format"] = coding("urn:oid:1.2.643.5.1.13.13.99.2.638", header.kind.template, header.kind.title)
    return found


def reference(header: Header, parts: list[Part], *, period: tuple[str, str]) -> Iterator[Resource]:
    """Yield the Binary parts of a document and its DocumentReference."""
    moment = at(header.day, header.minute, header.doctor.facility.utc_offset)
    rid, doctor = header.number, header.doctor
    contents = []
    for content_type, tail, data in parts:
        part_rid = f"{rid}-{tail}"
        yield binary(part_rid, header, content_type, data, moment)
        contents.append(_content(header, part_rid, content_type, data, moment))
    found: Resource = {
        "resourceType": "DocumentReference",
        "id": rid,
        "meta": meta(moment, security=_security(header)),
        "masterIdentifier": {"system": f"urn:oid:{oid(doctor.facility)}.100.1.1.51", "value": rid},
        "status": "current",
        "docStatus": "final",
        "type": concept(DOCUMENT_KIND, header.kind.code, header.kind.title),
        "subject": ref("Patient", header.person.key),
        "date": moment,
        "author": [ref("Practitioner", doctor.rid, doctor.full_name)],
        "custodian": ref("Organization", doctor.facility.key, doctor.facility.name),
        "description": header.kind.title,
        "content": contents,
        "context": {"period": {"start": period[0], "end": period[1]}},
    }
    if header.is_restricted:
        found["securityLabel"] = [concept("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R")]
    if header.encounter_rid:
        found["context"]["encounter"] = [ref("Encounter", header.encounter_rid)]
    yield found


def _security(header: Header) -> tuple[tuple[str, str], ...]:
    if not header.is_restricted:
        return NO_SECURITY
    return (("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R"),)


def _kind_of(visit: Visit) -> Kind:
    if visit.kind == "stay":
        return cda.DISCHARGE
    if visit.kind == "checkup":
        return cda.CHECKUP
    return cda.CONSULTATION if visit.is_primary else cda.OUTPATIENT


def _print(visit: Visit, kind: Kind) -> bytes:
    lines = [
        kind.title,
        f"Пациент: {visit.person.full_name}",
        f"Дата: {visit.last_day:%d.%m.%Y}",
        f"Учреждение: {visit.doctor.facility.name}",
        f"Врач: {visit.doctor.full_name}",
        f"Диагноз: {visit.diagnosis.code}",
    ]
    return pdf.page([pdf.latin(line) for line in lines])


def of_visit(visit: Visit, *, with_pdf: bool) -> Iterator[Resource]:
    """Yield the protocol or epicrisis of a visit."""
    kind = _kind_of(visit)
    minute = 12 * 60 if visit.nights else visit.minute + visit.doctor.specialty.minutes
    header = Header(
        kind, f"{visit.rid}-doc", visit.person, visit.doctor, visit.last_day, minute, visit.is_restricted, visit.rid
    )
    parts: list[Part] = [(XML, "xml", cda.document(header, sections_of(visit, kind)))]
    if with_pdf:
        parts.append((PDF, "pdf", _print(visit, kind)))
    start = at(visit.day, visit.minute, visit.doctor.facility.utc_offset)
    yield from reference(header, parts, period=(start, visit.ended))


def of_report(visit: Visit, rid: str, name: str, day: date, found: list[Resource]) -> Iterator[Resource]:
    """Yield the laboratory protocol whose coded entries repeat the Observations of a report."""
    header = Header(cda.LABORATORY, f"{rid}-doc", visit.person, visit.doctor, day, 9 * 60 + 30, encounter_rid=visit.rid)
    parts: list[Part] = [(XML, "xml", cda.document(header, (laboratory_section(name, found),)))]
    for resource in reference(header, parts, period=(at(day, 480), at(day, 570))):
        if resource["resourceType"] == "DocumentReference":
            resource["context"]["related"] = [ref("DiagnosticReport", rid)]
        yield resource


def certificate(visit: Visit) -> Iterator[Resource]:
    """Yield a certificate of attendance as plain text and as a print."""
    minute = visit.minute + visit.doctor.specialty.minutes
    header = Header(
        cda.CERTIFICATE, f"{visit.rid}-cert", visit.person, visit.doctor, visit.day, minute, encounter_rid=visit.rid
    )
    text = (
        f"СПРАВКА\n\n{visit.person.full_name}, {visit.person.born:%d.%m.%Y} г. р., "
        f"{visit.day:%d.%m.%Y} на приёме в учреждении «{visit.doctor.facility.full_name}».\n"
        f"Врач: {visit.doctor.full_name}\n"
    )
    parts: list[Part] = [(TEXT, "txt", text.encode()), (PDF, "pdf", _print(visit, cda.CERTIFICATE))]
    start = at(visit.day, visit.minute, visit.doctor.facility.utc_offset)
    yield from reference(header, parts, period=(start, visit.ended))


_ALSO = {"2": cda.INSTRUMENTAL, "3": cda.REFERRAL, "7": cda.POOL, "9": cda.VACCINATIONS}


def also(visit: Visit) -> Iterator[Resource]:
    """Yield one more document of some visits: what else a visit may leave behind."""
    kind = _ALSO.get(visit.rid[-1])
    if kind is None:
        return
    minute = visit.minute + visit.doctor.specialty.minutes
    header = Header(
        kind, f"{visit.rid}-more", visit.person, visit.doctor, visit.day, minute, visit.is_restricted, visit.rid
    )
    parts: list[Part] = [(XML, "xml", cda.document(header, sections_of(visit, kind)))]
    start = at(visit.day, visit.minute, visit.doctor.facility.utc_offset)
    yield from reference(header, parts, period=(start, visit.ended))
