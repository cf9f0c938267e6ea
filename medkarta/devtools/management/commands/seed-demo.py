"""`medkarta seed-demo [--residents N]`: the demo region, dates relative to today; again tomorrow it moves on.

MEDKARTA_DEMO_RESIDENTS sets the number that a start loads without being asked.
"""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from medkarta.devtools import beside, demo
from medkarta.devtools.standin.keys import prepare


class Command(BaseCommand):
    help = "Load the demo region: the stand-in's persons first, then the residents"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--residents",
            type=int,
            default=None,
            help="how many, loaded in any case (default: MEDKARTA_DEMO_RESIDENTS or 2000, once a day)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(beside.folder())
        today, now = timezone.localdate(), timezone.now()
        asked = options["residents"]
        if asked is None and beside.loaded_on() is not None:
            report = demo.top_up(today, now=now)
            self.stdout.write(f"demo moved on to {today}: {report.total} resources, {report.rejected} rejected")
            return
        report = demo.load_persons(today, now=now)
        self.stdout.write(f"demo persons: {report.total} resources, {report.rejected} rejected")
        os.nice(10)  # the rest is loaded behind a portal that people use already
        count = demo.default_residents() if asked is None else asked
        report = demo.load_residents(today, count, now=now)
        self.stdout.write(f"demo residents: {report.total} resources, {report.rejected} rejected")
