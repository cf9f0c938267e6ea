"""Loads the demo region through the same import as anything else, and moves it on each day."""

import os
import time
from collections.abc import Iterator
from datetime import date, datetime

from medkarta.core.scopes import SystemScope
from medkarta.devtools import announcements, certificates, own_clinic, signatures, waiting
from medkarta.devtools.beside import LOADED, folder, loaded_on
from medkarta.devtools.region import RESIDENTS, persons, residents, topup
from medkarta.devtools.region.shapes import Item
from medkarta.gateway import intake
from medkarta.gateway.outcomes import Report
from medkarta.hl7.canonical import dumps
from medkarta.hl7.units import NOWHERE, Entry, Unit

GROUP = 250
PAUSE_SECONDS = 0.15


def load_persons(today: date, *, now: datetime) -> Report:
    """Load clinics, doctors, near times and the stand-in's persons; remember one of them for `/readyz`."""
    announcements.put(today)
    report, last = load(persons(today), now=now)
    own_clinic.put(today, now=now)
    if last:
        (folder() / "persons-loaded").write_text(" ".join(last))
    waiting.put(now=now)
    signatures.put(now=now)
    certificates.put(now=now)
    return report


def load_residents(today: date, count: int, *, now: datetime) -> Report:
    report, _last = load(residents(today, count), now=now, pause_seconds=PAUSE_SECONDS)
    own_clinic.put(today, now=now)
    (folder() / LOADED).write_text(f"{today.isoformat()} {count}")
    return report


def top_up(today: date, *, now: datetime) -> Report:
    """Move a loaded region on to today: only what is new or changed since the day it was loaded for."""
    before = loaded_on()
    if before is not None:
        waiting.put(now=now)
        signatures.put(now=now)
        certificates.put(now=now)
    if before is None or before[0] >= today:
        return Report()
    announcements.put(today)
    items = topup(today, residents=before[1], since=before[0])
    report, _last = load(items, now=now, pause_seconds=PAUSE_SECONDS)
    own_clinic.put(today, now=now)
    (folder() / LOADED).write_text(f"{today.isoformat()} {before[1]}")
    return report


def default_residents() -> int:
    """Return how many residents a demo has unless somebody asks for another number."""
    given = os.environ.get("MEDKARTA_DEMO_RESIDENTS", "")
    return int(given) if given.isdecimal() else RESIDENTS


def load(
    items: Iterator[Item], *, now: datetime, pause_seconds: float = 0.02
) -> tuple[Report, tuple[str, str, str] | None]:
    """Take resources in as the systems that they come from. Returns the report and the last one's identity.

    `pause_seconds` after each group lets the pages of a SQLite demo write in between.
    """
    report = Report()
    last: tuple[str, str, str] | None = None
    for source, group in _groups(items):
        for outcome in intake.take(SystemScope.of(source), (_unit(one) for one in group), now=now):
            report.add(outcome)
        time.sleep(pause_seconds)
        last = (source, str(group[-1]["resourceType"]), str(group[-1]["id"]))
    return report, last


def _groups(items: Iterator[Item]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Collect neighbours of one source, a few hundred at a time."""
    source = ""
    group: list[dict[str, object]] = []
    for found, resource in items:
        if group and (found != source or len(group) >= GROUP):
            yield source, group
            group = []
        source = found
        group.append(resource)
    if group:
        yield source, group


def _unit(resource: dict[str, object]) -> Unit:
    return Unit("single", "demo", NOWHERE, (Entry(dict(resource), dumps(resource)),))
