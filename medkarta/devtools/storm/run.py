"""One storm on one database: prepare, blow, wait until the queue is worked off, judge."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medkarta.devtools.storm import faults
from medkarta.devtools.storm.children import Child, Family, free_port
from medkarta.devtools.storm.databases import Database
from medkarta.devtools.storm.people import HOT, Person, Place
from medkarta.devtools.storm.record import Recorder

DEFECT = "MEDKARTA_STORM_DEFECT"
WORKERS = 2
QUIET_SECONDS = 4  # for the workers to finish what is due


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how many, how often. It ends by `operations` where they are given, else by `seconds`."""

    seconds: float = 50
    operations: int = 0
    clients: int = 24
    kills: int = 8
    seed: str = "1"
    defect: str = ""
    hot: int = HOT  # times that everybody wants
    is_small: bool = False  # one worker


@dataclass(frozen=True, slots=True)
class Result:
    """`violations`: check -> what it found."""

    violations: Mapping[str, list[str]]
    told: Mapping[str, Any]
    seconds: float
    struck: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(found) for found in self.violations.values())


def environment(data: Path, database_url: str) -> dict[str, str]:
    """Return what a portal of its own in the folder `data` needs; nothing of an outer one shines through."""
    own = {key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("MEDKARTA_")}
    found = own | {
        "MEDKARTA_DATA_DIR": str(data),
        "MEDKARTA_LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    return found | ({"DATABASE_URL": database_url} if database_url else {})


def prepare(data: Path, database_url: str) -> None:
    """Migrate and lay the world in the folder `data`."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _python("world", str(data / "world.json"), env=environment(data, database_url))


def storm(data: Path, database: Database, database_url: str, plan: Plan) -> Result:
    """Let a storm blow over a prepared folder. Its processes and its record stay in that folder's files."""
    began = time.monotonic()
    world: dict[str, Any] = json.loads((data / "world.json").read_text())
    record = data / "record.jsonl"
    family = _family(data, database_url, world, plan)
    place = Place(family.port, Recorder(record), world["times"], threading.Event(), hot=plan.hot)
    struck: dict[str, int] = {}
    try:
        family.wait_for_web()
        family.watch()
        struck = _blow(family, place, world, database, plan)
        _calm(family, 1 if plan.is_small else QUIET_SECONDS)
    finally:
        place.is_over.set()
        family.end()
    logs = sorted(str(one) for one in data.glob("*.log"))
    env = environment(data, database_url)
    judged = json.loads(_python("verdict", str(data / "world.json"), str(record), *logs, env=env))
    found: dict[str, list[str]] = {}
    for one in judged["violations"]:
        found.setdefault(one["check"], []).append(one["text"])
    return Result(found, judged["told"], time.monotonic() - began, struck)


def _family(data: Path, database_url: str, world: dict[str, Any], plan: Plan) -> Family:
    """Start what `medkarta run` starts for a portal that needs no stand-in, and the clinic's side."""
    family = Family(free_port())
    env = environment(data, database_url) | {"PORT": str(family.port)}
    if plan.defect:
        env[DEFECT] = plan.defect
    place = world["web"].index("--port") + 1
    web = [*world["web"][:place], str(family.port), *world["web"][place + 1 :]]
    side = [sys.executable, "-m", "medkarta.devtools.storm.side", str(data / "world.json")]
    family.add(Child("web", web, env, data / "web.log"))
    for number in range(1 if plan.is_small else WORKERS):
        family.add(Child(f"worker-{number}", world["worker"], env, data / f"worker-{number}.log"))
    family.add(Child("side", [*side, str(data / "record.jsonl"), plan.seed], env, data / "side.log"))
    return family


def _blow(
    family: Family, place: Place, world: dict[str, Any], database: Database, plan: Plan
) -> dict[str, int]:  # fmt: skip
    people = [
        Person(number, place, world["people"][number % len(world["people"])], f"{plan.seed}-{number}")
        for number in range(plan.clients)
    ]
    threads = [threading.Thread(target=one.run, name=f"client-{one.number}", daemon=True) for one in people]
    began = time.monotonic()

    def progress() -> float:
        if plan.operations:
            return place.asked / plan.operations
        return (time.monotonic() - began) / plan.seconds

    for thread in threads:
        thread.start()
    weather = faults.Weather(family, database, place.recorder)
    struck = faults.blow(weather, count=plan.kills, progress=progress, is_over=place.is_over, seed=plan.seed)
    while progress() < 1:
        time.sleep(0.05)
    place.is_over.set()
    for thread in threads:
        thread.join(60)
    return struck


def _calm(family: Family, seconds: float) -> None:
    """Stop the clinic's side and give the workers time for what is due."""
    family.members["side"].stop()
    time.sleep(seconds)


def _python(module: str, *arguments: str, env: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", f"medkarta.devtools.storm.{module}", *arguments]
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout
