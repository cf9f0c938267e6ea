"""Small readings of FHIR values for the rooms' `fhir.py`. Each takes an element, absent ones included."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from medkarta.hl7 import systems

Element = Mapping[str, Any]
Resource = Mapping[str, Any]
Precision = Literal["year", "month", "day", "second"]

MOSCOW = ZoneInfo("Europe/Moscow")
_RESTRICTED = frozenset(
    {(system, code) for system in (systems.CONFIDENTIALITY, systems.CONFIDENTIALITY_RU) for code in "RV"}
    | {(systems.ACT_CODE, code) for code in ("PSY", "ETH", "HIV", "STD", "SEX", "SDV", "TBOO")}
)
_UNNAMED_SYSTEMS = {
    "urn:oid:2.16.840.1.113883.5.25": systems.CONFIDENTIALITY,
    "urn:oid:2.16.840.1.113883.5.4": systems.ACT_CODE,
}


class Coding(NamedTuple):
    """A code with its canonical system (`systems.canonical`)."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time as exact as the sender knew it. `at` is the first instant it covers, in UTC."""

    at: datetime
    on: date
    precision: Precision

    @property
    def is_exact(self) -> bool:
        return self.precision == "second"


@dataclass(frozen=True, slots=True)
class Span:
    """A Period; an open end is None. `end` is as written: the last day or second that belongs to it."""

    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured amount. `unit` is for people, `code` is UCUM where the system says so; `comparator` < <= >= >."""

    value: Decimal | None
    unit: str
    code: str
    comparator: str


class HumanName(NamedTuple):
    """Фамилия, имя, отчество and the whole name in that order."""

    family: str
    given: str
    patronymic: str
    full: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a resource or beside it; `data` is None when only the address is there."""

    content_type: str
    title: str
    url: str
    data: bytes | None
    size: int | None
    created: Moment | None


def codings(concept: Element | None) -> list[Coding]:
    """Return the codes of a CodeableConcept (or of a lone Coding), systems canonical."""
    if not concept:
        return []
    given = [concept] if "code" in concept else concept.get("coding", ())
    return [
        Coding(systems.canonical(each.get("system", "")), each.get("code", ""), each.get("display", ""))
        for each in given
    ]


def all_codings(concepts: Iterable[Element] | None) -> list[Coding]:
    """Return the codes of several concepts (`category`, `meta.security`)."""
    return [coding for concept in concepts or () for coding in codings(concept)]


def code_in(concept: Element | None, system: str) -> str:
    """Return the code of a concept in a canonical system; empty if it has none."""
    return next((each.code for each in codings(concept) if each.system == system and each.code), "")


def text_of(concept: Element | None) -> str:
    """Return what a concept is called: its text, else the first display, else the first code."""
    if not concept:
        return ""
    found = codings(concept)
    names = [concept.get("text", ""), *(each.display for each in found), *(each.code for each in found)]
    return next((name.strip() for name in names if name and name.strip()), "")


def identifier_value(resource: Resource, system: str) -> str:
    """Return the value of an identifier by its system, any spelling of it accepted; empty if absent.

    An identifier marked `old` does not count while another is there.
    """
    wanted = systems.canonical(system)
    found = [each for each in _list(resource, "identifier") if systems.canonical(each.get("system", "")) == wanted]
    found.sort(key=lambda each: each.get("use") == "old")
    return next((str(each["value"]).strip() for each in found if each.get("value")), "")


def moment(text: str | None, zone: tzinfo = MOSCOW) -> Moment | None:
    """Read a FHIR date, dateTime or instant; None for an absent or impossible one.

    A date without a time starts at midnight in `zone`; a time without an offset is a time in `zone`.
    """
    if not text:
        return None
    try:
        if len(text) > 10:
            return _exact(text, zone)
        year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
        on = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    precision: Precision = "day" if len(text) == 10 else "month" if len(text) == 7 else "year"
    return Moment(datetime.combine(on, time(), zone).astimezone(UTC), on, precision)


