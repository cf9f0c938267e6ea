"""`medkarta run`: migrate, collect the static files, serve; in the demo with the stand-in beside it."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from medkarta.config import environment, processes
from medkarta.config.processes import Process
from medkarta.config.supervisor import supervise

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Command(BaseCommand):
    help = "Serve the portal with its worker (and, in the demo, the ESIA stand-in). Stops on SIGTERM or Ctrl-C"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        host = os.environ.get("MEDKARTA_HOST", "127.0.0.1")
        if not settings.IS_PRODUCTION and host not in LOOPBACK:
            raise CommandError("The demo is served on loopback only. Set MEDKARTA_MODE=production for anything else")
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        found = [web(host), *processes.extra(), _worker()]
        connection.close()
        self.stdout.write(f"Медкарта: {settings.BASE_URL}/")
        self.stdout.flush()
        sys.exit(supervise(found))


def _worker() -> Process:
    return Process("worker", (sys.executable, "-m", "medkarta", "worker"))


def web(host: str) -> Process:
    """SQLite is served by one process with threads; PostgreSQL by one process a core. One that dies is made anew."""
    workers = "1" if connection.vendor == "sqlite" else str(min(os.cpu_count() or 1, 8))
    command = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(environment.port()),
        "--workers", workers, "--respawn-failed-workers", "--blocking-threads", "4", "--no-ws",
        "--log-level", "warning",
        "medkarta.config.wsgi:application",
    )  # fmt: skip
    return Process("web", command)


def collect_static() -> None:
    """Collect when a source is newer than the last collection, so that a second start costs nothing."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.STORAGES["staticfiles"]["BACKEND"].endswith("ManifestStaticFilesStorage"):
        return
    newest = max(
        (os.stat(storage.path(name)).st_mtime for finder in get_finders() for name, storage in finder.list([])),
        default=0.0,
    )
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, clear=False, verbosity=0)
        os.utime(manifest)
