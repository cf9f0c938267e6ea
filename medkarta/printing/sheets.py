"""What a sheet of paper says, before anybody thinks of pages: plain frozen values. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from medkarta.core.blocks import Section


@dataclass(frozen=True, slots=True)
class Code:
    """A QR that stands beside the facts, for somebody who takes the sheet: a pharmacy, a registry.

    `text` is what the QR says, at most 300 characters; `caption` stands under it.
    """

    text: str
    caption: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to be printed or sent. Equal sheets of one subject are one issued sheet with one number.

    So nothing in it may depend on today: no ages, no «осталось 5 дней». All texts are ready, in `language`
    (`ru` or `en`). `title` is the large line, `kind_title` what sort of document it is. `patient` and `born` say whose
    it is. `facts` are label and value. `dated_at` (aware) is the moment of what the sheet tells, not of printing; None
    for what has no moment of its own: then the file bears the day it was issued.
    """

    title: str
    kind_title: str
    patient: str
    dated_at: datetime | None = None
    born: date | None = None
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    language: str = "ru"
    code: Code | None = None
