"""Phone numbers: how they are dialled and how they are read. Numbers without a country code are Russian."""

import phonenumbers

_COUNTRY = "RU"


def tel(text: str) -> str:
    """Return the `tel:` address of a number, such as `tel:+7-495-000-01-03`; empty for what can't be dialled."""
    number = _parsed(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966) if number else ""


def phone(text: str) -> str:
    """Return a number as people read it: «+7 900 000-00-04» from `+7(900)0000004`. Anything else stays."""
    number = _parsed(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if number else text


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, _COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


FILTERS = {"tel": tel, "phone": phone}
