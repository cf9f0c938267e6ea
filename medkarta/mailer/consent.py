"""What a person agrees to when something of a record leaves by mail, and how that is kept."""

import hashlib

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

VERSION = "1"
TEXT = gettext_noop(
    "Прошу отправить этот документ на указанный адрес. Понимаю, что письмо пройдёт через чужие почтовые серверы, "
    "что тот, у кого будут и письмо, и код, прочитает медицинские сведения, и что файл из письма вернуть нельзя."
)


def text() -> str:
    """Return the words of the consent in the active language."""
    return _(TEXT)


def mark() -> str:
    """Return what is kept of a consent: its version and the SHA-256 of its words (in Russian), hex."""
    return f"{VERSION}:{hashlib.sha256(TEXT.encode()).hexdigest()}"
