"""The demo around the portal: stand-in, region, and what `/readyz` waits for."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import httpx2
from django.conf import settings

from medkarta.config import environment
from medkarta.config.processes import Process
from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.devtools import announcements
from medkarta.devtools.region import RESIDENTS, persons, residents, topup
from medkarta.devtools.region.shapes import Item
from medkarta.devtools.standin.keys import prepare
from medkarta.gateway import intake
from medkarta.gateway.outcomes import Report
from medkarta.hl7.canonical import dumps
from medkarta.hl7.units import NOWHERE, Entry, Unit
from medkarta.resources import queries as resources

GROUP = 250
PAUSE_SECONDS = 0.15
LOADED = "loaded-on"


def folder() -> Path:
    """Return the folder of the stand-in: its persons, keys and certificates."""
    return Path(settings.DATA_DIR) / "demo"


def processes() -> list[Process]:
    """Prepare keys and persons; return the stand-in and the loading of the region."""
    prepare(folder())
    standin = (
        sys.executable, "-m", "medkarta.devtools.standin",
        "--port", str(environment.port() + 1), "--data", str(folder()),
    )  # fmt: skip
    return [
        Process("stand-in", standin),
        Process("demo", (sys.executable, "-m", "medkarta", "seed-demo"), must_live=False),
    ]


def missing() -> str | None:
    """Tell what the demo still lacks: the stand-in, or its persons with their clinics and slots."""
    try:
        answer = httpx2.get(f"{settings.IDENTITY['esia_url']}/healthz", timeout=2)
    except httpx2.HTTPError:
        return "ESIA stand-in"
    if answer.status_code != 200:
        return "ESIA stand-in"
    return None if (folder() / "persons-loaded").exists() and _has_persons() else "demo persons"


def _has_persons() -> bool:
    loaded = (folder() / "persons-loaded").read_text().split()
    return bool(resources.find_known([resource_id(*loaded[:3])])) if len(loaded) >= 3 else False


def load_persons(today: date, *, now: datetime) -> Report:
    """Load clinics, doctors, near times and the stand-in's persons; remember one of them for `/readyz`."""
    announcements.put(today)
    report, last = load(persons(today), now=now)
    if last:
        (folder() / "persons-loaded").write_text(" ".join(last))
    return report


def load_residents(today: date, count: int, *, now: datetime) -> Report:
    report, _last = load(residents(today, count), now=now, pause_seconds=PAUSE_SECONDS)
    (folder() / LOADED).write_text(f"{today.isoformat()} {count}")
    return report


def top_up(today: date, *, now: datetime) -> Report:
    """Move a loaded region on to today: only what is new or changed since the day it was loaded for."""
    before = loaded_on()
    if before is None or before[0] >= today:
        return Report()
    announcements.put(today)
    items = topup(today, residents=before[1], since=before[0])
    report, _last = load(items, now=now, pause_seconds=PAUSE_SECONDS)
    (folder() / LOADED).write_text(f"{today.isoformat()} {before[1]}")
    return report


def loaded_on() -> tuple[date, int] | None:
    """Return the day that the whole region was loaded for, and how many residents; None before the first time."""
    path = folder() / LOADED
    if not path.exists():
        return None
    day, count = path.read_text().split()
    return date.fromisoformat(day), int(count)


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
