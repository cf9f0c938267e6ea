"""`scripts/messages.py` as a module, for the tests of both the catalogue and the pages."""

import importlib.util
import re
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "scripts/messages.py"
_spec = importlib.util.spec_from_file_location("medkarta_messages", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

CYRILLIC = re.compile("[\u0400-\u04ff]")
