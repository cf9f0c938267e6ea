"""Reads for calling a doctor home: who is called for, from which clinic, for which days, and one call in full."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.accounts import queries as accounts
from medkarta.core.errors import NotFound, Text
from medkarta.core.scopes import AccountScope, PatientScope, StaffScope
from medkarta.facilities import queries as facilities
from medkarta.patients import queries as patients
from medkarta.scheduling.models import HomeVisitRequest
from medkarta.scheduling.queries.home_visit_rules import rules_of_clinics
from medkarta.scheduling.rows import HomeVisitRow, home_visit_rows
from medkarta.scheduling.rules import home_visits as rules
from medkarta.ui import format, phones

_ADULT_POSITION, _CHILD_POSITION = "49", "27"  # therapy and paediatrics in НСИ 1.2.643.5.1.13.13.11.1066
_ROW = (
    "id", "status", "reason", "what", "doctor", "cabinet_name", "clinic", "address", "timezone",
    "starts_at", "ends_at", "has_time", "has_end",
)  # fmt: skip
_TOLD = ("number", "status", "starts_at", "has_time", "timezone")
_DOORS: tuple[tuple[str, Text], ...] = (
    ("flat", gettext_lazy("кв.")),
    ("entrance", gettext_lazy("подъезд")),
    ("floor", gettext_lazy("этаж")),
    ("door_code", gettext_lazy("код")),
)
HALVES: Mapping[str, Text] = {
    rules.ANY: gettext_lazy("В любое время"),
    rules.MORNING: gettext_lazy("До полудня"),
    rules.AFTERNOON: gettext_lazy("После полудня"),
}
CONTACT: Mapping[str, Text] = {
    "no": gettext_lazy("Нет"),
    "yes": gettext_lazy("Да"),
    "unknown": gettext_lazy("Не знаю"),
}
CHILDCARE: Mapping[str, Text] = {
    "kindergarten": gettext_lazy("В детский сад или ясли"),
    "school": gettext_lazy("В школу или колледж"),
    "home": gettext_lazy("Никуда, он дома"),
}
_ANSWERS: tuple[tuple[str, Text, Mapping[str, Text]], ...] = (
    ("contact", gettext_lazy("Контакт с больным инфекцией"), CONTACT),
    ("childcare", gettext_lazy("Куда ходит ребёнок"), CHILDCARE),
)


@dataclass(frozen=True, slots=True)
class CallClinic:
    """A clinic whose doctor may be called: its clock, its hours, and the days it takes calls for now."""

    id: UUID
    name: str
    address: str
    town: str
    phone: str
    zone: tzinfo
    rules: rules.HomeVisitRules
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a doctor is called to. `is_registered`: the clinics are those of attachment, else there is a choice."""

    client: patients.Client
    months: int | None
    clinics: tuple[CallClinic, ...]
    is_registered: bool

    @property
    def days(self) -> list[date]:
        """All days that any of the clinics takes calls for."""
        return sorted({day for one in self.clinics for day in one.days})

    def clinic(self, facility_id: UUID) -> CallClinic | None:
        return next((one for one in self.clinics if one.id == facility_id), None)


@dataclass(frozen=True, slots=True)
class Contacts:
    """What the form begins with: the address that the identity provider told, the flat apart, and the phone."""

    address: str
    flat: str
    phone: str


@dataclass(frozen=True, slots=True)
class Call:
    """What the page of one call shows beside its row. `wish`: which half of the day; `facts`: (name, words).

    Where it goes to and the phone are only for the account that called: the other parent is not to learn them.
    """

    is_own: bool
    can_cancel: bool
    wish: str
    facts: tuple[tuple[str, str], ...]


def get_caller(scope: PatientScope, *, now: datetime, lock: bool = False) -> Caller:
    """Return whom the record is of, and the clinics that he may call a doctor from. Four statements or five.

    The clinics of attachment that serve his age, else all that do. `lock` as in `patients.queries.get_client`.
    """
    client = patients.get_client(scope, lock=lock)
    months = rules.months_on(client.birth_date, timezone.localtime(now).date())
    is_child = rules.is_child(months)
    audience = "children" if is_child else "adults"
    own = client.registered_facility_ids
    found = facilities.list_clinics(audience=audience, ids=own) if own else []
    rows = found or facilities.list_clinics(audience=audience)
    position = _CHILD_POSITION if is_child else _ADULT_POSITION
    hours = rules_of_clinics([one.id for one in rows], position_code=position, now=now)
    clinics = tuple(_clinic(one, hours[one.id], now=now) for one in rows)
    return Caller(client, months, clinics, is_registered=bool(found))


