"""`medkarta seed-demo [--residents N]`: the demo region, dates relative to today; again tomorrow it moves on."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from medkarta.devtools import demo
from medkarta.devtools.region import RESIDENTS
from medkarta.devtools.standin.keys import prepare


class Command(BaseCommand):
    help = "Load the demo region: the stand-in's persons first, then the residents"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--residents", type=int, default=None, help=f"how many (default: {RESIDENTS})")

    def handle(self, *args: Any, **options: Any) -> None:
        today, now = timezone.localdate(), timezone.now()
        prepare(demo.folder())
        asked = options["residents"]
        done = demo.folder() / "loaded-on"
        if asked is None and done.exists() and done.read_text() == today.isoformat():
            return
        count = RESIDENTS if asked is None else asked
        report = demo.load_persons(today, now=now)
        self.stdout.write(f"demo persons: {report.total} resources, {report.rejected} rejected")
        os.nice(10)  # the rest is loaded behind a portal that people use already
        report = demo.load_residents(today, count, now=now)
        self.stdout.write(f"demo residents: {report.total} resources, {report.rejected} rejected")
        done.write_text(today.isoformat())
