"""What the queries of the directory return, ready for templates; and what they are narrowed by."""

from dataclasses import dataclass
from uuid import UUID

from medkarta.facilities import rules, texts


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty values narrow nothing. `audience` is "children" or "adults"."""

    text: str = ""
    audience: str = ""
    town: str = ""
    is_open: bool = False
    is_rated_high: bool = False

    def __bool__(self) -> bool:
        return bool(self.text or self.audience or self.town or self.is_open or self.is_rated_high)


@dataclass(frozen=True, slots=True)
class Place:
    """A town that has clinics, and the zone of their clocks."""

    town: str
    timezone: str


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """A clinic to choose or to send something to. `timezone` is empty for the portal's own zone."""

    id: UUID
    name: str
    address: str
    town: str
    phone: texts.Phone | None
    timezone: str


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A clinic ready to show. `rating` is None while there are too few marks; `state` while hours are unknown."""

    id: UUID
    name: str
    full_name: str
    address: str
    town: str
    phones: tuple[texts.Phone, ...]
    state: texts.StateText | None
    today: str
    week: tuple[texts.HoursLine, ...]
    hours_note: str
    latitude: float | None
    longitude: float | None
    serves_adults: bool
    serves_children: bool
    rating: float | None
    rating_count: int
    is_listed: bool

    @property
    def week_text(self) -> str:
        return texts.week_in_a_row(self.week)

    @property
    def week_pieces(self) -> tuple[str, ...]:
        """The same in pieces that are not to be broken between lines."""
        return tuple(texts.pieces(self.week))

    @property
    def audience(self) -> str:
        return texts.audience(adults=self.serves_adults, children=self.serves_children)

    @property
    def href(self) -> str:
        """Address of its page; empty for a clinic that is not shown to everybody."""
        return f"/facilities/{self.id}/" if self.is_listed else ""

    @property
    def coordinates(self) -> str:
        """«55.9123, 37.7345»; empty while unknown."""
        if self.latitude is None or self.longitude is None:
            return ""
        return f"{self.latitude:.5f}, {self.longitude:.5f}"

    @property
    def geo_href(self) -> str:
        """`geo:` address of its place (RFC 5870); empty while unknown."""
        return f"geo:{self.coordinates.replace(' ', '')}" if self.coordinates else ""

    @property
    def is_rated_high(self) -> bool:
        return self.rating is not None and self.rating >= rules.HIGH_RATING

    @property
    def rating_text(self) -> str:
        """«4,8»; empty while there are too few marks."""
        return texts.rating(self.rating)


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    id: UUID
    name: str
    phones: tuple[texts.Phone, ...]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A building of a clinic."""

    name: str
    address: str
    phones: tuple[texts.Phone, ...]
    week: tuple[texts.HoursLine, ...]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """What a clinic does. `needs_appointment` is None while nobody has said."""

    name: str
    audience: str
    needs_appointment: bool | None


@dataclass(frozen=True, slots=True)
class DoctorRow:
    """A doctor's post at a clinic; texts are empty while unknown."""

    id: UUID
    full_name: str
    specialty: str
    position: str
    cabinet: str
