"""What `medkarta run` starts beside the web server. `devtools` adds the stand-in and the loading of the demo."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """`command` is run as it is; a process that `must_live` takes the others down with it."""

    name: str
    command: tuple[str, ...]
    must_live: bool = True


_extra: list[Callable[[], list[Process]]] = []


def register(make: Callable[[], list[Process]]) -> None:
    """Add processes: `make` is called once by `medkarta run`, after the migrations, and may prepare files."""
    _extra.append(make)


def extra() -> list[Process]:
    return [process for make in _extra for process in make()]
