"""Reads a changelog written as keepachangelog.com describes. Pure."""

import re
from dataclasses import dataclass

_RELEASE = re.compile(r"## \[?(?P<version>[^\]\s]+)\]?(?:\s+[-–—]\s+(?P<on>\d{4}-\d{2}-\d{2}))?\s*$")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Release:
    """A version with its day (as written, "" if none) and what changed: (group, lines)."""

    version: str
    on: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]


def read(source: str, *, limit: int = 5) -> list[Release]:
    """Return the newest releases that say something; plain text, marks and links taken off."""
    found: list[tuple[str, str, list[tuple[str, list[str]]]]] = []
    for line in source.splitlines():
        head = _RELEASE.match(line)
        if head:
            found.append((head["version"], head["on"] or "", []))
        elif found:
            _add(found[-1][2], line)
    releases = (
        Release(version, on, tuple((title, tuple(lines)) for title, lines in groups if lines))
        for version, on, groups in found
    )
    return [release for release in releases if release.groups][:limit]


def _add(groups: list[tuple[str, list[str]]], line: str) -> None:
    if line.startswith("### "):
        groups.append((line[4:].strip(), []))
    elif line.startswith("- "):
        if not groups:
            groups.append(("", []))
        groups[-1][1].append(_plain(line[2:]))
    elif line.startswith("  ") and groups and groups[-1][1]:
        groups[-1][1][-1] += f" {_plain(line)}"


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", text).replace("`", "").replace("**", "").strip()
