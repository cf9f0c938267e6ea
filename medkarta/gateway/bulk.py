"""Files from the command line: read and validated beside the database's work, written in order."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from medkarta.core.scopes import SystemScope
from medkarta.gateway import intake
from medkarta.gateway.candidates import Prepared
from medkarta.gateway.outcomes import Outcome
from medkarta.gateway.preparing import prepare_all, start_alone
from medkarta.hl7.files import open_files
from medkarta.hl7.reading import PIECE_BYTES, Lines, Unit, read_pieces

Piece = Lines | Unit
CHUNK = 250
AHEAD = 3


def load(scope: SystemScope, paths: Sequence[Path], *, jobs: int, now: datetime) -> Iterator[Outcome]:
    """Import files and yield the fate of each resource. With more than one job, validation has a process of its own."""
    pieces = (piece for file in open_files(paths) for piece in read_pieces(file))
    prepared = (unit for chunk in _prepared(scope.source, _chunks(pieces), jobs=jobs) for unit in chunk)
    yield from intake.take_prepared(scope, prepared, now=now)


def _chunks(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Yield pieces by the size of text, so that a chunk of any input takes about the same memory."""
    chunk: list[Piece] = []
    size = 0
    for piece in pieces:
        chunk.append(piece)
        size += len(piece.data) if isinstance(piece, Lines) else _size(piece)
        if size >= PIECE_BYTES or len(chunk) >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(unit: Unit) -> int:
    return len(unit.raw) if unit.kind == "document" else sum(len(entry.raw) for entry in unit.entries)


def _prepared(source: str, chunks: Iterator[list[Piece]], *, jobs: int) -> Iterator[list[Prepared]]:
    """Prepare chunks in their order, a few of them ahead of the writer, so that memory stays bounded."""
    first = list(islice(chunks, 2))
    if jobs < 2 or len(first) < 2:
        for chunk in chain(first, chunks):
            yield prepare_all(source, chunk)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs - 1, mp_context=context, initializer=start_alone) as pool:
        running: list[Future[list[Prepared]]] = [pool.submit(prepare_all, source, each) for each in first]
        while running:
            while len(running) < AHEAD and (following := next(chunks, None)) is not None:
                running.append(pool.submit(prepare_all, source, following))
            yield running.pop(0).result()
