"""`medkarta load-dictionary [--version V] FILE…`: an official dictionary file of kinds of documents."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from medkarta.terminology import actions

_IN_NAME = re.compile(r"1\.2\.643\.5\.1\.13\.13\.11\.1520_(\d+\.\d+)")


class Command(BaseCommand):
    help = "Load the official dictionary 1.2.643.5.1.13.13.11.1520 (JSON of the НСИ service, or CSV)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dictionary-version", default="", help="its version; else the one in the file's name")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[Path] = options["paths"]
        named = _IN_NAME.search(paths[0].name)
        version = options["dictionary_version"] or (named[1] if named else "")
        if not version:
            raise CommandError("no version in the file's name: say --dictionary-version")
        try:
            count = actions.load_document_editions(paths, version=version)
        except actions.NotADictionary as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"1.2.643.5.1.13.13.11.1520, version {version}: {count} rows")
