"""What goes wrong on purpose, at moments that the seed chooses."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from medkarta.devtools.storm.children import Family
from medkarta.devtools.storm.databases import Database
from medkarta.devtools.storm.record import Recorder


@dataclass(frozen=True, slots=True)
class Weather:
    """Who can be hit, and where it is written down."""

    family: Family
    database: Database
    recorder: Recorder

    def deck(self) -> list[str]:
        """Return what can happen, as often as it does: each of it before any comes again too often."""
        kinds = ["web", "web-worker", "worker", "web", "worker", "web-worker", "worker", "side"]
        return [*kinds, "database", "database"] if self.database.can_die else kinds

    def strike(self, kind: str, dice: random.Random) -> None:
        """Let one thing happen and wait until everybody is back."""
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


def blow(
    weather: Weather, *, count: int, progress: Callable[[], float], is_over: threading.Event, seed: str
) -> dict[str, int]:
    """Strike `count` times, spread over the run: `progress` goes from 0 to 1. Returns how often each happened."""
    dice = random.Random(seed)
    moments = sorted(dice.uniform(0.04, 0.97) for _ in range(count))
    struck: dict[str, int] = {}
    deck: list[str] = []
    for moment in moments:
        while progress() < moment and not is_over.wait(0.05):
            continue
        if is_over.is_set():
            break
        if not deck:
            deck = weather.deck()
            dice.shuffle(deck)
        kind = deck.pop()
        weather.strike(kind, dice)
        struck[kind] = struck.get(kind, 0) + 1
    return struck
