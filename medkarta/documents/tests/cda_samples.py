"""Smallest CDA documents for tests, Russian in shape; everybody in them is invented."""

from typing import Any

ROOT = "1.2.643.5.1.13.13.12.2.77.1.100.1.1"
EDITIONS = "1.2.643.5.1.13.13.11.1520"
BODY = "<component><structuredBody><component><section><title>Жалобы</title><text>{}</text></section></component></structuredBody></component>"  # noqa: E501
LABORATORY = (
    "<component><structuredBody><component><section><code code='RESLAB'/><title>Результаты</title><text>Таблица</text>"
    "<entry><organizer classCode='CLUSTER' moodCode='EVN'><statusCode code='completed'/><component>"
    "<organizer classCode='BATTERY' moodCode='EVN'><code nullFlavor='OTH'><originalText>{name}</originalText></code>"
    "<statusCode code='completed'/>{values}</organizer></component></organizer></entry></section></component>"
    "</structuredBody></component>"
)
VALUE = (
    "<component><observation classCode='OBS' moodCode='EVN'><code code='{code}' codeSystem='2.16.840.1.113883.6.1' "
    "displayName='{name}'/><statusCode code='completed'/><effectiveTime value='202611120810+0300'/>"
    "<value xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='PQ' value='{value}' unit='mmol/L'/>"
    "<referenceRange><observationRange><text>3,0-5,2</text></observationRange></referenceRange></observation></component>"
)


def laboratory(*values: tuple[str, str, str], name: str = "Биохимический анализ крови") -> str:
    """Return a body with one panel of (LOINC, name, value) in mmol/L."""
    found = "".join(VALUE.format(code=code, name=label, value=value) for code, label, value in values)
    return LABORATORY.format(name=name, values=found)


def cda(
    number: str = "1",
    *,
    patient: str = "p1",
    snils: str = "",
    enp: str = "",
    name: tuple[str, str] = ("Пробная", "Анна"),
    born: str = "19880417",
    sex: str = "2",
    kind: str = "290",
    codes: str = "",
    title: str = "Протокол консультации",
    at: str = "202611121030+0300",
    set_number: str = "",
    version: int = 1,
    level: str = "N",
    body: str = BODY.format("Боль в горле"),
    encoding: str = "utf-8",
    head: str = "",
    **more: Any,
) -> bytes:
    """Return a document as bytes; `head` stands right before the root element."""
    own = f'<id root="{ROOT}.10" extension="{patient}"/>' if patient else ""
    policy = f"<i:InsurancePolicy><i:Number>{enp}</i:Number></i:InsurancePolicy>" if enp else ""
    code = codes or f'<code code="{kind}" codeSystem="{EDITIONS}" displayName="{title}"/>'
    set_ = f'<setId root="{ROOT}.50" extension="{set_number}"/>' if set_number else ""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{head}<ClinicalDocument xmlns="urn:hl7-org:v3" '
        f'xmlns:i="urn:hl7-ru:identity">{more.get("templates", "")}<id root="{ROOT}.51" extension="{number}"/>{code}'
        f'<title>{title}</title><effectiveTime value="{at}"/><confidentialityCode code="{level}"/>'
        f'<languageCode code="ru-RU"/>{set_}<versionNumber value="{version}"/><recordTarget><patientRole>{own}'
        f'<id root="1.2.643.100.3" extension="{snils}"/>{policy}<patient><name><family>{name[0]}</family>'
        f'<given>{name[1]}</given></name><administrativeGenderCode code="{sex}"/><birthTime value="{born}"/></patient>'
        "</patientRole></recordTarget><author><assignedAuthor><code displayName='Терапевт'/><assignedPerson><name>"
        "<family>Петрова</family><given>Елена</given></name></assignedPerson></assignedAuthor></author><custodian>"
        f'<assignedCustodian><representedCustodianOrganization><id root="1.2.643.5.1.13.13.12.2.77.1"/>'
        "<name>Поликлиника № 3</name></representedCustodianOrganization></assignedCustodian></custodian>"
        f"{body}</ClinicalDocument>"
    ).encode(encoding)
