"""Runs pytest on SQLite and on PostgreSQL and sums both up in one closing line."""

import os
import re
import subprocess
import sys

DATABASES = ("sqlite", "postgres")
COUNTED = ("passed", "failed", "skipped", "error", "errors", "xfailed")


def main() -> int:
    asked = [name for name in sys.argv[1:] if name in DATABASES] or list(DATABASES)
    more = [name for name in sys.argv[1:] if name not in DATABASES]
    totals = dict.fromkeys(COUNTED, 0)
    codes = []
    for database in asked:
        print(f"== {database}", flush=True)
        code, counts = run(database, more)
        codes.append(code)
        for name, count in counts.items():
            totals[name] += count
    failed = totals["failed"] + totals["error"] + totals["errors"]
    print(f"{totals['passed']} passed, {failed} failed, {totals['skipped']} skipped")
    return max(codes)


def run(database: str, more: list[str]) -> tuple[int, dict[str, int]]:
    """Run the suite on one database. Returns pytest's exit code and the counts of its closing line."""
    environment = {**os.environ, "MEDKARTA_TEST_DATABASE": database}
    environment.pop("DATABASE_URL", None)
    workers = str(min(os.cpu_count() or 1, 4))
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "loadgroup", *more]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line if re.search(r"\d+ (passed|failed|skipped|error)", line) else last
    counts = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", last) if name in COUNTED}
    return process.wait(), counts


if __name__ == "__main__":
    sys.exit(main())
