"""PDF files that act by themselves, made still: a browser's PDF viewer runs their scripts whatever policy we send.

Tried in Chromium 156: a script behind OpenAction runs under `script-src 'none'` and under `sandbox` alike, so the only
safe thing to show is a file without one. The original stays as it is and can be downloaded. What is shown is always
written anew: readers repair a broken table of objects each in its own way, and another might find what we did not.
"""

from typing import BinaryIO

from medkarta.core.confined import Failed, confined

MAX_BYTES = 256 * 1024 * 1024
_WORK = "medkarta.documents.stilling"


class NoPdf(Exception):
    """The bytes are no PDF that can be looked through: broken, locked by a password, or unpacking beyond bounds."""


def still_pdf(file: BinaryIO) -> BinaryIO:
    """Return a copy of a PDF in which nothing acts.

    `file`: opened for reading; it is read from its start where it can be wound back, and closed. Links that a
    person presses stay if they lead to a page of the file or to http(s). Raises NoPdf.
    """
    with file:
        if file.seekable():
            file.seek(0)
        try:
            return confined(_WORK, file)
        except Failed:
            raise NoPdf from None
