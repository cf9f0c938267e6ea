"""What became of each resource of an import, and the table that sums it up."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise

from medkarta.hl7.units import Place

Text = str | Promise


class Fate(StrEnum):
    """`KEPT`: stored, shown by no section. `WAITING`: stored until its patient arrives."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    WAITING = "waiting"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused, and where: file, place in it, path in the resource."""

    file: str
    place: Place
    path: str
    text: Text

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in (self.file, self.place, self.path) if str(part))
        return f"{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of one resource. `type` is «—» where it could not even be read."""

    type: str
    fate: Fate
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Report:
    """Counts per type and fate, and the reasons of the refused, the first of them up to a limit."""

    counts: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    reasons: list[Reason] = field(default_factory=list)
    max_reasons: int = 1000

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.type, outcome.fate] += 1
        room = self.max_reasons - len(self.reasons)
        self.reasons.extend(outcome.reasons[: max(0, room)])

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def rejected(self) -> int:
        return sum(count for (_type, fate), count in self.counts.items() if fate is Fate.REJECTED)

    def rows(self) -> list[tuple[str, list[int]]]:
        """Return one row a type: its counts in the order of `Fate`."""
        types = sorted({type_ for type_, _fate in self.counts})
        return [(type_, [self.counts[type_, fate] for fate in Fate]) for type_ in types]
