"""`make storm`: `python -m medkarta.devtools.storm [--database …] [--seconds …] [--clients …] [--seed …] [--prove]`."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from medkarta.devtools.storm import prove, run
from medkarta.devtools.storm.databases import NAMES, open_database

SHOWN = 5  # of each check


def main() -> int:
    asked = _arguments(sys.argv[1:])
    total = 0
    for name in NAMES if asked.database == "both" else (asked.database,):
        plan = run.Plan(asked.seconds, asked.operations, asked.clients, asked.kills, asked.seed)
        total += _one(name, plan, proves=asked.prove in (name, "both"), storms=not asked.prove_only)
    _say(f"violations: {total}")
    return 1 if total else 0


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make storm", description="Many clients, killed processes, and a verdict")
    parser.add_argument("--database", choices=(*NAMES, "both"), default="both")
    parser.add_argument("--seconds", type=float, default=45, help="of the storm itself, on each database")
    parser.add_argument("--operations", type=int, default=0, help="end by their number instead")
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--kills", type=int, default=8, help="on each database")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--prove", choices=(*NAMES, "both"), help="plant each defect there too, and look for it")
    parser.add_argument("--prove-only", action="store_true", help="leave the storm itself out")
    return parser.parse_args(given)


def _one(name: str, plan: run.Plan, *, proves: bool, storms: bool) -> int:
    """Storm on one database and return the number of violations; a defect that is not caught is one too."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medkarta-storm-")))
        database = open_database(name, folder)
        stack.callback(database.end)
        run.prepare(folder, database.url)
        total = prove.prove(folder, database, seed=plan.seed, say=_say) if proves else 0
        if storms:
            result = run.storm(folder, database, database.url, plan)
            _print(name, result)
            if result.count:
                _say(f"  evidence: {_keep(folder, name)}")
            total += result.count
        return total


def _keep(folder: Path, name: str) -> Path:
    """Copy the record and the logs of a storm that has found something to where they stay."""
    kept = Path("build") / f"storm-{name}"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for one in (folder / "record.jsonl", folder / "world.json", *folder.glob("*.log")):
        shutil.copy(one, kept)
    return kept


def _print(name: str, result: run.Result) -> None:
    told = result.told
    kills = sum(result.struck.values())
    _say(f"{name}: {told['operations']} operations, {kills} kills, {result.seconds:.0f} s")
    _say("  " + ", ".join(f"{kind} {count}" for kind, count in told["by_kind"].items()))
    _say(f"  killed: {', '.join(f'{kind} {count}' for kind, count in sorted(result.struck.items())) or 'nothing'}")
    _say(f"  bookings {told['bookings']}, live at the end {told['live']}, offers {told['offers']}")
    for check, found in result.violations.items():
        for text in found[:SHOWN]:
            _say(f"  VIOLATION {check}: {text}")
        if len(found) > SHOWN:
            _say(f"  VIOLATION {check}: {len(found) - SHOWN} more")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
