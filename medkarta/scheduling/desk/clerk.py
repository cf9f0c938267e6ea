"""Who stands at the desk, and how he names doctors, moments and days."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import NotFound, Refused
from medkarta.core.scopes import Actor, ActorKind, StaffScope, WorkerScope
from medkarta.core.text import folded
from medkarta.scheduling.queries import schedules

Options = dict[str, Any]
NO_CLINIC = UUID(int=0)
Act = Callable[["Clerk", Options], Iterable[str]]


class Parsers(Protocol):
    """What `ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser: ...


class NotOne(Refused):
    text = _("Подходит не одно расписание, а {count}. Уточните имя или укажите идентификатор из «desk doctors»")


class NoSuchSchedule(Refused):
    text = _("Такого врача или кабинета нет. Список: «desk doctors»")


@dataclass(frozen=True, slots=True)
class Clerk:
    """`clinic_id`: the only clinic that he acts for; None: whichever a time or a visit is of."""

    name: str
    now: datetime
    clinic_id: UUID | None = None

    def at(self, facility_id: UUID | None) -> StaffScope:
        """Return the scope of a clinic's desk. Raises NotFound for another clinic than his."""
        if facility_id is None or self.clinic_id not in (None, facility_id):
            raise NotFound
        return StaffScope(Actor(ActorKind.STAFF, self.name), facility_id, "registrar", "desk")

    @property
    def person(self) -> StaffScope:
        """Return the scope with which he looks for people: of his clinic, or of none."""
        return StaffScope(Actor(ActorKind.STAFF, self.name), self.clinic_id or NO_CLINIC, "registrar", "desk")

    def anywhere(self) -> StaffScope | WorkerScope:
        """Return the scope of his clinic; without one that of the region's desk, under his name."""
        actor = Actor(ActorKind.STAFF, self.name)
        return self.at(self.clinic_id) if self.clinic_id else WorkerScope(actor)

    def schedule(self, name: str) -> schedules.ScheduleRow:
        """Return the schedule that an id or a part of a name means. Raises NotOne, NoSuchSchedule."""
        wanted = folded(name)
        rows = schedules.list_schedules(self.clinic_id)
        found = [one for one in rows if str(one.id) == name] or [one for one in rows if wanted in folded(one.title)]
        if not found:
            raise NoSuchSchedule
        if len(found) > 1:
            raise NotOne(count=len(found))
        return found[0]


def moment(text: str) -> datetime:
    """Read `2026-11-26T09:00`; without an offset it is of the clinic's clock (`in_zone`)."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(str(_("нужны день и время: 2026-11-26T09:00"))) from None


def day(text: str) -> date:
    """Read `2026-11-26`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(str(_("нужен день: 2026-11-26"))) from None


def in_zone(found: datetime, zone: tzinfo) -> datetime:
    """Return a moment; one without an offset is of this zone."""
    return found if found.tzinfo else found.replace(tzinfo=zone)
