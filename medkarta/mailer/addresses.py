"""An address that a person typed: one, whole, and such that mail servers take it. RFC 5321, RFC 5322, RFC 5890."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Refused

LONGEST, LONGEST_NAME = 254, 64
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class AddressUnusable(Refused):
    text = _("Напишите адрес целиком, например anna@example.ru")


class BrokenLine(AddressUnusable):
    text = _("В адресе есть перевод строки или невидимый знак. Напишите адрес одной строкой")


class SeveralAddresses(AddressUnusable):
    text = _("Напишите один адрес, без пробелов и запятых. На второй можно отправить отдельно")


class Decorated(AddressUnusable):
    text = _("Оставьте только адрес: без имени, кавычек и скобок")


class NotLatin(AddressUnusable):
    text = _("До знака @ должны быть латинские буквы и цифры: проверьте раскладку клавиатуры")


class TooLong(AddressUnusable):
    text = _("Адрес слишком длинный: таких не бывает. Проверьте, не вставилось ли лишнее")


def read_address(text: str) -> str:
    """Return the one address of a text, its host in lower case.

    Raises AddressUnusable or one of its kinds, whose text says what to put right.
    """
    wanted = text.strip()
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in wanted):
        raise BrokenLine
    if any(sign in wanted for sign in '"<>()[]\\«»“”:'):
        raise Decorated
    if any(sign.isspace() or sign in ",;" for sign in wanted) or wanted.count("@") > 1:
        raise SeveralAddresses
    name, _at, host = wanted.partition("@")
    if len(wanted) > LONGEST or len(name) > LONGEST_NAME:
        raise TooLong
    if name and not name.isascii():
        raise NotLatin
    if not _NAME.fullmatch(name) or not _is_host(host):
        raise AddressUnusable
    return f"{name}@{host.lower()}"


def ascii_host(address: str) -> str:
    """Return the host of an address as mail servers know it, where that looks different; else an empty text."""
    host = address.rpartition("@")[2]
    found = host.encode("idna").decode()
    return "" if found == host else found


def _is_host(host: str) -> bool:
    try:
        labels = host.lower().encode("idna").decode().split(".")
    except ValueError:
        return False
    return len(labels) > 1 and all(_LABEL.fullmatch(one) for one in labels) and not labels[-1].isdigit()
