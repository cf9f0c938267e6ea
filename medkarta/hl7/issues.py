"""What is wrong with an input, where, and a sentence about it; never a value out of the record."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

from django.utils.functional import Promise
from django.utils.text import format_lazy

Severity = Literal["fatal", "error", "warning"]
Text = str | Promise

_UNSAFE_IN_PATH = re.compile(r"[^\w.:-]+", re.ASCII)
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. `code` is of FHIR's IssueType; `path` reads `Observation.component[1].valueQuantity`."""

    severity: Severity
    code: str
    path: str
    text: Text

    @property
    def is_refusal(self) -> bool:
        return self.severity != "warning"

    def under(self, place: str) -> "Issue":
        """Return the same finding with its path continued below `place` (`Bundle.entry[3].resource`)."""
        if not place:
            return self
        _, dot, rest = self.path.partition(".")
        return replace(self, path=f"{place}{dot}{rest}")

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else str(self.text)


class Unreadable(Exception):
    """An input that cannot be read as a whole. Carries its issues; the message holds no content."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__(", ".join(issue.code for issue in issues))
        self.issues = issues


def error(code: str, path: str, text: Text, **values: object) -> Issue:
    """Make an error; `values` fill the sentence's braces and come from names and limits only."""
    return Issue("error", code, path, _filled(text, values))


def fatal(code: str, path: str, text: Text, **values: object) -> Issue:
    """Make a finding that stops reading: nothing of the input is used."""
    return Issue("fatal", code, path, _filled(text, values))


def _filled(text: Text, values: Mapping[str, object]) -> Text:
    return cast(Promise, format_lazy(cast(str, text), **values)) if values else text


def join(root: str, steps: Iterable[str | int]) -> str:
    """Write a path: `join("Patient", ["name", 0, "given"])` is `Patient.name[0].given`."""
    path = root
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{element_name(step)}" if path else element_name(step)
    return path


def element_name(name: str) -> str:
    """Make a sender's element name safe to show: it may be any text."""
    return _UNSAFE_IN_PATH.sub("_", name)[:_NAME_LENGTH] or "_"


def type_of(resource: object) -> str:
    """Return the resource type to start a path with; `Resource` if there is none."""
    found = resource.get("resourceType") if isinstance(resource, Mapping) else None
    return element_name(found) if isinstance(found, str) else "Resource"
