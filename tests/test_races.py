"""One time, many who want it at the same moment, on a real database with a connection for each of them."""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest


def race(folder: Any, doors: str) -> dict[str, Any]:
    """Run `tests.race` on an empty database of the same kind as the run's own."""
    environment = {
        **os.environ,
        "MEDKARTA_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "medkarta.config.settings",
    }
    if "DATABASE_URL" in os.environ:
        parts = urlsplit(os.environ["DATABASE_URL"])
        name = f"medkarta_race_{os.getpid()}"
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        environment["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    program = f"import django; django.setup(); from tests import race; race.write('{doors}')"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("doors", ["2,0,0", "50,0,0", "20,15,15"], ids=["two", "fifty", "page, import and desk"])
def test_exactly_one_of_many_gets_the_time(tmp_path, doors):
    found = race(tmp_path, doors)

    assert found == {"told": found["told"], "failed": [], "live": 1, "slot_knows": True}
    assert sum(found["told"].values()) == 1
