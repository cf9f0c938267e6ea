"""Texts of consents as data: one file a kind and version, the newest version is asked for."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

FOLDER = Path(__file__).parent / "consent_texts"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What exactly was agreed to. `hash` is SHA-256 of the text with the operator's details in it."""

    kind: str
    version: str
    title: str
    paragraphs: tuple[str, ...]
    hash: str


@cache
def current(kind: str) -> ConsentText:
    """Return the newest text of a kind. Files are named `<kind>-<version>.txt`; the first line is the title."""
    path = max(FOLDER.glob(f"{kind}-*.txt"), key=lambda one: one.stem)
    text = path.read_text(encoding="utf-8").format(
        operator=settings.OPERATOR_NAME,
        address=settings.OPERATOR_ADDRESS,
        contact=settings.OPERATOR_CONTACT or gettext_noop("через форму обратной связи"),
    )
    title, _, rest = text.partition("\n")
    paragraphs = tuple(part.strip() for part in rest.split("\n\n") if part.strip())
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ConsentText(kind, path.stem.removeprefix(f"{kind}-"), title.strip(), paragraphs, digest)
