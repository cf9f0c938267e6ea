"""`make coverage`: branch coverage of the rooms that must have all of it, both databases taken together.

The rooms stand in pyproject.toml (`tool.coverage.run.source`); a line or branch counts if either database reached it.
Run are their own tests and, since whole ways lead through the doors, those of `devtools` and the walk of all routes.
Exits with 1 below 100 % or when a test fails; what is missing is listed by file.
"""

import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from coverage import Coverage
from run_tests import DATABASES, run

BESIDE = ("medkarta/devtools", "tests/test_access_walk.py")


@dataclass
class Room:
    """What was counted in one room; `missing` is one line of text for each file with a gap."""

    statements: int = 0
    branches: int = 0
    missed_statements: int = 0
    missed_branches: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        """Return the covered part of statements and branches, 0–100; a room without any counts as uncovered."""
        total = self.statements + self.branches
        return 100 * (total - self.missed_statements - self.missed_branches) / total if total else 0.0


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="medkarta-coverage-") as folder:
        os.environ["COVERAGE_FILE"] = str(Path(folder) / "data")
        names = [str(name) for name in Coverage().get_option("run:source")]
        paths = [name.replace(".", "/") for name in names]
        codes = []
        for database in DATABASES:
            print(f"== {database}", flush=True)
            codes.append(run(database, ["--cov", "--cov-append", "--cov-report=", *paths, *BESIDE])[0])
        rooms = counted(names, Path(folder) / "report.json")
    print_table(rooms)
    is_short = any(room.missing or not room.statements for room in rooms.values())
    return max(*codes, int(is_short))


def counted(names: list[str], report: Path) -> dict[str, Room]:
    """Return the rooms by name from the data of the runs; `report` is where the JSON between may be written."""
    data = Coverage()
    data.load()
    data.json_report(outfile=str(report))
    rooms = {name: Room() for name in names}
    for path, found in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        room = rooms[".".join(Path(path).parts[:2])]
        told = found["summary"]
        room.statements += told["num_statements"]
        room.branches += told["num_branches"]
        room.missed_statements += told["missing_lines"]
        room.missed_branches += told["missing_branches"]
        gaps = [str(line) for line in found["missing_lines"]]
        gaps += [f"{start}->{end if end > 0 else 'exit'}" for start, end in found["missing_branches"]]
        if gaps:
            room.missing.append(f"{path}: {', '.join(gaps)}")
    return rooms


def print_table(rooms: dict[str, Room]) -> None:
    print(f"\n{'room':22}{'statements':>12}{'missed':>8}{'branches':>10}{'missed':>8}{'%':>8}")
    for name, room in rooms.items():
        counts = f"{room.statements:12}{room.missed_statements:8}{room.branches:10}{room.missed_branches:8}"
        print(f"{name:22}{counts}{room.percent:8.2f}")
    for line in (line for room in rooms.values() for line in room.missing):
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
