"""`medkarta desk … repeats`: the clinic's side of requests until it has its console. They go by their numbers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.desk import Parsers, Part
from medkarta.core.scopes import StaffScope
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.prescriptions.repeats import answers, queries, rules
from medkarta.ui import format

NAME = "repeats"


def add_parser(subparsers: Parsers) -> None:
    """Add `repeats` with its verbs."""
    verbs = subparsers.add_parser(NAME, help="requests to prescribe again").add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="requests that wait, the longest first")
    for verb, words in (
        ("show", "one request with what it asks"),
        ("take", "take a request to work"),
        ("need-visit", "call the person to a visit"),
        ("refuse", "refuse a request"),
        ("ready", "say that the next prescription is written"),
    ):
        parser = verbs.add_parser(verb, help=words)
        parser.add_argument("number", help="number of the request, as the person sees it")
        if verb != "show":
            parser.add_argument("--comment", default="", help="words for the person")
        if verb == "refuse":
            parser.add_argument("--reason", required=True, choices=rules.REASONS, help="why; «other» needs --comment")
        if verb == "ready":
            parser.add_argument("--prescription", type=UUID, help="the new prescription, identifier")


def run(scope: StaffScope, options: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Carry a verb out and return lines to print. Raises NotFound and what `answers` says no with."""
    verb = options["verb"]
    if verb == "list":
        return [_line(row) for row in queries.list_waiting(scope)]
    number = options["number"]
    repeat_id = queries.get_id_by_number(scope, number)
    match verb:
        case "show":
            return list(_lines(answers.read(scope, repeat_id=repeat_id)))
        case "take":
            answers.take(scope, repeat_id=repeat_id, now=now, comment=options["comment"])
        case "need-visit":
            answers.need_visit(scope, repeat_id=repeat_id, now=now, comment=options["comment"])
        case "refuse":
            told = {"reason": options["reason"], "comment": options["comment"]}
            answers.refuse(scope, repeat_id=repeat_id, now=now, **told)
        case _:
            given = {"prescription_id": options["prescription"], "comment": options["comment"]}
            answers.prescribe(scope, repeat_id=repeat_id, now=now, **given)
    return [f"{number}: {verb}"]


def _line(row: PrescriptionRepeat) -> str:
    return "  ".join([row.number, format.figures(row.asked_at), row.get_status_display(), row.drug])


def _lines(row: PrescriptionRepeat) -> Iterator[str]:
    yield _line(row)
    if row.wish:
        yield f"{_('Пожелание')}: {row.wish}"


PART = Part(NAME, add_parser, run)
