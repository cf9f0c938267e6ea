"""A PDF that only its password opens: AES-256, revision 6 of the standard handler (ISO 32000-2, 7.6)."""

import secrets
from io import BytesIO


class Unprotectable(Exception):
    """The bytes are no PDF that could be given a password. No text: it might quote the file."""


def protect(data: bytes, *, password: str) -> bytes:
    """Return the PDF encrypted, its title and other metadata too. Raises Unprotectable.

    A file that is encrypted already and opens without a password gets ours in place of that encryption.
    """
    import pikepdf  # here: it costs a fifth of a second, and most processes send nothing

    kept = BytesIO()
    try:
        with pikepdf.open(BytesIO(data)) as found:
            lock = pikepdf.Encryption(user=password, owner=secrets.token_urlsafe(32), R=6, aes=True, metadata=True)
            found.save(kept, encryption=lock)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError):
        raise Unprotectable from None
    return kept.getvalue()
