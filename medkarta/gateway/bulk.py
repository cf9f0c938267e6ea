"""Files from the command line: read and validated beside the database's work, written in order."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import islice
from pathlib import Path

from medkarta.core.scopes import SystemScope
from medkarta.gateway import intake
from medkarta.gateway.outcomes import Outcome
from medkarta.gateway.validating import Checked, check_all
from medkarta.hl7.files import open_files
from medkarta.hl7.reading import Unit, read_units

CHUNK = 250
AHEAD = 3


def load(scope: SystemScope, paths: Sequence[Path], *, jobs: int, now: datetime) -> Iterator[Outcome]:
    """Import files and yield the fate of each resource. With more than one job, validation has a process of its own."""
    units = (unit for file in open_files(paths) for unit in read_units(file))
    checked = (pair for chunk in _checked(units, jobs=jobs) for pair in chunk)
    yield from intake.take_checked(scope, checked, now=now)


def _checked(units: Iterator[Unit], *, jobs: int) -> Iterator[Checked]:
    """Validate in chunks, a few of them ahead of the writer, so that memory stays bounded."""
    first = list(islice(units, CHUNK))
    if jobs < 2 or len(first) < CHUNK:
        while first:
            yield check_all(first)
            first = list(islice(units, CHUNK))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs - 1, mp_context=context) as pool:
        running = [pool.submit(check_all, first)]
        while running:
            while len(running) < AHEAD and (chunk := list(islice(units, CHUNK))):
                running.append(pool.submit(check_all, chunk))
            yield running.pop(0).result()