def _exact(text: str, zone: tzinfo) -> Moment:
    leap = text[17:19] == "60"  # a leap second is legal in FHIR and unknown to Python
    at = datetime.fromisoformat(f"{text[:17]}59{text[19:]}" if leap else text)
    at = (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    at += timedelta(seconds=leap)
    return Moment(at, at.astimezone(zone).date(), "second")


def instant(text: str | None, zone: tzinfo = MOSCOW) -> datetime | None:
    """Return the aware datetime (UTC) of a FHIR time; a partial date gives its first instant in `zone`."""
    found = moment(text, zone)
    return found.at if found else None


def day(text: str | None, zone: tzinfo = MOSCOW) -> date | None:
    """Return the day of a FHIR date or time, as seen in `zone`; a partial date gives its first day."""
    found = moment(text, zone)
    return found.on if found else None


def period(element: Element | None, zone: tzinfo = MOSCOW) -> Span:
    """Read a Period; an absent one is open on both sides."""
    found = element or {}
    return Span(moment(found.get("start"), zone), moment(found.get("end"), zone))


def quantity(element: Element | None) -> Quantity | None:
    """Read a Quantity, Age or Duration; None if absent."""
    if not element:
        return None
    code = element.get("code", "") if element.get("system", systems.UCUM) == systems.UCUM else ""
    return Quantity(decimal(element.get("value")), element.get("unit", code), code, element.get("comparator", ""))


def decimal(value: Any) -> Decimal | None:
    """Return a number of a resource with the digits that the sender wrote."""
    return None if value is None or isinstance(value, bool) else Decimal(str(value))


def human_name(resource: Resource) -> HumanName:
    """Return the name of a person: the official or usual one before old ones; имя and отчество are both `given`."""
    names = resource.get("name")
    found = list(names) if isinstance(names, list) else []
    order = {"official": 0, "usual": 1, None: 2}
    found.sort(key=lambda each: order.get(each.get("use"), 9 if each.get("use") in ("old", "maiden") else 3))
    if not found:
        return HumanName("", "", "", "")
    name = found[0]
    given = [part for part in name.get("given", ()) if part]
    family = name.get("family", "")
    full = " ".join([family, *given]).strip() or name.get("text", "")
    return HumanName(family, given[0] if given else "", " ".join(given[1:]), full)


def telecom(resource: Resource, system: str) -> list[str]:
    """Return the phones (`phone`) or addresses (`email`, `url`) that are in use, in the order of `rank`."""
    found = [each for each in _list(resource, "telecom") if each.get("system") == system and each.get("use") != "old"]
    found.sort(key=lambda each: each.get("rank", 1000))
    return [each["value"].strip() for each in found if each.get("value", "").strip()]


def address_text(address: Element | None) -> str:
    """Return an address in one line: its text, else its parts from the region to the house."""
    if not address:
        return ""
    if address.get("text"):
        return " ".join(str(address["text"]).split())
    lines = [line for line in address.get("line", ()) if line]
    parts = [address.get(name) for name in ("postalCode", "state", "district", "city")]
    return ", ".join(str(part) for part in [*parts, *lines] if part)


def is_restricted(resource: Resource) -> bool:
    """Tell whether a record is kept from ordinary view: confidentiality R or V, psychiatry, HIV and the like.

    Reads `meta.security` and, of a DocumentReference, `securityLabel`.
    """
    labels = [*(resource.get("meta") or {}).get("security", ()), *_list(resource, "securityLabel")]
    return any(
        (_UNNAMED_SYSTEMS.get(each.system, each.system), each.code) in _RESTRICTED for each in all_codings(labels)
    )


def is_withdrawn(resource: Resource) -> bool:
    """Tell whether the sender took the record back: it is to be hidden at once."""
    return resource.get("status") == "entered-in-error" or any(
        each.code == "entered-in-error" for each in codings(resource.get("verificationStatus"))
    )


def extension(element: Element | None, url: str) -> Any:
    """Return the value of the first extension with this url, whatever its type; None if absent."""
    return next(extensions(element, url), None)


def extensions(element: Element | None, url: str) -> Iterator[Any]:
    """Yield the values of every extension with this url; a complex one gives its inner extensions."""
    for each in _list(element or {}, "extension"):
        if each.get("url") == url:
            found = [value for name, value in each.items() if name.startswith("value")]
            yield found[0] if found else each.get("extension", [])


def attachment(element: Element | None) -> Attachment | None:
    """Read an Attachment; None if absent."""
    if not element:
        return None
    size = element.get("size")
    return Attachment(
        element.get("contentType", ""),
        element.get("title", ""),
        element.get("url", ""),
        decoded(element.get("data")),
        int(size) if size is not None else None,
        moment(element.get("creation")),
    )


def decoded(text: str | None) -> bytes | None:
    """Return the bytes of a base64 text (`Binary.data`); None if absent or broken."""
    if text is None:
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _list(element: Element, name: str) -> list[Element]:
    found = element.get(name)
    if isinstance(found, list):
        return [each for each in found if isinstance(each, Mapping)]
    return [found] if isinstance(found, Mapping) else []
