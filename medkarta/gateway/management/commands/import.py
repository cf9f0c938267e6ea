"""`medkarta import [--source NAME] FILE|DIR…`: FHIR JSON, XML, NDJSON, CDA and zip from the command line."""

import gc
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from medkarta.core.scopes import SystemScope
from medkarta.gateway import bulk
from medkarta.gateway.outcomes import Fate, Report
from medkarta.integrations.storage.port import StorageUnavailable

SHOWN_REASONS = 50


class Command(BaseCommand):
    help = "Import FHIR R4 files (JSON, XML, NDJSON) and CDA documents, zip archives and folders as a hospital's system"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
        parser.add_argument("--source", default="import", help="name of the sending system (default: import)")
        parser.add_argument("--jobs", type=int, default=2, help="processes that read and validate (default: 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"]
        if not source or len(source) > 64:
            raise CommandError("--source takes 1 to 64 characters")
        gc.freeze()  # what Django has loaded stays: no need to walk it again for every batch
        report = Report()
        bar = tqdm(unit=" resources", file=sys.stderr, disable=not sys.stderr.isatty() and options["verbosity"] < 2)
        try:
            with bar:
                for outcome in bulk.load(
                    SystemScope.of(source), options["paths"], jobs=options["jobs"], now=timezone.now()
                ):
                    report.add(outcome)
                    bar.update()
        except DatabaseError as error:
            self._show(report)
            text = f"the database failed ({type(error).__name__}); stopped after {report.total} resources"
            raise CommandError(f"{text}, which are stored: run the import again when it is back") from error
        except StorageUnavailable as error:
            self._show(report)
            text = f"{error}; stopped after {report.total} resources"
            raise CommandError(f"{text}, which are stored: run the import again when it is back") from error
        self._show(report)
        if report.rejected:
            raise SystemExit(1)

    def _show(self, report: Report) -> None:
        width = max((len(type_) for type_, _counts in report.rows()), default=8) + 2
        self.stdout.write("".ljust(width) + "".join(fate.value.rjust(11) for fate in Fate))
        for type_, counts in report.rows():
            self.stdout.write(type_.ljust(width) + "".join(str(count).rjust(11) for count in counts))
        totals = [sum(counts[number] for _type, counts in report.rows()) for number in range(len(Fate))]
        self.stdout.write("total".ljust(width) + "".join(str(count).rjust(11) for count in totals))
        for reason in report.reasons[:SHOWN_REASONS]:
            self.stderr.write(f"rejected: {reason}")
        if len(report.reasons) > SHOWN_REASONS:
            self.stderr.write(f"… and {len(report.reasons) - SHOWN_REASONS} more reasons")
