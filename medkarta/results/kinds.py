"""Whether a report is of a laboratory or of an instrument. Pure."""

from collections.abc import Mapping
from typing import Any

from medkarta.hl7 import values

LABORATORY, INSTRUMENTAL = "laboratory", "instrumental"

_LABORATORY = frozenset(
    {"LAB", "CH", "HM", "MB", "SR", "IMM", "BLB", "TX", "VR", "GE", "MYC", "PAR", "MCB", "CP", "SP", "BG", "ICU", "PAT"}
    | {"laboratory", "26436-6", "11502-2", "18725-2", "18719-5", "18723-7", "18727-8", "18728-6"}
)
_INSTRUMENTAL = frozenset(
    {"RAD", "RUS", "CT", "NMR", "MRI", "XRC", "CUS", "EC", "EN", "CTH", "NMS", "VUS", "OUS", "RX", "PF", "NRS", "AU"}
    | {"AUD", "CG", "OTH", "RT", "PHY", "PT", "imaging", "LP29684-5", "LP29708-2", "18748-4"}
)
"""Codes of HL7 v2 table 0074 (diagnostic service section), of LOINC's document classes and of FHIR's categories."""


def kind_of(resource: Mapping[str, Any]) -> str:
    """Return the kind of a DiagnosticReport: by its category, else laboratory if it holds values."""
    codes = {each.code for each in values.all_codings(resource.get("category"))}
    if codes & _LABORATORY:
        return LABORATORY
    if codes & _INSTRUMENTAL:
        return INSTRUMENTAL
    return LABORATORY if resource.get("result") else INSTRUMENTAL
