"""The processes that `medkarta run` starts, each started again when it ends: here they are meant to be killed."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from medkarta.devtools.storm.browser import HOST, Browser, Lost

PAUSE_SECONDS = 0.05
START_SECONDS = 60


@dataclass(slots=True)
class Child:
    """One process in a group of its own; what it says goes to `log`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    is_wanted: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        with self.lock, self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, *, only_a_child: bool = False) -> None:
        """SIGKILL the whole group, or one process below the first: a web worker under its master."""
        with self.lock, suppress(ProcessLookupError):
            if self.process is None or self.process.poll() is not None:
                return
            below = _below(self.process.pid) if only_a_child else []
            if below:
                os.kill(below[0], signal.SIGKILL)
            else:
                os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it for good: asked first, killed when it doesn't listen. Nothing of its group is left."""
        self.is_wanted = False
        with self.lock:
            if self.process is None:
                return
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _below(process: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


class Family:
    """All children of one run, watched by one thread."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.members: dict[str, Child] = {}
        self.restarts = 0
        self._is_over = threading.Event()
        self._watch = threading.Thread(target=self._look_after, name="supervisor", daemon=True)

    def add(self, child: Child) -> None:
        self.members[child.name] = child
        child.start()

    def watch(self) -> None:
        self._watch.start()

    def wait_for_web(self) -> None:
        """Return when the web server answers and its database does. Raises TimeoutError."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with suppress(Lost):
                if Browser(self.port, "").get("/healthz").status == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError("the web server does not come back")

    def end(self) -> None:
        self._is_over.set()
        if self._watch.is_alive():
            self._watch.join()
        for child in self.members.values():
            child.stop()

    def _look_after(self) -> None:
        while not self._is_over.wait(PAUSE_SECONDS):
            for child in list(self.members.values()):
                if child.is_wanted and child.process is not None and child.process.poll() is not None:
                    with suppress(ProcessLookupError):
                        os.killpg(child.process.pid, signal.SIGKILL)  # what its master has left behind
                    self.restarts += 1
                    child.start()


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        found: int = free.getsockname()[1]
        return found
