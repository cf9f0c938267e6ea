"""What stands beside the portal in the demo, and what `/readyz` waits for. Light to import: `demo` loads the region."""

import sys
from datetime import date
from pathlib import Path

import httpx2
from django.conf import settings
from django.utils import timezone

from medkarta.config import environment
from medkarta.config.processes import Process
from medkarta.core.ids import resource_id
from medkarta.devtools.standin.keys import prepare
from medkarta.resources import queries as resources

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
    loading = Process("demo", (sys.executable, "-m", "medkarta", "seed-demo"), must_live=False)
    loaded = loaded_on()
    is_there = loaded is not None and loaded[0] >= timezone.localdate() and missing_persons() is None
    return [Process("stand-in", standin), *([] if is_there else [loading])]


def missing() -> str | None:
    """Tell what the demo still lacks: the stand-in, or its persons with their clinics and slots."""
    try:
        answer = httpx2.get(f"{settings.IDENTITY['esia_url']}/healthz", timeout=2)
    except httpx2.HTTPError:
        return "ESIA stand-in"
    if answer.status_code != 200:
        return "ESIA stand-in"
    return missing_persons()


def missing_persons() -> str | None:
    """Tell whether the database, which may be another one than last time, still lacks the stand-in's persons."""
    path = folder() / "persons-loaded"
    loaded = path.read_text().split() if path.exists() else []
    is_there = len(loaded) >= 3 and resources.find_known([resource_id(*loaded[:3])])
    return None if is_there else "demo persons"


def loaded_on() -> tuple[date, int] | None:
    """Return the day that the whole region was loaded for, and how many residents; None before the first time."""
    path = folder() / LOADED
    found = path.read_text().split() if path.exists() else []
    return (date.fromisoformat(found[0]), int(found[1])) if len(found) == 2 else None
