"""The portal's own texts: files per language in `texts/`, read once."""

from functools import cache
from pathlib import Path

from medkarta.pages import markup

FOLDER = Path(__file__).resolve().parent / "texts"
HELP = (
    "entry",
    "account",
    "whose-record",
    "policies",
    "child-policy",
    "sections",
    "missing",
    "access-log",
    "low-vision",
)
"""Topics of the help, in the order they are offered."""


@cache
def source_of(slug: str, language: str) -> str:
    """Return a text as it is written, in Russian where it is not translated. Raises FileNotFoundError."""
    path = FOLDER / language / f"{slug}.md"
    return (path if path.is_file() else FOLDER / "ru" / f"{slug}.md").read_text(encoding="utf-8")


@cache
def text_of(slug: str, language: str) -> markup.Text:
    """Return a text ready to show."""
    return markup.read(source_of(slug, language))


def is_translated(slug: str, language: str) -> bool:
    """Tell whether a text exists in this language (else the Russian one is shown, and marked as such)."""
    return (FOLDER / language / f"{slug}.md").is_file()


def fill(slug: str, language: str, values: dict[str, str]) -> markup.Text:
    """Return a text with `{names}` replaced by the values of this installation."""
    return markup.read(source_of(slug, language).format(**values))
