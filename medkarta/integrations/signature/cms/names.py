"""Whom a Russian certificate names: a person, his post and organisation, and the ends of their numbers.

Object identifiers of the numbers: requirements to the form of a qualified certificate (ФСБ No. 795); seen in
certificates in use.
"""

import unicodedata
from collections.abc import Mapping

from asn1crypto import x509

from medkarta.integrations.signature.cms.results import Holder

_MOST = 255
_SHOWN_DIGITS = 4
_COMMON_NAME, _SURNAME, _ORGANISATION, _POST, _GIVEN = "2.5.4.3", "2.5.4.4", "2.5.4.10", "2.5.4.12", "2.5.4.42"
_SNILS = "1.2.643.100.3"
_OGRN = ("1.2.643.100.1", "1.2.643.100.5")  # of an organisation, of a sole trader
_INN = ("1.2.643.100.4", "1.2.643.3.131.1.1")  # of an organisation, of a person


def holder_of(name: x509.Name) -> Holder:
    """Return whom a subject names; a person by surname and given names where they stand apart."""
    parts = _parts(name)
    person = " ".join(filter(None, (parts.get(_SURNAME), parts.get(_GIVEN))))
    organisation = parts.get(_ORGANISATION, "")
    return Holder(
        name=(person or parts.get(_COMMON_NAME) or organisation)[:_MOST],
        post=parts.get(_POST, ""),
        organisation=organisation,
        snils=masked(parts.get(_SNILS, "")),
        inn=masked(_first(parts, _INN)),
        ogrn=masked(_first(parts, _OGRN)),
    )


def short_name(name: x509.Name) -> str:
    """Return what people would call an issuer: its common name, else its organisation."""
    parts = _parts(name)
    return parts.get(_COMMON_NAME) or parts.get(_ORGANISATION, "")


def masked(number: str) -> str:
    """Return `…` and the last digits of a number, never more than half of it."""
    digits = "".join(filter(str.isdigit, number))
    shown = min(_SHOWN_DIGITS, len(digits) // 2)
    return f"…{digits[-shown:]}" if shown else ""


def _parts(name: x509.Name) -> Mapping[str, str]:
    """Return the values by object identifier; the first of each kind counts."""
    found: dict[str, str] = {}
    for each in name.chosen:
        for pair in each:
            text = _text(pair["value"].native)
            if text:
                found.setdefault(pair["type"].dotted, text)
    return found


def _first(parts: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((parts[name] for name in names if name in parts), "")


def _text(value: object) -> str:
    """Return a value as one line without marks that nobody sees."""
    if not isinstance(value, str):
        return ""
    kept = "".join(" " if char.isspace() else char for char in value if unicodedata.category(char)[0] != "C")
    return " ".join(kept.split())[:_MOST]
