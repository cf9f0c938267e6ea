"""Write the demo region as NDJSON: `python -m medkarta.devtools.region --out DIR [--today D] [--residents N]`.

Files are numbered so that a folder read in name order has the targets of references first.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from medkarta.devtools.region import RESIDENTS, SEED, resources, topup

ORDER = (
    "Organization", "Location", "HealthcareService", "Practitioner", "PractitionerRole", "Schedule", "Slot",
    "Patient", "RelatedPerson", "Coverage", "ServiceRequest", "Appointment", "Encounter", "Condition", "Observation",
    "DiagnosticReport", "MedicationRequest", "Immunization", "Binary", "DocumentReference", "CarePlan",
)  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m medkarta.devtools.region", description=__doc__)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--residents", type=int, default=RESIDENTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--topup", action="store_true", help="only what has changed since yesterday")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    make = topup if given.topup else resources
    count = 0
    with ExitStack() as stack:
        files: dict[tuple[str, str], TextIO] = {}
        for source, resource in make(given.today, residents=given.residents, seed=given.seed):
            key = source, resource["resourceType"]
            if key not in files:
                path = given.out / source / f"{ORDER.index(key[1]):02d}-{key[1]}.ndjson"
                path.parent.mkdir(exist_ok=True)
                files[key] = stack.enter_context(path.open("w", encoding="utf-8"))
            files[key].write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    sys.stdout.write(f"{count} resources of {given.today} in {given.out}\n")


if __name__ == "__main__":
    main()
