"""The defects still find what they replace, and the portal itself carries no switch for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from medkarta.devtools.storm.checks import CHECKS
from medkarta.devtools.storm.defects import DEFECTS, VARIABLE

PACKAGE = Path(__file__).resolve().parents[3]
PLANT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
import django
django.setup()
from medkarta.devtools.storm.defects import DEFECTS
for one in DEFECTS.values():
    one.plant()
"""


def test_defects_name_the_check_that_has_to_see_them():
    assert len(DEFECTS) >= 5
    assert {one.check for one in DEFECTS.values()} <= set(CHECKS)


@pytest.mark.slow
def test_defects_find_what_they_replace():
    done = subprocess.run([sys.executable, "-c", PLANT], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_defects_are_known_to_devtools_only():
    where = [path for path in PACKAGE.rglob("*.py") if VARIABLE in path.read_text()]

    assert {path.relative_to(PACKAGE).parts[0] for path in where} == {"devtools"}
