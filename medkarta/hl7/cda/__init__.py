"""CDA R2 documents: header, readable body, laboratory values. `load` once, then hand the source to each reader."""

from medkarta.hl7.cda.body import CdaDocument, Signer, read_document
from medkarta.hl7.cda.header import (
    SNILS_ROOT,
    Code,
    Header,
    Organization,
    Patient,
    moment,
    name_of,
    read_header,
)
from medkarta.hl7.cda.laboratory import LabObservation, LabPanel, Range, read_laboratory
from medkarta.hl7.cda.media import NonXml
from medkarta.hl7.cda.source import Source, load

__all__ = [
    "SNILS_ROOT",
    "CdaDocument",
    "Code",
    "Header",
    "LabObservation",
    "LabPanel",
    "NonXml",
    "Organization",
    "Patient",
    "Range",
    "Signer",
    "Source",
    "load",
    "moment",
    "name_of",
    "read_document",
    "read_header",
    "read_laboratory",
]
