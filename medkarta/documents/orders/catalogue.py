"""The kinds of certificates, as their file tells them: what is changed there, is changed on the portal.

An operator's own whole list in the data folder (`certificates.json`) stands in place of the shipped one.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from medkarta.documents.orders.rules import SEEN, Ages, Mode, Term
from medkarta.ui.format import language

SHIPPED = Path(__file__).parent / "catalogue.json"
OWN = "certificates.json"
FIELD_KINDS = ("text", "long", "date", "choice", "tax-year", "inn", "payer-name")


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the file in the languages it has; written out in the one of the page."""

    ru: str = ""
    en: str = ""

    def __str__(self) -> str:
        return (self.en or self.ru) if language() == "en" else self.ru

    def __bool__(self) -> bool:
        return bool(self.ru)


@dataclass(frozen=True, slots=True)
class Act:
    """What a kind rests on. `is_sure`: the act was read; what is from memory is not shown to people."""

    name: Said
    number: str
    row: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What the record should hold from the last `months`: a kind of `core.evidence` and its name for people."""

    what: str
    months: int
    title: Said


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose; `from_years`: only somebody of that age may give it."""

    value: str
    title: Said
    from_years: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a kind's own form.

    `when`: "past" or "ahead" of today for a date; `after`: not before that other date; `needed_if`: (question, answer)
    that makes it required; `from_years`: so old is whoever was born then; `is_private`: shown to nobody but the
    account that ordered and the clinic; `tells_apart`: two orders that differ here are no repeats.
    """

    code: str
    kind: str
    title: Said
    hint: Said
    options: tuple[Option, ...]
    is_required: bool
    is_private: bool
    tells_apart: bool
    when: str
    after: str
    needed_if: tuple[str, str] | None
    max_length: int
    from_years: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of certificate. `document_kind`: its code in the dictionary 1520, empty where none is known."""

    code: str
    form: str
    title: Said
    about: Said
    ages: Ages
    whom: Said
    mode: Mode
    needs_visit: bool
    needs: tuple[Said, ...]
    checks: tuple[Check, ...]
    validity: Said
    term: Term
    is_paid: bool
    delivery: tuple[str, ...]
    document_kind: str
    act: Act
    instead: Said
    asks_purpose: bool
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        """The title with the number of the form: «Справка в детский лагерь, 079/у»."""
        return f"{self.title}, {self.form}" if self.form else str(self.title)

    @property
    def can_order(self) -> bool:
        return self.mode is Mode.ORDER

    def question(self, code: str) -> Question | None:
        return next((one for one in self.questions if one.code == code), None)


class WrongCatalogue(ValueError):
    """The file can't be what it should be; the text names the place."""


def kinds() -> tuple[Kind, ...]:
    """Return the kinds that are shown, in the order of the file."""
    return tuple(one for one in _current().values() if one.mode is not Mode.RETIRED)


def find(code: str) -> Kind | None:
    """Return a kind, retired or not; None where the file has none."""
    return _current().get(code)


def _current() -> dict[str, Kind]:
    own = settings.DATA_DIR / OWN
    path = own if own.exists() else SHIPPED
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _kept(path: Path, changed: int) -> dict[str, Kind]:
    return read(json.loads(path.read_text(encoding="utf-8")))


def read(told: Mapping[str, Any]) -> dict[str, Kind]:
    """Return the kinds of a file by code. Raises WrongCatalogue with the place of what is missing or unknown.

    While nobody has reviewed what is from memory (`reviewed_by`), terms and acts so marked are held back.
    """
    is_reviewed = bool(told.get("reviewed_by"))
    found: dict[str, Kind] = {}
    for number, one in enumerate(told.get("kinds", ()), 1):
        place = f"kind {number} ({one.get('code', 'no code')})"
        try:
            kind = _kind(one, is_reviewed=is_reviewed)
        except (KeyError, TypeError, ValueError) as error:
            raise WrongCatalogue(f"{place}: {error}") from error
        if kind.code in found:
            raise WrongCatalogue(f"{place}: its code is there already")
        found[kind.code] = kind
    return found


def _kind(one: Mapping[str, Any], *, is_reviewed: bool) -> Kind:
    whom, validity, act, days = one["for_whom"], one["validity"], one["act"], one["days"]
    questions = tuple(_question(each) for each in one["fields"])
    _check_names(questions)
    return Kind(
        code=one["code"],
        form=one["form"],
        title=_said(one["title"]),
        about=_said(one["about"]),
        ages=Ages(whom["from_years"], whom.get("until_years")),
        whom=_said(whom["words"]),
        mode=Mode(one["mode"]),
        needs_visit=one["needs_visit"],
        needs=tuple(_said(each) for each in one["needs"]),
        checks=tuple(Check(each["what"], each["months"], _said(each["title"])) for each in one["checks"]),
        validity=_said(validity) if validity["is_sure"] or is_reviewed else Said(),
        term=Term(days["least"], days["most"], days["is_sure"], days.get("unit", "working") == "working"),
        is_paid=one["price"] == "paid",
        delivery=tuple(one["delivery"]),
        document_kind=one["document_kind"],
        act=Act(_said(act["name"]), act["number"], act["row"], act["mark"] in SEEN or is_reviewed),
        instead=_said(one.get("instead", {"ru": ""})),
        asks_purpose=one.get("asks_purpose", True),
        questions=questions,
    )


def _question(one: Mapping[str, Any]) -> Question:
    if one["kind"] not in FIELD_KINDS:
        raise ValueError(f"field {one['code']} is of an unknown kind")
    options = (Option(each["value"], _said(each), each.get("from_years", 0)) for each in one.get("options", ()))
    needed_if = one.get("needed_if")
    return Question(
        code=one["code"],
        kind=one["kind"],
        title=_said(one["title"]),
        hint=_said(one.get("hint", {"ru": ""})),
        options=tuple(options),
        is_required=one.get("is_required", True),
        is_private=one.get("is_private", False),
        tells_apart=one.get("tells_apart", False),
        when=one.get("when", ""),
        after=one.get("after", ""),
        needed_if=(needed_if[0], needed_if[1]) if needed_if else None,
        max_length=one.get("max_length", 200),
        from_years=one.get("from_years", 0),
    )


def _check_names(questions: Iterable[Question]) -> None:
    """Refuse a field that names another which does not stand before it."""
    known: set[str] = set()
    for one in questions:
        named = {one.after, one.needed_if[0] if one.needed_if else ""} - {""}
        if not named <= known:
            raise ValueError(f"field {one.code} names a field that does not stand before it")
        known.add(one.code)


def _said(told: Mapping[str, str]) -> Said:
    return Said(told["ru"], told.get("en", ""))
