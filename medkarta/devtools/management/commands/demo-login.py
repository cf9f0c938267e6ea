"""`medkarta demo-login PATIENT`: let an imported patient sign in at the stand-in, explicitly and audited."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from medkarta.devtools import demo_login
from medkarta.devtools.standin.keys import prepare


class Command(BaseCommand):
    help = "Add an imported patient to the ESIA stand-in: an explicit, audited demo link with an invented СНИЛС"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("patient", metavar="PATIENT", help="our id of the patient, or his id at the source")

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(demo_login.folder())
        try:
            made = demo_login.add(options["patient"], now=timezone.now())
        except demo_login.NoSuchPatient as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"At the stand-in choose «{made.login_name}».")
        if made.child_name:
            self.stdout.write(f"The record of the child «{made.child_name}» opens from the stack of that parent.")