def _clinic(row: facilities.ClinicRow, hours: rules.HomeVisitRules, *, now: datetime) -> CallClinic:
    zone = format.zone_of(row.timezone)
    days = rules.offered_days(now.astimezone(zone), hours)
    phone = row.phone.text if row.phone else ""
    return CallClinic(row.id, row.name, row.address, row.town, phone, zone, hours, tuple(days))


def get_contacts(scope: PatientScope) -> Contacts:
    """Return the address and the phone of the account, as its identity provider told them. One statement."""
    told = accounts.contacts(AccountScope(scope.actor, scope.account_id))
    address, flat = rules.split_flat(told.address)
    return Contacts(address, flat, phones.phone(told.mobile))


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the moments [start, end) of a day on a clinic's clock."""
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def list_live(scope: PatientScope, *, start: datetime, end: datetime, now: datetime) -> list[HomeVisitRow]:
    """Return the calls that wait for a doctor in [start, end), soonest first. One statement."""
    found = HomeVisitRequest.objects.for_scope(scope).filter(status__in=rules.LIVE).within(start, end).with_names()
    rows = list(found.order_by("starts_at", "id").values(*_ROW))
    scope.reads.add("ServiceRequest", (one["id"] for one in rows))
    return home_visit_rows(scope, rows, now=now)


def find_sent(scope: PatientScope, *, form_key: UUID) -> UUID | None:
    """Return the call that waits for a doctor and came by this very form; None where there is none."""
    key = rules.call_key(form_key, account_id=scope.account_id, person_id=scope.person_id)
    found = HomeVisitRequest.objects.filter(form_key=key, status__in=rules.LIVE)
    call_id: UUID | None = found.values_list("pk", flat=True).first()
    return call_id


def get_call(scope: PatientScope, call_id: UUID) -> Call:
    """Return what the page of a call shows. One statement. Raises NotFound, also for another person's."""
    row = HomeVisitRequest.objects.for_scope(scope).filter(pk=call_id).first()
    if row is None:
        raise NotFound
    return Call(
        is_own=row.is_own,
        can_cancel=scope.may_act and rules.can_cancel(status=row.status, is_own=row.is_own),
        wish=str(HALVES[row.answers["half"]]) if row.answers.get("half") in HALVES else "",
        facts=tuple(facts_of(row, is_mine=row.account_id == scope.account_id)),
    )


def facts_of(row: HomeVisitRequest, *, is_mine: bool) -> Iterator[tuple[str, str]]:
    """Yield what was asked in the form, in words: (name, value)."""
    told = row.answers
    if row.temperature is not None:
        yield _("Температура"), f"{format.number(row.temperature)}\u00a0°C"
    if told.get("onset_on"):
        yield _("Когда началось"), format.day(date.fromisoformat(told["onset_on"]))
    for name, title, words in _ANSWERS:
        if told.get(name) in words:
            yield str(title), str(words[told[name]])
    if told.get("needs_sick_leave"):
        yield _("Больничный лист"), _("нужен")
    if is_mine and row.home_address:
        doors = [f"{title} {getattr(row, name)}" for name, title in _DOORS if getattr(row, name)]
        yield _("Куда приехать"), ", ".join([row.home_address, *doors])
        yield _("Телефон для врача"), phones.phone(row.contact_phone)


def list_calls(scope: StaffScope) -> list[HomeVisitRequest]:
    """Return the calls that wait at a clinic, soonest first, then in the order they came."""
    found = HomeVisitRequest.objects.filter(facility_id=scope.clinic_id, is_own=True, status__in=rules.LIVE)
    return list(found.order_by("starts_at", "requested_at", "id"))


def get_id_by_number(scope: StaffScope, number: str) -> UUID:
    """Return a call of this clinic by its number. Raises NotFound, also for another clinic's."""
    found = HomeVisitRequest.objects.filter(facility_id=scope.clinic_id, is_own=True, number=number)
    call_id: UUID | None = found.values_list("pk", flat=True).first()
    if call_id is None:
        raise NotFound
    return call_id


def facts_of_call(request_id: str) -> dict[str, str] | None:
    """Return what a notice of a call may name; None for one that is gone."""
    found = HomeVisitRequest.objects.filter(pk=request_id, is_withdrawn=False).with_names()
    row = found.values(*_TOLD).first()
    if row is None:
        return None
    write = format.when if row["has_time"] else format.day
    return {
        "number": row["number"],
        "when": write(row["starts_at"], tz=format.zone_of(row["timezone"])),
        "status": str(HomeVisitRequest.Status(row["status"]).label),
    }
