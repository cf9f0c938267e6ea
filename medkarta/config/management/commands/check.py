"""`medkarta check`: settings, database, the chain of the access log, certificates of the identity provider."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.check import Command as DjangoCheck
from django.utils import timezone

from medkarta.audit import sealing
from medkarta.integrations.esia.port import trusted_folder


class Command(DjangoCheck):
    help = "Check settings, the sealed access log and the provider's certificates"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--root", metavar="NUMBER:HASH", help="a root kept elsewhere, to compare the log with")
        parser.add_argument("--skip-log", action="store_true", help="leave the access log out")

    def handle(self, *labels: Any, **options: Any) -> None:
        super().handle(*labels, **options)
        failed = False
        if not options["skip_log"]:
            verdict = sealing.verify()
            if options["root"] and not sealing.holds(options["root"]):
                self.stderr.write("access log: the root that was kept elsewhere is not in it: seals were removed")
                failed = True
            if verdict.broken is not None:
                self.stderr.write(f"access log: batch {verdict.broken} does not hold: rows were changed or removed")
                failed = True
            else:
                self.stdout.write(
                    f"access log: {verdict.rows} rows in {verdict.batches} sealed batches hold,"
                    f" {verdict.unsealed} not sealed yet"
                )
                self.stdout.write(f"access log: root {sealing.root() or '—'} (keep it elsewhere)")
        failed = self._certificates() or failed
        if failed:
            raise SystemExit(1)

    def _certificates(self) -> bool:
        """Name the certificates that end soon. Returns whether one has ended already."""
        now = timezone.now()
        ending = trusted_folder(Path(settings.IDENTITY["esia_trusted"])).expiring(now)
        for one in ending:
            self.stderr.write(f"certificate {one.name} ends at {one.not_after:%Y-%m-%d}")
        return any(one.not_after <= now for one in ending)
