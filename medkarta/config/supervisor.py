"""Starts processes, waits for one to end or for a signal, and takes all down in order."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from medkarta.config.processes import Process

STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1


def supervise(processes: Sequence[Process]) -> int:
    """Run until SIGTERM, SIGINT or the end of a process that must live. Returns the exit code."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    running = {process.name: _start(process) for process in processes}
    must_live = {process.name for process in processes if process.must_live}
    code = 0
    while not stop.wait(0.3):
        ended = [name for name in must_live if running[name].poll() is not None]
        if ended:
            sys.stderr.write(f"{ended[0]} has ended with code {running[ended[0]].returncode}; stopping\n")
            code = 1
            break
    _stop_all(running)
    return code


def _start(process: Process) -> subprocess.Popen[bytes]:
    """Start in a group of its own, so that Ctrl-C in a terminal reaches the supervisor only."""
    return subprocess.Popen(
        process.command,
        start_new_session=True,
        env=os.environ,
        preexec_fn=_die_with_supervisor,  # noqa: PLW1509 (the supervisor has one thread)
    )


def _die_with_supervisor() -> None:
    """Ask Linux to end this child when the supervisor is killed; elsewhere a kill leaves it running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop_all(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in running.values():
        if child.poll() is None:
            child.terminate()
    for child in running.values():
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
