"""Coded entries of a CDA document: values of a laboratory, and what a document without narrative says."""

from xml.sax.saxutils import escape, quoteattr

from medkarta.devtools.region.cda import Section
from medkarta.devtools.region.shapes import Resource

_ICD10 = "1.2.643.5.1.13.13.11.1005"


def said(name: str, text: str) -> str:
    """Return an entry that says a text under a name."""
    return _observation(name, f'<value xsi:type="ST">{escape(text)}</value>')


def measured(name: str, value: str, unit: str, ucum: str) -> str:
    """Return an entry with a number and its unit, for people and in UCUM."""
    return _observation(
        name,
        f'<value xsi:type="PQ" value="{value}" unit="{escape(ucum)}"><translation value="{value}" '
        f'codeSystem="1.2.643.5.1.13.13.11.1358" displayName={quoteattr(unit)}/></value>',
    )


def diagnosed(name: str, code: str, text: str) -> str:
    """Return an entry with a diagnosis of ICD-10."""
    return _observation(
        name,
        f'<value xsi:type="CD" code="{escape(code)}" codeSystem="{_ICD10}" codeSystemName="МКБ-10" '
        f"displayName={quoteattr(text)}/>",
    )


def _observation(name: str, value: str) -> str:
    return (
        '<entry><observation classCode="OBS" moodCode="EVN"><code nullFlavor="OTH" '
        f"displayName={quoteattr(name)}><originalText>{escape(name)}</originalText></code>"
        f'<statusCode code="completed"/>{value}</observation></entry>'
    )


def _range(one: Resource) -> str:
    return str(one["referenceRange"][0]["text"])


def _value(one: Resource) -> tuple[str, str]:
    if "valueQuantity" in one:
        return f"{one['valueQuantity']['value']}".replace(".", ","), one["valueQuantity"]["unit"]
    return one["valueString"], ""


def laboratory_section(name: str, found: list[Resource]) -> Section:
    """Return the section with a narrative table and coded entries made of FHIR Observations."""
    rows = "".join(
        f"<tr><td>{escape(one['code']['text'])}</td><td>{escape(_value(one)[0])}</td>"
        f"<td>{escape(_value(one)[1])}</td><td>{escape(_range(one))}</td></tr>"
        for one in found
    )
    table = (
        f"<table><caption>{escape(name)}</caption><thead><tr><th>Показатель</th><th>Результат</th><th>Единица</th>"
        f"<th>Референсный интервал</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    entries = (
        '<entry><organizer classCode="CLUSTER" moodCode="EVN"><statusCode code="completed"/><component>'
        f'<organizer classCode="BATTERY" moodCode="EVN"><code nullFlavor="OTH"><originalText>{escape(name)}'
        '</originalText></code><statusCode code="completed"/>'
        f"{''.join(map(_entry, found))}</organizer></component></organizer></entry>"
    )
    return Section("RESLAB", "Результаты лабораторных исследований", (), table, entries)


def _entry(one: Resource) -> str:
    code, taken = one["code"]["coding"][0]["code"], one["effectiveDateTime"][:10].replace("-", "")
    if "valueQuantity" in one:
        quantity = one["valueQuantity"]
        value = (
            f'<value xsi:type="PQ" value="{quantity["value"]}" unit="{escape(quantity["code"])}">'
            f'<translation value="{quantity["value"]}" displayName={quoteattr(quantity["unit"])}/></value>'
            f'<interpretationCode code="{one["interpretation"][0]["coding"][0]["code"]}" '
            'codeSystem="2.16.840.1.113883.5.83"/>'
        )
    else:
        value = f'<value xsi:type="ST">{escape(one["valueString"])}</value>'
    return (
        '<component><observation classCode="OBS" moodCode="EVN">'
        f'<code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName={quoteattr(one["code"]["text"])}/>'
        f'<statusCode code="completed"/><effectiveTime value="{taken}"/>{value}'
        "<referenceRange><observationRange>"
        f"<text>{escape(_range(one))}</text></observationRange></referenceRange></observation></component>"
    )
