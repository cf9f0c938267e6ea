"""What is read once in a CDA file when it arrives: whose it is, what lists show of it, the words of its body. Pure."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from medkarta.core.blocks import words
from medkarta.hl7 import cda
from medkarta.hl7.cda import packages
from medkarta.hl7.issues import Unreadable

TYPE = "application/hl7-v3+xml"
MOST_WORDS_BYTES = 200 * 1024
_LANGUAGE = "{urn:hl7-org:v3}languageCode"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A CDA file that could be read. `text` is the words of its body, bounded by MOST_WORDS_BYTES.

    `findings` is where it does not conform to the rules of its edition, None where there are no rules to check it by.
    """

    source: cda.Source
    found: cda.CdaDocument
    sha256: str
    text: str
    findings: tuple[str, ...] | None = None

    @property
    def header(self) -> cda.Header:
        return self.found.header

    @property
    def language(self) -> str:
        node = self.source.root.find(_LANGUAGE)
        return str(node.get("code", "")) if node is not None else ""

    @property
    def codes(self) -> list[tuple[str, str]]:
        """The codes of the kind with their systems, the document's own one first."""
        return [(each.system, each.code) for each in self.header.codes]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that says to be CDA and is none that can be read. `reasons` are sentences for people."""

    sha256: str
    reasons: tuple[str, ...]


def read(data: bytes, rules: Path | None = None) -> ReadFile | Unread:
    """Read a file whole, once for everybody who asks something of it, and check it by the rules in a folder."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        source = cda.load(data)
        found = cda.read_document(source)
        checked = packages.check(source, rules) if rules else None
    except Unreadable as error:
        return Unread(digest, tuple(str(issue.text) for issue in error.issues))
    findings = None if checked is None else tuple(map(_sentence, checked))
    return ReadFile(source, found, digest, _bounded(found), findings)


def _sentence(finding: packages.Finding) -> str:
    where = _("строка %(line)d") % {"line": finding.line} if finding.line else ""
    place = ", ".join(part for part in (where, finding.element) if part)
    return f"{place}: {finding.text}" if place else finding.text


def _bounded(found: cda.CdaDocument) -> str:
    """Return the words of the body in reading order, cut between two of them."""
    parts: list[str] = []
    left = MOST_WORDS_BYTES
    for text in words(found.sections):
        plain = " ".join(text.split())
        left -= len(plain.encode()) + 1
        if left < 0:
            kept = plain.encode()[:left].decode(errors="ignore")
            parts.append(kept.rpartition(" ")[0])
            break
        parts.append(plain)
    return "\n".join(part for part in parts if part)
