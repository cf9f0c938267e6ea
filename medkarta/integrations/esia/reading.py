"""ESIA's JSON of persons, documents and children -> our values. Odd or missing fields become empty, never an error."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from medkarta.integrations.esia.values import (
    EsiaAddress,
    EsiaChild,
    EsiaContact,
    EsiaDocument,
    EsiaPerson,
    Gender,
)

MAX_TEXT = 400
POLICY = "MDCL_PLCY"
_GENDERS: dict[str, Gender] = {"M": "male", "F": "female"}


def person_of(body: Mapping[str, Any], *, oid: str, trusted: bool) -> EsiaPerson:
    """Return the person of `/rs/prns/{oid}`; confirmed only if the token and the answer both say so."""
    return EsiaPerson(oid=oid, trusted=trusted and body.get("trusted") is True, **_identity(body))


def child_of(body: Mapping[str, Any]) -> EsiaChild | None:
    """Return a child, or None for an element without an id."""
    number = text_of(body, "id")
    return EsiaChild(id=number, **_identity(body)) if number else None


def contact_of(body: Mapping[str, Any]) -> EsiaContact | None:
    kind, value = text_of(body, "type"), text_of(body, "value")
    return EsiaContact(kind, value, _is_verified(body)) if kind and value else None


def address_of(body: Mapping[str, Any]) -> EsiaAddress | None:
    """Return an address in one line: `addressStr`, then house, building and flat where they stand apart."""
    kind, line = text_of(body, "type"), text_of(body, "addressStr")
    if not kind or not line:
        return None
    parts = [("house", "д. "), ("frame", "корп. "), ("building", "стр. "), ("flat", "кв. ")]
    told = [f"{word}{text_of(body, name)}" for name, word in parts if text_of(body, name)]
    return EsiaAddress(
        type=kind,
        text=", ".join([line, *(part for part in told if part not in line)]),
        postal_code=text_of(body, "zipCode"),
        region=text_of(body, "region"),
        city=text_of(body, "city"),
        fias_code=text_of(body, "fiasCode"),
    )


def document_of(body: Mapping[str, Any]) -> EsiaDocument | None:
    kind = text_of(body, "type")
    if not kind:
        return None
    united = digits_of(body, "unitedNumber")
    return EsiaDocument(
        type=kind,
        series=text_of(body, "series"),
        number=text_of(body, "number"),
        united_number=united if kind == POLICY and len(united) == 16 else "",
        verified=_is_verified(body),
        issued_on=date_of(body.get("issueDate")),
        expires_on=date_of(body.get("expiryDate")),
        issued_by=text_of(body, "issuedBy"),
    )


def text_of(body: Mapping[str, Any], name: str) -> str:
    """Return a field as one line without control characters, at most 400 characters; a number as its digits."""
    value = body.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    if not isinstance(value, str):
        return ""
    line = re.sub(r"\s+", " ", value).strip()
    return "".join(char for char in line if char.isprintable())[:MAX_TEXT]


def digits_of(body: Mapping[str, Any], name: str) -> str:
    return re.sub(r"[^0-9]", "", text_of(body, name))


def date_of(value: Any) -> date | None:
    """Return a date of ESIA's «ДД.ММ.ГГГГ» (or ISO); None for anything else, 31 February too."""
    if isinstance(value, str):
        for layout in ("%d.%m.%Y", "%Y-%m-%d"):
            try:
                return datetime.strptime(value[:10], layout).date()  # noqa: DTZ007
            except ValueError:
                continue
    return None


def snils_of(text: str) -> str:
    """Return a СНИЛС as 11 digits if its check sum is right, else "".

    Check: sum of the first nine digits times 9…1, modulo 101; 100 counts as 00.
    """
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) != 11:
        return ""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True))
    return digits if total % 101 % 100 == int(digits[9:]) else ""


def _identity(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "family_name": text_of(body, "lastName"),
        "given_name": text_of(body, "firstName"),
        "middle_name": text_of(body, "middleName"),
        "birth_date": date_of(body.get("birthDate")),
        "gender": _GENDERS.get(text_of(body, "gender"), ""),
        "snils": snils_of(text_of(body, "snils")),
    }


def _is_verified(body: Mapping[str, Any]) -> bool:
    return body.get("vrfStu") == "VERIFIED"
