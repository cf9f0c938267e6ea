"""`medkarta desk … home-visit`: the clinic's side of home calls until it has its console.

The command that holds these verbs knows the clinic and the clerk; calls are named by their numbers.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Protocol
from uuid import UUID

from medkarta.core.scopes import StaffScope
from medkarta.facilities import queries as facilities
from medkarta.scheduling.actions import home_visit_answers as answers
from medkarta.scheduling.models import HomeVisitRequest
from medkarta.scheduling.queries import home_visits as queries
from medkarta.ui import format

NAME = "home-visit"


class Parsers(Protocol):
    """What `ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser: ...


def add_parser(subparsers: Parsers) -> None:
    """Add `home-visit` with its verbs."""
    verbs = subparsers.add_parser(NAME, help="calls of a doctor to somebody's home").add_subparsers(
        dest="verb", required=True
    )
    verbs.add_parser("list", help="calls that wait, soonest first")
    for verb, words in (
        ("show", "one call with its address"),
        ("accept", "take a call"),
        ("assign", "name the doctor and the time; may be repeated"),
        ("done", "the doctor has been there"),
        ("reject", "refuse a call"),
    ):
        parser = verbs.add_parser(verb, help=words)
        parser.add_argument("number", help="number of the call, such as МК-2026-000123")
        if verb in ("accept", "done"):
            parser.add_argument("--comment", default="", help="words for the person")
        elif verb == "assign":
            parser.add_argument("--doctor", required=True)
            parser.add_argument("--from", dest="starts_at", required=True, type=datetime.fromisoformat)
            parser.add_argument("--to", dest="ends_at", required=True, type=datetime.fromisoformat)
        elif verb == "reject":
            parser.add_argument("--reason", required=True, help="words for the person")


def run(scope: StaffScope, options: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Carry a verb out and return lines to print. Times without an offset are of the clinic's clock.

    Raises NotFound (also for another clinic's number) and what `home_visit_answers` says no with.
    """
    zone = _zone(scope.clinic_id)
    if options["verb"] == "list":
        return [_line(row, zone) for row in queries.list_calls(scope)]
    number = options["number"]
    call_id = queries.get_id_by_number(scope, number)
    match options["verb"]:
        case "show":
            return list(_lines(answers.read(scope, call_id=call_id), zone))
        case "accept":
            answers.accept(scope, call_id=call_id, now=now, comment=options["comment"])
        case "done":
            answers.complete(scope, call_id=call_id, now=now, comment=options["comment"])
        case "reject":
            answers.reject(scope, call_id=call_id, reason=options["reason"], now=now)
        case _:
            answers.assign(
                scope,
                call_id=call_id,
                doctor=options["doctor"],
                starts_at=_at(options["starts_at"], zone),
                ends_at=_at(options["ends_at"], zone),
                now=now,
            )
    return [f"{number}: {options['verb']}"]


def _zone(clinic_id: UUID) -> tzinfo:
    found = facilities.list_clinics(ids=[clinic_id])
    return format.zone_of(found[0].timezone if found else "")


def _at(moment: datetime, zone: tzinfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _line(row: HomeVisitRequest, zone: tzinfo) -> str:
    half = queries.HALVES.get(row.answers.get("half", ""), "")
    return "  ".join([row.number, format.figures(row.starts_at, tz=zone), row.get_status_display(), str(half)]).rstrip()


def _lines(row: HomeVisitRequest, zone: tzinfo) -> Iterator[str]:
    yield _line(row, zone)
    yield row.complaint
    for name, value in queries.facts_of(row, is_mine=True):
        yield f"{name}: {value}"
