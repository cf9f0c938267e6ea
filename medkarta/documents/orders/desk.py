"""`medkarta desk … certificates`: the clinic's side of orders until it has its console. Orders go by their numbers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.core.desk import Parsers, Part
from medkarta.core.errors import Refused
from medkarta.core.scopes import StaffScope
from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import answers, queries
from medkarta.ui import format

NAME = "certificates"


class NoSuchFile(Refused):
    text = gettext_lazy("Такого файла нет или его нельзя прочитать")


def add_parser(subparsers: Parsers) -> None:
    """Add `certificates` with its verbs."""
    verbs = subparsers.add_parser(NAME, help="orders of certificates").add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="orders that wait, the longest first")
    for verb, words in (
        ("show", "one order with what it asks"),
        ("take", "take an order to work"),
        ("need-visit", "ask the person to come"),
        ("refuse", "refuse an order"),
        ("ready", "give the certificate out: a PDF, words for a sheet, or neither for one on paper"),
    ):
        parser = verbs.add_parser(verb, help=words)
        parser.add_argument("number", help="number of the order, as the person sees it")
        if verb in ("take", "need-visit", "ready"):
            parser.add_argument("--comment", default="", help="words for the person")
        if verb == "refuse":
            parser.add_argument("--reason", required=True, help="words for the person")
        if verb == "ready":
            given = parser.add_mutually_exclusive_group()
            given.add_argument("--file", type=Path, help="the certificate as PDF")
            given.add_argument("--text", default="", help="what the portal's own sheet says")


def run(scope: StaffScope, options: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Carry a verb out and return lines to print.

    Raises NotFound (also for another clinic's number) and what `answers` says no with.
    """
    verb = options["verb"]
    if verb == "list":
        return [_line(row) for row in queries.list_waiting(scope)]
    number = options["number"]
    order_id = queries.get_id_by_number(scope, number)
    match verb:
        case "show":
            return list(_lines(answers.read(scope, order_id=order_id)))
        case "take":
            answers.take(scope, order_id=order_id, now=now, comment=options["comment"])
        case "need-visit":
            answers.need_visit(scope, order_id=order_id, now=now, comment=options["comment"])
        case "refuse":
            answers.refuse(scope, order_id=order_id, reason=options["reason"], now=now)
        case _:
            given = answers.Given(_bytes(options["file"]), options["text"], options["comment"])
            answers.make_ready(scope, order_id=order_id, given=given, now=now)
    return [f"{number}: {verb}"]


def _bytes(path: Path | None) -> bytes | None:
    """Return what a file holds, no more than is looked at. Raises NoSuchFile."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(answers.MAX_PDF_BYTES + 1)
    except OSError:
        raise NoSuchFile from None


def _line(row: CertificateOrder) -> str:
    return "  ".join([row.number, format.figures(row.ordered_at), row.get_status_display(), row.title])


def _lines(row: CertificateOrder) -> Iterator[str]:
    yield _line(row)
    yield f"{_('Куда нужна')}: {row.purpose or _('не указано')}"
    yield f"{_('Как получить')}: {queries.delivery_words(row.delivery)}"
    for name, value in queries.facts_of(row.kind, row.answers, with_private=True):
        yield f"{name}: {value}"


PART = Part(NAME, add_parser, run)
