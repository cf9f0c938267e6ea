"""A PDF that only its password opens: AES-256, revision 6 of the standard handler (ISO 32000-2, 7.6)."""

from io import BytesIO

from medkarta.core.confined import Failed, confined

_WORK = "medkarta.mailer.locking"


class Unprotectable(Exception):
    """The bytes are no PDF that could be given a password within bounds. No text: it might quote the file."""


def protect(data: bytes, *, password: str) -> bytes:
    """Return the PDF encrypted, its title and other metadata too. Raises Unprotectable.

    A file that is encrypted already and opens without a password gets ours in place of that encryption.
    """
    try:
        with confined(_WORK, BytesIO(data), secret=password.encode()) as made:
            return made.read()
    except Failed:
        raise Unprotectable from None
