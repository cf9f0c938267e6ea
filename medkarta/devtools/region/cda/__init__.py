"""A small CDA R2 writer for the demo's own documents: header of a Russian СЭМД, narrative sections, laboratory entries.

Header and codes follow the public structure of СЭМД (dictionaries 1520, 1522, 99.2.197); content is invented.
"""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from medkarta.devtools.region.doctors import Doctor
from medkarta.devtools.region.facilities import oid
from medkarta.devtools.region.people import Person

_NAMESPACES = (
    'xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:identity="urn:hl7-ru:identity" xmlns:address="urn:hl7-ru:address"'
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A document kind: its code in dictionary 1520, its kind in 1522, template and title.

    Old editions have no code of their own: they bear the kind, and name who answers for them. `is_coded`: the edition
    has no narrative, only coded entries.
    """

    code: str
    kind: str
    template: str
    title: str
    is_coded: bool = False

    @property
    def codes(self) -> str:
        """The element `code`: the edition with the number of its template, or the kind."""
        shown = f"displayName={quoteattr(self.title)}"
        if not self.code:
            return f'<code code="{self.kind}" codeSystem="1.2.643.5.1.13.13.11.1522" {shown}/>'
        arc = self.template.split(".")[-2]
        return (
            f'<code code="{self.code}" codeSystem="1.2.643.5.1.13.13.11.1520" {shown}>'
            f'<translation code="{arc}" codeSystem="1.2.643.5.1.13.13.99.2.1079" {shown}/></code>'
        )


CONSULTATION = Kind("290", "5", "1.2.643.5.1.13.13.15.13.7", "Протокол консультации", is_coded=True)
LABORATORY = Kind("186", "7", "1.2.643.5.1.13.13.15.18.5", "Протокол лабораторного исследования")
DISCHARGE = Kind("235", "1", "1.2.643.5.1.13.13.15.25.6", "Эпикриз в стационаре выписной")
OUTPATIENT = Kind("233", "2", "1.2.643.5.1.13.13.15.26.5", "Эпикриз по законченному случаю амбулаторный")
CHECKUP = Kind("228", "340", "1.2.643.5.1.13.13.15.28.2", "Результаты диспансеризации и профилактического осмотра")
CERTIFICATE = Kind("208", "78", "1.2.643.5.1.13.13.15.84.1", "Справка по месту требования")
INSTRUMENTAL = Kind("224", "6", "1.2.643.5.1.13.13.15.17.5", "Протокол инструментального исследования")
REFERRAL = Kind("185", "57", "1.2.643.5.1.13.13.15.32.2", "Направление на консультацию")
CAMP = Kind(
    "248", "49", "1.2.643.5.1.13.13.15.44.3", "Справка о состоянии здоровья ребёнка, отъезжающего в лагерь (079/у)"
)
VACCINATIONS = Kind("220", "53", "1.2.643.5.1.13.13.15.46.3", "Сертификат о профилактических прививках")
POOL = Kind("293", "91", "1.2.643.5.1.13.13.15.53.4", "Справка для посещения бассейна")
OLD_CONSULTATION = Kind("", "5", "1.2.643.5.1.13.2.7.5.1.5.9.4", "Протокол консультации")
OLD_LABORATORY = Kind("", "7", "1.2.643.5.1.13.2.7.5.1.7.3", "Протокол лабораторного исследования")
OLD_DISCHARGE = Kind("", "1", "1.2.643.5.1.13.13.14.1.9.3", "Эпикриз в стационаре выписной")


@dataclass(frozen=True, slots=True)
class Section:
    """A section: code of dictionary 99.2.197, title, paragraphs, and raw XML after the narrative's text.

    Without paragraphs and table there are only the entries.
    """

    code: str
    title: str
    paragraphs: tuple[str, ...]
    table: str = ""
    entries: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What the header needs; `number` identifies the document in the clinic's system."""

    kind: Kind
    number: str
    person: Person
    doctor: Doctor
    day: date
    minute: int
    is_restricted: bool = False
    encounter_rid: str | None = None
    set_number: str = ""
    version: int = 1

    @property
    def moment(self) -> str:
        zone = self.doctor.facility.utc_offset.replace(":", "")
        return f"{self.day:%Y%m%d}{self.minute // 60:02d}{self.minute % 60:02d}{zone}"


def _name(family: str, given: str, patronymic: str) -> str:
    return (
        f"<name><family>{escape(family)}</family><given>{escape(given)}</given>"
        f"<identity:Patronymic>{escape(patronymic)}</identity:Patronymic></name>"
    )


def _organization(header: Header, tag: str) -> str:
    facility = header.doctor.facility
    return (
        f'<{tag}><id root="{oid(facility)}"/><name>{escape(facility.full_name)}</name>'
        f'<telecom value="tel:{facility.phone.replace(" ", "")}"/>'
        f"<addr><streetAddressLine>{escape(facility.address)}</streetAddressLine></addr></{tag}>"
    )


def _patient(header: Header, root: str) -> str:
    person = header.person
    code, text = ("1", "Мужской") if person.sex == "male" else ("2", "Женский")
    policy = (
        f'<identity:InsurancePolicy><identity:InsurancePolicyType xsi:type="CD" code="2" '
        f'codeSystem="1.2.643.5.1.13.13.11.1035"/><identity:Number>{person.enp}</identity:Number>'
        "</identity:InsurancePolicy>"
        if person.enp
        else '<identity:InsurancePolicy nullFlavor="NI"/>'
    )
    return (
        f'<recordTarget><patientRole><id root="{root}.10" extension="{person.key}"/>'
        f'<id root="1.2.643.100.3" extension="{person.snils}"/>{policy}'
        f"<addr><streetAddressLine>{escape(person.address)}</streetAddressLine></addr>"
        f"<patient>{_name(person.family, person.given, person.patronymic)}"
        f'<administrativeGenderCode code="{code}" codeSystem="1.2.643.5.1.13.13.11.1040" displayName="{text}"/>'
        f'<birthTime value="{person.born:%Y%m%d}"/></patient>'
        f"{_organization(header, 'providerOrganization')}</patientRole></recordTarget>"
    )


def _author(header: Header, root: str) -> str:
    doctor = header.doctor
    return (
        f'<author><time value="{header.moment}"/><assignedAuthor><id root="{root}.70" extension="{doctor.rid}"/>'
        f'<id root="1.2.643.100.3" extension="{doctor.snils}"/>'
        f'<code code="{doctor.specialty.code}" codeSystem="1.2.643.5.1.13.13.11.1002" '
        f"displayName={quoteattr(doctor.specialty.doctor)}/>"
        f"<assignedPerson>{_name(doctor.family, doctor.given, doctor.patronymic)}</assignedPerson>"
        f"{_organization(header, 'representedOrganization')}</assignedAuthor></author>"
        f"<custodian><assignedCustodian>{_organization(header, 'representedCustodianOrganization')}"
        "</assignedCustodian></custodian>"
    )


def _case(header: Header, root: str) -> str:
    """Return the case that the document belongs to: the Encounter's id in the clinic's system."""
    if header.encounter_rid is None:
        return ""
    return (
        f'<componentOf><encompassingEncounter><id root="{root}.15" extension="{header.encounter_rid}"/>'
        f'<effectiveTime><low value="{header.moment}"/></effectiveTime></encompassingEncounter></componentOf>'
    )


def _legal_authenticator(header: Header, root: str) -> str:
    """Return who answers for a document of an old edition; the new ones leave it to their signatures."""
    doctor = header.doctor
    if header.kind.code:
        return ""
    name = _name(doctor.family, doctor.given, doctor.patronymic)
    return (
        '<legalAuthenticator><time nullFlavor="NI"/><signatureCode nullFlavor="NI"/><assignedEntity>'
        f'<id root="{root}.70" extension="{doctor.rid}"/><assignedPerson>{name}</assignedPerson>'
        "</assignedEntity></legalAuthenticator>"
    )


def _section(section: Section) -> str:
    code = (
        f'<code code="{section.code}" codeSystem="1.2.643.5.1.13.13.99.2.197" displayName={quoteattr(section.title)}/>'
    )
    if not section.paragraphs and not section.table:
        return f"<component><section>{code}{section.entries}</section></component>"
    text = "".join(f"<paragraph>{escape(one)}</paragraph>" for one in section.paragraphs)
    return (
        f"<component><section>{code}<title>{escape(section.title)}</title>"
        f"<text>{text}{section.table}</text>{section.entries}</section></component>"
    )


def document(header: Header, sections: tuple[Section, ...]) -> bytes:
    """Return the document as UTF-8 XML."""
    root = f"{oid(header.doctor.facility)}.100.1.1"
    kind = header.kind
    type_id = "POCD_MT000040" if kind.code else "POCD_HD000040"
    level, meaning = ("R", "Ограниченный") if header.is_restricted else ("N", "Обычный")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument {_NAMESPACES}>'
        f'<realmCode code="RU"/><typeId root="2.16.840.1.113883.1.3" extension="{type_id}"/>'
        f'<templateId root="{kind.template}"/><id root="{root}.51" extension="{header.number}"/>{kind.codes}'
        f'<title>{escape(kind.title)}</title><effectiveTime value="{header.moment}"/>'
        f'<confidentialityCode code="{level}" codeSystem="1.2.643.5.1.13.13.99.2.285" displayName="{meaning}"/>'
        f'<languageCode code="ru-RU"/><setId root="{root}.50" extension="{header.set_number or header.number}"/>'
        f'<versionNumber value="{header.version}"/>{_patient(header, root)}{_author(header, root)}'
        f"{_legal_authenticator(header, root)}{_case(header, root)}"
        f"<component><structuredBody>{''.join(map(_section, sections))}</structuredBody></component>"
        "</ClinicalDocument>\n"
    ).encode()
