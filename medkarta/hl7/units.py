"""What reading gives: units to store, each with its entries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from medkarta.hl7 import jsontext
from medkarta.hl7.issues import Issue, Unreadable, fatal
from medkarta.hl7.limits import Limits
from medkarta.hl7.references import Identity

JSON = "application/fhir+json"
XML = "application/fhir+xml"
_COMMENTS = "fhir_comments"


class Place(NamedTuple):
    """Where in a file: lines and entries, counted from 1, from the outside in.

    A light value that becomes words only when it is printed: it travels between processes with every unit.
    """

    steps: tuple[tuple[Literal["line", "entry"], int], ...] = ()

    def below(self, kind: Literal["line", "entry"], number: int) -> "Place":
        return Place((*self.steps, (kind, number)))

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __str__(self) -> str:
        words = {"line": gettext("строка {number}"), "entry": gettext("запись {number}")}
        return ", ".join(words[kind].format(number=number) for kind, number in self.steps)


NOWHERE = Place()
"""The file as a whole."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource, or one request of a Bundle, as it came. `raw` is its own part of the file, byte for byte.

    `resource` is None where the request has none (DELETE) or where `issues` say that it cannot be read.
    `method`, `url` and the conditions are those of `Bundle.entry.request`.
    """

    resource: dict[str, Any] | None
    raw: bytes = field(repr=False)
    media_type: str = JSON
    path: str = ""
    full_url: str = ""
    method: str = ""
    url: str = ""
    if_none_exist: str = ""
    if_match: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What is stored atomically. `file` and `place` (a line, an entry) say where to look.

    `identities` maps the fullUrls of the Bundle to the identities of its resources: all of a transaction, else those
    that the resource mentions. `raw` is a CDA document or a
    transaction as it came, empty otherwise. `beside`: the signatures that lay beside a document.
    """

    kind: Literal["single", "transaction", "document"]
    file: str
    place: Place
    entries: tuple[Entry, ...] = ()
    identities: Mapping[str, Identity] = field(default_factory=dict, repr=False)
    issues: tuple[Issue, ...] = ()
    raw: bytes = field(default=b"", repr=False)
    beside: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def is_refused(self) -> bool:
        """Tell whether the unit cannot be stored for what reading alone has found."""
        found = [*self.issues, *(issue for entry in self.entries for issue in entry.issues)]
        return any(issue.is_refusal for issue in found)


def refused(file: str, *issues: Issue, place: Place = NOWHERE) -> Unit:
    """Return a unit that holds nothing but the reasons."""
    return Unit("single", file, place, issues=issues)


def entry_of(raw: bytes, limits: Limits) -> Entry:
    """Read one resource from its JSON text. Raises Unreadable."""
    resource = jsontext.parse(raw, limits)
    if not isinstance(resource, dict):
        raise Unreadable(fatal("structure", "", _("Ресурс FHIR должен быть объектом JSON")))
    return Entry(resource, raw, issues=tuple(drop_comments(resource, raw)))


def drop_comments(value: Any, raw: bytes) -> Iterator[Issue]:
    """Take out the `fhir_comments` of older releases, which mean nothing (as comments in XML), and say so."""
    if _COMMENTS.encode() in raw:
        _drop(value)
        yield Issue("warning", "informational", "", _("Комментарии fhir_comments из прежних версий FHIR пропущены"))


def _drop(node: Any) -> None:
    if isinstance(node, list):
        for inner in node:
            _drop(inner)
    elif isinstance(node, dict):
        node.pop(_COMMENTS, None)
        for name, inner in list(node.items()):
            _drop(inner)
            if name.startswith("_") and not any(inner if isinstance(inner, list) else [inner]):
                del node[name]
