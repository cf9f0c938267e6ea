"""A file of any size is imported in bounded memory: both processes of the command, measured from outside.

The kernel's own count of this process (`ru_maxrss`) would begin with the size of the test run that starts it.
"""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from medkarta.gateway.tests.factories import observation, patient

MAX_MB = 300
FILE_MB = 60
_MEASURED = """
import resource, sys
from pathlib import Path
from django.core.management import call_command
import django
django.setup()
call_command("migrate", verbosity=0)
call_command("import", sys.argv[1])
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
validating = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("peaks", int(status["VmHWM"].split()[0]) // 1024, validating // 1024, file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_import_of_a_large_ndjson_file_stays_within_300_mb(tmp_path):
    script, path = tmp_path / "measure.py", tmp_path / "large.ndjson"
    script.write_text(f"if __name__ == '__main__':\n{_MEASURED.replace(chr(10), chr(10) + '    ')}")
    note = [{"text": "x" * 5000}]
    with path.open("wb") as stream:
        stream.write(orjson.dumps(patient()) + b"\n")
        for number in range(FILE_MB * 1024 * 1024 // 5150):
            stream.write(orjson.dumps(observation(f"o{number}", note=note)) + b"\n")
    assert path.stat().st_size > FILE_MB * 1024 * 1024
    settings = {"DJANGO_SETTINGS_MODULE": "medkarta.config.settings", "MEDKARTA_DATA_DIR": str(tmp_path / "data")}
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | settings
    (tmp_path / "data" / "static").mkdir(parents=True)

    done = subprocess.run(
        [sys.executable, script, path], env=environment, capture_output=True, text=True, timeout=600, check=True
    )

    peaks = [int(part) for part in done.stderr.splitlines()[-1].split()[1:]]
    assert done.stdout.splitlines()[-1].split()[:2] == ["total", str(FILE_MB * 1024 * 1024 // 5150 + 1)]
    assert max(peaks) <= MAX_MB, peaks
