"""The header of a CDA R2 document: what it is, whose it is, who made it. Bodies stay closed.

Both generations of Russian documents (СЭМД) and C-CDA are read: an absent or `nullFlavor` part is empty, never
an error, because a document that conforms badly still has to be found and shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from lxml import etree

from medkarta.hl7.cda.source import Source, opened
from medkarta.hl7.limits import LIMITS, Limits
from medkarta.hl7.values import MOSCOW, HumanName, Moment

SNILS_ROOT = "1.2.643.100.3"
_NS = {"h": "urn:hl7-org:v3", "i": "urn:hl7-ru:identity"}
_ENP_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its OID and the name printed beside it."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Patient:
    """The recordTarget. `ids` are (root, extension) pairs; `enp` only if the policy number has its 16 digits."""

    ids: tuple[tuple[str, str], ...]
    snils: str
    enp: str
    name: HumanName
    sex: str
    born_on: date | None


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation by its OID (the root of its id) and name."""

    oid: str
    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the body. `codes` is the kind of the document followed by its translations."""

    id: tuple[str, str]
    set_id: tuple[str, str]
    version: int
    templates: tuple[str, ...]
    codes: tuple[Code, ...]
    title: str
    effective: Moment | None
    confidentiality: str
    patient: Patient
    provider: Organization
    custodian: Organization
    author: HumanName
    author_position: str
    encounter: tuple[str, str]
    content_type: str

    @property
    def is_restricted(self) -> bool:
        return self.confidentiality in ("R", "V")


def read_header(source: bytes | Source, limits: Limits = LIMITS, zone: tzinfo = MOSCOW) -> Header:
    """Read the header of a document as it came. Raises Unreadable if it is not a CDA document."""
    root = opened(source, limits).root
    return Header(
        id=_id(root, "h:id"),
        set_id=_id(root, "h:setId"),
        version=_number(_attribute(root, "h:versionNumber", "value")),
        templates=tuple(str(each.get("root", "")) for each in root.iterfind("h:templateId", _NS)),
        codes=tuple(_codes(root)),
        title=_text(root, "h:title"),
        effective=moment(_attribute(root, "h:effectiveTime", "value"), zone),
        confidentiality=_attribute(root, "h:confidentialityCode", "code"),
        patient=_patient(root),
        provider=_organization(root, "h:recordTarget/h:patientRole/h:providerOrganization"),
        custodian=_organization(root, "h:custodian/h:assignedCustodian/h:representedCustodianOrganization"),
        author=name_of(root.find("h:author/h:assignedAuthor/h:assignedPerson/h:name", _NS)),
        author_position=_attribute(root, "h:author/h:assignedAuthor/h:code", "displayName"),
        encounter=_id(root, "h:componentOf/h:encompassingEncounter/h:id"),
        content_type=_attribute(root, "h:component/h:nonXMLBody/h:text", "mediaType") or "text/xml",
    )


def moment(text: str, zone: tzinfo = MOSCOW) -> Moment | None:
    """Read a TS (`2018`, `20181220`, `201812201530+0300`); None if absent or impossible."""
    digits, sign, offset = text.partition("+") if "+" in text else text.partition("-")
    digits = digits.partition(".")[0]
    try:
        if len(digits) <= len("YYYYMMDD"):
            on = date(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1))
            first = datetime(on.year, on.month, on.day, tzinfo=zone)
            return Moment(first.astimezone(UTC), on, "day" if digits[6:8] else "month" if digits[4:6] else "year")
        at = datetime.strptime(f"{digits:0<14}{sign}{offset}", "%Y%m%d%H%M%S%z" if sign else "%Y%m%d%H%M%S")  # noqa: DTZ007
        at = (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
        return Moment(at, at.astimezone(zone).date(), "second")
    except (ValueError, OverflowError):
        return None


def _patient(root: etree._Element) -> Patient:
    role = root.find("h:recordTarget/h:patientRole", _NS)
    if role is None:
        return Patient((), "", "", HumanName("", "", "", ""), "", None)
    ids = tuple((str(each.get("root", "")), str(each.get("extension", ""))) for each in role.iterfind("h:id", _NS))
    snils = next((_digits(value) for place, value in ids if place == SNILS_ROOT), "")
    enp = _digits(_text(role, "i:InsurancePolicy/i:Number"))
    born = moment(_attribute(role, "h:patient/h:birthTime", "value")[: len("YYYYMMDD")])
    return Patient(
        ids=tuple(each for each in ids if each[0]),
        snils=snils,
        enp=enp if len(enp) == _ENP_LENGTH else "",
        name=name_of(role.find("h:patient/h:name", _NS)),
        sex=_attribute(role, "h:patient/h:administrativeGenderCode", "code"),
        born_on=born.on if born and born.precision == "day" else None,
    )


def name_of(node: etree._Element | None) -> HumanName:
    """Read a person's name; empty if there is none."""
    if node is None:
        return HumanName("", "", "", "")
    family, given = _text(node, "h:family"), [_own_text(each) for each in node.iterfind("h:given", _NS)]
    patronymic = _text(node, "i:Patronymic") or " ".join(given[1:])
    first = given[0] if given else ""
    full = " ".join(part for part in (family, first, patronymic) if part) or _own_text(node)
    return HumanName(family, first, patronymic, full)


def _organization(root: etree._Element, path: str) -> Organization:
    return Organization(_attribute(root, f"{path}/h:id", "root"), _text(root, f"{path}/h:name"))


def _codes(root: etree._Element) -> Iterator[Code]:
    for node in (*root.iterfind("h:code", _NS), *root.iterfind("h:code/h:translation", _NS)):
        if node.get("code"):
            parts = (str(node.get(name, "")) for name in ("codeSystem", "code", "displayName"))
            yield Code(*parts)


def _id(root: etree._Element, path: str) -> tuple[str, str]:
    return _attribute(root, path, "root"), _attribute(root, path, "extension")


def _attribute(node: etree._Element, path: str, name: str) -> str:
    found = node.find(path, _NS)
    return "" if found is None else str(found.get(name, "")).strip()


def _text(node: etree._Element, path: str) -> str:
    found = node.find(path, _NS)
    return "" if found is None else _own_text(found)


def _own_text(node: etree._Element) -> str:
    return " ".join("".join(str(each) for each in node.itertext()).split())


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 1
