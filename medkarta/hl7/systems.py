"""Identifier systems: the one we store and the others that senders use for the same thing.

Sources: НСИ registers of the Ministry of Health, the N3.Health integration profiles, the guides of fhir.ru
(whose three spellings of the ОМС system all occur inside one guide). ЕНП: no federal OID is confirmed; the
canonical system is the one of N3.
"""

from collections.abc import Mapping, Sequence

SNILS = "urn:oid:1.2.643.100.3"
ENP = "urn:oid:1.2.643.2.69.1.1.1.6.228"
POLICY_OLD = "urn:oid:1.2.643.2.69.1.1.1.6.226"
POLICY_TEMPORARY = "urn:oid:1.2.643.2.69.1.1.1.6.227"
POLICY_VOLUNTARY = "urn:oid:1.2.643.2.69.1.1.1.6.240"
IDENTITY_DOCUMENT = "https://fhir.ru/ig/core/systems/identity-document"
OGRN = "https://fhir.ru/ig/core/systems/ogrn"
INN = "https://fhir.ru/ig/core/systems/inn"
LICENCE = "https://fhir.ru/ig/core/systems/medlicense"
FRMO = "urn:oid:1.2.643.5.1.13.13.11.1461"
INSURER = "urn:oid:1.2.643.5.1.13.13.99.2.183"
SPECIALTY = "urn:oid:1.2.643.5.1.13.13.11.1066"
POSITION = "urn:oid:1.2.643.5.1.13.13.11.1002"
DOCUMENT_KIND = "urn:oid:1.2.643.5.1.13.13.11.1520"
CONFIDENTIALITY_RU = "urn:oid:1.2.643.5.1.13.13.99.2.285"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

REQUEST_CATEGORY = "urn:medkarta:request-category"
HOSPITALIZATION_STATUS = "urn:medkarta:hospitalization-status"
HOME_CALL_STATUS = "urn:medkarta:home-call-status"
PRESCRIPTION_KIND = "urn:medkarta:prescription-kind"
PRESCRIPTION_STATUS = "urn:medkarta:prescription-status"
PRESCRIPTION_FORM = "urn:medkarta:prescription-form"
CAREPLAN_CATEGORY = "urn:medkarta:careplan-category"
FACILITY_AUDIENCE = "urn:medkarta:facility-audience"

ALIASES: Mapping[str, Sequence[str]] = {
    SNILS: (
        "https://fhir.ru/ig/core/systems/snils",
        "https://fhir.ru/ig/semd/systems/snils",
        "urn:oid:1.2.643.2.69.1.1.1.6.223",
    ),
    ENP: (
        "https://fhir.ru/ig/core/systems/oms",
        "https://fhir.ru/ig/core/systems/OMS",
        "http://fhir.ru/ig/core/systems/oms",
    ),
    IDENTITY_DOCUMENT: ("urn:oid:1.2.643.2.69.1.1.1.6.14", "urn:oid:1.2.643.2.69.1.1.1.6.3"),
    OGRN: ("urn:oid:1.2.643.100.1",),
    FRMO: (
        "urn:ru:frmo:oid",
        "https://fhir.ru/ig/core/CodeSystem/core-cs-nsi-register-of-medical-organizations",
        "urn:oid:1.2.643.2.69.1.1.1.64",
    ),
    INSURER: ("urn:oid:1.2.643.5.1.13.2.1.1.635",),
}
"""Canonical system to its aliases, compared as written but for the case of `urn:`."""

_CANONICAL = {alias: system for system, aliases in ALIASES.items() for alias in aliases}
_NSI_ADDRESSES = ("https://nsi.rosminzdrav.ru/dictionaries/", "http://nsi.rosminzdrav.ru/dictionaries/")


def canonical(system: str) -> str:
    """Return the system that we store for any spelling of it; an unknown one as it is.

    A dictionary of НСИ is known by its address too: `https://nsi.rosminzdrav.ru/dictionaries/<OID>`.
    """
    system = system.strip()
    for address in _NSI_ADDRESSES:
        if system.startswith(address):
            system = f"urn:oid:{system[len(address) :].strip('/').partition('/')[0]}"
    return _CANONICAL.get(system, system)


def spellings(system: str) -> tuple[str, ...]:
    """Return a canonical system followed by its aliases."""
    return (system, *ALIASES.get(system, ()))
