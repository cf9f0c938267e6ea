#!/usr/bin/env python3
"""Collect every text of the pages into the English catalogue and compile it: `make messages`.

The texts in the sources are Russian, so Russian has no catalogue; its plural forms are `ui.format.plural`'s business.
Translations of texts that are still there are kept, others are dropped, new ones are listed for the translator.
The file names no line, date or tool version, so that it changes only when a text does.
`--check` writes nothing and fails when a text has no translation or a file is not what this command would write.
"""

import argparse
import ast
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "medkarta"
PO = PACKAGE / "locale/en/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")
SKIPPED = {"tests", "migrations", "__pycache__", "static"}

# Where a call has its texts: (context, singular, plural); None where it has no such argument.
KEYWORDS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


class EnglishCatalog(Catalog):
    """A catalogue whose header says only what a reader of the file needs."""

    mime_headers = [
        ("Language", "en"),
        ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit\n"),
    ]


def main() -> int:
    """Write the catalogue or check it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    only_check = parser.parse_args().check
    catalog = collect()
    translate(catalog, load())
    stale = [path for path, content in render(catalog).items() if not path.exists() or path.read_bytes() != content]
    if not only_check:
        PO.parent.mkdir(parents=True, exist_ok=True)
        for path, content in render(catalog).items():
            path.write_bytes(content)
    missing = untranslated(catalog)
    for text in missing:
        print(f"not translated: {text}")
    for path in stale:
        print(f"{'out of date' if only_check else 'written'}: {path.relative_to(ROOT)}")
    print(f"{len(catalog)} texts, {len(missing)} not translated")
    return 1 if missing or (only_check and stale) else 0


def collect() -> EnglishCatalog:
    """Return the catalogue of all texts in the sources, without translations."""
    catalog = EnglishCatalog(
        locale="en", fuzzy=False, header_comment="# English texts of the portal; the sources are Russian."
    )
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for context, message in texts_of(path):
            catalog.add(message, locations=[(name, 1)], context=context)
    return catalog


def sources() -> list[Path]:
    """Return the Python files and templates of the product, in a fixed order."""
    found = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.jinja")]
    return sorted(path for path in found if not SKIPPED & set(path.relative_to(PACKAGE).parts))


def texts_of(path: Path) -> Iterator[tuple[str | None, str | tuple[str, str]]]:
    """Yield (context, text or (singular, plural)) of each translated text of a file."""
    for function, found in calls_of(path):
        arguments = found if isinstance(found, tuple | list) else (found,)
        context, singular, plural = (
            None if place is None or place >= len(arguments) else arguments[place] for place in KEYWORDS[function]
        )
        if singular:
            yield context, (singular, plural) if plural else singular


def calls_of(path: Path) -> Iterator[tuple[str, object]]:
    """Yield (function, its text or its arguments) for each call of a gettext function."""
    if path.suffix == ".jinja":
        for _line, function, found in template_environment().extract_translations(path.read_text("utf-8"), KEYWORDS):
            yield function, found
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):  # unlike Babel's own, this sees into f-strings
        function = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and function in KEYWORDS:
            yield function, tuple(one.value if _is_text(one) else None for one in node.args)


def _is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def template_environment() -> Any:
    """Return the environment in which the pages are rendered: its syntax and white space are what matters here."""
    if not settings.configured:
        settings.configure(LANGUAGE_CODE="ru")
    from medkarta.ui.environment import environment

    return environment()


def load() -> Catalog:
    """Return the catalogue as it is on the disk."""
    if not PO.exists():
        return Catalog(locale="en")
    with PO.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def translate(catalog: Catalog, known: Catalog) -> None:
    """Take the translations and the translator's comments of `known`; nothing is guessed."""
    for message in catalog:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None and not old.fuzzy:
            message.string = old.string
            message.user_comments = old.user_comments


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts that have no translation, or only a doubtful one."""
    return [str(one.id) for one in catalog if one.id and (one.fuzzy or not all(_strings(one)))]


def _strings(message: Message) -> Sequence[str]:
    return (message.string or "",) if isinstance(message.string, str | None) else message.string


def render(catalog: Catalog) -> dict[Path, bytes]:
    """Return the bytes of both files."""
    source, compiled = io.BytesIO(), io.BytesIO()
    write_po(source, catalog, sort_output=True, include_lineno=False, width=0)
    write_mo(compiled, catalog)
    return {PO: source.getvalue(), MO: compiled.getvalue()}


if __name__ == "__main__":
    sys.exit(main())
