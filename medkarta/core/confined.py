"""Work on a stranger's file in a process of its own, which the system ends at a bound of memory, time or output.

A file of half a megabyte may unpack to gigabytes inside a library that has no bound of its own. The work is a module
with `run(source, target, secret)`; it starts without our environment, hence without the keys that stand there.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from tempfile import TemporaryFile
from typing import BinaryIO, cast

MEMORY = 512 * 1024 * 1024
SECONDS = 10
OUTPUT = 512 * 1024 * 1024
_WAIT = 25
"""Seconds by the clock on the wall, for a machine that is busy with others."""
_KEPT = ("LD_LIBRARY_PATH",)


class Failed(Exception):
    """The work came to no end within its bounds, or would not take the file. No text: it might quote the file."""


def confined(work: str, source: BinaryIO, *, secret: bytes = b"") -> BinaryIO:
    """Return what the module `work` made of a file, opened at its start; whoever asks closes it.

    `source`: both files lie on disk without a name meanwhile, `secret` goes through a pipe. Raises Failed.
    """
    target = cast(BinaryIO, TemporaryFile())  # noqa: SIM115  whoever asks closes it
    try:
        _run(work, source, target.fileno(), secret)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def check(warnings: Iterable[object]) -> None:
    """Raise MemoryError if a library of C++ got over a want of memory with a warning, and left something out."""
    if any("bad_alloc" in str(one) for one in warnings):
        raise MemoryError


def _run(work: str, source: BinaryIO, target: int, secret: bytes) -> None:
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment |= {name: os.environ[name] for name in _KEPT if name in os.environ}
    with TemporaryFile() as given:
        while block := source.read(1024 * 1024):
            given.write(block)
        given.flush()
        files = (given.fileno(), target)
        command = [sys.executable, "-P", "-m", __name__, work, *map(str, files)]
        try:
            done = subprocess.run(
                command,
                input=secret,
                pass_fds=files,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_WAIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Failed from None
    if done.returncode:
        raise Failed


def _bound() -> None:
    """Bound this process. Libraries are loaded before: their mappings count too."""
    bounds = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: OUTPUT,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in bounds.items():
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _main(work: str, source: str, target: str) -> None:
    module = import_module(work)
    _bound()
    secret = sys.stdin.buffer.read()
    with open(int(source), "rb") as found, open(int(target), "w+b") as made:
        found.seek(0)
        module.run(found, made, secret)


if __name__ == "__main__":
    _main(*sys.argv[1:])
