"""Plants each defect in a copy of the same world and tells whether the checks have seen it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from medkarta.devtools.storm import run
from medkarta.devtools.storm.databases import Database
from medkarta.devtools.storm.defects import DEFECTS

PLAN = run.Plan(seconds=5, clients=16, kills=0, hot=5)
LONGER = 3
"""A defect that nothing has met in one run gets a longer one: dice are dice."""


def prove(folder: Path, database: Database, *, seed: str, say: Callable[[str], None]) -> int:
    """Return how many defects were not caught. `folder` holds the prepared world, untouched."""
    missed = 0
    for number, (name, defect) in enumerate(DEFECTS.items()):
        found: list[str] = []
        for attempt in (1, LONGER):
            result = _one(folder, database, name, f"{number}-{attempt}", PLAN.seconds * attempt, seed)
            found = result.violations.get(defect.check, [])
            if found:
                break
        missed += not found
        say(f"  planted «{name}»: {f'caught, {defect.check}: {found[0]}' if found else 'NOT CAUGHT'}")
    return missed


def _one(folder: Path, database: Database, name: str, copy: str, seconds: float, seed: str) -> run.Result:
    data = folder / f"defect-{copy}"
    data.mkdir(mode=0o700)
    shutil.copy(folder / "world.json", data)
    shutil.copy(folder / "secret-key", data)
    shutil.copytree(folder / "static", data / "static")
    url = database.copy(data, f"defect-{copy}")
    command = [sys.executable, "-m", "medkarta.devtools.storm.defects", name]
    subprocess.run(command, env=run.environment(data, url), check=True)
    plan = replace(PLAN, seconds=seconds, seed=f"{seed}-{copy}", defect=name, is_small=True)
    try:
        return run.storm(data, database, url, plan)
    finally:
        shutil.rmtree(data)
