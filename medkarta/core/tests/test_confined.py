"""Bounds of the process in which a stranger's file is worked on."""

import sys
from io import BytesIO

import pytest

from medkarta.core import confined

WORK = """
import os

def run(source, target, secret):
    what = source.read()
    if what == b"copy":
        target.write(what + secret)
    if what == b"keys":
        target.write(repr(sorted(os.environ)).encode())
    if what == b"memory":
        bytearray(%d)
    if what == b"output":
        target.truncate(%d)
    if what == b"lost":
        from medkarta.core.confined import check
        check(["(offset 214): std::bad_alloc"])
    if what == b"crash":
        os.abort()
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    (tmp_path / "confined_work.py").write_text(WORK % (confined.MEMORY, confined.OUTPUT + 1))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    return "confined_work"


def test_confined_returns_what_the_work_made(work):
    with confined.confined(work, BytesIO(b"copy"), secret=b"/secret") as made:
        assert made.read() == b"copy/secret"


def test_confined_work_sees_nothing_of_our_environment(work, monkeypatch):
    monkeypatch.setenv("MEDKARTA_SECRET_KEY", "kept")

    with confined.confined(work, BytesIO(b"keys")) as made:
        assert b"MEDKARTA" not in made.read()


@pytest.mark.parametrize("what", [b"memory", b"output", b"lost", b"crash"])
def test_confined_tells_of_work_beyond_its_bounds(work, what):
    with pytest.raises(confined.Failed):
        confined.confined(work, BytesIO(what))


def test_confined_ends_work_that_takes_too_long(tmp_path, monkeypatch):
    (tmp_path / "endless_work.py").write_text(
        "import resource\n\ndef run(source, target, secret):\n"
        f"    assert resource.getrlimit(resource.RLIMIT_CPU) == ({confined.SECONDS}, {confined.SECONDS})\n"
        "    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    while True:\n        pass\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])

    with pytest.raises(confined.Failed):
        confined.confined("endless_work", BytesIO(b""))
