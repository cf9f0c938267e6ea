"""Verbs of `medkarta desk` that rooms add from their `apps.py`. Known at start, never stored."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from medkarta.core.scopes import StaffScope


class Parsers(Protocol):
    """What `ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser: ...


class Run(Protocol):
    """Carries a verb out for the desk of one clinic and returns lines to print. Raises Refused, NotFound."""

    def __call__(self, scope: StaffScope, options: Mapping[str, Any], *, now: datetime) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One word behind `desk`: `add_parser` adds it with its verbs, which take `--clinic`."""

    name: str
    add_parser: Callable[[Parsers], None]
    run: Run


_PARTS: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part known."""
    _PARTS[part.name] = part


def parts() -> Mapping[str, Part]:
    """Return the parts by name."""
    return dict(_PARTS)
