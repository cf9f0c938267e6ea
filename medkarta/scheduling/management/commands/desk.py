"""`medkarta desk …`: what a clinic's desk does, until and beside the console.

Ends with 0 when it was done, with 1 when it was refused (why: on stderr), with 2 when it was asked wrongly.
"""

from argparse import SUPPRESS
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from medkarta.core import desk
from medkarta.core.errors import NotFound, Refused
from medkarta.scheduling.desk import absence, clerk, home_visits, rest, times, visits


class DeskParser(CommandParser):
    """Takes who acts, and for which clinic, after every verb."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_argument("--as", dest="clerk", default=SUPPRESS, help=_("кто действует: имя для журнала"))
        self.add_argument("--clinic", type=UUID, default=SUPPRESS, help=_("только эта клиника, идентификатор"))


class Command(BaseCommand):
    help = "What a clinic's desk does: schedules, absences, bookings, home calls, numbers of booking, certificates"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.set_defaults(clerk="desk", clinic=None)
        found = parser.add_subparsers(dest="what", required=True, parser_class=DeskParser)
        for part in (times, absence, visits, rest):
            part.add_parsers(found)
        home_visits.add_parser(found)
        for other in desk.parts().values():
            other.add_parser(found)

    def handle(self, *args: Any, **options: Any) -> None:
        who = clerk.Clerk(options["clerk"], timezone.now(), options["clinic"])
        try:
            other = desk.parts().get(options["what"])
            if other is not None:
                lines = other.run(who.at(who.clinic_id), options, now=who.now)
            elif options["what"] == home_visits.NAME:
                lines = home_visits.run(who.at(who.clinic_id), options, now=who.now)
            else:
                lines = options["act"](who, options)
            for line in lines:
                self.stdout.write(line)
        except Refused as refusal:
            self._refuse(str(refusal.text))
        except NotFound:
            self._refuse(_("Такого в этой клинике нет: проверьте идентификатор и «--clinic»"))

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        raise SystemExit(1)
