import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import sys
from medkarta.config.processes import Process
from medkarta.config.supervisor import supervise
long = (sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)")
short = (sys.executable, "-c", "import sys; sys.exit(3)")
asked = [Process("long", long)]
if sys.argv[1] != "none":
    asked.append(Process("short", short, must_live=sys.argv[1] == "must"))
sys.exit(supervise(asked))
"""


def start(kind):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, kind], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    return process, int(process.stdout.readline())


def is_gone(pid):
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_supervise_takes_all_down_when_asked_to_stop(number):
    process, child = start("none")

    process.send_signal(number)

    process.communicate(timeout=15)
    assert process.returncode == 0
    assert is_gone(child)


def test_supervise_ends_when_one_that_must_live_has_ended():
    process, child = start("must")

    _out, error = process.communicate(timeout=15)

    assert process.returncode == 1
    assert "short has ended with code 3" in error
    assert is_gone(child)


def test_supervise_goes_on_without_one_that_may_end():
    process, child = start("may")
    time.sleep(1)

    assert process.poll() is None
    process.terminate()
    process.communicate(timeout=15)
    assert is_gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_supervise_that_is_killed_leaves_nothing_running():
    process, child = start("none")

    os.kill(process.pid, signal.SIGKILL)

    process.communicate(timeout=15)
    assert is_gone(child)
