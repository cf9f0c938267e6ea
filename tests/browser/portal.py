"""The whole product, as `medkarta run` starts it, on a free port and with a data folder of its own."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psycopg

START_SECONDS = 180
DATABASE = f"medkarta_browser_{os.getpid()}"


def free_port() -> int:
    """Return a port whose successor is free too: the stand-in listens there."""
    for port in random.sample(range(8400, 9400, 2), 200):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
        return port
    raise RuntimeError("no two free neighbouring ports")


@contextmanager
def running(folder: Path, *, database: str = DATABASE, **changed: str) -> Iterator[str]:
    """Start the portal with the stand-in's persons only; yield its origin once it is ready.

    `database`: its name where the run has a server; `changed`: other variables of its environment.
    """
    environment = {
        **os.environ,
        "MEDKARTA_DATA_DIR": str(folder / "data"),
        "MEDKARTA_DEMO_RESIDENTS": "0",
        "MEDKARTA_STATIC": "collected",
        **changed,
    }
    if "DATABASE_URL" in os.environ:
        environment["DATABASE_URL"] = own_database(os.environ["DATABASE_URL"], database)
    log = folder / "portal.log"
    for _attempt in range(3):  # another test may take the port between the look at it and its use
        origin, process = _started(environment, log)
        try:
            if _is_ready(f"{origin}/readyz", process):
                yield origin
                return
            if process.poll() is None:
                break  # it runs, and takes too long
        finally:
            process.terminate()
            process.wait(30)
    words = log.read_text()
    raise RuntimeError(f"the portal has not become ready:\n{words[:1500]}\n…\n{words[-3000:]}")


def _started(environment: dict[str, str], log: Path) -> tuple[str, "subprocess.Popen[bytes]"]:
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    own = {**environment, "MEDKARTA_BASE_URL": origin, "PORT": str(port)}
    with log.open("wb") as output:
        return origin, subprocess.Popen(
            [sys.executable, "-m", "medkarta", "run"], env=own, stdout=output, stderr=output
        )


def _is_ready(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait for a portal to answer; False if it has ended or takes too long."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            if httpx2.get(url, timeout=5).status_code == 200:
                return True
        except httpx2.HTTPError:
            pass
        time.sleep(0.3)
    return False


def own_database(url: str, name: str) -> str:
    """Make an empty database on the server of the run, apart from the one that unit tests roll back in."""
    parts = urlsplit(url)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(parts._replace(path=f"/{name}"))
