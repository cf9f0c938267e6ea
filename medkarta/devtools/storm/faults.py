"""What goes wrong on purpose, at moments that the seed chooses."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from medkarta.devtools.storm.children import Family
from medkarta.devtools.storm.databases import Database
from medkarta.devtools.storm.record import Recorder

SETTLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Weather:
    """Who can be hit, and where it is written down."""

    family: Family
    database: Database
    recorder: Recorder

    def strike(self, dice: random.Random) -> str:
        """Let one thing happen and wait until everybody is back. Returns what it was."""
        kinds = {"web": 4, "web-worker": 4, "worker": 6, "side": 2}
        if self.database.can_die:
            kinds["database"] = 3
        kind = dice.choices(list(kinds), list(kinds.values()))[0]
        began = time.time()
        if kind == "database":
            self.database.kill()
            time.sleep(dice.uniform(0, 0.5))
            self.database.revive()
        else:
            names = [name for name in self.family.members if name.startswith(kind.partition("-")[0])]
            self.family.members[dice.choice(names)].kill(only_a_child=kind == "web-worker")
        if kind not in ("worker", "side"):
            time.sleep(0.1)
            self.family.wait_for_web()
        self.recorder.fault(kind, at=began, back=time.time())
        return kind


def blow(
    weather: Weather, *, count: int, progress: Callable[[], float], is_over: threading.Event, seed: str
) -> dict[str, int]:
    """Strike `count` times, spread over the run: `progress` goes from 0 to 1. Returns how often each happened."""
    dice = random.Random(seed)
    moments = sorted(dice.uniform(0.04, 0.97) for _ in range(count))
    struck: dict[str, int] = {}
    for moment in moments:
        while progress() < moment and not is_over.wait(0.05):
            continue
        if is_over.is_set():
            break
        kind = weather.strike(dice)
        struck[kind] = struck.get(kind, 0) + 1
    return struck
