"""People at their phones: each thread is one account at one record, doing whatever its dice say."""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from medkarta.devtools.storm import queueing
from medkarta.devtools.storm.browser import Answer, Browser, Fields, Lost
from medkarta.devtools.storm.record import Recorder

_BOOKED = re.compile(r"/appointments/([0-9a-f-]{36})/")
_KEY = re.compile(r'name="key"\s+value="([0-9a-f-]{36})"')
RETRIES = 12
AWAY_SECONDS = 0.5
HOT = 24  # times that everybody wants
LOCKED = "database is locked"


@dataclass(slots=True)
class Place:
    """What all clients of one run share."""

    port: int
    recorder: Recorder
    times: list[dict[str, Any]]
    is_over: threading.Event
    asked: int = 0
    hot: int = HOT


def outcome_of(answer: Answer) -> str:
    """Return what an answer means to the one who asked."""
    if answer.status in (200, 303):
        return "ok"
    if answer.status in (409, 422):
        return "refused"
    return {404: "missing", 302: "turned-away"}.get(answer.status, "failed")


class Person:
    """One record under one account. `mine`: what this client believes to be booked, appointment -> time."""

    def __init__(self, number: int, place: Place, row: dict[str, Any], seed: str) -> None:
        self.number, self.place, self.row = number, place, row
        self.dice = random.Random(seed)
        self.browser = Browser(place.port, row["cookie"])
        self.mine: dict[str, dict[str, Any]] = {}
        self.entries: set[str] = set()
        children = "27"
        self.times = [one for one in place.times if (one["position"] == children) is row["is_child"]]

    def run(self) -> None:
        """Act until the storm is over. The weights are those of people, but for far more retries."""
        acts: dict[Callable[[], None], int] = {
            self.book: 30, self.cancel: 14, self.move: 16, self.double: 8, self.hang_up: 8, self.hold_only: 8,
            self.look: 4, self.wait: 14,
        }  # fmt: skip
        while not self.place.is_over.is_set():
            act = self.dice.choices(list(acts), list(acts.values()))[0]
            try:
                act()
            except Lost:
                time.sleep(AWAY_SECONDS)
        self.browser.close()

    def url(self, rest: str) -> str:
        return f"/p/{self.row['key']}/appointments/{rest}"

    def new_key(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def some_time(self) -> dict[str, Any]:
        """Return a time: mostly one that everybody wants."""
        wanted = self.times[: self.place.hot] if self.dice.random() < 0.6 else self.times
        return self.dice.choice(wanted)

    def call(
        self, op: str, path: str, fields: Fields, *, browser: Browser | None = None, drop: bool = False,
        **facts: Any,
    ) -> Answer:  # fmt: skip
        """Send one form, written down before and after. Raises Lost when no answer came."""
        self.place.asked += 1
        call = self.place.recorder.sent(op, person=self.row["person"], account=self.row["account"], **facts)
        try:
            answer = (browser or self.browser).post(path, fields, drop=drop)
        except Lost as lost:
            self.place.recorder.answered(call, "lost" if lost.was_sent else "unsent")
            self.place.asked -= not lost.was_sent
            raise
        found = {"status": answer.status, "done": answer.location.partition("done=")[2]}
        booked = _BOOKED.search(answer.location)
        if booked:
            found["appointment"] = booked.group(1)
        if LOCKED in answer.body:
            found["locked"] = True
        self.place.recorder.answered(call, outcome_of(answer), **found)
        if answer.status >= 500:
            time.sleep(AWAY_SECONDS)
        return answer

    def hold(self, time_: dict[str, Any], move: str = "") -> bool:
        fields = {"slot": time_["id"], "move": move}
        return self.call("hold", self.url("book/hold/"), fields, slot=time_["id"], move=move).status == 303

    def confirm(self, time_: dict[str, Any], key: str, move: str = "", **more: Any) -> Answer:
        answer = self.call(
            "confirm", self.url("book/confirm/"), {"slot": time_["id"], "key": key, "move": move},
            slot=time_["id"], key=key, move=move, **more,
        )  # fmt: skip
        booked = _BOOKED.search(answer.location)
        if answer.status == 303 and booked:
            self.mine.pop(move, None)
            self.mine[booked.group(1)] = time_
        return answer

    def insist(self, time_: dict[str, Any], key: str, move: str = "", *, again: bool = False) -> None:
        """Press until an answer comes, always with the same key, as a page that is sent again does."""
        for number in range(RETRIES):
            try:
                self.confirm(time_, key, move, retry=again or number > 0)
            except Lost as lost:
                time.sleep(self.dice.uniform(0.05, 0.8) if lost.was_sent else AWAY_SECONDS)
            else:
                return

    def key_of_page(self, time_: dict[str, Any], move: str = "") -> str | None:
        """Open the page of the held time and take its key, as a browser does."""
        rest = f"&move={move}" if move else ""
        page = self.browser.get(self.url(f"book/confirm/?slot={time_['id']}{rest}"))
        found = _KEY.search(page.body)
        return found.group(1) if found else None

    def book(self) -> None:
        """Hold, look, confirm; some skip the hold, some dawdle until it is over."""
        time_ = self.some_time()
        key: str | None = self.new_key()
        if self.dice.random() < 0.7:
            if not self.hold(time_):
                return
            if self.dice.random() < 0.1:
                time.sleep(self.dice.uniform(1, 5))
            key = self.key_of_page(time_)
        if key:
            self.insist(time_, key)

    def double(self) -> None:
        """Press twice at the same moment: one key, two connections."""
        time_, key = self.some_time(), self.new_key()
        other = Browser(self.place.port, self.row["cookie"])

        def press() -> None:
            try:
                self.call(
                    "confirm", self.url("book/confirm/"), {"slot": time_["id"], "key": key}, browser=other,
                    slot=time_["id"], key=key, move="", retry=True,
                )  # fmt: skip
            except Lost:
                pass
            finally:
                other.close()

        second = threading.Thread(target=press)
        second.start()
        try:
            self.insist(time_, key, again=True)
        finally:
            second.join()

    def hang_up(self) -> None:
        """Press «Подтвердить», lose the network, press again."""
        time_, key = self.some_time(), self.new_key()
        try:
            self.call(
                "confirm", self.url("book/confirm/"), {"slot": time_["id"], "key": key}, drop=True,
                slot=time_["id"], key=key, move="",
            )  # fmt: skip
        except Lost:
            time.sleep(self.dice.uniform(0, 0.3))
        self.insist(time_, key, again=True)

    def hold_only(self) -> None:
        """Hold a time, think it over, and let it go."""
        if self.hold(self.some_time()):
            time.sleep(self.dice.uniform(0.3, 1.5))

    def cancel(self) -> None:
        if not self.mine:
            return self.book()
        appointment = self.dice.choice(list(self.mine))
        answer = self.call("cancel", self.url(f"{appointment}/cancel/"), {}, appointment_id=appointment)
        if answer.status in (303, 404, 409):
            self.mine.pop(appointment, None)
        return None

    def move(self) -> None:
        """Move to another time of the same position; some hold it first."""
        if not self.mine:
            return self.book()
        appointment = self.dice.choice(list(self.mine))
        same = [one for one in self.times if one["position"] == self.mine[appointment]["position"]]
        time_ = self.dice.choice(same)
        key: str | None = self.new_key()
        if self.dice.random() < 0.6:
            if not self.hold(time_, appointment):
                return None
            key = self.key_of_page(time_, appointment)
        if key:
            self.insist(time_, key, appointment)
        return None

    def wait(self) -> None:
        queueing.wait(self)

    def look(self) -> None:
        self.browser.get(self.url(""))
