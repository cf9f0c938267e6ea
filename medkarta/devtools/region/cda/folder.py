"""A folder of CDA documents for tests and measures: `python -m medkarta.devtools.region.cda --count 10000 FOLDER`.

The same seed and day give the same files. About one document of thirty is a second version of the one before it.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from medkarta.devtools.region import cda, diagnoses, people
from medkarta.devtools.region.cda import Header, Kind
from medkarta.devtools.region.cda.kinds import sections_of
from medkarta.devtools.region.doctors import doctors
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.visits import Visit

SEED = 20261125
DAY = date(2026, 11, 25)
KINDS: tuple[Kind, ...] = (
    cda.CONSULTATION, cda.LABORATORY, cda.DISCHARGE, cda.OUTPATIENT, cda.CHECKUP, cda.INSTRUMENTAL, cda.REFERRAL,
    cda.CAMP, cda.VACCINATIONS, cda.POOL, cda.CERTIFICATE, cda.OLD_CONSULTATION, cda.OLD_LABORATORY, cda.OLD_DISCHARGE,
)  # fmt: skip
_DOCUMENTS_EACH = 25
_FOLDER_FILES = 1000
_NEWER_EVERY = 30


def files(count: int, *, seed: int = SEED, day: date = DAY) -> Iterator[tuple[str, bytes]]:
    """Yield names and documents, all kinds in turn, of as many people as suits the count."""
    households = people.residents(max(20, count // _DOCUMENTS_EACH), seed)
    persons = [person for person, _household in households]
    before: Header | None = None
    for number in range(count):
        rng = Random(f"{seed}:{number}")
        if before is not None and number % _NEWER_EVERY == _NEWER_EVERY - 1:
            header = replace(before, number=f"{seed}-{number}", version=before.version + 1, minute=before.minute + 30)
        else:
            header = _header(KINDS[number % len(KINDS)], rng, persons, seed, number, day)
        before = header
        visit = _visit(header, rng)
        yield f"{number:06d}.xml", cda.document(header, sections_of(visit, header.kind))


def write(folder: Path, count: int, *, seed: int = SEED, day: date = DAY) -> None:
    """Write the documents, a thousand to a folder."""
    for number, (name, data) in enumerate(files(count, seed=seed, day=day)):
        inside = folder / f"{number // _FOLDER_FILES:03d}"
        inside.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(data)


def _header(kind: Kind, rng: Random, persons: list[Person], seed: int, number: int, day: date) -> Header:
    """Choose whom a document is about and who wrote it: a certificate for a camp is a child's."""
    fitting = [one for one in persons if one.is_child_on(day) == (kind is cda.CAMP)] or persons
    person, doctor = rng.choice(fitting), rng.choice(doctors())
    lived = (day - person.born).days
    on = day - timedelta(days=rng.randint(1, max(1, min(lived, 3 * 365))))
    id_ = f"{seed}-{number}"
    is_restricted = doctor.specialty.key == "psychiatrist"
    return Header(kind, id_, person, doctor, on, rng.randrange(480, 1080), is_restricted, set_number=f"{id_}-set")


def _visit(header: Header, rng: Random) -> Visit:
    found = diagnoses.BY_SPECIALTY.get(header.doctor.specialty.key) or diagnoses.BY_SPECIALTY["therapist"]
    nights = rng.randint(3, 12) if header.kind.kind == cda.DISCHARGE.kind else 0
    return Visit(
        person=header.person,
        rid=header.set_number,
        day=header.day,
        minute=header.minute,
        doctor=header.doctor,
        diagnosis=rng.choice(found),
        kind="stay" if nights else "checkup" if header.kind is cda.CHECKUP else "visit",
        nights=nights,
        programme="ДВ4",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m medkarta.devtools.region.cda", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--today", type=date.fromisoformat, default=DAY)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    write(given.folder, given.count, seed=given.seed, day=given.today)
    sys.stdout.write(f"{given.count} documents in {given.folder}\n")
